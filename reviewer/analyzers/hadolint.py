"""Dockerfiles that do not build, or do not do what they say, found by hadolint (extra
`analyzers`)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from reviewer.analyzers import delta, external, isolate, registry, tree
from reviewer.analyzers.base import UNCERTAIN, AnalyzerResult, Limits
from reviewer.analyzers.severity import rating
from reviewer.types import Change, Evidence

_AT_ONCE = 50  # files
_CONFIG = "hadolint.yaml"
_UNREAD = "DL1000"  # it does not know every instruction's newest options
_ASKS = "DL3014"
# What answers apt-get, or has it ask nothing. The rule knows `-y` only.
_ANSWERED = re.compile(
    rb"\s-s\b|--(?:simulate|dry-run|just-print|no-act)|\byes\b|Assume-Yes|\|\s*apt-get"
)
# A comment above an instruction can have rules ignored for it, or for the whole file. We honour
# only the former.
_IGNORED = re.compile(rb"#\s*hadolint\s+ignore\s*=\s*([\w,\s]+)")


def check(change: Change, limits: Limits) -> AnalyzerResult:
    sides = tree.changed(change, registry.ANALYZERS["hadolint"].reads)
    program = registry.program("hadolint")
    if not (sides.new or sides.large) or program is None:
        return AnalyzerResult("hadolint")
    found = isolate.sided(sides, partial(_found, program), limits, at_once=_AT_ONCE)
    lines = delta.split(sides.new)
    hits = isolate.introduced(change, sides, found, syntax=UNCERTAIN)
    suppressed = dict.fromkeys(hit for hit in hits if _is_ignored(hit, lines))
    kept = [hit for hit in hits if hit not in suppressed and not _is_answered(hit, lines)]
    return isolate.result("hadolint", kept, found.lost, sides.large, suppressed)


def _found(program: Path, scratch: Path, names: Sequence[str], limits: Limits) -> list[Evidence]:
    tree.write(scratch, {_CONFIG: b"{}\n"})  # else it looks for one in folders of the user's
    argv: list[str | Path] = [
        program,
        f"--config={_CONFIG}",
        "--disable-ignore-pragma",
        "--no-fail",
        "--no-color",
        "--format=json",
        *names,
    ]
    return external.readable(external.run(argv, cwd=scratch, limits=limits, ok=(0,)), _read)


def _read(report: Any) -> list[Evidence]:
    return [
        Evidence(
            source="hadolint",
            rule=UNCERTAIN if item["code"] == _UNREAD else item["code"],
            path=item["file"],
            start=item["line"],
            end=item["line"],
            message=item["message"].rstrip(".") + ".",
        )
        for item in report
        if item["code"] == _UNREAD or rating("hadolint", item["code"])  # the others are about style
    ]


def _is_answered(hit: Evidence, lines: delta.Lines) -> bool:
    if hit.rule != _ASKS:
        return False
    below = lines(hit.path)[(hit.start or 1) - 1 :]
    more = itertools.takewhile(lambda line: line.rstrip().endswith(b"\\"), below)
    return any(map(_ANSWERED.search, below[: len(list(more)) + 1]))


def _is_ignored(hit: Evidence, lines: delta.Lines) -> bool:
    """Whether a comment above the instruction has the rule ignored."""
    content = lines(hit.path)
    above = (hit.start or 1) - 2
    while 0 <= above < len(content) and content[above].lstrip().startswith(b"#"):
        if (named := _IGNORED.search(content[above])) and hit.rule in re.split(
            r"[\s,]+", named[1].decode("ascii", "replace")
        ):
            return True
        above -= 1
    return False
