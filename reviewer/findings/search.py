"""The lines that a quote may match, ready to be searched many times: each search is one scan by
`str.find`, however often the first line of the quote occurs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain
from typing import NamedTuple

# non-space characters: a shorter quote must be a whole line, since it would match by accident
MIN_PART = 8
LONGEST = 6  # lines of a statement that the quote has on one line
# What models leave in front of a quote: the line number and mark of our prompt, or a diff mark.
_PREFIX = re.compile(r"^\s*(?:\d+\s+)?[|+\-]\s?|^\s*\d+\s+")


class Row(NamedTuple):
    """A line that a quote can match: its text as the model saw it, and its place."""

    code: str
    number: int
    changed: bool


class Match(NamedTuple):
    first: Row
    last: Row
    exact: bool  # equal to the byte as shown
    changed: bool  # at least one of its lines is


_Span = tuple[int, int]  # of rows, inclusive
_Rung = tuple[bool, bool, Iterator[_Span]]  # (equal to the byte, with blank rows, places)


class Rows:
    """Lines of one side of a file, in order."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = tuple(rows)

    def best(self, wanted: list[str], hint: int, *, changed: bool = False) -> Match | None:
        """Of the places that match most strictly, the one nearest to line `hint`; with `changed`,
        of those with a changed line."""
        for exact, with_blank, spans in self._rungs(wanted):
            touched = self._changed_up_to[with_blank]
            nearest: tuple[int, int, _Span, bool] | None = None
            for first, last in spans:
                has_changed = touched[last + 1] > touched[first]
                number = self._rows[first].number
                here = (abs(number - hint), number, (first, last), has_changed)
                if (has_changed or not changed) and (nearest is None or here[:2] < nearest[:2]):
                    nearest = here
            if nearest:
                (first, last), has_changed = nearest[2:]
                return Match(self._rows[first], self._rows[last], exact, has_changed)
        return None

    def _rungs(self, wanted: list[str]) -> Iterator[_Rung]:
        """The places by rung, strictest first."""
        yield True, False, self._codes.runs(wanted)
        without_prefix = [_PREFIX.sub("", want, count=1) for want in wanted]
        for attempt in (wanted, without_prefix) if without_prefix != wanted else (wanted,):
            bare = [squeeze(want) for want in attempt]
            yield False, False, self._bare.runs(bare)
            if len(part := "".join(bare)) >= MIN_PART and part in self._adjacent[0]:
                if len(attempt) == 1:
                    yield False, False, self._bare.parts(part)
                yield False, True, self._windows(part)
            if len(attempt) > 1 and len(bare[0]) >= MIN_PART:
                # the first line is enough when the rest was invented or reflowed
                yield False, False, self._bare.runs(bare[:1])

    def _windows(self, want: str) -> Iterator[_Span]:
        """Runs of up to LONGEST adjacent rows whose joined text contains `want`: a wrapped
        statement, quoted on one line."""
        text, starts = self._adjacent
        at = text.find(want)
        while at >= 0:
            first = bisect_right(starts, at) - 1
            last = bisect_right(starts, at + len(want) - 1) - 1
            if last - first < LONGEST:
                yield first, last
            after = starts[first + 1] if first + 1 < len(starts) else len(text)
            at = text.find(want, after)

    @cached_property
    def _changed_up_to(self) -> tuple[Sequence[int], Sequence[int]]:
        """How many of the first rows are changed: without the blank ones, and all of them."""
        rows = self._rows
        return (
            list(accumulate((row.changed and bool(row.code.strip()) for row in rows), initial=0)),
            list(accumulate((row.changed for row in rows), initial=0)),
        )

    @cached_property
    def _codes(self) -> _Lines:
        return _Lines(self._rows, lambda row: row.code)

    @cached_property
    def _bare(self) -> _Lines:
        return _Lines(self._rows, lambda row: squeeze(row.code))

    @cached_property
    def _adjacent(self) -> tuple[str, Sequence[int]]:
        """All rows without white space, joined, and where each begins; a line feed stands where
        lines are left out."""
        rows, parts = self._rows, []
        for at, row in enumerate(rows):
            gap = at > 0 and row.number - rows[at - 1].number > 1
            parts.append(("\n" if gap else "", squeeze(row.code)))
        ends = list(accumulate(len(gap) + len(code) for gap, code in parts))
        starts = [end - len(code) for end, (_, code) in zip(ends, parts, strict=True)]
        return "".join(chain.from_iterable(parts)), starts


class _Lines:
    """Rows as one text without the blank ones, which a quote may leave out."""

    def __init__(self, rows: Sequence[Row], shown: Callable[[Row], str]) -> None:
        self._at = [at for at, row in enumerate(rows) if row.code.strip()]
        lines = [shown(rows[at]) for at in self._at]
        self._known = frozenset(lines)
        self._text = "\n".join(["", *lines, ""])
        self._starts = list(accumulate((len(line) + 1 for line in lines), initial=1))

    def runs(self, wanted: Sequence[str]) -> Iterator[_Span]:
        """Every run of rows that equals `wanted`."""
        if not all(want and want in self._known for want in wanted):
            return
        needle = "\n".join(["", *wanted, ""])
        at = self._text.find(needle)
        while at >= 0:
            first = bisect_right(self._starts, at + 1) - 1
            yield self._at[first], self._at[first + len(wanted) - 1]
            at = self._text.find(needle, at + 1)

    def parts(self, want: str) -> Iterator[_Span]:
        """Every row that contains `want`."""
        at = self._text.find(want)
        while at >= 0:
            row = bisect_right(self._starts, at) - 1
            yield self._at[row], self._at[row]
            at = self._text.find(want, self._starts[row + 1])


def squeeze(code: str) -> str:
    return "".join(code.split())
