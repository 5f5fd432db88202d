"""Which findings hit which known defects, by place.

A finding hits a defect when both are in one file and their lines are at most `tolerance` lines
apart. Defects are given in lines of the head side. A finding on the old side, that is on removed
lines, can hit a `deletion` only; its lines are first carried over to the head side by the recorded
hunks, and taken as they stand where no hunks were recorded (which is exact in the first hunk of a
file). A finding about a whole file hits nothing.

One finding hits one defect, and one defect is hit by one finding: a maximum bipartite matching.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from reviewer.lab.evals.cases import Defect
from reviewer.lab.evals.results import Reported, Result, Span, Spot
from reviewer.text import file_name
from reviewer.types import FileDiff, Hunk

Hunks = Mapping[str, Sequence[Span]]


def spans(files: Iterable[FileDiff]) -> dict[str, tuple[Span, ...]]:
    """`Result.hunks` of a change: every run of changed lines, by path as it is reported."""
    return {
        file_name(file.path)[0]: tuple(span for hunk in file.hunks for span in _runs(hunk))
        for file in files
        if file.hunks
    }


def _runs(hunk: Hunk) -> Iterator[Span]:
    """The hunk without its context. As in git, a side without lines names the line before."""
    old = hunk.old_start - (hunk.old_count > 0)  # the line that was passed last
    new = hunk.new_start - (hunk.new_count > 0)
    for changed, lines in groupby(hunk.lines, key=lambda line: line.kind != "context"):
        kinds = Counter(line.kind for line in lines)
        removed, added, context = kinds["removed"], kinds["added"], kinds["context"]
        if changed:
            yield old + (removed > 0), removed, new + (added > 0), added
        old, new = old + removed + context, new + added + context


def matched(
    findings: Sequence[Reported],
    defects: Sequence[Defect],
    hunks: Hunks,
    tolerance: int,
    *,
    categories: bool = False,
) -> dict[int, int]:
    """Index of defect -> index of finding, as many pairs as there can be; with `categories` only
    pairs that agree on the category (a defect without one agrees with none).

    Augmenting paths from one defect after the other (Kuhn 1955; Hopcroft and Karp 1973 name the
    bound): defects that come first are never given up, so the defects found do not depend on the
    order of the findings. Among several findings the one of the same category is tried first, then
    the nearest, then the first.
    """
    edges: list[list[int]] = []
    for defect in defects:
        near = [
            (finding.category != defect.category, apart, index)
            for index, finding in enumerate(findings)
            if (apart := distance(finding, defect, hunks)) is not None and apart <= tolerance
        ]
        edges.append([index for other, _, index in sorted(near) if not (categories and other)])
    pairs: dict[int, int] = {}
    taken: dict[int, int] = {}  # the same the other way round
    for number in range(len(defects)):
        _augment(number, edges, pairs, taken)
    return dict(sorted(pairs.items()))


def _augment(
    start: int, edges: Sequence[Sequence[int]], pairs: dict[int, int], taken: dict[int, int]
) -> None:
    """Give `start` a finding, if need be one that another defect has and can do without: the
    shortest such path."""
    came: dict[int, int] = {}  # finding -> the defect that it would go to
    queue = [start]
    for defect in queue:  # grows meanwhile
        for finding in edges[defect]:
            if finding in came:
                continue
            came[finding] = defect
            if finding in taken:
                queue.append(taken[finding])
                continue
            free: int | None = finding
            while free is not None:
                owner = taken[free] = came[free]
                before = pairs.get(owner)
                pairs[owner] = free
                free = before
            return


def distance(finding: Reported, defect: Defect, hunks: Hunks) -> int | None:
    """Lines between the defect and the nearest place of the finding, 0 if they touch; None when
    they cannot match."""
    places: list[Reported | Spot] = [finding, *finding.places]
    apart = (_apart(each, defect, hunks) for each in places)
    return min((each for each in apart if each is not None), default=None)


def _apart(finding: Reported | Spot, defect: Defect, hunks: Hunks) -> int | None:
    if finding.file != defect.file or finding.start_line is None:
        return None
    start, end = finding.start_line, max(finding.start_line, finding.end_line or 0)
    if finding.side == "old":
        if not defect.deletion:
            return None
        start, _ = _carried(start, hunks.get(finding.file, ()))
        _, end = _carried(end, hunks.get(finding.file, ()))
    return max(0, defect.start_line - end, start - defect.end_line)


def _carried(line: int, hunks: Sequence[Span]) -> tuple[int, int]:
    """The head lines for a line of the old side: itself if unchanged, its replacement, or the two
    lines around where it was."""
    shift = 0
    for old_start, old_count, new_start, new_count in hunks:
        if old_count and old_start <= line < old_start + old_count:
            return (
                (new_start, new_start + new_count - 1)
                if new_count
                else (max(1, new_start), new_start + 1)
            )
        if line >= old_start + max(old_count, 1):
            shift += new_count - old_count
    return line + shift, line + shift


def chance(result: Result, tolerance: int) -> float | None:
    """The probability that one comment on a random changed line would hit a defect. None if it is
    unknown: no defects, or the changed lines were not recorded."""
    total = sum(
        old_count + new_count
        for each in result.hunks.values()
        for _, old_count, _, new_count in each
    )
    if not result.defects or not total:
        return None
    hits = 0
    for path, each in result.hunks.items():
        near = [defect for defect in result.defects if defect.file == path]
        deletions = [defect for defect in near if defect.deletion]
        for old_start, old_count, new_start, new_count in each if near else ():
            hits += _reached(new_start, new_start + new_count - 1, near, tolerance)
            if old_count and _reached(*_carried(old_start, each), deletions, tolerance):
                hits += old_count  # all removed lines of a run map to one place
    return hits / total


def _reached(start: int, end: int, defects: Sequence[Defect], tolerance: int) -> int:
    """How many of the lines from `start` to `end` are near one of the defects."""
    count, past = 0, start
    for first, last in sorted(
        (each.start_line - tolerance, each.end_line + tolerance) for each in defects
    ):
        first, last = max(first, past), min(last, end)
        if first <= last:
            count, past = count + last - first + 1, last + 1
    return count
