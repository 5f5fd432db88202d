"""The fixes that analyzers offer for their findings: ruff's safe ones, and the rewrites of our own
rules."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from reviewer.analyzers import astgrep, external, python_version, registry, rows, tree
from reviewer.analyzers.base import AnalyzerError, Limits
from reviewer.context.index import once_per_change
from reviewer.fixes.build import Built, Refused, content, from_contents
from reviewer.types import Change, Evidence

_BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\r|\n")
_NONE = Refused("ruff has no safe fix for it.")


def analyzer_fix(hit: Evidence, change: Change) -> Built | Refused | None:
    """The unproved patch that an analyzer offers for its hit; None for analyzers without fixes."""
    if hit.source == "ruff":
        return ruff_fix(hit, change)
    return astgrep_fix(hit, change) if hit.source == "astgrep" else None


def astgrep_fix(hit: Evidence, change: Change, timeout: float = 10) -> Built | Refused:
    """The unproved patch from the rewrite of one of our pattern rules."""
    data = content(hit.path, change)
    if isinstance(data, Refused):
        return data
    try:
        source = data.decode("utf-8")
    except UnicodeDecodeError:
        return Refused("Rules rewrite UTF-8 files only.")
    try:
        fixed = astgrep.rewritten(hit.path, source, hit.rule, hit.start or 0, Limits(timeout))
    except AnalyzerError as exc:
        return Refused(f"astgrep: {exc.problem}.")
    return (
        Refused("The rule has no rewrite for it.")
        if fixed is None
        else from_contents({hit.path: fixed.encode()}, change)
    )


def ruff_fix(evidence: Evidence, change: Change, timeout: float = 10) -> Built | Refused:
    """The unproved patch from ruff's own safe fix for its hit."""
    data = content(evidence.path, change)
    if isinstance(data, Refused):
        return data
    if evidence.source != "ruff" or evidence.side != "new" or evidence.start is None:
        return _NONE
    try:
        source = data.decode("utf-8")
    except UnicodeDecodeError:
        return Refused("ruff changes UTF-8 files only.")
    fixes = _offered(change).of(evidence.path, evidence.rule, data, change, timeout)
    if isinstance(fixes, Refused):
        return fixes
    edits = fixes.get(evidence.start)
    if not edits:
        return _NONE
    bom = _BOM if source.startswith(_BOM) else ""
    fixed = bom + _edited(source.removeprefix(bom), edits)
    return from_contents({evidence.path: fixed.encode()}, change)


_Edits = list[dict[str, Any]]


@dataclass
class _Offered:
    """What ruff offers for the hits of one rule in one file, asked for once: a file may have
    thousands."""

    _known: dict[tuple[str, str], Mapping[int, _Edits] | Refused] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)  # fixes are built in threads

    def of(
        self, path: str, rule: str, data: bytes, change: Change, timeout: float
    ) -> Mapping[int, _Edits] | Refused:
        """The edits of each safe fix, by row."""
        key = (path, rule)
        with self._lock:
            if key not in self._known:
                self._known[key] = _ask(path, rule, data, change, Limits(timeout))
            return self._known[key]


@once_per_change
def _offered(change: Change) -> _Offered:
    return _Offered()


def _ask(
    path: str, rule: str, data: bytes, change: Change, limits: Limits
) -> Mapping[int, _Edits] | Refused:
    program = registry.program("ruff")
    if program is None:
        return _NONE
    version = python_version.minimum(change, path, data)
    name = "file" + PurePosixPath(path).suffix
    with tree.scratch() as scratch:
        (scratch / name).write_bytes(data)
        argv: list[str | Path] = [
            program,
            "check",
            "--isolated",
            "--no-cache",
            "--no-fix",
            "--quiet",
            "--ignore-noqa",
            "--output-format=json",
            "--exit-zero",
            f"--select={rule}",
            f"--target-version=py{version[0]}{version[1]}",
            name,
        ]
        try:
            out = external.run(argv, cwd=scratch, limits=limits, ok=(0,))
            return external.readable(out, partial(_safe, rule, rows.universal(data)))
        except AnalyzerError as exc:
            return Refused(f"ruff: {exc.problem}.")


def _safe(rule: str, row: rows.Rows, items: list[dict[str, Any]]) -> dict[int, _Edits]:
    """The edits of the safe fixes, by line. Of two hits in a row it is not known which is meant."""
    hits = [(row(item["location"]["row"]), item["fix"]) for item in items if item["code"] == rule]
    in_row = Counter(line for line, _ in hits)
    return {
        line: fix["edits"]
        for line, fix in hits
        if in_row[line] == 1 and fix and fix["applicability"] == "safe"
    }


def _edited(source: str, edits: _Edits) -> str:
    """`source` after the edits. ruff counts rows and characters from 1."""
    starts = [0, *(match.end() for match in _LINE_END.finditer(source))]

    def at(place: dict[str, int]) -> int:
        return starts[place["row"] - 1] + place["column"] - 1

    for edit in sorted(edits, key=lambda edit: at(edit["location"]), reverse=True):
        source = (
            source[: at(edit["location"])] + edit["content"] + source[at(edit["end_location"]) :]
        )
    return source
