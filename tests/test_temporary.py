"""Where temporary files go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reviewer import temporary
from reviewer.errors import GitFailed


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A worktree to stand in, and two folders that take the place of /tmp and /var/tmp."""
    for name in ("tree/.git", "tree/sub/tmp", "tmp", "var"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(temporary, "_USUAL", (str(tmp_path / "tmp"), str(tmp_path / "var")))
    monkeypatch.chdir(tmp_path / "tree/sub")
    return tmp_path


def test_the_usual_place_and_the_one_that_is_named(places, monkeypatch):
    assert temporary.folder() == places / "tmp"
    monkeypatch.setenv("TMP", str(places / "var"))
    assert temporary.folder() == places / "var"
    monkeypatch.setenv("TMPDIR", str(places / "absent"))
    assert temporary.folder() == places / "var"


@pytest.mark.fault(
    "files",
    "TMPDIR is in the worktree, or no usual place for temporary files is writable",
    "the worktree stays as it is; with no other place, an error that names TMPDIR",
)
@pytest.mark.parametrize("named", [".", "tmp", "{tree}", "{tree}/sub/tmp", "{link}"])
def test_the_worktree_is_no_place_for_them(places, monkeypatch, named):
    (places / "link").symlink_to(places / "tree")
    monkeypatch.setenv("TMPDIR", named.format(tree=places / "tree", link=places / "link"))
    assert temporary.folder() == places / "tmp"


def test_no_place(places, monkeypatch):
    monkeypatch.setattr(temporary, "_USUAL", (str(places / "absent"),))
    with pytest.raises(GitFailed, match="set TMPDIR to one outside the repository"):
        temporary.folder()
    assert os.listdir() == ["tmp"]  # noqa: PTH208 - of the working directory


def test_a_worktree_around_every_place(places, monkeypatch):
    """For example a repository of the whole system."""
    (places / ".git").mkdir()
    (places / "tree/.git").rmdir()
    assert temporary.folder() == places / "tmp"
