"""Finds the place in the code that the model quotes. The model's own line number only breaks ties.

Matches are tried from strict to loose: an identical changed line of the unit, the same apart from
white space, part of one or several lines; then the unit's unchanged and removed lines, other hunks
of the file, other files of the change, and last the whole file. Without a match there is no
finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reviewer import prompt, text
from reviewer.findings.source import Source
from reviewer.types import FileDiff, Hunk, Line, Side, Unit

Location = Literal["exact", "normalized", "moved", "file"]
# non-space characters: a shorter quote must be a whole line, since it would match by accident
MIN_PART = 8
# What models leave in front of a quote: the line number and mark of our prompt, or a diff mark.
_PREFIX = re.compile(r"^\s*(?:\d+\s+)?[|+\-]\s?|^\s*\d+\s+")


@dataclass(frozen=True, slots=True)
class Anchor:
    path: str
    side: Side
    start: int
    end: int
    location: Location
    in_diff: bool  # a changed line


@dataclass(frozen=True, slots=True)
class _ShownLine:
    """A line that a quote can match: its text as the model saw it, and its place."""

    code: str
    side: Side
    number: int
    changed: bool


def locate(
    quote: str, hint: int, file_name: str, unit: Unit, source: Source, *, redact: bool
) -> Anchor | None:
    """The place of `quote`, None when neither the change nor its files contain it."""
    wanted = _lines_of(quote)
    if not wanted:
        return None
    named = _named_file(file_name, unit, source)
    if named is None:
        return None
    if named.path == unit.file.path:
        own = list(_rows(unit.hunks, redact))
        found = _best(_matches(wanted, own, "new", changed=True), hint, named.path, "new") or _best(
            _matches(wanted, own, "new") or _matches(wanted, own, "old"), hint, named.path, "moved"
        )
        if found:
            return found
    rows = list(_rows(named.hunks, redact))
    matches = _matches(wanted, rows, "new", changed=True) or _matches(wanted, rows, "new")
    found = _best(matches or _matches(wanted, rows, "old"), hint, named.path, "moved")
    if found:
        return found
    whole = [
        _ShownLine(prompt.shown(data), "new", number, False)
        for number, data in source.lines(named.path, "new").items()
    ]
    return _best(_matches(wanted, whole, "new"), hint, named.path, "file")


def find_line(quote: str, path: str, source: Source) -> tuple[int, int] | None:
    """The lines of `quote` in the new version of a file in the repository (for evidence)."""
    wanted = _lines_of(quote)
    rows = [
        _ShownLine(prompt.shown(data), "new", number, False)
        for number, data in source.lines(path, "new").items()
    ]
    matches = _matches(wanted, rows, "new") if wanted else []
    return (matches[0][1][0].number, matches[0][1][-1].number) if matches else None


def occurs(quote: str, lines: Sequence[str]) -> bool:
    """Whether every line of `quote` matches one of `lines`, which are as the model saw them."""
    rows = [_ShownLine(code, "new", number, False) for number, code in enumerate(lines, 1)]
    wanted = _lines_of(quote)
    return bool(wanted) and all(_matches([line], rows, "new") for line in wanted)


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


def _rows(hunks: Iterable[Hunk], redact: bool) -> Iterator[_ShownLine]:
    for hunk in hunks:
        for line, code in zip(hunk.lines, prompt.shown_lines(hunk.lines, redact), strict=True):
            side: Side = "old" if line.kind == "removed" else "new"
            yield _ShownLine(code, side, _number(line), line.kind != "context")


def _number(line: Line) -> int:
    number = line.old if line.kind == "removed" else line.new
    assert number is not None, "a hunk line has a number on its own side"
    return number


_Match = tuple[bool, Sequence[_ShownLine]]  # (equal to the byte as shown, rows)


def _matches(
    wanted: Sequence[str], rows: Sequence[_ShownLine], side: Side, *, changed: bool = False
) -> list[_Match]:
    """All places on one side that match most strictly; with `changed`, only those with a changed
    line."""
    rows = [row for row in rows if row.side == side]
    for exact, runs in _rungs(wanted, rows):
        kept = [(exact, run) for run in runs if not changed or any(row.changed for row in run)]
        if kept:
            return kept
    return []


def _rungs(
    wanted: Sequence[str], rows: Sequence[_ShownLine]
) -> Iterator[tuple[bool, list[Sequence[_ShownLine]]]]:
    """The places by rung, strictest first: (equal to the byte, places)."""
    yield True, _runs(wanted, rows, lambda want, code: want == code)
    for attempt in (list(wanted), [_PREFIX.sub("", want, count=1) for want in wanted]):
        yield False, _runs(attempt, rows, lambda want, code: _squeeze(want) == _squeeze(code) != "")
        if len(_squeeze("".join(attempt))) >= MIN_PART:
            if len(attempt) == 1:
                yield (
                    False,
                    _runs(attempt, rows, lambda want, code: _squeeze(want) in _squeeze(code)),
                )
            yield False, _windows("".join(attempt), rows)
        if len(attempt) > 1 and len(_squeeze(attempt[0])) >= MIN_PART:
            # the first line is enough when the rest was invented or reflowed
            yield (
                False,
                _runs(attempt[:1], rows, lambda want, code: _squeeze(want) == _squeeze(code)),
            )


def _runs(
    wanted: Sequence[str], rows: Sequence[_ShownLine], same: Callable[[str, str], bool]
) -> list[Sequence[_ShownLine]]:
    """Every run of consecutive rows that equals `wanted`. The quote may leave out blank rows."""
    found: list[Sequence[_ShownLine]] = []
    for start, row in enumerate(rows):
        if not same(wanted[0], row.code):
            continue
        run, position = [row], start + 1
        for want in wanted[1:]:
            while position < len(rows) and not rows[position].code.strip():
                position += 1
            if position == len(rows) or not same(want, rows[position].code):
                break
            run.append(rows[position])
            position += 1
        if len(run) == len(wanted):
            found.append(run)
    return found


def _windows(
    quote: str, rows: Sequence[_ShownLine], longest: int = 6
) -> list[Sequence[_ShownLine]]:
    """Runs of up to `longest` adjacent rows whose joined text contains the quote, ignoring white
    space: a wrapped statement, quoted on one line."""
    want = _squeeze(quote)
    squeezed = [_squeeze(row.code) for row in rows]
    found: list[Sequence[_ShownLine]] = []
    for start in range(len(rows)):
        if not squeezed[start]:
            continue
        joined = ""
        for end in range(start, min(start + longest, len(rows))):
            if end > start and rows[end].number - rows[end - 1].number > 1:
                break
            joined += squeezed[end]
            position = joined.find(want)
            if position >= 0:
                if position < len(
                    squeezed[start]
                ):  # it begins in the first row, so the run is no longer than needed
                    found.append(rows[start : end + 1])
                break
    return found


def _squeeze(code: str) -> str:
    return "".join(code.split())


def _best(
    matches: Sequence[_Match], hint: int, path: str, rung: Literal["new", "moved", "file"]
) -> Anchor | None:
    """The match nearest to the hinted line."""
    if not matches:
        return None
    exact, run = min(
        matches, key=lambda match: (abs(match[1][0].number - hint), match[1][0].number)
    )
    location: Location = ("exact" if exact else "normalized") if rung == "new" else rung
    first, last = run[0], run[-1]
    return Anchor(
        path, first.side, first.number, last.number, location, any(row.changed for row in run)
    )
