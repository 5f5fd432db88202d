"""Cuts a definition or a file down to what decides: the signature, the head, where the arguments
are checked, and the lines that speak of what is asked. Nothing is cut within a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from reviewer.context.candidate import lead, subtract
from reviewer.context.focus import Span
from reviewer.languages.outline import Def, Outline
from reviewer.text import words

MAX_LINE = 400  # characters; minified code decides nothing
_MAX_LINES = 1500  # of one excerpt; what stands further down is not looked at
_MAX_SIGNATURE = 12
_HEAD = 12  # lines of a function behind its signature
_STEP = 8
_NEAR = 2  # lines around one that speaks of what is asked
_MAX_NEAR = 12
_MAX_INNER = 60  # lines of a definition within a class or file that is shown whole
_AROUND = 8
_WORD = re.compile(r"[A-Za-z_$][\w$]*")


def clipped(line: str) -> str:
    """The line, cut between words: no part of a credential can be recognised and masked later."""
    return line if len(line) <= MAX_LINE else words(line[:MAX_LINE]) + " …"


def extent(outline: Outline | None, lines: Sequence[str], item: Def | None, line: int) -> Span:
    """All lines of what is asked for."""
    if item is not None and outline is not None:
        return lead(outline, item), min(item.end, len(lines))
    if not line:
        return 1, len(lines)
    owner = outline.innermost(line) if outline else None
    if owner and owner.kind == "function" and owner.end - owner.start < _MAX_INNER:
        return owner.start, owner.end
    return max(1, line - _AROUND), min(len(lines), line + _AROUND)


def excerpt(
    outline: Outline | None,
    lines: Sequence[str],
    item: Def | None,
    line: int,
    *,
    about: frozenset[str],
    hidden: Sequence[Span],
    room: int,
    tokens: Callable[[str], int],
) -> list[Span]:
    """The lines to show, ascending, at most `room` tokens of those that `hidden` does not cover:
    everything, or what decides. `about` are the words that the question uses."""
    first, last = extent(outline, lines, item, line)
    whole = subtract([(first, last)], hidden)
    if sum(end - start + 1 for start, end in whole) <= _MAX_LINES and (
        sum(tokens(_text(lines, span)) for span in whole) <= room
    ):
        return whole
    taken: list[Span] = []
    last = min(last, first + _MAX_LINES - 1)
    owner = item or (outline.innermost(line) if outline and line else None)
    parts: list[Span] = []
    if outline is not None and not line and (owner is None or owner.kind == "class"):
        parts += _members(outline, owner, (first, last), about)
    steps = () if parts else range(first, last + 1, _STEP)
    if not parts:
        parts += _of_function(lines, owner, line, (first, last), about)
    rest = [(start, min(last, start + _STEP - 1)) for start in steps]
    for at, block in enumerate((*parts, *rest)):
        fresh = subtract([block], [*hidden, *taken])
        cost = sum(tokens(_text(lines, span)) + 1 for span in fresh)
        if cost <= room:
            room -= cost
            taken += fresh
        elif at >= len(parts):
            break
    return subtract(taken, ())


def _text(lines: Sequence[str], span: Span) -> str:
    return "\n".join(clipped(line) for line in lines[span[0] - 1 : span[1]])


def _of_function(
    lines: Sequence[str], owner: Def | None, line: int, whole: Span, about: frozenset[str]
) -> Iterator[Span]:
    """The signature, the lines around the one that was asked for, the head, and what speaks of
    the question."""
    first, last = whole
    start = owner.start if owner else first
    header = min(owner.header, start + _MAX_SIGNATURE - 1) if owner else start
    body = max(owner.doc, header) + 1 if owner else start
    yield start, header
    if line:
        yield max(first, line - _AROUND), min(last, line + _AROUND)
    yield body, min(last, body + _HEAD - 1)
    yield from _speaking(lines, (body, last), about)


def _members(
    outline: Outline, owner: Def | None, whole: Span, about: frozenset[str]
) -> Iterator[Span]:
    """What is asked about within a class or a file, the signatures of the rest, and then as many
    of them in full as fit. Nothing if it has no parts."""
    inner = [
        each for each in outline.defs if each is not owner and whole[0] <= each.start <= whole[1]
    ]
    if owner is not None and inner:
        yield owner.start, min(owner.header, owner.start + _MAX_SIGNATURE - 1)
    for each in inner:
        named = each.kind != "class" and each.name.rpartition(".")[2] in about
        if named and each.end - each.start < _MAX_INNER:
            yield lead(outline, each), each.end
    for each in inner:
        yield each.start, min(each.header, each.start + _MAX_SIGNATURE - 1, whole[1])
    for each in inner:
        if each.kind != "class":
            yield lead(outline, each), min(each.end, whole[1])


def _speaking(lines: Sequence[str], body: Span, about: frozenset[str]) -> Iterator[Span]:
    """A few lines around each one that uses a word of the question."""
    found = 0
    for number in range(body[0], body[1] + 1):
        if found < _MAX_NEAR and not about.isdisjoint(_WORD.findall(clipped(lines[number - 1]))):
            found += 1
            yield max(body[0], number - _NEAR), min(body[1], number + _NEAR)
