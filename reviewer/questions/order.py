"""Statements that a change puts elsewhere: before or after others, under a condition or out of"
" it."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.questions.base import Idea, code
from reviewer.questions.compare import View
from reviewer.questions.facts import Function
from reviewer.text import count
from reviewer.types import Hunk, Line

_LEAST = 8  # characters of a statement
_FEW = 12  # lines: more is a block that moved as a whole
_NEAR = 80  # lines between the old place and the new one
_TRIES = 16
_PARTS = (b",", b"{", b"(", b"[", b":")  # lines that are no statement of their own
_NO_STATEMENTS = (b"*", b"import", b"from ", b"use ", b"#include", b"package")


def ask(view: View) -> Iterator[Idea]:
    whole = [item for item in view.new.functions if _is_moved(item, view)]
    inside = {line for item in whole for line in range(item.start, item.end + 1)}
    comments = tuple(start.encode() for start in view.language.comments.line)
    removed: dict[bytes, list[Line]] = {}
    for line in (line for hunk in view.hunks for line in hunk.lines):
        if line.kind == "removed":
            removed.setdefault(line.data.strip(), []).append(line)
    for hunk in view.hunks:
        moved = _moved(hunk, removed, (*comments, *_NO_STATEMENTS))
        found = [pair for pair in moved if pair[1].new not in inside]
        if found and not (_outdented(found[0]) and _loses_a_block(hunk, view)):
            yield _idea(found)


def _is_moved(item: Function, view: View) -> bool:
    """Whether the function is new at its place as a whole."""
    return len(view.new.between(item.start, item.end)) > (item.end - item.start) * 0.9


def _moved(
    hunk: Hunk, removed: dict[bytes, list[Line]], others: tuple[bytes, ...]
) -> Iterator[tuple[Line, Line]]:
    """The statements that a hunk adds and that the change removes not far away."""
    for line in hunk.lines:
        text = line.data.strip()
        part = text.startswith(others) or text.endswith(_PARTS)
        if line.kind != "added" or len(text) < _LEAST or part:
            continue
        near = [old for old in removed.get(text, ())[:_TRIES] if _distance(old, line) <= _NEAR]
        if near:
            removed[text].remove(near[0])
            yield near[0], line


def _outdented(pair: tuple[Line, Line]) -> bool:
    was, now = (len(line.data) - len(line.data.lstrip()) for line in pair)
    return now < was


def _loses_a_block(hunk: Hunk, view: View) -> bool:
    """Whether the hunk removes a condition or a loop, which is a question of its own."""
    end = hunk.old_start + hunk.old_count
    return any(hunk.old_start <= fact.line < end for fact in view.gone("branch", "loop"))


def _distance(old: Line, new: Line) -> int:
    return abs((old.old or 0) - (new.new or 0))


def _idea(found: list[tuple[Line, Line]]) -> Idea:
    old, new = found[0]
    text, more = new.data.decode("utf-8", "replace").strip(), len(found) - 1
    shown = code(text) + (f" and {count(more, 'more line')}" if more else "")
    was, now = (len(line.data) - len(line.data.lstrip()) for line in (old, new))
    number = new.new or 1
    if now > was:
        return Idea(
            number, f"One more condition or block is around {shown}: what if it is not entered?", 66
        )
    if now < was:
        return Idea(
            number,
            f"A condition or block is no longer around {shown}: what did it keep out?",
            66,
        )
    risk = 64 if more < _FEW else 44
    return Idea(
        number,
        f"{shown} changed places: does what runs before or in between need it, or alter it?",
        risk,
    )
