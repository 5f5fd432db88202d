"""What the user is told about the state under review, beside the review."""

from __future__ import annotations

import os

import pytest
from support.repo import Repo

from reviewer import memory
from reviewer.pipeline import subject
from reviewer.pipeline.request import Request
from reviewer.types import Scope

NAME = ".reviewer.toml"


@pytest.fixture
def repo(tmp_path) -> Repo:
    return Repo(tmp_path / "repo", tmp_path / "home")


def notes(repo: Repo, kind: str = "all", **scope: object) -> tuple[str, ...]:
    wanted = Scope(kind, **scope)  # type: ignore[arg-type]
    return subject.take(Request(repo.path, wanted, {}, os.environ)).notes


@pytest.mark.fault(
    "verdict",
    "the repository's settings are changed in the worktree, where they do not count",
    "one line says so, and which ones are in force",
)
def test_settings_that_are_not_in_force(repo: Repo) -> None:
    repo.write(NAME, "")
    assert notes(repo) == (
        f"{NAME} is not in force: it is read from the base, and nothing is committed yet",
    )
    (repo.path / NAME).unlink()
    first = repo.commit({"a": "1\n"})[:12]
    repo.git("checkout", "-q", "-b", "work")
    repo.write(NAME, 'profile = "chill"\n')
    new = f"{NAME} is not in force: it is read from the base, main ({first}), which has none"
    assert notes(repo) == (new,)
    repo.write(".git/info/exclude", NAME)
    repo.write("a", "2\n")
    assert notes(repo) == (new,)  # even one that git ignores
    assert notes(repo, "staged")[:1] != (new,)
    repo.write(".git/info/exclude", "")
    second = repo.commit({NAME: 'profile = "chill"\n'})[:12]
    repo.git("branch", "-f", "main")
    repo.write("a", "3\n")
    assert notes(repo) == ()
    repo.write(NAME, 'profile = "chill"\r\n')  # as a checkout on Windows has it
    assert notes(repo) == ()
    repo.write(NAME, "")
    at = f"in force is the one of the base, main ({second})"
    assert notes(repo) == (f"{NAME} is changed here; {at}",)
    (repo.path / NAME).unlink()
    assert notes(repo) == (f"{NAME} is deleted here; {at}",)


def test_a_clean_checkout_names_what_else_there_is(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    assert notes(repo) == ("The last commit: `reviewer --commit HEAD`",)
    repo.write("a", "2\n")
    assert notes(repo) == ()
    assert notes(repo, "commit", rev="HEAD") == ()
    repo.write("a", "1\n")
    repo.write("logo.bin", "\0" * 9000)  # only skipped files are no clean checkout
    assert notes(repo) == ()


@pytest.mark.fault(
    "files",
    "the memory turns out to be damaged before the review has begun",
    "it is replaced, and the warning is part of the review's end",
)
def test_a_damaged_memory_is_told_although_it_was_replaced(repo: Repo, tmp_path) -> None:
    repo.commit({"a": "1\n"})
    environ = {**os.environ, "REVIEWER_STATE_DIR": str(tmp_path / "state")}
    with memory.open_store(environ) as store:
        path = store.path
    assert subject.take(Request(repo.path, environ=environ, scope=Scope())).warnings == ()
    path.write_bytes(b"no database" * 1000)
    (warning,) = subject.take(Request(repo.path, environ=environ, scope=Scope())).warnings
    assert "damaged" in warning
