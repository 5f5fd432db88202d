"""Runs the tests of a case, only if the user allows it: confined like a verify command, in a copy
of one side."""

from __future__ import annotations

import base64
import os
import shlex
import sys
from pathlib import Path

from reviewer.errors import GitFailed
from reviewer.events import Finding
from reviewer.fixes import confine, scratch
from reviewer.lab.evals.cases import Case, Tests
from reviewer.lab.evals.materialize import BASE, WORK, export
from reviewer.lab.evals.trees import check_path
from reviewer.workspace import invocation


def confirmed(case: Case, repo: Path) -> bool | None:
    """Whether the tests tell the two sides apart: they pass on the base and fail with the change.
    None when there is nothing to run. A command that cannot run passes nowhere, so it confirms
    nothing."""
    if case.tests is None or case.kind == "clean":
        return None
    if not _passes(case.tests, repo, BASE):
        return False
    return not _passes(case.tests, repo, WORK)


def fixes(case: Case, repo: Path, finding: Finding) -> bool | None:
    """Whether the tests pass on the change with the patch of this finding; None when it has no
    patch."""
    if case.tests is None or finding.patch is None:
        return None
    encoded = finding.patch.diff_base64
    patch = base64.b64decode(encoded) if encoded else finding.patch.diff.encode("utf-8")
    return _passes(case.tests, repo, WORK, patch)


def _passes(tests: Tests, repo: Path, revision: str, patch: bytes = b"") -> bool:
    """Whether the command ends with 0. If the copy cannot be made, nothing passes."""
    with scratch.folder() as top:
        copy, home = top / "copy", top / "home"
        copy.mkdir()
        home.mkdir()
        try:
            export(repo / ".git", revision, copy)
            if patch and not _applied(patch, copy):
                return False
            for path in sorted(tests.files):
                _write(copy, check_path(path), tests.files[path])
        except (GitFailed, OSError):
            return False
        command = shlex.join(
            sys.executable if word == "{python}" else word for word in tests.command
        )
        return confine.run(command, copy, home, tests.timeout).passed


def _applied(patch: bytes, copy: Path) -> bool:
    env = invocation.environment(
        (),
        GIT_CEILING_DIRECTORIES=str(copy.parent),
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_CONFIG_NOSYSTEM="1",
    )
    program = invocation.find_git()
    try:
        invocation.run(
            program,
            "apply",
            "--whitespace=nowarn",
            "-p1",
            "-",
            cwd=copy,
            env=env,
            timeout=60,
            stdin=patch,
        )
    except GitFailed:
        return False
    return True


def _write(copy: Path, path: str, data: str) -> None:
    """Write a test file over whatever the tree has there; never through a link in the tree."""
    place = copy
    for part in path.split("/")[:-1]:
        place /= part
        if place.is_symlink() or place.is_file():
            place.unlink()
        place.mkdir(exist_ok=True)
    target = copy / path
    target.unlink(missing_ok=True)
    target.write_bytes(data.encode("utf-8"))
