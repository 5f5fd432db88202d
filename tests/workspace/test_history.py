"""What each commit of a scope adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from support.repo import Repo, added_lines, review

from reviewer.types import Commit
from reviewer.workspace import Limits, history, objects
from reviewer.workspace.invocation import GitRunner


@pytest.fixture
def repo(repo: Repo) -> Repo:
    repo.commit({"a.txt": "one\ntwo\n"}, "first")
    repo.git("checkout", "-q", "-b", "work")
    return repo


def brought(repo: Repo, kind: str = "all", **scope: object) -> dict[str, dict[str, list[bytes]]]:
    """Added lines by subject and path."""
    found = review(repo, kind, **scope).history
    return {
        each.commit.subject: {file.path: added_lines(file) for file in each.files}
        for each in found.read(found.commits)
    }


def test_every_commit_shows_what_it_adds_oldest_first(repo: Repo):
    repo.commit({"a.txt": "one\nsecret\ntwo\n"}, "second")
    repo.commit({"a.txt": "one\ntwo\nlast\n", "b/c.txt": "new\n"}, "third")
    repo.write("a.txt", "worktree\n")
    assert brought(repo) == {
        "second": {"a.txt": [b"secret"]},
        "third": {"a.txt": [b"last"], "b/c.txt": [b"new"]},
    }
    assert list(brought(repo)) == ["second", "third"]
    assert brought(repo) == brought(repo, "committed") == brought(repo, "range", rev="main..work")


def test_lines_have_the_numbers_of_their_commit(repo: Repo):
    repo.commit({"a.txt": "".join(f"{n}\n" for n in range(30)) + "two\n"}, "second")
    repo.commit({"a.txt": "one\ntwo\n"}, "third")
    found = review(repo).history
    (file,) = next(found.read(found.commits)).files
    rows = [(line.new, line.data) for hunk in file.hunks for line in hunk.lines if line.new]
    numbers = [number for number, data in rows if data != b"two" and data]
    assert numbers == list(range(1, 31))
    removed = [(line.old, line.data) for h in file.hunks for line in h.lines if line.old]
    assert (1, b"one") in removed


def test_a_merge_shows_only_what_none_of_its_parents_has(repo: Repo):
    repo.commit({"a.txt": "ours\ntwo\n"}, "ours")
    repo.git("checkout", "-q", "main")
    repo.commit({"a.txt": "theirs\ntwo\n", "other.txt": "x\n"}, "theirs")
    repo.git("checkout", "-q", "work")
    repo.git("merge", "-q", "main", check=False)
    repo.commit({"a.txt": "ours\ntheirs\nplanted\n"}, "merge")
    assert brought(repo)["merge"] == {"a.txt": [b"planted"]}
    assert "theirs" not in brought(repo)  # main has it already


def test_the_first_commit_of_all_has_no_parent(repo: Repo):
    repo.git("checkout", "-q", "--orphan", "new")
    repo.commit({"a.txt": "root\n"}, "root")
    change = review(repo, "range", rev="4b825dc642cb6eb9a060e54bf8d69288fbee4904..new")
    assert change.history.commits == (Commit(repo.head(), "root", False),)


@pytest.mark.fault(
    "secrets",
    "a commit whose attributes call its files binary or generated",
    "searched for credentials anyway, by content",
)
def test_binaries_are_told_by_content_not_by_attributes(repo: Repo):
    repo.commit(
        {".gitattributes": "* -diff -text\n", "c.txt": "text\n", "d.bin": bytes(range(256))}, "x"
    )
    assert brought(repo)["x"] == {".gitattributes": [b"* -diff -text"], "c.txt": [b"text"]}


def test_utf_16_is_text(repo: Repo):
    repo.commit({"a.reg": "one\r\n".encode("utf-16")}, "second")
    repo.commit({"a.reg": "one\r\ntwo\r\n".encode("utf-16")}, "third")
    assert brought(repo)["third"] == {"a.reg": [b"two\r"]}


def test_other_paths_are_left_out(repo: Repo):
    repo.commit({"a.txt": "A\n", "b.txt": "B\n", "c/d.txt": "D\n"}, "x")
    assert brought(repo, paths=("c",))["x"] == {"c/d.txt": [b"D"]}
    found = review(repo, limits=Limits(exclude=("b.txt",))).history
    assert [file.path for file in next(found.read(found.commits)).files] == ["a.txt", "c/d.txt"]


@pytest.mark.parametrize("kind", ["staged", "uncommitted", "commit"])
def test_scopes_without_commits_of_their_own_have_no_history(repo: Repo, kind: str):
    repo.commit({"a.txt": "A\n"}, "x")
    assert review(repo, kind).history.commits == ()


def test_what_is_too_much_is_said(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    for number in range(3):
        repo.commit({"a.txt": f"{number}\n"}, f"c{number}")
    monkeypatch.setattr(history, "MAX_COMMITS", 2)
    change = review(repo)
    assert [commit.subject for commit in change.history.commits] == ["c1", "c2"]
    assert change.history.problem == "only the newest 2 commits were searched for credentials"
    monkeypatch.setattr(history, "MAX_FILE_BYTES", 1)
    found = review(repo).history
    assert [each.unread for each in found.read(found.commits)] == [("a.txt",), ("a.txt",)]


def test_contents_are_read_in_parts_and_up_to_a_total(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    for number in range(3):
        repo.commit({f"{number}.txt": f"1234567{number}\n"}, f"c{number}")
    found = review(repo).history
    parts: list[int] = []
    contents = objects.contents

    def spy(run_git: GitRunner, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        parts.append(len(list(ids)))
        return contents(run_git, ids)

    monkeypatch.setattr(objects, "contents", spy)
    whole = list(found.read(found.commits))
    monkeypatch.setattr(history, "_CHUNK_BYTES", 18)
    assert list(found.read(found.commits)) == whole
    monkeypatch.setattr(history, "MAX_BYTES", 18)
    assert [each.unread for each in found.read(found.commits)] == [(), (), ("2.txt",)]
    assert parts == [3, 2, 1, 2]


def test_a_shallow_clone_says_what_it_lacks(repo: Repo, tmp_path, monkeypatch):
    for number in range(3):
        repo.commit({"a.txt": f"{number}\n"}, f"c{number}")
    clone = Repo(tmp_path / "clone", repo.home, init=False)
    repo.git("clone", "-q", "--depth=2", "--branch=work", f"file://{repo.path}", str(clone.path))
    change = review(clone, "range", rev="4b825dc642cb6eb9a060e54bf8d69288fbee4904..HEAD")
    assert [commit.subject for commit in change.history.commits] == ["c2"]
    assert change.history.problem == (
        "this clone is shallow: 1 commit could not be searched for credentials;"
        " `git fetch --unshallow` fetches the rest"
    )


@pytest.mark.fault(
    "git",
    "settings that make git print its commits in UTF-16",
    "overridden: the commits are read",
)
def test_the_encoding_of_commits_is_ours(repo: Repo):
    repo.commit({"a.txt": "two\n"}, "zweite Änderung")
    repo.git("config", "i18n.commitEncoding", "UTF-16")
    repo.git("config", "i18n.logOutputEncoding", "UTF-16")
    assert [commit.subject for commit in review(repo).history.commits] == ["zweite Änderung"]


def test_a_submodule_has_no_lines(repo: Repo):
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head('main')},sub")
    repo.git("commit", "-q", "-m", "second")
    found = review(repo).history
    assert [(each.files, each.unread) for each in found.read(found.commits)] == [((), ())]
