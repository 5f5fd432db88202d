"""git runs on the directory that is named, whatever surrounds it; and what imports ask clones."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.repo import Repo

from reviewer.errors import GitFailed, UsageError
from reviewer.lab.evals import trees
from reviewer.lab.evals.imports import clones
from reviewer.lab.evals.plumbing import commit, git, git_dir_of, line, placed


@pytest.fixture
def repo(tmp_path):
    made = Repo(tmp_path / "owner/name", tmp_path / "home")
    made.commit({"a.py": "1\n", "b.bin": b"\xff\x00"})
    return made


def test_variables_of_the_caller_do_not_lead_elsewhere(repo, tmp_path, monkeypatch):
    other = Repo(tmp_path / "other", tmp_path / "home")
    other.commit({"x": "y"})
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.path / ".git/objects"))
    assert line(repo.path / ".git", "rev-parse", "HEAD") == repo.head()
    assert git(repo.path / ".git", "ls-files", "-z") == b"a.py\0b.bin\0"


def test_revisions_are_commits_or_nothing(repo):
    git_dir = repo.path / ".git"
    assert commit(git_dir, "HEAD") == commit(git_dir, "main") == repo.head()
    for name in ("HEAD~1", "none", "", "HEAD:a.py", "-h", "--all", "HEAD^{tree}", "f" * 40):
        assert commit(git_dir, name) is None


def test_a_failing_git_says_why(repo):
    with pytest.raises(
        GitFailed, match=r"git cat-file failed: fatal: Not a valid object name none"
    ):
        git(repo.path / ".git", "cat-file", "blob", "none")


def test_a_clone_is_what_git_takes_for_one_and_none_above_it(repo, tmp_path):
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare"))
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    (repo.path / "below").mkdir()
    assert git_dir_of(repo.path) == repo.path / ".git"
    assert git_dir_of(tmp_path / "bare") == tmp_path / "bare"
    assert git_dir_of(repo.path / "below") is None
    linked = git_dir_of(tmp_path / "linked")
    assert linked is not None
    assert commit(linked, "linked") == repo.head()


def test_clones_are_found_by_the_names_that_they_go_by(repo, tmp_path):
    for place in ("plus/owner+name", "short/name", "deep/owner+name/repo"):
        repo.git("clone", "-q", str(repo.path), str(tmp_path / place))
    assert clones.find(tmp_path, "owner/name") == repo.path
    assert clones.find(tmp_path / "plus", "owner/name") == tmp_path / "plus/owner+name"
    assert clones.find(tmp_path / "short", "owner/name") == tmp_path / "short/name"
    assert clones.find(tmp_path / "deep", "owner/name") == tmp_path / "deep/owner+name/repo"
    for name in ("owner/none", "../owner/name", "/owner/name", ""):
        assert clones.find(tmp_path, name) is None


def test_files_of_a_commit_are_text_or_nothing(repo):
    git_dir = repo.path / ".git"
    assert clones.text(git_dir, "HEAD", "a.py") == "1\n"
    for path in ("b.bin", "none.py", "../a.py"):
        assert clones.text(git_dir, "HEAD", path) is None


def test_options_that_name_no_clone_or_commit_are_said(repo, tmp_path):
    with pytest.raises(UsageError, match="--clone: no git repository at"):
        clones.named(tmp_path)
    with pytest.raises(UsageError, match="--base: no commit none in"):
        clones.given(repo.path / ".git", "--base", "none")


def test_texts_are_entries_in_one_order_and_their_digest_tells_them_apart():
    one = trees.of_texts({"b/x": "1", "a": "é"})
    assert one == [trees.Entry("a", "100644", "é".encode()), trees.Entry("b/x", "100644", b"1")]
    assert trees.digest(one) == trees.digest(trees.of_texts({"a": "é", "b/x": "1"}))
    other = ({"a": "é", "b/x": "2"}, {"a": "é", "b/y": "1"}, {"a": "é"}, {})
    assert len({trees.digest(trees.of_texts(texts)) for texts in other} | {trees.digest(one)}) == 5


@pytest.mark.parametrize(
    "path", ["", "/a", "../a", "a/../b", "./a", "a//b", ".git", "x/.Git/hooks", "a/", "a\0b"]
)
def test_paths_that_no_tree_has_are_refused(path):
    with pytest.raises(trees.BadTree, match="is not a path inside a repository"):
        trees.of_texts({path: ""})


def test_a_clone_that_is_named_from_where_one_stands_is_found(repo, monkeypatch):
    monkeypatch.chdir(repo.path.parent)
    clone, git_dir = clones.named(Path(repo.path.name))
    assert (clone, clones.given(git_dir, "--fix", "HEAD")) == (repo.path, repo.head())


def test_names_that_the_system_cannot_hold_are_no_clone_and_no_commit(repo):
    assert git_dir_of(repo.path / ("a" * 300)) is None
    assert git_dir_of(repo.path / "a\0b") is None
    assert commit(repo.path / ".git", "HEAD\0") is None
    assert placed(repo.path, "~no-such-user-here/x") == repo.path / "~no-such-user-here/x"
