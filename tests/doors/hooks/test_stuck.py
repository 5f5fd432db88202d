"""A hook whose review does not end: git is told, and is never let through without a word."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from support.hooking import CLEAN, call, git, ours, with_remote
from support.repo import Repo

LATE = "reviewer: the run went on past its time limit and was stopped"
HOOK = """#!/bin/sh
PYTHONPATH={tests} exec {python} -c '
from support.stuck import Stuck, in_c, in_python
from reviewer.cli import main
Stuck("reviewer.pipeline.recall:Past.recall", {hung}, late=True)()
main(["hook", "run", "{kind}", "--on-server-down", "{policy}", "origin", "URL"])
'
"""


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return with_remote(tmp_path)


def hooked(repo: Repo, kind: str, hung: str, policy: str) -> None:
    path = repo.path / ".git/hooks" / kind
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        HOOK.format(
            tests=Path(__file__).parents[2],
            python=sys.executable,
            hung=hung,
            kind=kind,
            policy=policy,
        )
    )
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("hung", "policy", "goes_on", "said"),
    [
        ("in_python", "warn", True, [LATE]),
        ("in_python", "block", False, [LATE]),
        ("in_c", "warn", False, [LATE]),
    ],
)
@pytest.mark.fault(
    "deadline",
    "a push whose review does not end",
    "it goes on or stops as `--on-server-down` says, always with a line; a killed hook stops it",
)
def test_a_push(repo: Repo, hung: str, policy: str, goes_on: bool, said: list[str]):
    repo.commit({"b.py": CLEAN})
    hooked(repo, "pre-push", hung, policy)
    code, stderr = git(repo, "push", "-q", "origin", "work")
    assert [line[: len(LATE)] for line in ours(stderr)] == said
    assert (code == 0) is goes_on
    assert ("work" in repo.git("ls-remote", "origin")) is goes_on


@pytest.mark.parametrize(("policy", "goes_on"), [("warn", True), ("block", False)])
@pytest.mark.fault(
    "deadline",
    "a commit whose review does not end",
    "it goes on or stops as `--on-server-down` says, always with a line",
)
def test_a_commit(repo: Repo, policy: str, goes_on: bool):
    before = repo.git("rev-parse", "HEAD")
    repo.write("b.py", CLEAN)
    repo.git("add", "b.py")
    hooked(repo, "pre-commit", "in_python", policy)
    code, stderr = git(repo, "commit", "-q", "-m", "b")
    assert [line[: len(LATE)] for line in ours(stderr)] == [LATE]
    assert (code == 0) is goes_on
    assert (repo.git("rev-parse", "HEAD") != before) is goes_on


def test_by_hand_the_code_says_that_it_was_killed(repo: Repo):
    hooked(repo, "pre-commit", "in_c", "warn")
    repo.write("b.py", CLEAN)
    repo.git("add", "b.py")
    code, _ = call(repo, os.fspath(repo.path / ".git/hooks/pre-commit"))
    assert code == -9
