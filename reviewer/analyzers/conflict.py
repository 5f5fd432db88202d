"""Conflict markers left in a file, as git and Jujutsu write them."""

from __future__ import annotations

import re

from reviewer.analyzers.base import AnalyzerResult, Limits
from reviewer.analyzers.delta import added_lines, is_moved, removed_content
from reviewer.languages import language_of
from reviewer.types import Change, Evidence, FileDiff

_USUAL = 7  # characters; longer ones where a file has such lines itself (conflict-marker-size)
_OPEN = re.compile(rb"(<{7,})(?: |$)")
_MIDDLE = re.compile(rb"(={7,}$|[%+-]{7,}(?= ))")  # git's; of a diff or a snapshot in Jujutsu
_CLOSE = re.compile(rb"(>{7,})(?: |$)")
# What merge.conflictStyle diff3 adds, and people forget when they remove the other three.
_BASE = re.compile(rb"\|{7} (?:merged common ancestors$|empty tree$|[0-9a-f]{7,40}(?: |:|$))")
_FIX = "Decide which side is meant, keep that, and remove the markers."


def check(change: Change, limits: Limits) -> AnalyzerResult:
    removed = removed_content(change)
    evidence: list[Evidence] = []
    for file in change.lines:
        limits.check()
        evidence += _markers(file, removed)
    return AnalyzerResult("conflict", tuple(evidence))


def _markers(file: FileDiff, removed: frozenset[bytes]) -> list[Evidence]:
    """One hit per block, one per base that was left alone, and in code one per marker outside a
    block."""
    markers: list[tuple[int, int, bool]] = []  # first line, last line, a complete block or a base
    opened, size, middle = 0, 0, False  # the line of the block that is open, 0 for none
    for number, line in added_lines(file):
        if match := _OPEN.match(line):
            if is_moved(line, removed):
                continue
            if opened and size == _USUAL:
                markers.append((opened, opened, False))
            opened, size, middle = number, len(match[1]), False
        elif opened and (match := _MIDDLE.match(line)) and len(match[1]) == size:
            middle = True
        elif match := _CLOSE.match(line):
            if is_moved(line, removed):
                continue
            if opened and middle and len(match[1]) == size:
                markers.append((opened, number, True))
            elif len(match[1]) == _USUAL:
                markers.append((number, number, False))
            opened = 0
        elif not opened and _BASE.match(line) and not is_moved(line, removed):
            markers.append((number, number, True))
    if opened and size == _USUAL:
        markers.append((opened, opened, False))
    language = language_of(file.path)  # prose may show markers, or underline a heading
    in_code = language is not None and language.kind != "prose"
    return [
        Evidence(
            source="conflict",
            rule="conflict-marker",
            path=file.path,
            start=start,
            end=end,
            message="Conflict markers of a merge were left in the file."
            if end > start
            else "A conflict marker was left.",
            fix=_FIX,
        )
        for start, end, certain in markers
        if certain or in_code
    ]
