"""Converts lines as the model saw and wrote them to the bytes of the file.

The prompt shows a line decoded, without its CR and trailing blanks, with invisible characters
spelled out and control tokens defused. A replacement line that equals one of the replaced lines
keeps its bytes; for any other these steps are reversed, with the encoding and the line ends of the
lines around it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reviewer import prompt, text

BOM = b"\xef\xbb\xbf"
_MASK = "[REDACTED:"  # stands for a secret that the model was not shown


class CannotEncode(Exception):
    """The replacement cannot be written to this file. The message is one clause."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a block is: its 0-based line index, and the indentation that the file has beyond what
    the model wrote (`more`), or the model beyond what the file has (`less`)."""

    at: int
    more: str = ""
    less: str = ""


def rows(lines: Sequence[bytes]) -> list[str]:
    """The lines of a file as the model sees them."""
    return [prompt.shown(line.removesuffix(b"\n")).rstrip() for line in lines]


def find(shown: Sequence[str], wanted: Sequence[str]) -> list[Match]:
    """Every place that matches the block exactly; if there is none, with the same indentation added
    to or removed from all its lines."""
    wanted = [line.rstrip() for line in wanted]
    places = range(len(shown) - len(wanted) + 1)
    blocks = ((at, shown[at : at + len(wanted)]) for at in places)
    exact = [Match(at) for at, block in blocks if list(block) == wanted]
    if exact:
        return exact
    return [match for at in places if (match := _shifted(at, shown[at : at + len(wanted)], wanted))]


def _shifted(at: int, block: Sequence[str], wanted: Sequence[str]) -> Match | None:
    more, less = _shift(block, wanted), _shift(wanted, block)
    if more:
        return Match(at, more=more)
    return Match(at, less=less) if less else None


def _shift(long: Sequence[str], short: Sequence[str]) -> str:
    """The indentation that turns `short` into `long`, the same on all lines; empty if there is
    none."""
    shift: str | None = None
    for one, other in zip(long, short, strict=True):
        if not one and not other:
            continue
        extra = one[: len(one) - len(other)] if other and one.endswith(other) else ""
        if not extra or extra.strip() or (shift is not None and extra != shift):
            return ""
        shift = extra
    return shift or ""


def indented(new: Sequence[str], match: Match) -> list[str]:
    """The replacement lines with the indentation of the file. Raises CannotEncode when a line is
    indented too little for that."""
    out = []
    for line in new:
        if not line.strip():
            out.append("")
        elif match.less and not line.startswith(match.less):
            raise CannotEncode(
                "the new lines are indented less than the lines that they replace allow"
            )
        else:
            out.append(match.more + line.removeprefix(match.less))
    return out


def loosely(shown: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Every 0-based line at which the block stands apart from white space."""
    bare = ["".join(line.split()) for line in shown]
    squeezed = ["".join(line.split()) for line in wanted]
    places = range(len(bare) - len(squeezed) + 1)
    return [
        at for at in places if bare[at] == squeezed[0] and bare[at : at + len(squeezed)] == squeezed
    ]


def reindented(new: Sequence[str], old: Sequence[str], block: Sequence[str]) -> list[str]:
    """The replacement lines in the white space of the file, where `old` is how the model gave the
    lines of `block`: a line that stays is that of the file, others have its indentation. Raises
    CannotEncode when one indentation stands for two."""
    same: dict[str, str] = {}
    indents: dict[str, str] = {}
    for given, own in zip(old, block, strict=True):
        same[given.rstrip()] = own
        if given.strip() and indents.setdefault(_indent(given), _indent(own)) != _indent(own):
            raise CannotEncode("the old lines are not indented like the file")
    for given, own in list(indents.items()):
        for tabs, spaces in ((given, own), (own, given)):
            if tabs and not tabs.strip("\t") and spaces and not spaces.strip(" "):
                unit = " " * (len(spaces) // len(tabs))
                indents.setdefault(*(("\t", unit) if tabs == given else (unit, "\t")))
    known = sorted(filter(None, indents), key=len, reverse=True)

    def moved(line: str) -> str:
        rest = _indent(line)
        out = "" if rest else indents.get("", "")
        body = line[len(rest) :]
        while rest:
            step = next((each for each in known if rest.startswith(each)), "")
            out += indents[step] if step else rest
            rest = rest[len(step) :] if step else ""
        return out + body

    return [same.get(line.rstrip(), moved(line) if line.strip() else "") for line in new]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def encode(
    new: Sequence[str], lines: Sequence[bytes], start: int, end: int, gone: Sequence[bytes] = ()
) -> tuple[bytes, ...]:
    """The bytes of the replacement for lines[start:end] of a file. `gone` are removed lines that
    may come back, without line ends. Raises CannotEncode."""
    block = lines[start:end]
    kept = {
        **dict(zip(rows(gone), gone, strict=True)),
        **dict(zip(rows(block), block, strict=True)),
    }
    hidden = _Hidden((*gone, *block))
    codec = _codec(block, lines)
    ending = _ending(lines, start, end)
    out = []
    for line in new:
        same = kept.get(line.rstrip())
        out.append(
            _body(same)
            if same is not None
            else _encoded(hidden.restore(_checked(line)), codec, lines)
        )
        out[-1] += (_end(same) or ending) if same is not None else ending
    if out and end == len(lines) and lines and not lines[-1].endswith(b"\n"):
        out[-1] = _body(out[-1])  # the file still has no final line end
    return tuple(out)


def _body(line: bytes) -> bytes:
    return line[: len(line) - len(_end(line))]


def _end(line: bytes) -> bytes:
    if line.endswith(b"\r\n"):
        return b"\r\n"
    return b"\n" if line.endswith(b"\n") else b""


def _ending(lines: Sequence[bytes], start: int, end: int) -> bytes:
    """The line end of the replaced lines, of the lines before them, of the file."""
    for line in [*lines[start:end], *reversed(lines[:start]), *lines[end:]]:
        if _end(line):
            return _end(line)
    return b"\n"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _codec(block: Sequence[bytes], lines: Sequence[bytes]) -> str:
    """The encoding of the replaced lines, which were decoded line by line; if they are ASCII, that
    of the file."""
    foreign = [_is_utf8(line) for line in block if not line.isascii()] or [
        _is_utf8(b"".join(lines))
    ]
    if len(set(foreign)) > 1:
        return "ascii"  # two encodings in one block: a character could mean either
    return "utf-8" if foreign[0] else "latin-1"


def _checked(line: str) -> str:
    """The line as the model wrote it. Raises CannotEncode for characters that it was never
    shown."""
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\t\f" for char in line):
        raise CannotEncode("a new line contains control characters")
    if _MASK in line:
        raise CannotEncode("a new line contains the mask of a secret instead of the secret")
    return line


def _encoded(line: str, codec: str, lines: Sequence[bytes]) -> bytes:
    if line.isascii():
        return line.encode()
    if (
        codec == "latin-1"
    ):  # only a guess at the encoding: characters that the file has already mean the same bytes
        seen = {char for data in lines if not _is_utf8(data) for char in data.decode("latin-1")}
        strange = sorted({char for char in line if not char.isascii() and char not in seen})
        if strange:
            raise CannotEncode(
                "a new line has characters that the file, which is not UTF-8, has nowhere else"
            )
    try:
        return line.encode(codec)
    except UnicodeEncodeError:
        raise CannotEncode(
            "a new line has characters that this part of the file cannot hold"
        ) from None


class _Hidden:
    """Characters that the model was shown as stand-ins, to be restored where it copied those."""

    def __init__(self, block: Sequence[bytes]) -> None:
        self._back: dict[str, str] = {}
        self._ambiguous: set[str] = set()
        plain = [text.decode(line.rstrip(b"\r\n")) for line in block]
        for line in plain:
            self._back.update(_stand_ins(line))
        for stand_in in self._back:
            if any(stand_in in line for line in plain):
                self._ambiguous.add(stand_in)

    def restore(self, line: str) -> str:
        """`line` with the original characters. Raises CannotEncode when a stand-in could also be
        literal text."""
        for stand_in, char in self._back.items():
            if stand_in in line and stand_in in self._ambiguous:
                raise CannotEncode(
                    "a new line has an escape that could also stand for an invisible character"
                )
            line = line.replace(stand_in, char)
        return line


def _stand_ins(line: str) -> Mapping[str, str]:
    return dict(_pairs(line))


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    neutral = text.neutral(line)
    for char, safe in zip(line, neutral, strict=True):
        shown = text.printable(safe)
        if shown != char:
            yield shown, char
