"""Splits the change of a file into units that each fit one model call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from reviewer.context.seams import Seams, best_end, between
from reviewer.languages.outline import Outline
from reviewer.text import decode
from reviewer.types import FileDiff, Hunk, Line, Side, Unit

OVERLAP = 3  # lines that each part of a large hunk repeats from the part before
_HEAD = 24  # tokens of the heading of a hunk
_MAX_LINE = 1000  # characters of a line that a prompt shows


def split(
    file: FileDiff,
    *,
    budget: int,
    tokens: Callable[[str], int],
    first: int = 0,
    outline: Callable[[], Outline | None] = lambda: None,
) -> list[Unit]:
    """The hunks of a file in order, as many per unit as fit `budget` tokens; `first` is the ordinal
    of the first unit. `outline` is that of the new side, and only asked for if the file needs more
    than one unit: the hunks of one function stay together as long as they fit.

    A hunk that is too large is split, between functions where one fits, else between statements.
    Each later part begins with the last few lines of the part before, unchanged, so a changed line
    can be in two units (findings on it merge, since they share its anchor) and is always in at
    least one. A part exceeds the budget only if it is a single line, or
    if the overlap and one line do.
    """
    costs = [_cost(hunk.lines, tokens) for hunk in file.hunks]
    if sum(costs) <= budget:
        return [Unit(file, file.hunks, first)] if file.hunks else []
    seams = Seams(outline())
    groups: list[tuple[Hunk, ...]] = []
    current: list[Hunk] = []
    room = budget
    for bundle in _bundles(file.hunks, costs, budget, seams):
        needed = sum(cost for _, cost in bundle)
        if needed > budget:
            parts = list(_cut(bundle[0][0], _ends(bundle[0][0].lines, budget, tokens, seams)))
        else:
            parts = []
        for hunks in [[part] for part in parts] or [[hunk for hunk, _ in bundle]]:
            cost = sum(_cost(hunk.lines, tokens) for hunk in hunks) if parts else needed
            if current and cost > room:
                groups.append(tuple(current))
                current, room = [], budget
            current += hunks
            room -= cost
    if current:
        groups.append(tuple(current))
    return [Unit(file, hunks, first + at) for at, hunks in enumerate(groups)]


def _bundles(
    hunks: Sequence[Hunk], costs: Sequence[int], budget: int, seams: Seams
) -> list[list[tuple[Hunk, int]]]:
    """Consecutive hunks of one function, as long as they fit; every other hunk on its own."""
    bundles: list[list[tuple[Hunk, int]]] = []
    end = room = 0
    for hunk, cost in zip(hunks, costs, strict=True):
        if bundles and hunk.new_start <= end and cost <= room:
            bundles[-1].append((hunk, cost))
            room -= cost
        else:
            bundles.append([(hunk, cost)])
            room = budget - cost
        around = seams.outermost(hunk.new_start + max(0, hunk.new_count - 1))
        end = around[1] if around else 0
    return bundles


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
    end = best_end(lines, changed[0] + 1, changed[-1], changed[len(changed) // 2])
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


def _ends(
    lines: Sequence[Line], budget: int, tokens: Callable[[str], int], seams: Seams
) -> list[int]:
    """Where the parts of a large hunk end, as indexes. Each part is filled up to the budget and
    then ends between functions, if the function that this leaves to the next part fits there; else
    at the best place in its last third."""
    costs = [tokens(_row(line)) + 1 for line in lines]
    ends: list[int] = []
    start = at = 0
    used = _HEAD
    while at < len(lines):
        if used + costs[at] <= budget or at == start:
            used += costs[at]
            at += 1
            continue
        end = between(lines, start, at, seams)
        if end is None or not _fits(lines, end, costs, budget, seams):
            end = best_end(lines, start + max(1, (at - start) * 2 // 3), at, at)
        ends.append(end)
        start = at = end
        used = _HEAD + sum(costs[max(0, end - OVERLAP) : end])
    return [*ends, len(lines)]


def _fits(
    lines: Sequence[Line], start: int, costs: Sequence[int], budget: int, seams: Seams
) -> bool:
    """Whether the function that begins at `start`, if one does, fits as a whole."""
    last = next((seams.last(line.new) for line in lines[start:] if line.new), None)
    if last is None:
        return True
    used = _HEAD + sum(costs[max(0, start - OVERLAP) : start])
    for at in range(start, len(lines)):
        number = lines[at].new
        if number is not None and number > last:
            return True
        used += costs[at]
        if used > budget:
            return False
    return True


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
