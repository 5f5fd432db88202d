"""Conflict markers left in a file."""

from __future__ import annotations

import re

from reviewer.analyzers.base import AnalyzerResult, Limits
from reviewer.analyzers.delta import added_lines, is_moved, removed_content
from reviewer.languages import language_of
from reviewer.types import Change, Evidence, FileDiff

_OPEN = re.compile(rb"<{7}(?: |$)")
_MIDDLE = re.compile(rb"={7}$")
_CLOSE = re.compile(rb">{7}(?: |$)")
_FIX = "Decide which side is meant, keep that, and remove the markers."


def check(change: Change, limits: Limits) -> AnalyzerResult:
    removed = removed_content(change)
    evidence: list[Evidence] = []
    for file in change.lines:
        limits.check()
        evidence += _markers(file, removed)
    return AnalyzerResult("conflict", tuple(evidence))


def _markers(file: FileDiff, removed: frozenset[bytes]) -> list[Evidence]:
    """One hit per block, and in code one per marker outside a block."""
    markers, opened, middle = [], None, None
    for number, line in added_lines(file):
        if is_moved(line, removed):
            continue
        if _OPEN.match(line):
            if opened is not None:
                markers.append((opened, opened, False))
            opened, middle = number, None
        elif _MIDDLE.match(line) and opened is not None:
            middle = number
        elif _CLOSE.match(line):
            whole = opened is not None and middle is not None
            markers.append((opened if whole and opened is not None else number, number, whole))
            opened = middle = None
    if opened is not None:
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
            if whole
            else "A conflict marker was left.",
            fix=_FIX,
        )
        for start, end, whole in markers
        if whole or in_code
    ]
