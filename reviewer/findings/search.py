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
    """Where a quote is: its first and last line. `level` is how much of the lines it says:
    WHOLE lines, a PART of them, or the HEAD of a quote whose other lines were invented."""

    first: Row
    last: Row
    exact: bool  # equal to the byte as shown
    changed: bool  # at least one of its lines is
    level: int
    in_comment: bool  # the part is in a comment, which the quote may only resemble

    def distance(self, hint: int) -> int:
        """Lines between the match and line `hint`."""
        return max(self.first.number - hint, hint - self.last.number, 0)


WHOLE, PART, HEAD = range(3)
_Span = tuple[int, int]  # of rows, inclusive


class _Rung(NamedTuple):
    level: int
    spans: Iterator[_Span]
    exact: bool = False
    with_blank: bool = False  # the spans may begin or end with blank rows
    part: str = ""  # what is looked for, without white space, at the level PART


class Rows:
    """Lines of one side of a file, in order. `is_comment` tells for a line and a part of it,
    without white space, whether the part is in a comment."""

    def __init__(
        self, rows: Iterable[Row], is_comment: Callable[[str, str], bool] = lambda line, part: False
    ) -> None:
        self._rows = tuple(rows)
        self._is_comment = is_comment

    def matches(self, wanted: list[str]) -> Iterator[Match]:
        """Every place that matches. The HEAD of a quote counts only where no more of it does."""
        found = False
        for rung in self._rungs(wanted):
            if rung.level == HEAD and found:
                return
            touched = self._changed_up_to[rung.with_blank]
            for first, last in rung.spans:
                found = found or rung.level != HEAD
                begin, end = self._rows[first], self._rows[last]
                has_changed = touched[last + 1] > touched[first]
                in_comment = bool(rung.part) and self._is_comment(begin.code, rung.part)
                yield Match(begin, end, rung.exact, has_changed, rung.level, in_comment)

    def _rungs(self, wanted: list[str]) -> Iterator[_Rung]:
        """The places by rung, strictest first."""
        yield _Rung(WHOLE, self._codes.runs(wanted), exact=True)
        without_prefix = [_PREFIX.sub("", want, count=1) for want in wanted]
        attempts = (wanted, without_prefix) if without_prefix != wanted else (wanted,)
        for attempt in attempts:
            bare = [squeeze(want) for want in attempt]
            yield _Rung(WHOLE, self._bare.runs(bare))
            if len(part := "".join(bare)) >= MIN_PART and part in self._adjacent[0]:
                if len(attempt) == 1:
                    yield _Rung(PART, self._bare.parts(part), part=part)
                yield _Rung(PART, self._windows(part), with_blank=True, part=part)
        for attempt in attempts:
            if len(attempt) > 1 and len(head := squeeze(attempt[0])) >= MIN_PART:
                # the first line is enough when the rest was invented or reflowed
                yield _Rung(HEAD, self._bare.runs([head]))

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
