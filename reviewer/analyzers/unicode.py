"""Characters that disguise code: bidirectional controls, invisible characters, and letters of other
alphabets inside Latin words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from reviewer.analyzers.base import AnalyzerResult, Limits
from reviewer.analyzers.delta import added_lines, is_moved, removed_content
from reviewer.languages import language_of
from reviewer.types import Change, Evidence, FileDiff

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_TAG = re.compile("[\U000e0001\U000e0020-\U000e007f]")
# Zero width, fillers, soft hyphen, a BOM in the middle, directional marks, variation selectors of
# the supplement.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0\U000e0100-\U000e01ef]|[\ufe00-\ufe0f]{2,}"
)
_JOINERS = "\u200b\u200c\u200d"  # used in emoji and in the spelling of several scripts
_DIRECTION_MARKS = "\u200e\u200f\u061c"
# Letters of Cyrillic, Greek and other scripts that look like Latin ones in every font. Mathematical
# letters (μ, σ, Δ …) are not included.
_LOOKALIKE = (
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u0501\u051b\u051d"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0405\u0406\u0408"
    "\u03bf\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u0585\u0578\u057d"
)
_WORD = re.compile(r"\w+")
_LATIN = re.compile("[A-Za-z]")
_QUESTION_MARK = "\u037e"  # the Greek question mark, which looks like a semicolon


def check(change: Change, limits: Limits) -> AnalyzerResult:
    removed = removed_content(change)
    evidence: list[Evidence] = []
    for file in change.lines:
        limits.check()
        evidence += _file(file, removed)
    return AnalyzerResult("unicode", tuple(evidence))


def _file(file: FileDiff, removed: frozenset[bytes]) -> Iterator[Evidence]:
    language = language_of(file.path)
    prose = language is None or language.any_script
    for number, line in added_lines(file):
        if line.isascii() or is_moved(line, removed):
            continue
        try:
            decoded = line.decode("utf-8")
        except UnicodeDecodeError:  # an encoding without these characters
            continue
        for rule, message, fix in _line(decoded, number, prose):
            yield Evidence(
                source="unicode",
                rule=rule,
                path=file.path,
                start=number,
                end=number,
                message=message,
                fix=fix,
            )


def _line(line: str, number: int, prose: bool) -> Iterator[tuple[str, str, str]]:
    if number == 1:
        line = line.removeprefix("\ufeff")
    if bidi := _BIDI.findall(line):
        yield (
            "bidirectional",
            (
                f"Bidirectional control characters ({_names(bidi)}) show this line in another order"
                " than it is read."
            ),
            "Remove the characters, or write them as escapes.",
        )
    if tags := _TAG.findall(line) if "\U0001f3f4" not in line else []:
        yield (
            "invisible",
            f"{len(tags)} invisible tag characters hide text in this line.",
            "Remove the characters.",
        )
    if hidden := [
        match[0] for match in _INVISIBLE.finditer(line) if not _belongs(line, match.start(), prose)
    ]:
        yield (
            "invisible",
            f"This line holds invisible characters ({_names(hidden)}).",
            "Remove the characters, or write them as escapes.",
        )
    if not prose and (odd := _confusable(line)):
        yield (
            "confusable",
            (
                "A word of this line mixes Latin letters with others that look the same"
                f" ({_names(odd)})."
            ),
            "Type the word again in Latin letters.",
        )


def _confusable(line: str) -> list[str]:
    """Letters that look Latin in otherwise Latin words."""
    words = [word for word in _WORD.findall(line) if not word.isascii() and _LATIN.search(word)]
    return [char for word in words for char in word if char in _LOOKALIKE] + [_QUESTION_MARK] * (
        _QUESTION_MARK in line
    )


def _belongs(line: str, index: int, prose: bool) -> bool:
    """Whether the invisible character has a purpose where it is: joining emoji or letters of other
    scripts, or, in prose, directing right-to-left text."""
    char = line[index]
    if char in _JOINERS:
        before, after = line[max(0, index - 2) : index], line[index + 1 : index + 2]
        return any(ord(other) > 0x2FF for other in before) and (
            not after or ord(after) > 0xA8 or not after.isalnum()
        )
    if char in _DIRECTION_MARKS:
        return prose or any(
            unicodedata.bidirectional(other) in ("R", "AL") for other in line if other != char
        )
    return char == "\u00ad" and prose


def _names(chars: list[str]) -> str:
    unique = list(dict.fromkeys("".join(chars)))
    return ", ".join(f"U+{ord(char):04X}" for char in unique[:4]) + (
        ", …" if len(unique) > 4 else ""
    )
