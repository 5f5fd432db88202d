"""Pipes, devices and folders where git keeps files: an error at once, never an empty repository."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from support.repo import Repo, only, outcome, review

from reviewer.errors import GitFailed
from reviewer.types import Scope
from reviewer.workspace import collect, open_repository, resolve

MADE = {
    "named pipe": os.mkfifo,
    "folder": Path.mkdir,
    "device": lambda path: path.symlink_to("/dev/zero"),
}


def put(path: Path, kind: str) -> None:
    """In place of what is there."""
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    MADE[kind](path)


@pytest.fixture
def changed(repo: Repo) -> Repo:
    repo.commit({"a.py": "1\n", "sub/b.py": "1\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": "2\n"})
    return repo


@pytest.mark.parametrize("kind", ["named pipe", "folder", "device"])
@pytest.mark.parametrize(
    "name",
    [
        "HEAD",
        "index",
        "config",
        "config.worktree",
        "packed-refs",
        "shallow",
        "commondir",
        "objects/info/alternates",
        "objects/pack/pack-1.pack",
        "refs/heads/main",
        "refs/remotes/x/HEAD",
    ],
)
@pytest.mark.fault(
    "files",
    "a named pipe, a device or a folder as index, HEAD, packed-refs, config or ref",
    "an error at once; never an empty index, never a wait",
)
def test_what_is_no_file_is_an_error(changed: Repo, kind: str, name: str) -> None:
    if kind == "folder" and name.startswith(("refs/", "objects/pack/")):
        pytest.skip("folders belong there")
    path = changed.path / ".git" / name
    put(path, kind)
    with pytest.raises(GitFailed) as caught:
        review(changed)
    assert caught.value.message == (
        f"{path} is a {kind}, not a file, so git cannot read this repository; put the file back,"
        " or clone it again"
    )


def test_the_index_of_a_hook_is_checked_too(changed: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    put(changed.path / "other", "named pipe")
    monkeypatch.setenv("GIT_INDEX_FILE", str(changed.path / "other"))
    opened = open_repository(changed.path, hook=True)
    scope = Scope("staged")
    with pytest.raises(GitFailed, match="other is a named pipe"):
        collect(opened, resolve(opened, scope), scope)


def test_a_linked_worktree_and_its_repository_are_checked(changed: Repo, tmp_path: Path) -> None:
    changed.git("worktree", "add", "-q", str(tmp_path / "linked"), "main")
    linked = Repo(tmp_path / "linked", changed.home, init=False)
    linked.write("a.py", "3\n")
    assert outcome(review(linked, "uncommitted")) == only(files={"a.py": "modified"})
    put(changed.path / ".git/packed-refs", "named pipe")
    with pytest.raises(GitFailed, match="packed-refs is a named pipe"):
        review(linked)
    (changed.path / ".git/packed-refs").unlink()
    put(changed.path / ".git/worktrees/linked/HEAD", "named pipe")
    with pytest.raises(GitFailed, match="HEAD is a named pipe"):
        review(linked)


def test_links_to_files_and_folders_are_no_fault(changed: Repo, tmp_path: Path) -> None:
    """Some programs share the refs of worktrees in this way."""
    for name in ("refs/heads", "packed-refs"):
        changed.git("pack-refs") if name == "packed-refs" else None
        shutil.move(changed.path / ".git" / name, tmp_path / Path(name).name)
        (changed.path / ".git" / name).symlink_to(tmp_path / Path(name).name)
    assert outcome(review(changed)) == only(files={"a.py": "modified"})


@pytest.mark.parametrize("name", [".git/info/exclude", ".git/logs/HEAD", ".gitmodules"])
def test_what_is_not_needed_does_not_stop_a_review(changed: Repo, name: str) -> None:
    put(changed.path / name, "named pipe")
    assert outcome(review(changed))["files"] == {"a.py": "modified"}


@pytest.mark.parametrize("name", [".gitignore", "sub/.gitignore", ".gitattributes"])
@pytest.mark.fault(
    "deadline",
    "a named pipe as `.gitignore` or `.gitattributes`, for which git itself waits",
    "git is ended with the time limit of the run",
)
def test_the_deadline_of_the_run_holds_for_git(changed: Repo, name: str) -> None:
    put(changed.path / name, "named pipe")
    opened = open_repository(changed.path, seconds=1)
    with pytest.raises(GitFailed, match=r"did not finish within|no time left for git"):
        collect(opened, resolve(opened, Scope()), Scope())


def test_a_loose_object_that_is_a_pipe_is_not_waited_for(changed: Repo) -> None:
    name = changed.head("HEAD:sub/b.py")
    change = review(changed)
    assert change.read("sub/b.py", "old") == b"1\n"
    again = review(changed)
    put(changed.path / ".git/objects" / name[:2] / name[2:], "named pipe")
    assert again.read("sub/b.py", "old") is None
