"""The hooks of `.pre-commit-hooks.yaml`, run by the real pre-commit and prek where they are
installed.

They are given as local hooks with the Python of this environment, so that nothing has to be
downloaded.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from support.hooking import broken, call, told, with_remote
from support.repo import GIT, Repo

FINDING = "MAJOR     a.py:2  Undefined name `nowhere`."


@pytest.fixture(params=["pre-commit", "prek"])
def repo(request: pytest.FixtureRequest, tmp_path: Path, root: Path) -> Repo:
    tool = shutil.which(
        request.param, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if tool is None:
        pytest.skip(f"{request.param} is not installed")
    hooks = (root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    hooks = hooks.replace("entry: reviewer ", f"entry: {sys.executable} -P -m reviewer ")
    hooks = hooks.replace("language: python", "language: system")
    made = with_remote(tmp_path)
    lines = [f"      {line}" for line in hooks.splitlines() if not line.startswith("#")]
    made.write(
        ".pre-commit-config.yaml",
        "\n".join(["repos:", "  - repo: local", "    hooks:", *lines, ""]),
    )
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "configured")
    code, err = call(made, tool, "install", "-t", "pre-commit", "-t", "pre-push")
    assert code == 0, err
    return made


def git(repo: Repo, *args: str, **env: str) -> tuple[int, list[str]]:
    """Exit code, and what the hook said; the frameworks write to either stream, and prek
    indents."""
    code, err = call(repo, "sh", "-c", 'exec "$@" >&2', "sh", GIT, *args, **env)
    # prek indents all lines alike
    lines = told([re.sub(r"^ *(?=reviewer:|MAJOR| {12})", "", line) for line in err.splitlines()])
    return code, [line for line in lines if line.startswith(("reviewer: ", "MAJOR "))]


def test_commit(repo):
    repo.write("a.py", broken())
    code, said = git(repo, "commit", "-q", "-a", "-m", "x")
    assert (code, said) == (1, ["reviewer: commit blocked: 1 finding at or above major", FINDING])
    repo.write("a.py", "def f(x):\n    return x + 1\n")
    repo.git("add", "a.py")
    repo.write("a.py", broken())  # they put it aside for the hook, and back afterwards
    assert git(repo, "commit", "-q", "-m", "x") == (0, [])
    assert (repo.path / "a.py").read_text() == broken()


def test_push(repo):
    code, said = git(repo, "push", "-q", "origin", "work")
    assert (code, said) == (
        0,
        ["reviewer: work: Analyzers found nothing in 1 file; no model reviewed it"],
    )
    repo.write("a.py", broken())
    repo.git("commit", "-q", "-a", "--no-verify", "-m", "x")
    code, said = git(repo, "push", "-q", "origin", "work")
    assert (code, said) == (
        1,
        ["reviewer: push blocked: work: 1 finding at or above major", FINDING],
    )
    assert git(repo, "push", "-q", "origin", "work", REVIEWER_SKIP="1") == (
        0,
        ["reviewer: skipped (REVIEWER_SKIP is set)"],
    )


def test_the_first_push(repo, tmp_path):
    """The whole history is new: the frameworks name no commits then."""
    repo.git("init", "-q", "--bare", str(tmp_path / "new.git"))
    repo.git("remote", "set-url", "origin", str(tmp_path / "new.git"))
    repo.git("update-ref", "-d", "refs/remotes/origin/main")
    repo.write("a.py", broken())
    repo.git("commit", "-q", "-a", "--no-verify", "-m", "x")
    code, said = git(repo, "push", "-q", "origin", "work")
    assert (code, said) == (
        1,
        ["reviewer: push blocked: work: 1 finding at or above major", FINDING],
    )
