"""Finds the place in the code that the model quotes. The model's own line number only breaks ties.

Matches are tried from strict to loose: an identical changed line of the unit, the same apart from
white space, part of one or several lines; then the unit's unchanged and removed lines, other hunks
of the file, other files of the change, and last the whole file. Without a match there is no
finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reviewer import text
from reviewer.findings.search import Match, Row, Rows
from reviewer.findings.source import Source, rows_of
from reviewer.secrets import Masks
from reviewer.types import FileDiff, Side, Unit

Location = Literal["exact", "normalized", "moved", "file"]


@dataclass(frozen=True, slots=True)
class Anchor:
    path: str
    side: Side
    start: int
    end: int
    location: Location
    in_diff: bool  # a changed line


def locate(
    quote: str, hint: int, file_name: str, unit: Unit, source: Source, *, redact: Masks | None
) -> Anchor | None:
    """The place of `quote`, None when neither the change nor its files contain it."""
    wanted = _lines_of(quote)
    if not wanted:
        return None
    named = _named_file(file_name, unit, source)
    if named is None:
        return None
    path = named.path
    if path == unit.file.path:
        new, old = (rows_of(unit.hunks, side, redact) for side in ("new", "old"))
        if match := new.best(wanted, hint, changed=True):
            return _anchor(match, path, "new", "exact" if match.exact else "normalized")
        if match := new.best(wanted, hint):
            return _anchor(match, path, "new", "moved")
        if match := old.best(wanted, hint):
            return _anchor(match, path, "old", "moved")
    rows = source.hunk_rows(path, "new", redact=redact)
    if match := rows.best(wanted, hint, changed=True) or rows.best(wanted, hint):
        return _anchor(match, path, "new", "moved")
    if match := source.hunk_rows(path, "old", redact=redact).best(wanted, hint):
        return _anchor(match, path, "old", "moved")
    match = source.rows(path).best(wanted, hint)
    return _anchor(match, path, "new", "file") if match else None


def _anchor(match: Match, path: str, side: Side, location: Location) -> Anchor:
    return Anchor(path, side, match.first.number, match.last.number, location, match.changed)


def find_line(quote: str, path: str, source: Source) -> tuple[int, int] | None:
    """The lines of `quote` in the new version of a file in the repository (for evidence)."""
    wanted = _lines_of(quote)
    match = source.rows(path).best(wanted, 0) if wanted else None
    return (match.first.number, match.last.number) if match else None


def occurs(quote: str, lines: Sequence[str]) -> bool:
    """Whether every line of `quote` matches one of `lines`, which are as the model saw them."""
    rows = Rows(Row(code, number, False) for number, code in enumerate(lines, 1))
    wanted = _lines_of(quote)
    return bool(wanted) and all(rows.best([line], 0) for line in wanted)


def _named_file(name: str, unit: Unit, source: Source) -> FileDiff | None:
    """The file of the change that the model means: the unit's own file if the name is empty or
    shortened, else an exact match."""
    name = name.strip().removeprefix("./")
    if name in ("", unit.file.path, text.one_line(unit.file.path)) or (
        "/" not in name and unit.file.path.endswith("/" + name)
    ):
        return unit.file
    for prefix in ("", "a/", "b/"):
        if name.startswith(prefix) and (file := source.file(name.removeprefix(prefix))):
            return file
    return None


def _lines_of(quote: str) -> list[str]:
    lines = [line.rstrip("\r") for line in quote.split("\n")]
    return [line for line in lines if line.strip()]
