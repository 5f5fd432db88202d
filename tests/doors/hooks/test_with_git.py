"""The hooks as git runs them: real pushes to a local bare repository, commits in all their
forms."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.hooking import broken, call, full_environment, git, ours, quick, with_remote
from support.repo import GIT, Repo
from support.server import Server, stall

from reviewer.doors.hooks.install import install
from reviewer.doors.hooks.script import Options
from reviewer.workspace import open_repository

MODELS = {
    "/v1/models": {"data": [{"id": "gemma-4-12b", "owned_by": "vllm", "max_model_len": 8192}]},
    "/version": {"version": "0.33.0"},
}
BLOCKED = "reviewer: {what} blocked: {name}1 finding at or above major"
FOUND = "  MAJOR     {path}:2  Undefined name `{name}`."
DISMISS = '  dismiss:  reviewer findings dismiss ID --reason "why"'
CLEAN = "reviewer: {name}: Analyzers found nothing in 1 file; no model reviewed it"


def hooked(repo: Repo, *hooks: str, **options: object) -> Repo:
    for hook in hooks:
        install(open_repository(repo.path), hook, Options(**options))
    return repo


@pytest.fixture
def pushing(tmp_path: Path) -> Repo:
    return hooked(with_remote(tmp_path), "pre-push")


@pytest.fixture
def committing(tmp_path: Path) -> Repo:
    return hooked(with_remote(tmp_path), "pre-commit")


def blocked(stderr: str) -> list[str]:
    """The findings that blocked, without the rest of what the hook says."""
    return [line for line in ours(stderr) if line.startswith("  MAJOR")]


def on_remote(repo: Repo, branch: str) -> str:
    return repo.git("ls-remote", "origin", f"refs/heads/{branch}").partition("\t")[0]


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_a_tag_is_stopped_like_its_branch(pushing):
    pushing.commit({"bad.py": broken()})
    pushing.git("tag", "-m", "release", "v1")
    code, err = git(pushing, "push", "origin", "v1")
    assert (code, ours(err)[:2]) == (
        1,
        [
            BLOCKED.format(what="push", name="tag v1: "),
            FOUND.format(path="bad.py", name="nowhere"),
        ],
    )
    code, err = git(pushing, "push", "origin", "work", "v1")
    assert (code, ours(err)[0]) == (1, BLOCKED.format(what="push", name="work: "))
    assert len(blocked(err)) == 1


@pytest.mark.parametrize(("policy", "code"), [("warn", 0), ("block", 1)])
def test_a_tag_on_a_tree_is_said(tmp_path, policy, code):
    repo = hooked(with_remote(tmp_path), "pre-push", on_server_down=policy)
    repo.git("tag", "files", "HEAD^{tree}")
    ended, err = git(repo, "push", "origin", "files")
    blocks = "push blocked: " if code else ""
    line = (
        f"reviewer: {blocks}tag files: not reviewed: it brings a tree without a commit; see it"
        f" with: git show {repo.head('HEAD^{tree}')[:12]}"
    )
    assert (ended, ours(err)[0]) == (code, line)


def test_pushes(pushing):
    """A new branch, an update that breaks something, a repair, and a forced push: only what is new
    counts."""
    base, head = pushing.head(), pushing.commit({"a.py": "def f(x):\n    return x + 1\n"})
    code, err = git(pushing, "push", "origin", "work")
    assert (code, ours(err)) == (0, [CLEAN.format(name="work")])

    bad = pushing.commit({"b.py": broken()})
    code, err = git(pushing, "push", "origin", "work")
    assert (code, on_remote(pushing, "work")) == (1, head)
    assert ours(err) == [
        BLOCKED.format(what="push", name="work: "),
        FOUND.format(path="b.py", name="nowhere"),
        f"  details:  reviewer --range {head[:12]}..{bad[:12]}",
        DISMISS,
        "  push anyway:  git push --no-verify, or REVIEWER_SKIP=1 git push",
    ]

    pushing.write("b.py", "def f(x):\n    return x\n")
    pushing.git("commit", "-q", "-a", "--amend", "-m", "repaired")
    assert git(pushing, "push", "-q", "origin", "work")[0] == 0

    pushing.git("reset", "-q", "--hard", base)
    pushing.commit({"a.py": broken("forced")})
    code, err = git(pushing, "push", "--force", "origin", "work")
    assert (code, blocked(err)) == (1, [FOUND.format(path="a.py", name="forced")])


def test_several_refs_in_one_push(pushing):
    pushing.commit({"a.py": broken("one")})
    pushing.git("checkout", "-q", "-b", "second", "main")
    pushing.commit({"b.py": broken("two")})
    pushing.git("tag", "v1")
    pushing.git("push", "-q", "--no-verify", "origin", "main:gone")
    code, err = git(pushing, "push", "origin", "work", "second", "v1", ":gone")
    assert code == 1
    assert sorted(blocked(err)) == [
        FOUND.format(path="a.py", name="one"),
        FOUND.format(path="b.py", name="two"),
    ]
    assert sum(line.startswith("reviewer: push blocked: ") for line in ours(err)) == 2


def test_pushes_without_anything_to_review(pushing):
    pushing.commit({"a.py": broken()})
    assert git(pushing, "push", "-q", "--no-verify", "origin", "work") == (0, "")
    for push in (["work"], ["work:other"], [":other"], ["HEAD:refs/tags/t"]):
        code, err = git(pushing, "push", "origin", *push)
        assert (code, ours(err)) == (0, [])


def test_the_first_push_of_a_repository(tmp_path):
    repo = hooked(quick(Repo(tmp_path / "repo", tmp_path / "home")), "pre-push")
    repo.commit({"a.py": broken()})
    repo.git("init", "-q", "--bare", str(tmp_path / "new.git"))
    code, err = git(repo, "push", str(tmp_path / "new.git"), "main")
    assert (code, blocked(err)) == (1, [FOUND.format(path="a.py", name="nowhere")])


def test_skipped(pushing):
    pushing.commit({"a.py": broken()})
    code, err = git(pushing, "push", "origin", "work", REVIEWER_SKIP="1")
    assert (code, ours(err)) == (0, ["reviewer: skipped (REVIEWER_SKIP is set)"])
    command = [
        sys.executable,
        "-m",
        "reviewer",
        "hook",
        "run",
        "pre-push",
    ]  # as another manager calls it
    assert call(pushing, *command, REVIEWER_SKIP="true") == (
        0,
        "reviewer: skipped (REVIEWER_SKIP is set)\n",
    )


@pytest.mark.parametrize("policy", [None, "skip", "block"])
def test_a_dead_server(tmp_path, policy):
    repo = hooked(with_remote(tmp_path), "pre-push", on_server_down=policy)
    repo.commit({"a.py": "def f(x):\n    return x + 1\n"})
    endpoint = f"http://127.0.0.1:{closed_port()}"
    code, err = git(
        repo, "push", "origin", "work", REVIEWER_ENGINE="auto", REVIEWER_ENDPOINT=endpoint
    )
    lines = ours(err)
    assert code == (1 if policy == "block" else 0)
    assert [endpoint in line for line in lines[:1]] == ([] if policy == "skip" else [True])
    assert len(lines) == {None: 1, "skip": 0, "block": 3}[policy]


def test_the_content_of_the_commit_is_reviewed_not_the_worktree(committing):
    committing.write("a.py", "def f(x):\n    return x + 1\n")
    committing.git("add", "a.py")
    committing.write("a.py", broken("later"))
    committing.write("untracked.py", broken("untracked"))
    assert git(committing, "commit", "-q", "-m", "staged") == (0, "")

    committing.git("add", "a.py")
    committing.write("a.py", "def f(x):\n    return x\n")
    before = committing.git("status", "--porcelain=v2")
    code, err = git(committing, "commit", "-q", "-m", "staged")
    assert code == 1
    assert ours(err) == [
        BLOCKED.format(what="commit", name=""),
        FOUND.format(path="a.py", name="later"),
        "  details:  reviewer --staged --no-model",
        DISMISS,
        "  commit anyway:  git commit --no-verify, or REVIEWER_SKIP=1 git commit",
    ]
    assert committing.git("status", "--porcelain=v2") == before
    assert git(committing, "commit", "-q", "--no-verify", "-m", "anyway") == (0, "")


@pytest.mark.parametrize("form", [["-a"], ["a.py"], ["--include", "a.py"]])
def test_forms_of_commit_that_take_more_than_the_index(committing, form):
    """git makes an index of its own for these, and names it to the hook."""
    committing.write("other/b.py", "def g(x):\n    return x\n")
    committing.git("add", "other")
    committing.write("a.py", broken("taken"))
    code, err = git(committing, "-c", "color.ui=always", "commit", "-q", "-m", "x", *form)
    assert (code, blocked(err)) == (1, [FOUND.format(path="a.py", name="taken")])
    assert "  details:  reviewer --uncommitted --no-model" in ours(err)
    assert committing.git("status", "--porcelain").split() == ["M", "a.py", "A", "other/b.py"]


def test_a_path_that_leaves_the_index_out(committing):
    """`commit PATH` commits nothing of what is staged elsewhere: a defect there does not count."""
    committing.write("b.py", broken("staged"))
    committing.git("add", "b.py")
    committing.write("a.py", "def f(x):\n    return x + 1\n")
    (committing.path / "sub").mkdir()
    assert git(
        committing, "commit", "-q", "-m", "x", "--", "../a.py", cwd=committing.path / "sub"
    ) == (0, "")
    assert committing.git("show", "--name-only", "--format=").split() == ["a.py"]


def test_amend(committing):
    committing.write("a.py", broken("amended"))
    code, err = git(committing, "commit", "-q", "-a", "--amend", "-m", "x")
    assert (code, blocked(err)) == (1, [FOUND.format(path="a.py", name="amended")])
    committing.git("checkout", "-q", "--", "a.py")
    assert git(committing, "commit", "-q", "--amend", "-m", "only the message") == (0, "")


def test_the_first_commit(tmp_path):
    repo = hooked(quick(Repo(tmp_path / "repo", tmp_path / "home")), "pre-commit")
    repo.write("a.py", broken("first"))
    repo.git("add", ".")
    code, err = git(repo, "commit", "-q", "-m", "x")
    assert (code, blocked(err)) == (1, [FOUND.format(path="a.py", name="first")])


def test_a_merge_with_a_conflict(committing):
    committing.write("a.py", "def f(x):\n    return x + 1\n")
    committing.git("commit", "-q", "-a", "--no-verify", "-m", "ours")
    committing.git("checkout", "-q", "-b", "theirs", "main")
    committing.write("a.py", "def f(x):\n    return x + 2\n")
    committing.git("commit", "-q", "-a", "--no-verify", "-m", "theirs")
    committing.git("merge", "work", check=False)
    code, err = git(committing, "commit", "-q", "-a", "-m", "markers left in")
    assert code == 1
    assert any("conflict" in line.lower() for line in blocked(err)), err
    committing.write("a.py", "def f(x):\n    return x + 3\n")
    assert git(committing, "commit", "-q", "-a", "-m", "merged") == (0, "")
    assert len(committing.git("rev-list", "--parents", "-1", "HEAD").split()) == 3


def test_a_linked_worktree(committing, tmp_path):
    committing.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked", committing.home, init=False)
    committing.write("a.py", broken("elsewhere"))
    committing.git("add", "a.py")
    linked.write("a.py", "def f(x):\n    return x + 1\n")
    assert git(linked, "commit", "-q", "-a", "-m", "x") == (0, "")
    linked.write("a.py", broken("here"))
    linked.git("add", "a.py")
    code, err = git(linked, "commit", "-q", "-m", "x")
    assert (code, blocked(err)) == (1, [FOUND.format(path="a.py", name="here")])


def test_a_submodule(tmp_path):
    Repo(tmp_path / "library", tmp_path / "home").commit({"l.py": "x = 1\n"})
    repo = with_remote(tmp_path)
    repo.git(
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        str(tmp_path / "library"),
        "lib",
    )
    inner = hooked(Repo(repo.path / "lib", repo.home, init=False), "pre-commit")
    inner.write("l.py", broken("inner"))
    inner.git("add", "l.py")
    repo.write("a.py", broken("outer"))
    code, err = git(inner, "commit", "-q", "-m", "x")
    assert (code, blocked(err)) == (1, [FOUND.format(path="l.py", name="inner")])


def test_a_git_directory_beside_the_worktree(tmp_path):
    """As for dotfiles: git tells the hook both places."""
    repo = Repo(tmp_path / "work", tmp_path / "home")
    hooked(repo, "pre-commit")
    (repo.path / ".git").rename(tmp_path / "beside")
    repo.write("a.py", broken("dotfile"))
    places = ["--git-dir", str(tmp_path / "beside"), "--work-tree", str(repo.path)]
    repo.git(*places, "add", "a.py")
    code, err = git(repo, *places, "commit", "-q", "-m", "x", cwd=tmp_path)
    assert (code, blocked(err)) == (1, [FOUND.format(path="a.py", name="dotfile")])


def test_hostile_names(committing):
    name = "a\x1b]0;owned\x07\n\u202etxt$(touch owned)`id`.py"
    for each in (name, b"\xff\xfe.py"):
        committing.write(each, "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n")
    committing.git("checkout", "-q", "-b", "br$(touch-owned)`id`;x")
    committing.git("add", "-A")
    code, err = git(committing, "commit", "-q", "-m", "x")
    assert (code, len(blocked(err))) == (1, 4)
    assert all(line.isprintable() for line in err.splitlines())
    assert not (committing.path / "owned").exists()
    hooked(committing, "pre-push")
    committing.git("commit", "-q", "--no-verify", "-m", "x")
    code, err = git(committing, "push", "-q", "origin", "HEAD")
    assert (code, len(blocked(err))) == (1, 4)
    assert "push blocked: br$(touch-owned)`id`;x: 4 findings" in err


def test_a_repository_cannot_bring_the_reviewer(committing):
    """Not as a module in the directory where the hook runs, and not through its settings for
    Python."""
    for name in (
        "reviewer/__init__.py",
        "reviewer/__main__.py",
        "click.py",
        "json.py",
        "sitecustomize.py",
    ):
        committing.write(name, f"open({str(committing.path / 'owned')!r}, 'w')\n")
    committing.git("add", "-A")
    assert git(committing, "commit", "-q", "-m", "x", PYTHONPATH=".")[0] == 0
    assert not (committing.path / "owned").exists()


def test_the_hook_that_was_there_runs_first(tmp_path):
    repo = with_remote(tmp_path)
    first = repo.path / ".git/hooks/pre-push"
    first.write_text('#!/bin/sh\ncat > "$2.seen"\n[ ! -e stop ] || { echo no; exit 1; }\n')
    first.chmod(0o755)
    hooked(repo, "pre-push")
    head = repo.commit({"a.py": broken()})
    code, err = git(repo, "push", "origin", "work")
    assert (code, blocked(err)) == (1, [FOUND.format(path="a.py", name="nowhere")])
    seen = (tmp_path / "origin.git.seen").read_text()
    assert seen == f"refs/heads/work {head} refs/heads/work {'0' * 40}\n"
    repo.write("stop")
    code, err = git(repo, "push", "origin", "work")
    assert (code, ours(err)) == (1, [])


def test_without_home_terminal_and_a_usual_path(committing, tmp_path):
    """As a graphical client may start it. git itself puts its own directory on the PATH of a
    hook."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(shutil.which("git"))
    committing.write("a.py", broken())
    bare = {
        name: value
        for name, value in full_environment(committing).items()
        if name.startswith(("GIT_", "REVIEWER"))
    }
    done = subprocess.run(
        [GIT, "commit", "-q", "-a", "-m", "x"],
        cwd=committing.path,
        env={**bare, "PATH": str(tmp_path / "bin")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        start_new_session=True,
    )
    assert (done.returncode, blocked(done.stderr)) == (
        1,
        [FOUND.format(path="a.py", name="nowhere")],
    )


@pytest.mark.parametrize("hook", ["pre-commit", "pre-push"])
def test_ctrl_c(tmp_path, hook):
    """The commit or push is not made, and nothing is left behind."""
    repo = with_remote(tmp_path)
    repo.commit({"a.py": "def f(x):\n    return x + 1\n"})
    hooked(repo, hook, model=hook == "pre-commit")
    repo.write("a.py", "def f(x):\n    return x + 2\n")
    before = repo.git("status", "--porcelain=v2"), repo.head()
    command = (
        ["push", "origin", "work"] if hook == "pre-push" else ["commit", "-q", "-a", "-m", "x"]
    )
    with Server(chat=[stall], get=MODELS) as server:
        env = full_environment(repo) | {"REVIEWER_ENGINE": "auto", "REVIEWER_ENDPOINT": server.url}
        process = subprocess.Popen(
            [GIT, *command], cwd=repo.path, env=env, stderr=subprocess.PIPE, start_new_session=True
        )
        deadline = time.monotonic() + 20
        while not server.chats and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.chats
        os.killpg(process.pid, signal.SIGINT)  # what a terminal sends
        _, err = process.communicate(timeout=20)
    assert process.returncode != 0
    assert b"interrupted" in err
    assert b"Traceback" not in err
    assert (repo.git("status", "--porcelain=v2"), repo.head(), on_remote(repo, "work")) == (
        *before,
        "",
    )
    assert not list((repo.path / ".git").glob("*.lock"))


def test_called_by_hand(committing):
    command = [sys.executable, "-m", "reviewer", "hook", "run"]
    assert call(committing, *command, "pre-push", stdin=b"hello\n") == (
        2,
        (
            "reviewer: not a line of pre-push input: hello; let git run the hook (see: reviewer"
            " hook install), or try: reviewer --committed\n"
        ),
    )
    assert call(committing, *command, "pre-commit", cwd=committing.path.parent) == (
        0,
        (
            f"reviewer: not reviewed: not a git repository: {committing.path.parent}; change to"
            " your repository, or review a patch with --diff FILE\n"
        ),
    )
    assert (
        call(
            committing,
            *command,
            "pre-commit",
            "--on-server-down",
            "block",
            cwd=committing.path.parent,
        )[0]
        == 1
    )
