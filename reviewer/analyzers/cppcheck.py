"""Faults of memory, pointers and resources in C and C++, found by cppcheck (extra `analyzers`).

It sees the changed files and those headers of the repository that they include.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from reviewer import text
from reviewer.analyzers import c_includes, delta, external, isolate, registry, tree
from reviewer.analyzers.base import UNCERTAIN, AnalyzerError, AnalyzerResult, Limits, old_name
from reviewer.analyzers.severity import rating
from reviewer.types import Change, Evidence, Side

_AT_ONCE = 4  # files: some take seconds
# Of a file that it gives up on, it may not have said all.
_GIVES_UP = frozenset(
    (
        "internalAstError",
        "internalError",
        "preprocessorErrorDirective",
        "syntaxError",
        "unknownMacro",
    )
)
_FIELDS = "{line}\t{id}\t{file}\t{message}"


def check(change: Change, limits: Limits) -> AnalyzerResult:
    sides = tree.changed(change, registry.ANALYZERS["cppcheck"].reads)
    program = registry.program("cppcheck")
    if not (sides.new or sides.large) or program is None:
        return AnalyzerResult("cppcheck")
    new, lost = _found(program, change, "new", sides.new, limits)
    new = [each for each in new if each.rule != UNCERTAIN]
    if not new:
        return isolate.result("cppcheck", [], lost, sides.large)
    # Code may have moved from any file, but most come without a hit.
    hit = {each.path for each in new}
    wanted = {
        old_name(file) for file in change.files if file.path in hit or file.status != "modified"
    }
    earlier = {path: data for path, data in sides.old.items() if path in wanted}
    old, unread = _found(program, change, "old", earlier, limits)
    partial = {each.path for each in old if each.rule == UNCERTAIN}.union(unread)
    unknown = frozenset(file.path for file in change.files if old_name(file) in partial)
    old_lines, new_lines = delta.split(sides.old), delta.split(sides.new)
    hits = delta.introduced(change, old, new, old_lines, new_lines, unknown)
    return isolate.result("cppcheck", hits, lost, sides.large)


def _found(
    program: Path, change: Change, side: Side, sources: Mapping[str, bytes], limits: Limits
) -> tuple[list[Evidence], isolate.Lost]:
    """What cppcheck finds in `sources`, and why it fails on some of them."""
    read = c_includes.gather(change, side, sources, limits)
    names = tree.stand_ins(read.files)
    folders = [f"-Icode/{names.folder(folder)}" for folder in read.folders]
    numbers = itertools.count()
    with tree.scratch() as scratch:
        tree.write(scratch / "code", {names.of[path]: data for path, data in read.files.items()})

        def attempt(part: Sequence[str], limits: Limits) -> list[Evidence]:
            report = scratch / f"report{next(numbers)}"
            argv: list[str | Path] = [
                program,
                "--quiet",
                "--library=posix,gnu",
                "--platform=unix64",
                "--check-level=normal",
                "--max-configs=1",
                f"--template={_FIELDS}",
                "--template-location=",
                f"--output-file={report}",
                *folders,
                *(f"code/{name}" for name in part),
            ]
            external.run(argv, cwd=scratch, limits=limits, ok=(0,))
            return _read(report, {f"code/{name}": names.path[name] for name in part})

        results, lost = isolate.each(
            [names.of[path] for path in sources], attempt, limits, at_once=_AT_ONCE
        )
    return [hit for hits in results for hit in hits], {
        names.path[name]: why for name, why in lost.items()
    }


def _read(report: Path, paths: Mapping[str, str]) -> list[Evidence]:
    """The hits of rules that mean a fault, in the files themselves, not in their headers; UNCERTAIN
    where it gives up on one. Raises AnalyzerError if there is no report."""
    try:
        lines = text.decode(report.read_bytes()).split("\n")
    except OSError as exc:
        raise AnalyzerError("its report cannot be read") from exc
    found = []
    for fields in (line.split("\t", 3) for line in lines):
        if len(fields) < 4 or fields[2] not in paths:
            continue
        rule = UNCERTAIN if fields[1] in _GIVES_UP else fields[1]
        if rule != UNCERTAIN and not rating("cppcheck", rule):
            continue
        line = max(1, int(fields[0])) if fields[0].isdecimal() else 1
        message = fields[3].rstrip(".") + "."
        found.append(Evidence("cppcheck", rule, paths[fields[2]], line, line, message))
    return found
