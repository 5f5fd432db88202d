"""Repositories that try to run programs or to change the result: each trap is real (plain git
springs it where the test says so), and reviewing springs none of them and changes no byte of the
repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.hostile import VECTORS, Trap, content
from support.repo import Repo, added_lines, only, outcome, review

from reviewer.errors import GitFailed, NoRepository, ReviewerError
from reviewer.types import Change
from reviewer.workspace import open_repository

SCOPES = (
    {},
    {"kind": "staged"},
    {"kind": "commit", "rev": "HEAD"},
)  # worktree, index, commit: the others are made of these


@pytest.fixture
def trap(repo: Repo, tmp_path: Path) -> Trap:
    return Trap(repo, tmp_path)


def review_everything(trap: Trap) -> Change:
    """Every scope and every question; nothing may have been run or changed."""
    before = content(trap.repo.path)
    for scope in SCOPES:
        change = review(trap.repo, **scope)  # type: ignore[arg-type]
        for file in change.files:
            change.read(file.path, "old")
            change.read(file.path, "new")
        change.grep(["2"])
        change.list_files("old")
        change.list_files("new")
    assert not trap.marker.exists()
    assert content(trap.repo.path) == before
    return review(trap.repo)


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.fault(
    "git",
    "each key, hook, driver and filter by which a repository makes git start a program",
    "nothing is started, in any scope; the review is that of the same repository without it",
)
def test_programs_of_the_configuration_are_not_run(trap: Trap, name: str) -> None:
    plant, springs = VECTORS[name]
    expected = [added_lines(file) for file in review(trap.repo).files]
    plant(trap)
    trap.marker.unlink(missing_ok=True)
    change = review_everything(trap)
    extra = {"extra", "hooks/"}
    assert [
        added_lines(file) for file in change.files if not file.path.startswith(tuple(extra))
    ] == expected
    assert not springs or trap.springs(*springs), "the trap itself does not work"


def test_neutralised_keys_are_named(trap: Trap) -> None:
    trap.config("filter.evil.clean")
    trap.config("diff.evil.textconv")
    assert review(trap.repo).warnings == (
        (
            "programs named by the repository's git configuration are not run: diff.evil.textconv,"
            " filter.evil.clean"
        ),
        "git filters are not run; files are reviewed as they are: evil",
    )


def test_filters_of_the_user_are_not_run_either(trap: Trap) -> None:
    """git-lfs and the like take instructions from the repository's configuration."""
    trap.repo.git("config", "--global", "filter.evil.clean", str(trap.program))
    review_everything(trap)
    assert trap.springs("diff")


@pytest.mark.parametrize("transport", ["ext", "uploadpack", "ssh"])
def test_missing_objects_are_not_fetched(trap: Trap, transport: str) -> None:
    trap.program.write_text(
        trap.program.read_text().replace("cat 2>/dev/null\n", "")
    )  # a transport would wait for it
    url = {"ext": f"ext::{trap.program}", "uploadpack": str(trap.repo.path), "ssh": "ssh://host/x"}[
        transport
    ]
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "evil",
        "remote.evil.url": url,
        "remote.evil.promisor": "true",
        "remote.evil.uploadpack": str(trap.program),
        "core.sshCommand": str(trap.program),
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
    }.items():
        trap.config(key, value)
    blob = trap.repo.head("main:a.txt")
    (trap.repo.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    change = review_everything(trap)
    assert outcome(change)["unreviewed"] == {
        "a.txt": "unreadable",
        "b.txt": "unreadable",
        "d.txt": "unreadable",
    }
    assert change.read("a.txt", "old") is None
    assert trap.springs("diff main")


def test_hostile_submodule_is_not_entered(trap: Trap, tmp_path: Path) -> None:
    other = Repo(tmp_path / "other", trap.repo.home)
    other.commit({"x.txt": "1\n", ".gitattributes": "* filter=evil\n"})
    trap.repo.git(
        "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.path), "sub"
    )
    trap.repo.git("commit", "-qm", "sub")
    inside = Repo(trap.repo.path / "sub", trap.repo.home, init=False)
    inside.git("config", "filter.evil.clean", str(trap.program))
    inside.git("config", "core.fsmonitor", str(trap.program))
    inside.write("x.txt", "2\n")
    review_everything(trap)
    assert trap.springs("status")


def test_hostile_environment(trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = review(trap.repo).digest
    trace = tmp_path / "trace"
    for name, value in {
        "GIT_EXTERNAL_DIFF": trap.program,
        "GIT_DIFF_OPTS": "-u0",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": trap.program,
        "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor'='{trap.program}'",
        "GIT_DIR": "/nowhere",
        "GIT_WORK_TREE": "/",
        "GIT_INDEX_FILE": "/nowhere",
        "GIT_EXEC_PATH": "/nowhere",
        "GIT_TRACE": trace,
        "GIT_TRACE2": trace,
        "GIT_ASKPASS": trap.program,
        "GIT_SSH_COMMAND": trap.program,
        "GIT_PAGER": trap.program,
        "PAGER": trap.program,
        "LESSOPEN": f"|{trap.program} %s",
        "GIT_EDITOR": trap.program,
        "GIT_OBJECT_DIRECTORY": "/nowhere",
        "GIT_COMMON_DIR": "/nowhere",
        "GIT_NAMESPACE": "x",
        "GIT_TEMPLATE_DIR": "/nowhere",
        "GIT_PYTHON_GIT_EXECUTABLE": trap.program,
        "GIT_PYTHON_TRACE": "full",
        "GIT_CEILING_DIRECTORIES": tmp_path,
        "GIT_CONFIG_GLOBAL": "/nowhere",
        "GIT_CONFIG_SYSTEM": "/nowhere",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nowhere",
    }.items():
        monkeypatch.setenv(name, str(value))
    assert review_everything(trap).digest == expected
    assert not trace.exists()


def test_git_of_the_working_directory_is_not_run(
    trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("git", "sh", "less"):
        target = trap.repo.path / name
        target.write_bytes(trap.program.read_bytes())
        target.chmod(0o755)
    monkeypatch.chdir(trap.repo.path)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    review_everything(trap)


def test_global_configuration_that_changes_every_format(trap: Trap) -> None:
    expected = review(trap.repo)
    for key, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.srcPrefix": "x/",
        "color.ui": "always",
        "color.diff": "always",
        "diff.context": "0",
        "diff.interHunkContext": "9",
        "diff.external": str(trap.program),
        "diff.orderFile": "/nowhere",
        "core.quotePath": "false",
        "diff.renames": "false",
        "diff.algorithm": "patience",
        "diff.suppressBlankEmpty": "true",
        "diff.relative": "true",
        "diff.submodule": "log",
        "diff.wsErrorHighlight": "all",
        "diff.colorMoved": "zebra",
        "diff.indentHeuristic": "false",
        "diff.ignoreSubmodules": "all",
        "grep.lineNumber": "true",
        "grep.patternType": "perl",
        "grep.column": "true",
        "status.short": "true",
        "core.abbrev": "4",
        "log.decorate": "full",
        "core.pager": str(trap.program),
        "diff.wordRegex": ".",
        "core.commentChar": "x",
        "diff.statGraphWidth": "1",
    }.items():
        trap.repo.git("config", "--global", key, value)
    change = review_everything(trap)
    assert (change.files, change.digest) == (expected.files, expected.digest)
    assert (change.grep(["2"]), change.list_files("new")) == (
        expected.grep(["2"]),
        expected.list_files("new"),
    )


def test_local_configuration_that_changes_the_result(trap: Trap) -> None:
    expected = review(trap.repo)
    trap.repo.write(".git/info/attributes", "* -diff linguist-generated binary\n")
    hidden = trap.repo.path.parent / "hidden"
    hidden.write_text("*\n")
    for key, value in {
        "core.excludesFile": str(hidden),
        "core.attributesFile": "/nowhere",
        "diff.orderFile": "/nowhere",
        "diff.noprefix": "true",
        "color.ui": "always",
        "core.bigFileThreshold": "1",
        "diff.renameLimit": "1",
        "core.quotePath": "false",
        "index.sparse": "true",
        "core.preloadIndex": "false",
    }.items():
        trap.config(key, value)
    assert review_everything(trap).files == expected.files


def test_user_ignore_file_counts(trap: Trap) -> None:
    (trap.repo.home / "ignore").write_text("c.*\n")
    trap.repo.git("config", "--global", "core.excludesFile", "~/ignore")
    assert "c.txt" not in outcome(review(trap.repo))["files"]
    trap.repo.git("config", "--global", "--unset", "core.excludesFile")
    trap.repo.write(".git/info/exclude", "c.*\n")
    assert "c.txt" not in outcome(review(trap.repo))["files"]


def test_replaced_objects_and_forged_shallow_file(trap: Trap) -> None:
    expected = review(trap.repo)
    fake = trap.repo.git("hash-object", "-w", "--stdin", stdin=b"fake\n").strip()
    trap.repo.git("replace", trap.repo.head("main:a.txt"), fake)
    assert trap.repo.git("show", "main:a.txt") == "fake\n"
    assert review_everything(trap).files == expected.files
    assert expected.read("a.txt", "old") == b"1\n"


def refusal(directory: Path) -> ReviewerError:
    with pytest.raises(ReviewerError) as caught:
        open_repository(directory, timeout=2)
    assert caught.value.message.isprintable()
    return caught.value


@pytest.mark.parametrize("target", ["/", "/etc", ".."])
def test_worktree_elsewhere(trap: Trap, target: str) -> None:
    trap.config("core.worktree", str(trap.repo.path / target))
    error = refusal(trap.repo.path)
    assert isinstance(error, GitFailed)
    assert error.message.startswith("core.worktree of this repository points elsewhere")


def test_git_directory_elsewhere(trap: Trap, tmp_path: Path) -> None:
    fake = tmp_path / "zip"
    fake.mkdir()
    (fake / ".git").write_text(f"gitdir: {trap.repo.path}/.git\n")
    assert "does not know this worktree" in refusal(fake).message
    (fake / ".git").unlink()
    (fake / ".git").symlink_to(trap.repo.path / ".git")
    assert "does not know this worktree" in refusal(fake).message


def test_common_directory_elsewhere(trap: Trap, tmp_path: Path) -> None:
    fake = Repo(tmp_path / "zip", trap.repo.home)
    fake.write(".git/commondir", str(trap.repo.path / ".git"))
    assert "commondir" in refusal(fake.path).message


def test_borrowed_objects(trap: Trap, tmp_path: Path) -> None:
    fake = Repo(tmp_path / "zip", trap.repo.home)
    fake.write(".git/objects/info/alternates", f"{trap.repo.path}/.git/objects\n")
    assert refusal(fake.path).message == (
        f"this repository borrows objects from {trap.repo.path}/.git/objects; make it independent:"
        f" git repack -a -d && rm {fake.path}/.git/objects/info/alternates"
    )
    inside = Repo(fake.path / "inside", trap.repo.home)
    commit = inside.commit({"x": "1\n"})
    fake.write(".git/objects/info/alternates", "../../inside/.git/objects\n")
    assert outcome(review(fake, "commit", rev=commit)) == only(files={"x": "added"})


@pytest.mark.fault(
    "git", "an objects folder that is a link to another place", "refused, with what helps"
)
def test_linked_objects(trap: Trap, tmp_path: Path) -> None:
    fake = Repo(tmp_path / "zip", trap.repo.home)
    commit = fake.commit({"x": "1\n"})
    objects = fake.path / ".git/objects"
    objects.rename(tmp_path / "objects")
    objects.symlink_to(tmp_path / "objects")
    assert refusal(fake.path).message == (
        f"{objects} is a link to {tmp_path}/objects, outside the repository; replace the link with"
        " a copy of that folder, or review a patch with --diff"
    )
    objects.unlink()
    (tmp_path / "objects").rename(fake.path / "own")
    objects.symlink_to("../own")
    assert outcome(review(fake, "commit", rev=commit)) == only(files={"x": "added"})


def test_bare_repositories(trap: Trap, tmp_path: Path) -> None:
    trap.repo.git("init", "-q", "--bare", "embedded")
    trap.repo.git("--git-dir=embedded", "config", "core.fsmonitor", str(trap.program))
    trap.repo.git("--git-dir=embedded", "config", "core.worktree", str(tmp_path))
    assert isinstance(refusal(trap.repo.path / "embedded"), NoRepository)
    assert isinstance(refusal(trap.repo.path / ".git"), NoRepository)
    assert not trap.marker.exists()


def test_configuration_that_never_ends(trap: Trap) -> None:
    os.mkfifo(trap.repo.path / "pipe")
    trap.config("include.path", str(trap.repo.path / "pipe"))
    assert "did not finish within 2 s" in refusal(trap.repo.path).message


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_repository_of_somebody_else(trap: Trap) -> None:
    for path in (trap.repo.path, trap.repo.path / ".git"):
        os.chown(path, 12345, 12345)
    assert "dubious ownership" in refusal(trap.repo.path).message


def test_no_process_and_no_directory_is_left(
    trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    change = review(trap.repo)
    assert len(list(place.iterdir())) == 1
    assert (place.stat().st_mode & 0o77, next(place.iterdir()).stat().st_mode & 0o77) == (0o55, 0)
    del change
    assert list(place.iterdir()) == []
