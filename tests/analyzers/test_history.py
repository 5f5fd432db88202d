"""Credentials that a commit of the branch brings, whatever became of them later."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.repo import Repo, review
from support.secret_corpus import pem

from reviewer.analyzers import Limits, history
from reviewer.workspace import history as reading

PASSWORD = "kJ8x2LmQ" + "z7RtVw4"
FAR = "".join(f"  # {n}\n" for n in range(40))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit({"a.txt": "one\n"}, "first")
    repo.git("checkout", "-q", "-b", "work")
    return repo


def found(repo: Repo) -> list[tuple[str, str, str, int | None]]:
    """(subject, path, rule, line) of each credential."""
    hits = history.check(review(repo), Limits(20)).evidence
    return [(hit.commit.subject, hit.path, hit.rule, hit.start) for hit in hits if hit.commit]


@pytest.mark.fault(
    "secrets",
    "a commit adds a value far below the name that gives it away, and a later one removes it",
    "found: the 60 lines around each addition are read too",
)
def test_a_name_far_above_the_value(repo: Repo):
    name = f'variable "db_password" {{\n{FAR}'
    repo.commit({"main.tf": f"{name}}}\n"}, "second")
    repo.commit({"main.tf": f'{name}  default = "{PASSWORD}"\n}}\n'}, "third")
    repo.commit({"main.tf": f"{name}}}\n"}, "fourth")
    assert found(repo) == [("third", "main.tf", "password", 42)]


@pytest.mark.fault(
    "secrets",
    "one commit adds the head of a private key, another its body, a third removes it",
    "found, at the commit that adds the body",
)
def test_a_private_key_in_two_commits(repo: Repo):
    head, _, body = pem("RSA ").partition("\n")
    repo.commit({"id": f"{head}\n"}, "second")
    repo.commit({"id": f"{head}\n{body}\n"}, "third")
    repo.commit({"a.txt": "two\n"}, "fourth")
    repo.git("rm", "-q", "id")
    repo.commit({}, "fifth")
    assert found(repo) == [("third", "id", "private-key", 2)]


def test_only_what_was_read_is_clean(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    repo.commit({"a.txt": "two\n"}, "second")
    repo.commit({"b.txt": "a much longer file\n"}, "third")
    second, third = (commit.id for commit in review(repo).history.commits)
    assert history.check(review(repo), Limits(20)).clean_commits == (second, third)
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 8)
    result = history.check(review(repo), Limits(20))
    assert result.clean_commits == (second,)
    assert result.problem == "history: 1 file in commits of this branch is too large to be read"
