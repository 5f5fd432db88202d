"""What oxlint finds with the types of a project, through tsgolint, where that is on PATH: promises
that nothing waits for since the change."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from reviewer.analyzers import delta, external, npm, oxlint_run, tree, tsc_project, tsc_run
from reviewer.analyzers.base import Limits
from reviewer.languages import is_test
from reviewer.types import Change, Evidence

_PACKAGE = "@oxlint-tsgolint/{platform}"
_FLOATING = "no-floating-promises"
RULES = (_FLOATING, "no-array-delete", "no-for-in-array")
_CALL = re.compile(rb"^\s{0,200}([A-Za-z_$][\w$]{0,99})\(")


def check(program: Path, change: Change, limits: Limits) -> list[Evidence]:
    """Raises AnalyzerError like `external.run`."""
    script = external.on_path("tsgolint", change.root)
    linter = npm.native(script, _PACKAGE, "tsgolint", change.root) if script else None
    project = tsc_project.gather(change, limits) if linter else None
    if linter is None or project is None:
        return []
    new, old = tsc_run.sides(project, change)
    maps = {file.path: delta.LineMap(file) for file in change.files}
    with tree.scratch() as scratch:
        hits = [
            hit
            for hit in _found(program, linter, scratch / "new", new, limits)
            if _is_certain(hit, maps.get(hit.path), project)
        ]
        if not hits:
            return []
        known = _found(program, linter, scratch / "old", old, limits)
    lines = delta.split(project.old), delta.split(project.new)
    return [_explained(hit) for hit in delta.introduced(change, known, hits, *lines)]


def _found(
    program: Path, linter: Path, root: Path, side: tsc_run.Side, limits: Limits
) -> list[Evidence]:
    names = tsc_run.write(root, side)
    checked = [names.of[path] for path in side.files if path in side.checked]
    return [
        tsc_run.placed(hit, side, names)
        for hit in oxlint_run.reported(
            program,
            root,
            ("typescript",),
            [f"typescript/{rule}" for rule in RULES],
            ("--type-aware", "--tsconfig", root / "tsconfig.json"),
            checked,
            limits,
            {"OXLINT_TSGOLINT_PATH": str(linter)},
        )
    ]


def _is_certain(hit: Evidence, lines: delta.LineMap | None, project: tsc_project.Project) -> bool:
    """Whether a call that nothing waits for became one, and was not written so on purpose. What a
    pattern rule finds, a call of an async function of the same file, is left to it."""
    if hit.rule != _FLOATING:
        return not is_test(hit.path)
    start = hit.start or 1
    if lines is not None and lines.touches(start, start):
        return False
    source = project.new[hit.path]
    call = _CALL.match(source.split(b"\n")[start - 1])
    return call is None or not _is_async(re.escape(call[1]), source)


def _is_async(name: bytes, source: bytes) -> bool:
    declared = rb"\basync\s{1,20}function\s{1,20}%b\b|\b%b\s{0,20}=\s{0,20}async\b" % (name, name)
    return re.search(declared, source) is not None


def _explained(hit: Evidence) -> Evidence:
    if hit.rule != _FLOATING:
        return hit
    return dataclasses.replace(
        hit,
        message="Nothing waits for the promise of this call, and its failure is lost. "
        "Before the change, the call returned no promise.",
    )
