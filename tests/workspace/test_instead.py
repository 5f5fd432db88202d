"""Each suggestion is run: in this state it must name a change."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from support.repo import Repo

from reviewer.types import Scope
from reviewer.workspace import collect, instead, open_repository, resolve

COMMIT = "The last commit: `reviewer --commit HEAD`"


def suggested(repo: Repo, kind: str = "all", **scope: object) -> str:
    """What is said; every command in it finds a change."""
    repository = open_repository(repo.path, timeout=20)
    wanted = Scope(kind, **scope)  # type: ignore[arg-type]
    said = instead(repository, resolve(repository, wanted), wanted)
    for line in re.findall("`([^`]+)`", said):
        *first, command = line.split(" && ")
        for each in first:
            subprocess.run(shlex.split(each), cwd=repo.path, check=True, capture_output=True)
        assert found(repo, *shlex.split(command)[1:])
    return said


def found(repo: Repo, *args: str) -> bool:
    match args:
        case ("--commit", rev):
            scope = Scope("commit", rev=rev)
        case ("--base", base):
            scope = Scope(base=base)
        case ("--uncommitted",):
            scope = Scope("uncommitted")
        case ():
            scope = Scope()
    repository = open_repository(repo.path, timeout=20)
    return bool(collect(repository, resolve(repository, scope), scope).files)


def test_no_commit_yet(repo: Repo) -> None:
    assert suggested(repo) == "There is no commit and no file yet"


@pytest.mark.fault(
    "refs",
    "nothing has changed since the base",
    "commands for what is committed are named, and each of them works in that clone",
)
def test_a_clean_checkout(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    assert suggested(repo) == COMMIT
    repo.commit({"a": "2\n"})
    assert suggested(repo) == COMMIT
    repo.commit({"a": "3\n"})
    assert suggested(repo) == f"{COMMIT}. The last 2: `reviewer --base HEAD~2`"
    repo.git("checkout", "-q", "--detach")
    assert suggested(repo, "uncommitted") == f"{COMMIT}. The last 2: `reviewer --base HEAD~2`"
    for number in range(4, 16):
        repo.commit({"a": f"{number}\n"})
    repo.git("branch", "-f", "main")
    assert suggested(repo) == f"{COMMIT}. The last 10: `reviewer --base HEAD~10`"


def test_a_scope_that_is_too_narrow(repo: Repo) -> None:
    repo.commit({"a": "1\n", "b": "1\n"})
    repo.git("checkout", "-q", "-b", "work")
    assert suggested(repo, "staged") == COMMIT
    repo.write("b", "2\n")
    assert suggested(repo, "staged") == f"What is not staged: `reviewer --uncommitted`. {COMMIT}"
    assert suggested(repo, "committed") == f"Everything that changed: `reviewer`. {COMMIT}"
    said = f"Everything that changed outside these paths: `reviewer`. {COMMIT}"
    assert suggested(repo, paths=("a",)) == said
    repo.commit({})
    assert suggested(repo, "uncommitted").startswith("Everything that changed: `reviewer`. ")
    repo.write("new", "1\n")
    assert suggested(repo, "staged").startswith("What is not staged: ")


def test_one_commit_or_range_was_named(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    assert suggested(repo, "commit", rev="HEAD") == ""
    assert suggested(repo, "range", rev="HEAD..HEAD") == ""


def test_a_shallow_clone(repo: Repo, tmp_path: Path) -> None:
    for number in range(3):
        repo.commit({"a": f"{number}\n"})
    target = tmp_path / "clone"
    repo.git("clone", "-q", "--depth", "1", f"file://{repo.path}", str(target))
    clone = Repo(target, repo.home, init=False)
    deepen = "git fetch --deepen=1"
    assert suggested(clone) == f"The last commit: `{deepen} && reviewer --commit HEAD`"
    assert suggested(clone) == COMMIT
    clone.git("fetch", "-q", "--depth", "1")
    clone.git("remote", "remove", "origin")
    repository = open_repository(clone.path, timeout=20)
    assert instead(repository, resolve(repository, Scope()), Scope()) in ("", COMMIT)
