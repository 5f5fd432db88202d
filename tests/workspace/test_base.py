from __future__ import annotations

from pathlib import Path

import pytest
from support.repo import Repo

from reviewer.errors import BadBase
from reviewer.types import Scope
from reviewer.workspace import Base, measured_from, open_repository, resolve
from reviewer.workspace.invocation import EMPTY_TREE


def base(repo: Repo, kind: str = "all", **scope: object) -> Base:
    return resolve(open_repository(repo.path, timeout=20), Scope(kind, **scope))  # type: ignore[arg-type]


def remote(repo: Repo, branch: str) -> None:
    """A remote that has this branch as it is now, and nothing else; nothing tracks it."""
    repo.git("config", "remote.origin.url", "file:///nowhere")
    repo.git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    repo.git("update-ref", f"refs/remotes/origin/{branch}", "HEAD")


def refused(repo: Repo, kind: str = "all", **scope: object) -> str:
    with pytest.raises(BadBase) as caught:
        base(repo, kind, **scope)
    return caught.value.message


def branch(repo: Repo, name: str = "feature") -> tuple[str, str]:
    """A branch with one commit of its own, while main has moved on: (fork point, head of the
    branch)."""
    fork = repo.commit({"a": "1\n"})
    repo.git("checkout", "-q", "-b", name)
    head = repo.commit({"b": "1\n"}, "on the branch")
    repo.git("checkout", "-q", "main")
    repo.commit({"c": "1\n"}, "on main")
    repo.git("checkout", "-q", name)
    return fork, head


def cloned(repo: Repo, tmp_path: Path, *args: str) -> Repo:
    target = tmp_path / "clone"
    repo.git("clone", "-q", *args, f"file://{repo.path}", str(target))
    return Repo(target, repo.home, init=False)


def test_merge_base_with_main(repo: Repo) -> None:
    fork, head = branch(repo)
    assert base(repo) == base(repo, "committed") == Base("main", fork, head, "feature")


def test_master_and_the_configured_name(repo: Repo) -> None:
    fork, head = branch(repo)
    repo.git("branch", "-m", "main", "master")
    assert base(repo) == Base("master", fork, head, "feature")
    repo.git("branch", "trunk", head)
    repo.git("config", "init.defaultBranch", "trunk")
    assert base(repo) == Base("trunk", head, head, "feature")


def test_head_of_a_remote_of_any_name(repo: Repo, tmp_path: Path) -> None:
    fork, head = branch(repo)
    repo.git("branch", "-m", "main", "stable")
    repo.git("checkout", "-q", "stable")
    clone = cloned(repo, tmp_path, "-o", "upstream")
    clone.git("checkout", "-q", "feature")
    assert base(clone) == Base("upstream/stable", fork, head, "feature")
    clone.git("checkout", "-q", "stable")
    local = clone.commit({"local": ""})
    assert base(clone) == Base("upstream/stable", repo.head(), local, "stable")  # not pushed yet


def test_tracked_remote_wins_over_origin(repo: Repo, tmp_path: Path) -> None:
    fork, head = branch(repo)
    clone = cloned(repo, tmp_path)
    clone.git("remote", "rename", "origin", "other")
    clone.git("remote", "add", "origin", f"file://{repo.path}")
    clone.git("fetch", "-q", "origin")
    clone.git("checkout", "-q", "--track", "-b", "work", "other/feature")
    clone.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/feature")
    clone.git("symbolic-ref", "refs/remotes/other/HEAD", "refs/remotes/other/main")
    assert base(clone) == Base("other/main", fork, head, "work")


def test_on_the_default_branch_without_upstream(repo: Repo) -> None:
    head = repo.commit({"a": ""})
    assert base(repo) == Base("main", head, head, "main")


def test_a_branch_that_tracks_another_one_here(repo: Repo) -> None:
    """git writes `remote = .` for it."""
    fork, head = branch(repo, "develop")
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-q", "--set-upstream-to=develop", "main")
    assert repo.git("config", "branch.main.remote") == ".\n"
    assert base(repo) == Base("develop", fork, repo.head("main"), "main")
    repo.git("checkout", "-q", "develop")
    assert base(repo) == Base("main", fork, head, "develop")


def test_only_branch_there_is(repo: Repo) -> None:
    head = repo.commit({"a": ""})
    repo.git("branch", "-m", "main", "trunk")
    assert base(repo) == Base("trunk", head, head, "trunk")
    repo.git("branch", "other")
    assert (
        refused(repo)
        == "no default branch found (no remote HEAD, main or master); name the base with --base"
    )


@pytest.mark.fault(
    "refs",
    "on the default branch, with unpushed commits and no upstream",
    "compared with the remote's branch",
)
@pytest.mark.parametrize("name", ["main", "trunk"])
@pytest.mark.parametrize("merge", [None, "refs/heads/gone"])
def test_on_the_default_branch_of_a_remote_without_upstream(
    repo: Repo, name: str, merge: str | None
) -> None:
    start = repo.commit({"a": ""})
    repo.git("branch", "-m", "main", name)
    remote(repo, name)
    if merge:
        repo.git("config", f"branch.{name}.remote", "origin")
        repo.git("config", f"branch.{name}.merge", merge)
    head = repo.commit({"a": "1"})
    assert base(repo) == Base(f"origin/{name}", start, head, name)


@pytest.mark.fault(
    "refs",
    "a shallow or single-branch clone, as in CI, without a default branch",
    "an error that asks for --base: exit 4",
)
@pytest.mark.parametrize("narrow", [True, False], ids=["single branch", "shallow"])
def test_a_clone_that_does_not_know_the_default_branch(repo: Repo, narrow: bool) -> None:
    repo.commit({"a": ""})
    head = repo.commit({"a": "1"})
    repo.git("branch", "-m", "main", "feature")
    remote(repo, "feature")
    if narrow:
        refspec = "+refs/heads/feature:refs/remotes/origin/feature"
        repo.git("config", "remote.origin.fetch", refspec)
    else:
        (repo.path / ".git/shallow").write_text(f"{head}\n", encoding="ascii")
    assert refused(repo).startswith("no default branch found (no remote HEAD, main or master);")


def test_named_base(repo: Repo) -> None:
    fork, head = branch(repo)
    repo.git("tag", "v1", "main")
    assert base(repo, base="v1") == Base("v1", fork, head, "feature")
    assert base(repo, base=fork[:10]) == Base(fork[:10], fork, head, "feature")


def test_staged_and_uncommitted_are_measured_against_head(repo: Repo) -> None:
    _, head = branch(repo)
    assert (
        base(repo, "staged") == base(repo, "uncommitted") == Base("feature", head, head, "feature")
    )


def test_commit_is_measured_against_its_first_parent(repo: Repo) -> None:
    fork, head = branch(repo)
    assert base(repo, "commit", rev="HEAD") == Base("HEAD^", fork, head, "feature")
    assert base(repo, "commit", rev=fork) == Base(f"{fork}^", None, fork, "feature")
    repo.git("merge", "-q", "-m", "merge", "main")
    assert base(repo, "commit", rev="feature").commit == head


def test_ranges(repo: Repo) -> None:
    fork, head = branch(repo)
    main = repo.head("main")
    assert base(repo, "range", rev="main..feature") == Base("main", main, head, "feature")
    assert base(repo, "range", rev="main...feature") == Base("main", fork, head, "feature")
    assert base(repo, "range", rev="main..") == Base("main", main, head, "feature")
    assert base(repo, "range", rev="...main") == Base("HEAD", fork, main, "feature")
    assert (
        refused(repo, "range", rev="main")
        == "not a range: main; write --range A..B, or use --base main"
    )


def test_ranges_from_the_empty_tree(repo: Repo) -> None:
    """It is no commit, so there is no merge base with it."""
    _, head = branch(repo)
    assert base(repo, "range", rev=f"{EMPTY_TREE}..feature") == Base(None, None, head, "feature")
    assert base(repo, "range", rev=f"{EMPTY_TREE}..") == Base(None, None, head, "feature")
    assert (
        refused(repo, "range", rev=f"{EMPTY_TREE}...feature")
        == f"no such commit: {EMPTY_TREE}; name an existing branch, tag or commit with --range"
    )


def test_detached_head(repo: Repo) -> None:
    fork, head = branch(repo)
    repo.git("checkout", "-q", "--detach")
    assert base(repo) == Base("main", fork, head, None)
    assert base(repo, "uncommitted") == Base(None, head, head, None)


def test_unborn_head(repo: Repo) -> None:
    assert (
        base(repo)
        == base(repo, "staged")
        == base(repo, "uncommitted")
        == Base(None, None, None, "main")
    )
    assert refused(repo, "committed").startswith("there is no commit yet")
    assert refused(repo, "commit", rev="HEAD").startswith("no such commit: HEAD")


@pytest.mark.parametrize(
    "rev",
    [
        "nowhere",
        "--output=x",
        "-h",
        "@{-1}",
        "refs/heads/../x",
        "",
        "a\0b",
        "HEAD:a",
        "\x1b[31mred",
        "main" * 500,
    ],
)
def test_revisions_that_are_none(repo: Repo, rev: str) -> None:
    repo.commit({"a": ""})
    message = refused(repo, base=rev)
    assert message.startswith("no such commit: ")
    assert "--base" in message
    assert message.isprintable()
    assert len(message) < 400
    assert not (repo.path / "x").exists()


def test_branches_named_like_options(repo: Repo) -> None:
    fork, head = branch(repo)
    for name in ("--output=x", "-h"):
        repo.git("update-ref", f"refs/heads/{name}", "main")
        assert base(repo, base=name) == Base(name, fork, head, "feature")
    assert not (repo.path / "x").exists()


WARNING = "main could also mean refs/tags/main; refs/heads/main was used"


@pytest.mark.fault(
    "refs",
    "a tag with the name of the base branch",
    "`--base`, `--range`, `--commit`, `--baseline-commit` mean the branch, and a warning says so",
)
def test_a_branch_comes_before_a_tag_of_its_name(repo: Repo) -> None:
    fork, head = branch(repo)
    main = repo.head("main")
    repo.git("tag", "-a", "-m", "not the branch", "main", "feature")
    warnings = (WARNING,)
    assert base(repo, base="main") == Base("main", fork, head, "feature", warnings)
    assert base(repo, base="main~1") == Base("main~1", fork, head, "feature", warnings)
    assert base(repo, "range", rev="main..feature") == Base("main", main, head, "feature", warnings)
    assert base(repo, "range", rev="main...main") == Base("main", main, main, "feature", warnings)
    assert base(repo, "commit", rev="main") == Base("main^", fork, main, "feature", warnings)
    opened = open_repository(repo.path, timeout=20)
    staged = resolve(opened, Scope("staged"))
    assert measured_from(opened, staged, "main", "--baseline-commit") == Base(
        "main", main, head, "feature", warnings
    )
    for rev, commit in (("refs/tags/main", head), ("refs/heads/main", main), ("tags/main", head)):
        assert base(repo, "commit", rev=rev) == Base(f"{rev}^", fork, commit, "feature")


def test_a_tag_on_the_commit_of_its_branch_is_no_news(repo: Repo) -> None:
    branch(repo)
    repo.git("tag", "-a", "-m", "release", "main", "main")
    assert base(repo, base="main").warnings == ()


def test_a_remote_branch_comes_before_a_tag_and_after_a_branch(repo: Repo) -> None:
    fork, head = branch(repo)
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    repo.git("tag", "origin/main", head)
    assert base(repo, base="origin/main") == Base(
        "origin/main",
        fork,
        head,
        "feature",
        ("origin/main could also mean refs/tags/origin/main; refs/remotes/origin/main was used",),
    )
    repo.git("update-ref", "refs/heads/origin/main", head)
    assert base(repo, base="origin/main").commit == head


@pytest.mark.fault(
    "verdict", "a branch or a tag called HEAD", "HEAD is what is checked out all the same"
)
@pytest.mark.parametrize("place", ["heads", "tags", "remotes"])
def test_head_is_what_is_checked_out_whatever_has_its_name(repo: Repo, place: str) -> None:
    fork, head = branch(repo)
    repo.git("update-ref", f"refs/{place}/HEAD", fork)
    main = repo.head("main")
    assert base(repo, "range", rev="main..HEAD") == Base("main", main, head, "feature")
    assert base(repo, "commit", rev="HEAD").head == head
    assert base(repo, "committed").head == head


def test_what_git_has_fetched_is_no_branch_of_that_name(repo: Repo) -> None:
    fork, head = branch(repo)
    repo.git("update-ref", "refs/heads/FETCH_HEAD", head)
    assert base(repo, base="FETCH_HEAD").commit == head  # as long as nothing has been fetched
    repo.git("fetch", "-q", ".", "main")
    assert base(repo, base="FETCH_HEAD") == Base("FETCH_HEAD", fork, head, "feature")


def test_files_of_the_git_directory_are_no_branches(repo: Repo) -> None:
    fork, head = branch(repo)
    (repo.path / ".git/main").write_text(f"{head}\n")
    assert base(repo, base="main") == Base("main", fork, head, "feature")


@pytest.mark.parametrize(
    "rev",
    [
        "main^{/on the branch}~0^0",
        "main~1",
        "main^{commit}^",
        ":/change",
        "main@{0}^1",
        "feature@{u}",
        "@{upstream}",
        "HEAD^",
        "@^",
        "refs/heads/main^",
        "heads/main^",
        "v1",
        "v1-1-g{fork}",
        "{fork}",
    ],
)
def test_all_that_names_a_commit_is_understood(repo: Repo, rev: str) -> None:
    fork, _ = branch(repo)
    repo.git("tag", "v1", fork)
    repo.git("branch", "old", fork)
    repo.git("branch", "-q", "-u", "old", "feature")
    rev = rev.replace("{fork}", fork[:10]).replace("/on the branch", "/change")
    assert base(repo, base=rev) == Base(rev, fork, repo.head("feature"), "feature")


def test_a_branch_called_like_an_object(repo: Repo) -> None:
    fork, head = branch(repo)
    short = repo.head("main")[:8]
    repo.git("update-ref", f"refs/heads/{short}", head)
    assert base(repo, base=short) == Base(
        short,
        head,
        head,
        "feature",
        (f"{short} could also mean {repo.head('main')}; refs/heads/{short} was used",),
    )
    repo.git("update-ref", f"refs/heads/{fork}", head)  # a full id is never a name
    assert base(repo, base=fork) == Base(fork, fork, head, "feature")


def test_unrelated_histories(repo: Repo) -> None:
    repo.commit({"a": ""})
    repo.git("checkout", "-q", "--orphan", "island")
    repo.commit({"b": ""})
    assert (
        refused(repo)
        == "main and the current commit have no common ancestor; choose a base with --base"
    )


def test_shallow_clone_names_the_way_out(repo: Repo, tmp_path: Path) -> None:
    branch(repo)
    clone = cloned(repo, tmp_path, "--depth=1", "--no-single-branch")
    hint = "; this clone is shallow: `git fetch --unshallow` fetches the rest"
    assert refused(clone, base="origin/main") == (
        "origin/main and the current commit have no common ancestor; choose a base with"
        f" --base{hint}"
    )
    assert (
        refused(clone, base="v1")
        == f"no such commit: v1; name an existing branch, tag or commit with --base{hint}"
    )
    assert (
        refused(clone, "commit", rev="HEAD")
        == f"the parent of {clone.head()[:12]} is missing; choose another commit or --base{hint}"
    )


def test_replaced_and_grafted_commits_count_for_nothing(repo: Repo) -> None:
    fork, head = branch(repo)
    repo.git("replace", "--graft", head)
    (repo.path / ".git" / "info" / "grafts").write_text(f"{head}\n")
    assert base(repo) == Base("main", fork, head, "feature")
    assert base(repo, "commit", rev="HEAD").commit == fork
