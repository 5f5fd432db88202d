"""Splits the change of a file into units that each fit one model call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from reviewer.text import decode
from reviewer.types import FileDiff, Hunk, Line, Side, Unit

OVERLAP = 3  # lines that each part of a large hunk repeats from the part before
_HEAD = 24  # tokens of the heading of a hunk
_MAX_LINE = 1000  # characters of a line that a prompt shows


def split(
    file: FileDiff, *, budget: int, tokens: Callable[[str], int], first: int = 0
) -> list[Unit]:
    """The hunks of a file in order, as many per unit as fit `budget` tokens; `first` is the ordinal
    of the first unit.

    A hunk that is too large is split. Each later part begins with the last few lines of the part
    before, unchanged, so a changed line can be in two units (findings on it merge, since they share
    its anchor) and is always in at least one. A part exceeds the budget only if it is a single
    line, or if the overlap and one line do.
    """
    groups: list[tuple[Hunk, ...]] = []
    current: list[Hunk] = []
    room = budget
    for hunk in file.hunks:
        cost = _cost(hunk.lines, tokens)
        parts = [hunk] if cost <= budget else list(_cut(hunk, _ends(hunk.lines, budget, tokens)))
        for part in parts:
            needed = cost if len(parts) == 1 else _cost(part.lines, tokens)
            if current and needed > room:
                groups.append(tuple(current))
                current, room = [], budget
            current.append(part)
            room -= needed
    if current:
        groups.append(tuple(current))
    return [Unit(file, hunks, first + at) for at, hunks in enumerate(groups)]


def first_shown(units: Iterable[Unit]) -> dict[tuple[str, Side, int | None], int]:
    """By (path, side, number), the smallest ordinal of the units that show the line."""
    first: dict[tuple[str, Side, int | None], int] = {}
    for unit in sorted(units, key=lambda unit: unit.ordinal):
        for line in (line for hunk in unit.hunks for line in hunk.lines):
            side: Side = "old" if line.new is None else "new"
            first.setdefault(
                (unit.file.path, side, line.old if side == "old" else line.new), unit.ordinal
            )
    return first


def halve(unit: Unit) -> list[Unit]:
    """The unit in two parts of about equal size, for a retry, both with its ordinal. A part without
    a changed line is left out. [] if the unit cannot be split: a single hunk with one changed
    line."""
    if len(unit.hunks) > 1:
        sizes = [len(hunk.lines) for hunk in unit.hunks]
        half, at = sum(sizes) / 2, 1
        while at < len(sizes) - 1 and sum(sizes[: at + 1]) <= half:
            at += 1
        return [replace(unit, hunks=unit.hunks[:at]), replace(unit, hunks=unit.hunks[at:])]
    lines = unit.hunks[0].lines if unit.hunks else ()
    changed = [at for at, line in enumerate(lines) if line.kind != "context"]
    if len(changed) < 2:
        return []
    end = _best_end(lines, changed[0] + 1, changed[-1], changed[len(changed) // 2])
    overlap = OVERLAP if min(end, len(lines) - end) > 3 * OVERLAP else 0
    return [
        replace(unit, hunks=(part,)) for part in _cut(unit.hunks[0], [end, len(lines)], overlap)
    ]


def size(unit: Unit, tokens: Callable[[str], int]) -> int:
    """About how many tokens the hunks of the unit take in a prompt."""
    return sum(_cost(hunk.lines, tokens) for hunk in unit.hunks)


def _cost(lines: Sequence[Line], tokens: Callable[[str], int]) -> int:
    return _HEAD + tokens("\n".join(map(_row, lines)))


def _row(line: Line) -> str:
    number = line.old if line.new is None else line.new
    return f"{number:>4} + {decode(line.data)[:_MAX_LINE]}"


def _ends(lines: Sequence[Line], budget: int, tokens: Callable[[str], int]) -> list[int]:
    """Where the parts of a large hunk end, as indexes. Each part is filled up to the budget and
    then ends at the best place in its last third."""
    costs = [tokens(_row(line)) + 1 for line in lines]
    ends: list[int] = []
    start = at = 0
    used = _HEAD
    while at < len(lines):
        if used + costs[at] <= budget or at == start:
            used += costs[at]
            at += 1
            continue
        end = _best_end(lines, start + max(1, (at - start) * 2 // 3), at, at)
        ends.append(end)
        start = at = end
        used = _HEAD + sum(costs[max(0, end - OVERLAP) : end])
    return [*ends, len(lines)]


def _best_end(lines: Sequence[Line], low: int, high: int, wanted: int) -> int:
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


def _cut(hunk: Hunk, ends: Sequence[int], overlap: int = OVERLAP) -> Iterator[Hunk]:
    """The parts of a hunk that end at `ends`, with correct starts and counts, without parts that
    change nothing."""
    old, new = _first(hunk.old_start, hunk.old_count), _first(hunk.new_start, hunk.new_count)
    start = 0
    for end in ends:
        begin = max(0, start - overlap)
        repeated, lines = hunk.lines[begin:start], hunk.lines[begin:end]
        old_from = old - sum(line.old is not None for line in repeated)
        new_from = new - sum(line.new is not None for line in repeated)
        old_count = sum(line.old is not None for line in lines)
        new_count = sum(line.new is not None for line in lines)
        if any(line.kind != "context" for line in hunk.lines[start:end]):
            yield Hunk(
                old_from - (not old_count),
                old_count,
                new_from - (not new_count),
                new_count,
                hunk.section,
                lines,
            )
        old += sum(line.old is not None for line in hunk.lines[start:end])
        new += sum(line.new is not None for line in hunk.lines[start:end])
        start = end


def _first(start: int, count: int) -> int:
    """The number that the next line of a side would have: for an empty side, git gives the line
    before."""
    return start if count else start + 1
