"""The parts of a long guideline that concern one file: sections about its language, its folders or
its kind come before the others, and how to install or release comes last."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from reviewer.languages import is_test, language_of
from reviewer.text import cut

_HEADING = re.compile(r"^#{1,6}[ \t]+\S")
_FENCE = ("```", "~~~")
_WORD = re.compile(r"[a-z]+")
_RULES_TEXT = """
    style styles convention conventions guideline guidelines rule rules review reviews reviewing
    principle principles standard standards practice practices naming error errors security
    invariant invariants contract contracts must never always correctness safety concurrency
"""
_RULES = frozenset(_RULES_TEXT.split())
_OTHER_TEXT = """
    install installation installing setup build building deploy deployment release releases
    releasing changelog commands command quickstart usage overview about introduction contributing
    license roadmap structure layout getting started environment docker publish personality tone
    linting formatting benchmarks testing acknowledgements
"""
_OTHER = frozenset(_OTHER_TEXT.split())
_COMMANDS = re.compile(r"^[ \t]*(?:```|~~~).*?(?:^[ \t]*(?:```|~~~)|\Z)", re.MULTILINE | re.DOTALL)
_LEAST_SAID = 0.4  # share of a section that is said in words
_MORE = "[…cut…]"


def concerning(text: str, path: str, room: int) -> str:
    """`text` in at most `room` characters: the sections that concern `path` most, in their order,
    and a mark that there is more. What is about installing, building and the like, or is nothing
    but commands, is left out even where there is room: it never decides anything."""
    parts = _sections(text)
    words = _words_of(path)
    scores = [_score(part, words) for part in parts]
    useful = [at for at, score in enumerate(scores) if score >= 0]
    if len(text) <= room and len(useful) == len(parts):
        return text
    order = sorted(useful, key=lambda at: (-scores[at], at))
    kept: list[int] = []
    left = room - len(_MORE) - 1
    for at in order:
        if len(parts[at]) + 1 <= left:
            kept.append(at)
            left -= len(parts[at]) + 1
    if not kept:
        return cut(parts[order[0]], room) if order else ""
    return "\n".join([*(parts[at] for at in sorted(kept)), _MORE])


def _sections(text: str) -> list[str]:
    """The text before the first heading, then each heading with what stands under it."""
    parts: list[list[str]] = [[]]
    fenced = False
    for line in text.split("\n"):
        fenced ^= line.lstrip().startswith(_FENCE)
        if not fenced and _HEADING.match(line) and parts[-1]:
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(lines).rstrip() for lines in parts]


def _words_of(path: str) -> set[str]:
    language = language_of(path)
    pure = PurePosixPath(path)
    words = {part.lower() for part in (*pure.parts[:-1], pure.stem)}
    words |= {language.name, language.kin} if language else set()
    words |= {"test", "tests", "testing"} if is_test(path) else set()
    return {word for word in words if len(word) > 1}


def _score(section: str, words: set[str]) -> int:
    heading, _, body = section.partition("\n")
    title = set(_WORD.findall(heading.lower()))
    score = 4 * len(title & words) + 3 * bool(title & _RULES) - 3 * bool(title & _OTHER)
    text = body.lower()
    if not score and len(_COMMANDS.sub("", body)) < _LEAST_SAID * len(body):
        score = -3
    return score + min(3, sum(word in text for word in words))
