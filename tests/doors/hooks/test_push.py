"""Which commits a push brings, on real repositories with real remotes."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.hooking import CLEAN, with_remote
from support.repo import Repo, review

from reviewer.doors.hooks import push
from reviewer.doors.hooks.push import (
    ZERO,
    Pushed,
    Ref,
    from_framework,
    parse,
    pushed,
    without_commits,
)
from reviewer.errors import UsageError
from reviewer.workspace import EMPTY_TREE, git, open_repository

A, B = "a" * 40, "b" * 40


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return with_remote(tmp_path)


def brings(
    repo: Repo, *refs: tuple[str, str] | tuple[str, str, str], remote: str = "origin"
) -> tuple[Pushed, ...]:
    """What a push of (local revision, remote ref[, what the remote has there]) brings."""
    lines = [
        Ref(new, repo.head(new) if new else ZERO, ref, old[0] if old else ZERO)
        for new, ref, *old in refs
    ]
    return pushed(open_repository(repo.path), remote, lines)


def test_parse():
    data = (
        f"refs/heads/a {A} refs/heads/b {B}\n"
        f":/fix the bug {A} refs/heads/c {ZERO}\n"
        f"(delete) {ZERO} refs/heads/d {B}\n\n"
    )
    assert parse(data.encode()) == (
        Ref("refs/heads/a", A, "refs/heads/b", B),
        Ref(":/fix the bug", A, "refs/heads/c", ZERO),
        Ref("(delete)", ZERO, "refs/heads/d", B),
    )
    assert parse(b"") == parse(b"\n") == ()
    assert parse(b"x " + A.encode() + b" refs/heads/\xff " + B.encode()) == (
        Ref("x", A, "refs/heads/\udcff", B),
    )


@pytest.mark.parametrize(
    "line", ["one two", f"x {A} y", f"x {A} y --all", f"x {A[:39]} y {B}", f"x {A} y {B} z w"]
)
def test_parse_refuses_what_git_does_not_say(line):
    with pytest.raises(UsageError) as caught:
        parse(line.encode() + b"\x1b[2J\n")
    assert "not a line of pre-push input" in caught.value.message
    assert "\x1b" not in caught.value.message


def test_from_framework():
    environ = {
        "PRE_COMMIT": "1",
        "PRE_COMMIT_LOCAL_BRANCH": "refs/heads/l",
        "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/r",
    }
    assert from_framework(environ) == (Ref("refs/heads/l", "refs/heads/l", "refs/heads/r", ZERO),)
    ids = {"PRE_COMMIT_FROM_REF": A, "PRE_COMMIT_TO_REF": B}
    assert from_framework(environ | ids) == (Ref("refs/heads/l", B, "refs/heads/r", A),)
    assert from_framework(ids) == (Ref(B, B, B, A),)
    assert from_framework({"PRE_COMMIT": "1"}) == ()


def test_a_new_branch_brings_what_the_remote_does_not_have(repo):
    base = repo.head()
    repo.commit({"a.py": "1\n"})
    head = repo.commit({"a.py": "2\n"})
    assert brings(repo, ("work", "refs/heads/topic/x")) == (Pushed("topic/x", base, head),)
    assert brings(repo, ("work", "refs/for/main")) == (Pushed("refs/for/main", base, head),)


def test_an_update_brings_only_the_new_commits(repo):
    old = repo.commit({"a.py": "1\n"})
    repo.git("push", "-q", "origin", "work")
    head = repo.commit({"a.py": "2\n"})
    assert brings(repo, ("work", "refs/heads/work", old)) == (Pushed("work", old, head),)


def test_a_forced_push_brings_the_rewritten_commits(repo):
    base = repo.commit({"a.py": "1\n"})
    repo.git("push", "-q", "origin", "work")
    old = repo.commit({"a.py": "2\n"})
    repo.git("push", "-q", "origin", "work")
    repo.write("a.py", "3\n")
    repo.git("commit", "-q", "-a", "--amend", "-m", "again")
    assert brings(repo, ("work", "refs/heads/work", old)) == (Pushed("work", base, repo.head()),)


def test_a_forced_push_over_commits_that_are_not_here(repo):
    base, head = repo.head(), repo.commit({"a.py": "1\n"})
    assert brings(repo, ("work", "refs/heads/work", B)) == (Pushed("work", base, head),)


def test_rebased_onto_a_newer_default_branch(repo):
    repo.commit({"b.py": "1\n"})
    old = repo.head()
    repo.git("push", "-q", "origin", "work")
    repo.git("checkout", "-q", "main")
    main = repo.commit({"c.py": "1\n"})
    repo.git("push", "-q", "origin", "main")
    repo.git("checkout", "-q", "work")
    repo.git("rebase", "-q", "main")
    assert brings(repo, ("work", "refs/heads/work", old)) == (Pushed("work", main, repo.head()),)


def test_merged_commits_of_the_default_branch_are_not_reviewed_again(repo):
    repo.commit({"b.py": "1\n"})
    old = repo.head()
    repo.git("push", "-q", "origin", "work")
    repo.git("checkout", "-q", "main")
    main = repo.commit({"c.py": "1\n"})
    repo.git("push", "-q", "origin", "main")
    repo.git("checkout", "-q", "work")
    repo.git("merge", "-q", "-m", "merge", "main")
    head = repo.commit({"b.py": "2\n"})
    (found,) = brings(repo, ("work", "refs/heads/work", old))
    assert found == Pushed("work", main, head)
    assert [file.path for file in review(repo, "range", rev=found.range).files] == ["b.py"]


def test_a_feature_that_is_merged_into_the_default_branch(repo):
    repo.commit({"b.py": "1\n"})
    repo.git("push", "-q", "origin", "work")
    repo.git("checkout", "-q", "main")
    old = repo.commit({"c.py": "1\n"})
    repo.git("push", "-q", "origin", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "work")
    assert brings(repo, ("main", "refs/heads/main", old)) == (Pushed("main", old, repo.head()),)


def test_nothing_to_review(repo):
    head = repo.commit({"a.py": "1\n"})
    repo.git("tag", "light")
    repo.git("tag", "-m", "text", "annotated")
    repo.git("push", "-q", "origin", "work")
    assert brings(repo, ("", "refs/heads/gone", head)) == ()  # a deletion
    assert brings(repo, ("light", "refs/tags/light"), ("annotated", "refs/tags/annotated")) == ()
    assert brings(repo, ("work", "refs/heads/other")) == ()  # under another name, the remote has it
    assert brings(repo, ("main", "refs/heads/work", head)) == ()  # the branch is set back
    assert brings(repo, ("HEAD:a.py", "refs/heads/blob")) == ()  # git refuses that itself
    assert brings(repo, ("work", "refs/tags/again"), ("HEAD~1", "refs/x")) == ()


@pytest.mark.fault(
    "refs",
    "a push of a tag, of a tag on a tag, of notes, for Gerrit, or to any other ref",
    "the commits that the remote lacks are reviewed, once",
)
def test_whatever_the_ref_what_the_remote_lacks_is_reviewed(repo):
    base, head = repo.head(), repo.commit({"a.py": "1\n"})
    repo.git("tag", "light")
    repo.git("tag", "-m", "text", "annotated")
    repo.git("tag", "-m", "text", "nested", "annotated")
    for new in ("light", "annotated", "nested"):
        assert brings(repo, (new, f"refs/tags/{new}")) == (Pushed(f"tag {new}", base, head),)
    for ref in ("refs/for/main", "refs/x", "refs/changes/01/1/1"):
        assert brings(repo, ("work", ref)) == (Pushed(ref, base, head),)
    repo.git("notes", "add", "-m", "text")
    name = "refs/notes/commits"
    notes = repo.head(name)
    assert brings(repo, (name, name)) == (Pushed(name, EMPTY_TREE, notes),)
    repo.git("notes", "append", "-m", "more")
    assert brings(repo, (name, name, notes)) == (Pushed(name, notes, repo.head(name)),)


def test_what_comes_along_with_another_ref_is_reviewed_once(repo):
    base, one = repo.head(), repo.commit({"a.py": "1\n"})
    repo.git("tag", "-m", "text", "v1")
    repo.git("tag", "same")
    two = repo.commit({"a.py": "2\n"})
    repo.git("tag", "v2")
    both = ("v1", "refs/tags/v1"), ("work", "refs/heads/work"), ("v2", "refs/tags/v2")
    assert brings(repo, *both) == (Pushed("work", base, two),)
    tags = ("v1", "refs/tags/v1"), ("same", "refs/tags/same")
    assert brings(repo, *tags) == (Pushed("tag v1", base, one),)
    assert brings(repo, *tags, ("v2", "refs/tags/v2")) == (Pushed("tag v2", base, two),)
    other = ("HEAD~1", "refs/heads/other")  # a branch may become a pull request of its own
    assert brings(repo, *both, other) == (Pushed("work", base, two), Pushed("other", base, one))


def test_what_one_ref_has_on_the_remote_counts_for_all(repo):
    old = repo.commit({"a.py": "1\n"})
    head = repo.commit({"a.py": "2\n"})
    refs = ("work", "refs/heads/work", old), ("work~1", "refs/tags/v1")
    assert brings(repo, *refs) == (Pushed("work", old, head),)


def test_tags_on_trees_and_files_are_named(repo):
    repo.git("tag", "tree", "HEAD^{tree}")
    repo.git("tag", "-m", "text", "file", "HEAD:a.py")
    repo.git("tag", "commit")
    opened = open_repository(repo.path)
    refs = [
        Ref(name, repo.head(name), f"refs/tags/{name}", ZERO) for name in ("tree", "file", "commit")
    ]
    refs += [Ref("gone", ZERO, "refs/tags/gone", A), Ref("x", B, "refs/tags/not-here", ZERO)]
    refs += [Ref("tree", repo.head("tree"), "refs/heads/tree", ZERO)]  # git refuses that itself
    assert without_commits(opened, refs) == (
        ("tag tree", "tree", repo.head("tree^{}")),
        ("tag file", "blob", repo.head("file^{}")),
    )
    assert pushed(opened, "origin", refs) == ()


def test_a_thousand_tags_on_known_commits_cost_no_process_each(repo, monkeypatch):
    repo.git("push", "-q", "origin", "work")
    calls = []
    monkeypatch.setattr(
        push, "git", lambda *args, **more: calls.append(args[1]) or git(*args, **more)
    )
    head = repo.head()
    refs = [Ref(f"v{n}", head, f"refs/tags/v{n}", ZERO) for n in range(1000)]
    assert pushed(open_repository(repo.path), "origin", refs) == ()
    assert calls == ["for-each-ref", "cat-file", "rev-list"]


def test_several_refs_are_several_reviews(repo):
    base, one = repo.head(), repo.commit({"a.py": "1\n"})
    repo.git("checkout", "-q", "-b", "stacked")
    two = repo.commit({"a.py": "2\n"})
    found = brings(
        repo,
        ("work", "refs/heads/work"),
        ("stacked", "refs/heads/stacked"),
        ("work", "refs/heads/same"),
        ("", "x", one),
    )
    assert found == (Pushed("work", base, one), Pushed("stacked", base, two))


def test_the_first_push_of_a_repository(tmp_path):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit({"a.py": CLEAN})
    head = repo.commit({"b.py": CLEAN})
    (found,) = brings(repo, ("main", "refs/heads/main"))
    assert (found, found.short) == (Pushed("main", EMPTY_TREE, head), f"{EMPTY_TREE}..{head[:12]}")
    assert {file.path: file.status for file in review(repo, "range", rev=found.short).files} == {
        "a.py": "added",
        "b.py": "added",
    }


def test_a_fork_does_not_bring_the_commits_of_the_project(repo, tmp_path):
    repo.git("init", "-q", "--bare", str(tmp_path / "fork.git"))
    repo.git("remote", "add", "fork", str(tmp_path / "fork.git"))
    base, head = repo.head(), repo.commit({"a.py": "1\n"})
    assert brings(repo, ("work", "refs/heads/work"), remote="fork") == (Pushed("work", base, head),)
    repo.git(
        "push", "-q", "fork", "work"
    )  # what another remote than the project's has is new to the project
    assert brings(repo, ("work", "refs/heads/work"), remote="fork") == ()
    assert brings(repo, ("work", "refs/heads/work"), remote="origin") == (
        Pushed("work", base, head),
    )


def test_a_push_to_an_address(repo, tmp_path):
    repo.commit({"a.py": "1\n"})
    repo.git("push", "-q", "origin", "work")
    address = str(tmp_path / "origin.git")
    assert brings(repo, ("work", "refs/heads/work"), remote=address) == ()  # it is origin's
    base = repo.head("main")
    assert brings(repo, ("work", "refs/heads/x"), remote="https://name:secret@host/x") == (
        Pushed("x", base, repo.head()),
    )


def test_a_remote_whose_name_is_the_beginning_of_another(repo, tmp_path):
    repo.git("init", "-q", "--bare", str(tmp_path / "other.git"))
    repo.git("remote", "add", "origin2", str(tmp_path / "other.git"))
    base, head = repo.head(), repo.commit({"a.py": "1\n"})
    repo.git("push", "-q", "origin2", "work")
    assert brings(repo, ("work", "refs/heads/work")) == (Pushed("work", base, head),)


def test_a_default_branch_with_another_name(tmp_path):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.git("init", "-q", "--bare", "-b", "trunk", str(tmp_path / "upstream.git"))
    repo.commit({"a.py": "0\n"})
    repo.git("push", "-q", str(tmp_path / "upstream.git"), "main:trunk")
    repo.git("remote", "add", "-f", "upstream", str(tmp_path / "upstream.git"))
    repo.git("remote", "set-head", "upstream", "trunk")
    repo.git("remote", "add", "mine", str(tmp_path / "nowhere.git"))
    base, head = repo.head(), repo.commit({"a.py": "1\n"})
    assert brings(repo, ("main", "refs/heads/main"), remote="mine") == (Pushed("main", base, head),)


def test_unrelated_histories(repo):
    repo.git("checkout", "-q", "--orphan", "new")
    head = repo.commit({"z.py": "1\n"})
    assert brings(repo, ("new", "refs/heads/new")) == (Pushed("new", EMPTY_TREE, head),)


def test_a_shallow_clone(repo, tmp_path):
    repo.commit({"b.py": "1\n"})
    repo.git("push", "-q", "origin", "work:main")
    repo.git(
        "clone", "-q", "--depth", "1", f"file://{tmp_path}/origin.git", str(tmp_path / "shallow")
    )
    clone = Repo(tmp_path / "shallow", repo.home, init=False)
    base, head = clone.head(), clone.commit({"b.py": "2\n"})
    assert brings(clone, ("main", "refs/heads/main", base)) == (Pushed("main", base, head),)
