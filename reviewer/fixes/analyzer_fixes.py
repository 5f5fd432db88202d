"""The fixes that analyzers offer for their findings: ruff's safe ones, and the rewrites of our own
rules."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

from reviewer.analyzers import astgrep, external, python_version, registry, rows, tree
from reviewer.analyzers.base import AnalyzerError, Limits
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
    program = registry.program("ruff")
    data = content(evidence.path, change)
    if (
        program is None
        or evidence.source != "ruff"
        or isinstance(data, Refused)
        or evidence.side != "new"
    ):
        return data if isinstance(data, Refused) else _NONE
    try:
        source = data.decode("utf-8")
    except UnicodeDecodeError:
        return Refused("ruff changes UTF-8 files only.")
    bom = _BOM if source.startswith(_BOM) else ""
    version = python_version.minimum(change, evidence.path, data)
    limits = Limits(timeout)
    name = "file" + PurePosixPath(evidence.path).suffix
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
            f"--select={evidence.rule}",
            f"--target-version=py{version[0]}{version[1]}",
            name,
        ]
        try:
            out = external.run(argv, cwd=scratch, limits=limits, ok=(0,))
        except AnalyzerError as exc:
            return Refused(f"ruff: {exc.problem}.")
    edits = _edits(json.loads(out or b"[]"), evidence, rows.universal(data))
    if not edits:
        return _NONE
    fixed = bom + _edited(source.removeprefix(bom), edits)
    return from_contents({evidence.path: fixed.encode()}, change)


def _edits(items: list[dict[str, Any]], evidence: Evidence, row: rows.Rows) -> list[dict[str, Any]]:
    """The edits for the evidence, if exactly one hit matches and its fix is safe."""
    hits = [
        item
        for item in items
        if item["code"] == evidence.rule and row(item["location"]["row"]) == evidence.start
    ]
    if len(hits) != 1 or not hits[0]["fix"] or hits[0]["fix"]["applicability"] != "safe":
        return []
    edits: list[dict[str, Any]] = hits[0]["fix"]["edits"]
    return edits


def _edited(source: str, edits: list[dict[str, Any]]) -> str:
    """`source` after the edits. ruff counts rows and characters from 1."""
    starts = [0, *(match.end() for match in _LINE_END.finditer(source))]

    def at(place: dict[str, int]) -> int:
        return starts[place["row"] - 1] + place["column"] - 1

    for edit in sorted(edits, key=lambda edit: at(edit["location"]), reverse=True):
        source = (
            source[: at(edit["location"])] + edit["content"] + source[at(edit["end_location"]) :]
        )
    return source
