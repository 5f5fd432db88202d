"""Security problems in GitHub workflows, found by zizmor (extra `analyzers`) without network
access."""

from __future__ import annotations

import json
import re
from pathlib import Path

from reviewer.analyzers import delta, external, registry, tree
from reviewer.analyzers.base import AnalyzerError, AnalyzerResult, Limits
from reviewer.types import Change, Evidence

_WORKFLOW = re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$|(?:^|/)action\.ya?ml$")


def check(change: Change, limits: Limits) -> AnalyzerResult:
    sides = tree.changed(change, lambda path: _WORKFLOW.search(path) is not None)
    program = registry.program("zizmor")
    if not sides.new or program is None:
        return AnalyzerResult("zizmor")
    with tree.scratch() as scratch:
        refused = sides.write(scratch)
        argv: list[str | Path] = [
            program,
            "--offline",
            "--no-config",
            "--no-exit-codes",
            "--no-progress",
            "--color=never",
            "--format=json-v1",
            "--persona=regular",
            "--cache-dir",
            scratch / "cache",
            *sides.names,
        ]
        out = external.run(argv, cwd=scratch, limits=limits, ok=(0,), files=list(sides.new))
    found = _parse(out)
    hits = delta.introduced(
        change, found["old"], found["new"], delta.split(sides.old), delta.split(sides.new)
    )
    return AnalyzerResult(
        "zizmor",
        tuple(hits),
        "zizmor: cannot check files with these names" if refused else None,
        refused,
    )


def _parse(output: bytes) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = {"old": [], "new": []}
    try:
        items = json.loads(output)
    except ValueError:
        raise AnalyzerError("its report cannot be read") from None
    for item in items:
        primary = next(
            (place for place in item["locations"] if place["symbolic"]["kind"] == "Primary"), None
        )
        if primary is None or item["ignored"] or "Local" not in primary["symbolic"]["key"]:
            continue
        side, _, path = primary["symbolic"]["key"]["Local"]["verbatim_path"].partition("/")
        place = primary["concrete"]["location"]
        start = place["start_point"]["row"] + 1
        end = max(start, place["end_point"]["row"] + (place["end_point"]["column"] > 0))
        what, note = item["desc"], primary["symbolic"]["annotation"]
        fix = item["fixes"][0]["title"] if item["fixes"] else ""
        found[side].append(
            Evidence(
                source="zizmor",
                rule=item["ident"],
                path=path,
                start=start,
                end=end,
                message=f"{what[:1].upper()}{what[1:]}: {note}.",
                fix=f"{fix[:1].upper()}{fix[1:]}." if fix else "",
            )
        )
    return found
