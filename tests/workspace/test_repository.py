from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.repo import Repo, added_lines, only, outcome, review

from reviewer.errors import BadBase, GitFailed, NoRepository, ReviewerError
from reviewer.types import Scope
from reviewer.workspace import collect, git, open_repository, resolve
from reviewer.workspace.invocation import GitTimeout, complaint, disarm


def refusal(directory: Path, kind: type[ReviewerError]) -> str:
    with pytest.raises(kind) as caught:
        open_repository(directory, timeout=20)
    assert "\n" not in caught.value.message
    return caught.value.message


def test_where_things_are(repo: Repo) -> None:
    repo.write("deep/er/file")
    opened = open_repository(repo.path / "deep/er", timeout=7)
    assert (opened.root, opened.git_dir, opened.common_dir) == (
        repo.path,
        repo.path / ".git",
        repo.path / ".git",
    )
    assert (opened.prefix, opened.shallow, opened.timeout) == ("deep/er/", False, 7)
    assert opened.index_file == repo.path / ".git/index"
    assert Path(opened.program).is_absolute()
    assert open_repository(repo.path, timeout=20).prefix == ""


def test_no_repository(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path, NoRepository)
        == f"not a git repository: {tmp_path}; change to your repository, or review a patch with"
        " --diff"
        " FILE"
    )
    assert refusal(tmp_path / "\x1b[31mgone", NoRepository).startswith("no such directory: ")


def test_bare_repository_and_git_directory(repo: Repo, tmp_path: Path) -> None:
    repo.git("init", "-q", "--bare", str(tmp_path / "bare.git"))
    for place in (tmp_path / "bare.git", repo.path / ".git"):
        assert refusal(place, NoRepository).startswith("no worktree at ")


def test_object_format_that_is_not_supported(repo: Repo, tmp_path: Path) -> None:
    repo.git("init", "-q", "--object-format=sha256", str(tmp_path / "new"))
    assert (
        refusal(tmp_path / "new", GitFailed)
        == "repositories with sha256 object names are not supported yet; use --diff"
    )


def test_extension_that_git_does_not_know(repo: Repo) -> None:
    repo.git("config", "core.repositoryFormatVersion", "1")
    repo.git("config", "extensions.fromTheFuture", "x")
    assert "unknown repository extension" in refusal(repo.path, GitFailed)


def test_broken_configuration(repo: Repo) -> None:
    repo.write(".git/config", "[core\n")
    assert "bad config line 1" in refusal(repo.path, GitFailed)


@pytest.mark.parametrize(
    "name", [b"with space", b"\xff latin", "ünï".encode(), b"-x", b"$(x)", b'"quoted', b"#hash"]
)
def test_places_with_odd_names(tmp_path: Path, home: Path, name: bytes) -> None:
    repo = Repo(tmp_path / os.fsdecode(name), home)
    repo.commit({"dir/a": "1\n"})
    repo.write("dir/a", "2\n")
    change = review(repo, below="dir", paths=("a",))
    assert outcome(change) == only(files={"dir/a": "modified"})
    assert (change.root, change.read("dir/a", "old")) == (repo.path, b"1\n")


def test_place_with_a_line_break(tmp_path: Path, home: Path) -> None:
    repo = Repo(tmp_path / "line\nbreak", home)
    assert (
        refusal(repo.path, GitFailed)
        == "the path of the repository contains a line break; move it and try again"
    )


def test_through_a_link(repo: Repo, tmp_path: Path) -> None:
    repo.write("dir/a", "1\n")
    (tmp_path / "link").symlink_to(repo.path / "dir")
    opened = open_repository(tmp_path / "link", timeout=20)
    assert (opened.root, opened.prefix) == (repo.path, "dir/")


def test_separate_git_directory_that_knows_its_worktree(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": "1\n"})
    (repo.path / ".git").rename(tmp_path / "elsewhere")
    (repo.path / ".git").write_text(f"gitdir: {tmp_path}/elsewhere\n")
    assert "does not know this worktree" in refusal(repo.path, GitFailed)
    repo.git("config", "core.worktree", str(repo.path))
    assert outcome(review(repo)) == only()


def test_only_hooks_take_the_index_from_the_environment(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`git commit PATH` gives its hooks an index of their own."""
    repo.commit({"a": "1\n", "b": "1\n"})
    repo.write("a", "2\n")
    repo.write("b", "2\n")
    repo.git("add", "a")
    partial = tmp_path / "next-index"
    repo.git("read-tree", "HEAD", GIT_INDEX_FILE=str(partial))
    repo.git("add", "b", GIT_INDEX_FILE=str(partial))
    monkeypatch.setenv("GIT_INDEX_FILE", str(partial))
    monkeypatch.setenv("GIT_DIR", str(repo.path / ".git"))
    found = {}
    for hook in (True, False):
        opened = open_repository(repo.path, hook=hook, timeout=20)
        scope = Scope("staged")
        found[hook] = [file.path for file in collect(opened, resolve(opened, scope), scope).files]
    assert found == {True: ["b"], False: ["a"]}


@pytest.mark.fault(
    "refs",
    "a user's own hook that runs `reviewer --staged` in `git commit -a` or `git commit PATH`",
    "what will be committed is reviewed",
)
@pytest.mark.parametrize("place", ["next-index-1.lock", "absent.lock"])
def test_an_index_beside_the_usual_one_counts_in_every_hook(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    repo.commit({"a": "1\n", "b": "1\n"})
    repo.write("a", "2\n")
    repo.write("b", "2\n")
    repo.git("add", "a")
    partial = str(repo.path / ".git/next-index-1.lock")
    repo.git("read-tree", "HEAD", GIT_INDEX_FILE=partial)
    repo.git("add", "b", GIT_INDEX_FILE=partial)
    monkeypatch.setenv("GIT_INDEX_FILE", f".git/{place}")
    opened, scope = open_repository(repo.path, timeout=20), Scope("staged")
    found = [file.path for file in collect(opened, resolve(opened, scope), scope).files]
    assert found == (["b"] if place == "next-index-1.lock" else ["a"])


def test_real_pre_commit_hook_of_a_partial_commit(repo: Repo, tmp_path: Path) -> None:
    import sys

    repo.commit({"a": "1\n", "b": "1\n"})
    script = tmp_path / "hook.py"
    script.write_text(
        "from pathlib import Path\n"
        "from reviewer.types import Scope\n"
        "from reviewer.workspace import collect, open_repository, resolve\n"
        "opened, scope = open_repository(Path.cwd(), hook=True), Scope('staged')\n"
        "names = [file.path for file in collect(opened, resolve(opened, scope), scope).files]\n"
        f"Path({str(tmp_path / 'seen')!r}).write_text(' '.join(names))\n"
    )
    hook = repo.write(".git/hooks/pre-commit", f"#!/bin/sh\nexec {sys.executable} {script}\n")
    hook.chmod(0o755)
    repo.write("a", "2\n")
    repo.write("b", "2\n")
    repo.git("add", "a")
    repo.git("commit", "-q", "-m", "only b", "b", PYTHONPATH=str(Path(__file__).parents[2]))
    assert (tmp_path / "seen").read_text() == "b"


def test_damaged_repositories_are_one_line(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    index = (repo.path / ".git/index").read_bytes()
    repo.write(".git/index", b"garbage")
    with pytest.raises(GitFailed, match=r"git ls-files failed: .*index file"):
        review(repo)
    repo.write(".git/index", index)
    tree = repo.head("HEAD^{tree}")
    (repo.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(GitFailed, match="git diff-tree failed: fatal: "):
        review(repo, "commit", rev="HEAD")
    assert outcome(review(repo)) == only()  # the index still has it all
    repo.write(".git/HEAD", "")
    with pytest.raises(NoRepository):
        review(repo)


def test_missing_commit_is_a_bad_base(repo: Repo) -> None:
    first = repo.commit({"a": "1\n"})
    repo.commit({"a": "2\n"})
    (repo.path / ".git/objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(BadBase, match=r"the parent of \w{12} is missing"):
        review(repo, "commit", rev="HEAD")


def test_one_invocation_for_every_git(repo: Repo) -> None:
    commit = repo.commit({"a": "1\n"})
    opened = open_repository(repo.path, timeout=20)
    assert git(opened, "rev-parse", "HEAD").decode().strip() == commit
    assert git(opened, "rev-parse", "--verify", "-q", "nothing", codes=(1,)) == b""
    with pytest.raises(GitFailed, match="git rev-parse failed: fatal: Needed a single revision"):
        git(opened, "rev-parse", "--verify", "nothing")
    with pytest.raises(GitFailed, match="git cat-file printed more than 0 MiB"):
        git(opened, "cat-file", "-p", "HEAD", max_bytes=10)
    with pytest.raises(GitTimeout, match="did not finish within 0 s"):
        git(opened, "cat-file", "--batch", timeout=1e-9)


def test_complaints_are_one_printable_line() -> None:
    assert (
        complaint(b"warning: x\nfatal: \x1b[31m\xff bad\nhint: y\n")
        == "fatal: \\u{1b}[31m\\u{dcff} bad"
    )
    assert complaint(b"") == ""
    assert len(complaint(b"x" * 9999)) <= 400


def test_overrides() -> None:
    local = {
        "filter.a=b.c d.clean": "x",
        "diff.external": "x",
        "diff.p.textconv": "x",
        "hook.a.b.command": "x",
        "user.name": "x",
    }
    assert disarm(local) == (
        ("filter.a=b.c d.clean", ""),
        ("diff.external", ""),
        ("diff.p.textconv", ""),
        ("hook.a.b.enabled", "false"),
        ("filter.a=b.c d.required", "false"),
    )


def test_added_lines_of_the_helper(repo: Repo) -> None:
    repo.write("a", "1\n2")
    assert [added_lines(file) for file in review(repo).files] == [[b"1", b"2"]]
