"""Security problems in GitHub workflows, found by zizmor (extra `analyzers`) without network
access."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from reviewer.analyzers import external, isolate, registry, tree
from reviewer.analyzers.base import AnalyzerError, AnalyzerResult, Limits
from reviewer.types import Change, Evidence

_AT_ONCE = 16  # files
_NO_WORKFLOW = "does not match expected validation schema"  # GitHub refuses it just as well


def check(change: Change, limits: Limits) -> AnalyzerResult:
    sides = tree.changed(change, registry.ANALYZERS["zizmor"].reads)
    program = registry.program("zizmor")
    if not (sides.new or sides.large) or program is None:
        return AnalyzerResult("zizmor")
    found = isolate.sided(sides, partial(_found, program), limits, at_once=_AT_ONCE)
    hits = isolate.introduced(change, sides, found)
    return isolate.result("zizmor", hits, found.lost, sides.large)


def _found(program: Path, scratch: Path, names: Sequence[str], limits: Limits) -> list[Evidence]:
    argv: list[str | Path] = [
        program,
        "--offline",
        "--no-config",
        "--no-exit-codes",
        "--no-progress",
        "--strict-collection",  # a workflow that cannot be read is an error, not left out
        "--color=never",
        "--format=json-v1",
        "--persona=regular",
        "--cache-dir",
        scratch / "cache",
        *names,
    ]
    try:
        return external.readable(external.run(argv, cwd=scratch, limits=limits, ok=(0,)), _read)
    except AnalyzerError as exc:
        if len(names) == 1 and _NO_WORKFLOW in exc.said:
            return []
        raise


def _read(report: Any) -> list[Evidence]:
    found = []
    for item in report:
        primary = next(
            (place for place in item["locations"] if place["symbolic"]["kind"] == "Primary"), None
        )
        if primary is None or item["ignored"] or "Local" not in primary["symbolic"]["key"]:
            continue
        place = primary["concrete"]["location"]
        start = place["start_point"]["row"] + 1
        end = max(start, place["end_point"]["row"] + (place["end_point"]["column"] > 0))
        what, note = item["desc"], primary["symbolic"]["annotation"]
        fix = item["fixes"][0]["title"] if item["fixes"] else ""
        found.append(
            Evidence(
                source="zizmor",
                rule=item["ident"],
                path=primary["symbolic"]["key"]["Local"]["verbatim_path"],
                start=start,
                end=end,
                message=f"{what[:1].upper()}{what[1:]}: {note}.",
                fix=f"{fix[:1].upper()}{fix[1:]}." if fix else "",
            )
        )
    return found
