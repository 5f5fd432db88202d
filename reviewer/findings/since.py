"""Tells whether a finding is about code that already existed at an earlier commit: for adopting the
reviewer in an old code base."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate

from reviewer.context.index import once_per_change
from reviewer.events import Finding, SameCause
from reviewer.findings.identity import path_of
from reviewer.types import Change, FileDiff

# For each hunk, in the order of lines: its first line, and the end of it and of those before it.
_Touched = tuple[Sequence[int], Sequence[int]]


def is_older(finding: Finding, since: Change) -> bool:
    """Whether a model's finding is about code that already existed at the base of `since`, the
    change from there to the state under review. A finding on lines that the reviewed change does
    not touch never counts as older."""
    return finding.in_diff and finding.start_line is not None and is_unchanged(finding, since)


def is_unchanged(finding: Finding, since: Change) -> bool:
    """Whether all places of a finding and its evidence are as they were at the base of `since`.
    Lines within a hunk of `since` are not, context lines included, nor are those of a file that
    cannot be compared."""
    begin, name = finding.start_line, finding.file_name
    files = _files(since)
    each_place: list[Finding | SameCause] = [finding, *finding.places]
    if begin is None or any(each.side == "old" for each in each_place):
        return not any(path_of(each) in files for each in each_place)
    places = [
        (path_of(each), each.start_line or begin, each.end_line or begin) for each in each_place
    ]
    others = [
        quote
        for quote in finding.evidence
        if (quote.file_name, quote.side) != (name, "new")
        or not quote.start_line <= begin <= quote.end_line
    ]
    if any(quote.side == "old" and quote.file_name in files for quote in others):
        return False  # the numbers of removed lines are not those of `since`
    places += [(quote.file_name, quote.start_line, quote.end_line) for quote in others]
    return not any(
        _touched(files[path], start, end) for path, start, end in places if path in files
    )


@once_per_change
def _files(since: Change) -> Mapping[str, _Touched | None]:
    """What hunks show of the files that may have changed, by old and new path; None for a file
    that cannot be compared."""
    touched = {file.path: _lines(file) for file in since.files}
    names: dict[str, _Touched | None] = {
        file.old_path: touched[file.path] for file in since.files if file.old_path is not None
    }
    names |= touched
    unknown = [item.path for item in since.skipped] + [item.path for item in since.unreviewed]
    return names | dict.fromkeys(unknown)


def _lines(file: FileDiff) -> _Touched:
    hunks = sorted((hunk.new_start, hunk.new_start + max(1, hunk.new_count)) for hunk in file.hunks)
    return [start for start, _ in hunks], list(accumulate((end for _, end in hunks), max))


def _touched(file: _Touched | None, start: int, end: int) -> bool:
    if file is None:
        return True
    starts, furthest = file
    at = bisect_right(starts, end) - 1  # the last hunk that begins at `end` or above
    return at >= 0 and start < furthest[at]
