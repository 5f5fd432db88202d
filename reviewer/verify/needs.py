"""Fetches what the verifier asks to see: definitions and files of the repository by name, within a
token limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from reviewer.context.index import Index, index_of
from reviewer.context.resolve import resolve
from reviewer.languages.outline import Def, Outline
from reviewer.types import Change, Piece, Unit

_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|#)[A-Za-z_$][\w$]*){0,6}")
_MAX_LINES = 80  # of one definition or file
_MAX_LINE = 400  # characters
_MAX_PARSED = 12  # files parsed per name


def look_up(
    names: Iterable[str], unit: Unit, change: Change, *, budget: int, tokens: Callable[[str], int]
) -> tuple[Piece, ...]:
    """One piece for each name of a file or a definition in the repository, at most `budget` tokens
    together. Names that match nothing, and pieces that do not fit, are left out."""
    index = index_of(change)
    found: list[Piece] = []
    for name in dict.fromkeys(names):
        place = _place(name.strip().strip("`'\"").removesuffix("()"), unit, index)
        if place is None or any(
            piece.path == place[0] and piece.start == place[1] for piece in found
        ):
            continue
        piece = _piece(*place, f"you asked for {name}", index, budget, tokens)
        if piece is not None:
            found.append(piece)
            budget -= tokens(piece.text) + 20
    return tuple(found)


def _place(name: str, unit: Unit, index: Index) -> tuple[str, int, int] | None:
    """(path, first line, last line)."""
    files = (
        [name]
        if name in index.files
        else [path for path in sorted(index.files) if path.endswith(f"/{name}")]
    )
    if name and len(files) == 1 and files[0] not in index.removed:
        return files[0], 1, _MAX_LINES
    if len(name) > 120 or not _NAME.fullmatch(name):
        return None
    target = (
        resolve(index, unit.file.path, name, _scope(unit, index))
        if unit.file.path.endswith(".py")
        else None
    )
    outline = index.outline(target.path) if target and not target.path.endswith("/") else None
    if target and outline and (item := outline.by_name.get(target.name)):
        return target.path, item.start, item.end
    return next(_by_name(name, unit, index), None)


def _scope(unit: Unit, index: Index) -> str:
    outline = index.outline(unit.file.path)
    lines = [
        line.new for hunk in unit.hunks for line in hunk.lines if line.kind == "added" and line.new
    ]
    owner = outline.innermost(lines[0]) if outline and lines else None
    return owner.name if owner else ""


def _by_name(name: str, unit: Unit, index: Index) -> Iterator[tuple[str, int, int]]:
    """Definitions of that name, first those of the unit's file, then those of the nearest files."""
    parts = re.split(r"\.|::|#", name)
    paths = (unit.file.path, *index.files_with(parts[-1], unit.file.path).paths[:_MAX_PARSED])
    for path in dict.fromkeys(paths):
        outline = index.outline(path)
        for item in _named(outline, parts) if outline else ():
            yield path, item.start, item.end


def _named(outline: Outline, parts: list[str]) -> Iterator[Def]:
    for item in outline.defs:
        own = item.name.split(".")
        if own[-1] == parts[-1] and (
            len(parts) == 1 or own[-len(parts) :] == parts or len(own) < len(parts)
        ):
            yield item


def _piece(
    path: str,
    start: int,
    end: int,
    why: str,
    index: Index,
    budget: int,
    tokens: Callable[[str], int],
) -> Piece | None:
    outline = index.outline(path)
    lines = outline.lines if outline else index.lines(path, "new")
    end = min(end, len(lines), start + _MAX_LINES - 1)
    while end >= start:
        text = "\n".join(line[:_MAX_LINE] for line in lines[start - 1 : end])
        if text.strip() and tokens(text) + 20 <= budget:
            return Piece(path, start, end, text, why)
        end = start + (end - start + 1) // 2 - 1
    return None
