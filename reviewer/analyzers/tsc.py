"""What the change broke in TypeScript, also in other files, found by its compiler with our own
configuration.

The compiler sees the TypeScript of the repository and nothing that is installed: whatever comes
from there is unknown to it and never reported. What it says counts where the change brings it to a
line that it left alone, and on changed lines only where nothing unknown can be the reason.
"""

from __future__ import annotations

import dataclasses

from reviewer import text
from reviewer.analyzers import (
    delta,
    isolate,
    tree,
    tsc_program,
    tsc_project,
    tsc_report,
    tsc_run,
)
from reviewer.analyzers.base import AnalyzerResult, Limits
from reviewer.types import Change, Evidence

_FIRST = 0.6  # of the time, for the new side


def check(change: Change, limits: Limits) -> AnalyzerResult:
    project = tsc_project.gather(change, limits)
    program = tsc_program.find(change.root, limits) if project else None
    if project is None or program is None:
        return AnalyzerResult("tsc")
    new, old = tsc_run.sides(project, change)
    known = tsc_report.known(project, change)
    with tree.scratch() as scratch:
        first = limits.within(limits.remaining() * _FIRST)
        hits = tsc_run.found(program, scratch / "new", new, first)
        hits = [hit for hit in hits if tsc_report.is_certain(hit, known)]
        if hits:
            earlier = tsc_run.found(program, scratch / "old", old, limits)
            lines = delta.split(project.old), delta.split(project.new)
            hits = delta.introduced(change, earlier, hits, *lines)
    return _result(project, tsc_report.explained(hits, known))


def _result(project: tsc_project.Project, hits: list[Evidence]) -> AnalyzerResult:
    found = isolate.result("tsc", hits, {}, project.large)
    if not project.left:
        return found
    more = text.count(len(project.left), "more file")
    problem = "; ".join(
        filter(None, (found.problem, f"tsc: did not check {more} with uses of what was changed"))
    )
    return dataclasses.replace(found, problem=problem, files=(*found.files, *project.left))
