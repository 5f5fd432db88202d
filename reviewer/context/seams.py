"""Where a large hunk may be cut: between functions, else between statements."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from reviewer.context.candidate import lead
from reviewer.languages.outline import Outline
from reviewer.types import Line

_MAX_LINE = 1000  # characters of a line whose indentation counts


class Seams:
    """How many functions a cut before a line would tear. Without an outline, none."""

    def __init__(self, outline: Outline | None) -> None:
        spans: list[tuple[int, int]] = []
        if outline is not None:
            functions = [item for item in outline.defs if item.kind == "function"]
            spans = [(lead(outline, item), item.end) for item in functions]
        self._last = dict(sorted(spans))  # the longest from each line
        self._starts = sorted(start for start, _ in spans)
        self._ends = sorted(end for _, end in spans)

    def torn(self, line: int) -> int:
        """How many functions begin before this line of the new side and go on at it."""
        return bisect_left(self._starts, line) - bisect_left(self._ends, line)

    def outermost(self, line: int) -> tuple[int, int] | None:
        """The first and last line of the outermost function around a line of the new side."""
        at = bisect_right(self._starts, line)
        while at and self.torn(self._starts[at - 1]):
            at -= 1
        start = self._starts[at - 1] if at else 0
        end = self.last(start)
        return (start, end) if end and line <= end else None

    def last(self, start: int) -> int | None:
        """The last line of the function that begins at a line."""
        return self._last.get(start)


def best_end(lines: Sequence[Line], low: int, high: int, wanted: int) -> int:
    """The best place to split, from `low` to `high`: not between the removed and the added lines of
    a replacement, and before a line with little indentation. Ties go to the one nearest to
    `wanted`."""

    def torn(end: int) -> tuple[bool, int, int]:
        split_pair = lines[end - 1].kind == "removed" and lines[end].kind == "added"
        following = lines[end].data[:_MAX_LINE]
        blank = not following.strip()
        indent = len(following) - len(following.lstrip())
        return split_pair, 1000 if blank else indent, abs(end - wanted)

    return min(range(low, high + 1), key=torn)


def between(lines: Sequence[Line], start: int, at: int, seams: Seams) -> int | None:
    """The last place in `start` to `at` at which a cut tears the fewest functions; None if it would
    tear as many everywhere."""
    numbers = _following(lines, start, at)
    torn = [seams.torn(number) for number in numbers]
    fewest = min(torn, default=0)
    if not torn or fewest == max(torn):
        return None
    last = max(place for place, count in enumerate(torn) if count == fewest)
    return start + 1 + last


def _following(lines: Sequence[Line], start: int, at: int) -> list[int]:
    """For each place after `start` up to `at`, the number on the new side of the line behind it."""
    numbers: list[int] = []
    number = next((line.new for line in lines[at:] if line.new), 1 << 30)
    for place in range(at, start, -1):
        number = lines[place].new or number
        numbers.append(number)
    return numbers[::-1]
