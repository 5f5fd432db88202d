"""What Windows would run, without what only POSIX has: nobody has run it there."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.repo import GIT, Repo

ROOT = Path(__file__).parents[1]
OLD = b"def f(x):\n    return x\n"
NEW = b"def f(x):\n    return x is 'a'\n"


def as_windows(*commands: list[str], cwd: Path, environ: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, ROOT / "tests/support/windows.py", json.dumps(commands)],
        cwd=cwd,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.fault(
    "files",
    "a machine without fcntl, forks, process groups, SIGHUP and files relative to a folder",
    "reviews, fixes, undos and hooks work as elsewhere",
)
def test_a_review_a_fix_and_its_undo_without_posix(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git.exe").symlink_to(GIT)
    repo = Repo(tmp_path / "work", tmp_path / "home")
    repo.commit({"a.py": OLD})
    repo.git("checkout", "-q", "-b", "work")
    repo.write("a.py", NEW)
    said = as_windows(
        ["--version"],
        ["--no-model", "--fail-on", "minor"],
        ["fix", "--all", "--yes"],
        ["undo"],
        ["hook", "install"],
        ["hook", "uninstall"],
        ["serve", "status"],
        cwd=repo.path,
        environ={
            "PATH": str(tmp_path / "bin") + os.pathsep + os.environ["PATH"],
            "TEMP": str(tmp_path),
        },
    )
    assert re.findall(r"^exit \d+", said, re.MULTILINE) == [
        "exit 0",
        "exit 1",
        "exit 0",
        "exit 0",
        "exit 0",
        "exit 0",
        "exit 4",
    ], said
    assert "applied 1 fix in 1 file" in said
    assert "restored a.py" in said
    assert (repo.path / "a.py").read_bytes() == NEW


def test_platforms_are_asked_for_in_the_way_that_the_type_checker_reads() -> None:
    """Behind `os.name`, what a platform lacks is not found before it is missed."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "reviewer").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "os.name"
    ]
    assert found == []
