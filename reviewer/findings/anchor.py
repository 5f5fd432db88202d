"""Finds the place in the code that the model quotes.

Whole lines come before parts of lines, code before comments, lines near the one that the model
names before others, changed lines before unchanged ones. What the model was shown comes first, then
the other hunks of the file, and last the whole file. Without a match there is no finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reviewer import text
from reviewer.findings.search import HEAD, Match, Row, Rows
from reviewer.findings.source import Source, rows_of
from reviewer.secrets import Masks
from reviewer.types import Context, FileDiff, Side, Unit

NEAR = 3  # lines by which models miscount
Location = Literal["exact", "normalized", "moved", "file"]
_Rank = tuple[Any, ...]
_Region = Mapping[Side, Rows]
_Regions = Iterator[tuple[Location, _Region]]
_SIDES: tuple[Side, ...] = ("new", "old")


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
    """The place of a finding's quote, None when neither the change nor its files contain it.
    `hint` is the line that the model names, on either side."""
    wanted = _lines_of(quote)
    named = _named_file(file_name, unit, source) if wanted else None
    if named is None:
        return None
    path = named.path

    def rank(side: Side, match: Match) -> _Rank:
        off = match.distance(hint)
        place = off > NEAR, match.level, off > 0, not (match.changed and side == "new")
        return *place, not match.exact, off, side == "old", match.first.number

    def regions() -> _Regions:
        if path == unit.file.path:
            yield "exact", _shown(unit, source, redact)
        yield "moved", {side: source.hunk_rows(path, side, redact=redact) for side in _SIDES}
        yield "file", {"new": source.rows(path)}

    found = _first(regions(), wanted, rank)
    if found is None:
        return None
    location, side, match = found
    if location == "exact":
        added = side == "new" and match.changed
        location = "moved" if not added else "exact" if match.exact else "normalized"
    return Anchor(path, side, match.first.number, match.last.number, location, match.changed)


def find_evidence(
    quote: str,
    file_name: str,
    anchor: Anchor,
    unit: Unit,
    context: Context,
    source: Source,
    *,
    redact: Masks | None,
) -> Anchor | None:
    """The place of a quote that supports the finding at `anchor`: in what the model was shown, or
    else in the new version of one of those files, or in lines that the change removes from it. Of
    equal places, the one nearest to the finding."""
    wanted = _lines_of(quote)
    path = _shown_file(file_name, unit, context) if wanted else None
    if path is None:
        return None
    hint = anchor.start if path == anchor.path else 0

    def rank(side: Side, match: Match) -> _Rank:
        off, first = match.distance(hint), match.first.number
        return match.level, side == "old", not match.exact, off, first

    def regions() -> _Regions:
        if path == unit.file.path:
            yield "exact", _shown(unit, source, redact)
        spans = [(piece.start, piece.end) for piece in context.pieces if piece.path == path]
        if spans:
            yield "moved", {"new": source.rows(path, spans)}
        removed = source.hunk_rows(path, "old", redact=redact)
        yield "file", {"new": source.rows(path), "old": removed}

    found = _first(regions(), wanted, rank)
    if found is None:
        return None
    location, side, match = found
    return Anchor(path, side, match.first.number, match.last.number, location, match.changed)


def _first(
    regions: _Regions, wanted: list[str], rank: Callable[[Side, Match], _Rank]
) -> tuple[Location, Side, Match] | None:
    """The match with the lowest rank in the first region that has one in its code, or else in its
    comments."""
    in_comments = None
    for location, region in regions:
        best = min(
            (
                (match.level == HEAD, match.in_comment, *rank(side, match), side, match)
                for side, rows in region.items()
                for match in rows.matches(wanted)
            ),
            default=None,
        )
        if best is not None:
            found = location, best[-2], best[-1]
            if not best[-1].in_comment:
                return found
            in_comments = in_comments or found
    return in_comments


def _shown(unit: Unit, source: Source, redact: Masks | None) -> _Region:
    path = unit.file.path
    return {side: rows_of(path, unit.hunks, side, redact) for side in _SIDES}


def occurs(quote: str, lines: Sequence[str]) -> bool:
    """Whether every line of `quote` matches one of `lines`, which are as the model saw them."""
    rows = Rows(Row(code, number, False) for number, code in enumerate(lines, 1))
    wanted = _lines_of(quote)
    return bool(wanted) and all(any(rows.matches([line])) for line in wanted)


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


def _shown_file(name: str, unit: Unit, context: Context) -> str | None:
    """The path of the file that the model was shown under `name`, perhaps without its folders."""
    name = name.strip().removeprefix("./")
    known = dict.fromkeys((unit.file.path, *(piece.path for piece in context.pieces)))
    exact = [path for path in known if name in (path, text.one_line(path))]
    close = exact or [path for path in known if not name or path.endswith(f"/{name}")]
    return close[0] if close else None


def _lines_of(quote: str) -> list[str]:
    lines = [line.rstrip("\r") for line in quote.split("\n")]
    return [line for line in lines if line.strip()]
