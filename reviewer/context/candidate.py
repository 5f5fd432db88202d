"""A piece of code that could accompany a unit, in several sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from reviewer.context.focus import Span
from reviewer.context.mentions import is_comment
from reviewer.languages.outline import Def, Outline
from reviewer.types import Side


class Rank(IntEnum):
    """The most decisive pieces first."""

    ENCLOSING = 10
    EVIDENCE = 20
    BROKEN_CALLER = 25  # the definition was removed, or its signature changed
    CALLED = 30
    OVERRIDE = 35
    USED = 40
    GONE = 42  # what the removed lines used
    CALLER = 45
    STATE = 46  # functions that share fields with the changed lines
    CLASS = 48
    IMPORTS = 50
    NEAR = 52  # what the unchanged lines of the hunk use
    TOGETHER = 54  # hunks of other files of the same change
    KEY = 55
    TEST = 56
    OLD = 62
    FAR = 65  # what the function around the hunk uses
    SIBLING = 70
    BY_NAME = 75


@dataclass(frozen=True, slots=True)
class Candidate:
    path: str
    rank: Rank
    variants: tuple[tuple[Span, ...], ...]  # from the fullest to the shortest
    why: str
    group: str  # names the group if it does not fit: "callers of total()"
    line: int  # the line of interest
    side: Side = "new"


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates, and notes on what was not searched."""

    candidates: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()


_FULL = 60  # lines; a longer body is never shown in full
_DOC = 12


def of_definition(outline: Outline, item: Def) -> tuple[tuple[Span, ...], ...]:
    """A definition in full, then its signature and docstring, then its signature alone. A long
    class is reduced to its head, the fields before its first method, and its constructor's
    signature."""
    first = lead(outline, item)
    whole = (first, item.end)
    if item.kind == "value":
        long = item.end - item.start >= _FULL
        return (((item.start, item.start + _DOC),),) if long else ((whole,),)
    short = ((item.start, item.header),)
    documented: tuple[Span, ...] = ((first, min(item.doc, item.header + _DOC)),)
    if item.kind == "class":
        documented = class_head(outline, item)
    variants = [documented, short] if documented != short else [short]
    if item.end - item.start < _FULL and (whole,) not in variants:
        variants.insert(0, (whole,))
    return tuple(variants)


def lead(outline: Outline, item: Def) -> int:
    """The first line of the comment above a definition, where its contract often stands; at most
    `_DOC` lines of it."""
    start = item.start
    while start > max(1, item.start - _DOC) and is_comment(
        outline.lines[start - 2], outline.language
    ):
        start -= 1
    return start


def class_head(outline: Outline, item: Def) -> tuple[Span, ...]:
    inner = [
        other
        for other in outline.defs
        if other.kind != "value" and item.start < other.start <= item.end
    ]
    first = min((other.start for other in inner), default=item.end + 1)
    spans = [(item.start, min(max(first - 1, item.header), item.header + 2 * _DOC))]
    maker = outline.by_name.get(f"{item.name}.{outline.language.scopes.constructor}")
    if maker:
        spans.append((maker.start, maker.header))
    return tuple(spans)


def around_line(outline: Outline, item: Def | None, line: int) -> tuple[tuple[Span, ...], ...]:
    """A line inside a function: the entire function if it is short, else its signature and the
    lines around."""
    low, high = (item.start, item.end) if item else (1, len(outline.lines))
    near = (max(low, line - 4), min(high, line + 4))
    close = (max(low, line - 1), min(high, line + 1))
    if item is None:
        return ((near,), (close,))
    signature = (item.start, item.header)
    variants: list[tuple[Span, ...]] = [(signature, near), (signature, close), (close,)]
    if item.kind == "function" and item.end - item.start < _FULL // 2:
        variants.insert(0, ((item.start, item.end),))
    return tuple(variants)


def subtract(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """The parts of `spans` that `taken` does not cover, ascending and joined where they touch."""
    left: list[Span] = []
    cover = _joined(taken)
    for start, end in _joined(spans):
        for low, high in cover:
            if high < start or low > end:
                continue
            if low > start:
                left.append((start, low - 1))
            start = high + 1
        if start <= end:
            left.append((start, end))
    return left


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
