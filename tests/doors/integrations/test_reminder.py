from __future__ import annotations

import asyncio
import json
import subprocess

import pytest
from support.repo import Repo

from reviewer import resources, verdict
from reviewer.doors.integrations import plan, reminder
from reviewer.doors.integrations.hosts import HOSTS
from reviewer.pipeline.plan import Request
from reviewer.types import Scope

BY_NAME = {host.name: host for host in HOSTS}

TEXT = resources.text("prompts/integrations/reminder.md").strip()
BLOCK = {"decision": "block", "reason": TEXT}


@pytest.fixture
def repo(tmp_path):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit({"a.py": "def f(x):\n    return x\n", "notes.md": "x\n"})
    return repo


def environ(repo, **more):
    return {"REVIEWER_STATE_DIR": str(repo.home / "state"), **more}


def ask(repo, host="claude", *, cwd=None, env=None, **given):
    said = json.dumps({"cwd": str(cwd or repo.path), **given}).encode()
    return said_to(repo, host, said, env)


def said_to(repo, host, said, env=None):
    shown = reminder.answer(host, said, env or environ(repo), repo.path)
    return json.loads(shown) if shown else None


def edit(repo, text="def f(x):\n    return x + 1\n"):
    repo.write("a.py", text)


def review(repo, kind="all", **scope):
    overrides = {"engine": "none", "analyzers": ("conflict",)}
    request = Request(repo.path, Scope(kind, **scope), overrides, environ(repo))
    assert asyncio.run(verdict.conclude(request, lambda event: None)) == 0


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("claude", BLOCK),
        ("codex", BLOCK),
        ("copilot", BLOCK),
        ("gemini", {"decision": "deny", "reason": TEXT}),
        ("cursor", {"followup_message": TEXT}),
        ("opencode", None),
        ("nobody", None),
    ],
)
def test_it_asks_once_in_the_words_of_each_agent(repo, host, wanted):
    edit(repo)
    assert ask(repo, host) == wanted
    assert ask(repo, host) is None


def test_it_asks_again_only_for_another_state(repo):
    edit(repo)
    assert ask(repo) == BLOCK
    edit(repo, "def f(x):\n    return x + 2\n")
    assert ask(repo) == BLOCK
    edit(repo)  # as it was when it was reminded of
    assert ask(repo) is None


@pytest.mark.parametrize("kind", ["all", "uncommitted"])
def test_not_after_a_review(repo, kind):
    edit(repo)
    repo.write("new.py", "x = 1\n")
    review(repo, kind)
    assert ask(repo) is None
    edit(repo, "def f(x):\n    return x + 3\n")
    assert ask(repo) == BLOCK
    review(repo, kind)
    assert ask(repo) is None


def test_a_review_of_what_is_staged_is_one_if_nothing_else_is_there(repo):
    edit(repo)
    repo.git("add", "a.py")
    review(repo, "staged")
    assert ask(repo) is None
    repo.write("new.py", "x = 1\n")
    assert ask(repo) == BLOCK


def test_a_review_of_some_paths_is_not_one_of_all(repo):
    edit(repo)
    repo.write("new.py", "x = 1\n")
    review(repo, paths=("new.py",))
    assert ask(repo) == BLOCK


def test_not_without_edited_code(repo):
    assert ask(repo) is None
    repo.write("notes.md", "y\n")
    repo.write("picture.png", b"\x89PNG\0\0")
    repo.write("LICENSE", "text\n")
    assert ask(repo) is None
    repo.write("new.py", "x = 1\n")
    assert ask(repo) == BLOCK


def test_not_for_what_an_installation_has_written(repo):
    for host in HOSTS:
        plan.apply(repo.path, plan.install(repo.path, host))
    assert (
        repo.git("status", "--porcelain", "-uall").count("??") == 12
    )  # six skills, five files with hooks, AGENTS.md
    assert ask(repo) is None
    edit(repo)
    assert ask(repo) == BLOCK


def test_committed_work_is_not_its_business(repo):
    edit(repo)
    repo.commit()
    assert ask(repo) is None


@pytest.mark.parametrize(
    ("host", "given"),
    [
        ("claude", {"stop_hook_active": True}),
        ("codex", {"stop_hook_active": True}),
        ("gemini", {"stop_hook_active": True}),
        ("copilot", {"stop_hook_active": True}),
        ("cursor", {"loop_count": 1}),
        ("cursor", {"status": "aborted"}),
        ("cursor", {"status": "error", "loop_count": 0}),
    ],
)
def test_never_when_the_agent_goes_on_because_of_a_hook_or_was_interrupted(repo, host, given):
    edit(repo)
    assert ask(repo, host, **given) is None
    assert ask(repo, host) is not None  # and it has not used up its one time


def test_where_the_agent_works(repo, tmp_path):
    edit(repo)
    (repo.path / "sub").mkdir()
    nowhere = json.dumps({"cwd": str(tmp_path / "gone")}).encode()
    assert said_to(repo, "claude", nowhere) is None
    assert ask(repo, cwd=repo.path / "sub") == BLOCK
    edit(repo, "x = 1\n")
    roots = json.dumps(
        {"workspace_roots": [str(repo.path)], "status": "completed", "loop_count": 0}
    ).encode()
    assert json.loads(reminder.answer("cursor", roots, environ(repo), tmp_path)) == {
        "followup_message": TEXT
    }
    edit(repo, "x = 2\n")
    assert (
        said_to(repo, "claude", b"{}") == BLOCK
    )  # it has not said where: in the directory of the hook


@pytest.mark.parametrize(
    "said",
    [b"", b"nonsense", b"[]", b"null", b"[" * 100_000, b"\xff", b'{"cwd": "a\\u0000b"', b"1"],
)
def test_what_makes_no_sense_is_no_reason_to_stop_anybody(repo, said):
    edit(repo)
    assert said_to(repo, "claude", said) is None


@pytest.mark.parametrize(
    "given", [{"cwd": "a\0b"}, {"cwd": 3}, {"workspace_roots": [None]}, {"workspace_roots": "x"}]
)
def test_an_odd_place_is_that_of_the_hook(repo, given):
    edit(repo)
    assert said_to(repo, "claude", json.dumps(given).encode()) == BLOCK


def test_too_much_said(repo):
    edit(repo)
    assert said_to(repo, "claude", b'{"a": "' + b"x" * reminder.MAX_BYTES + b'"}') is None


def test_outside_a_repository(repo, tmp_path):
    assert ask(repo, cwd=tmp_path) is None
    (repo.path / ".git/HEAD").write_text("nonsense\n")
    assert ask(repo) is None


def test_without_a_memory_it_is_silent(repo):
    """Else it would ask each time."""
    edit(repo)
    state = repo.home / "closed"
    state.write_text("a file, no directory\n")
    assert ask(repo, env={"REVIEWER_STATE_DIR": str(state)}) is None


def test_before_the_first_commit(tmp_path):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.write("a.py", "x = 1\n")
    assert ask(repo) == BLOCK
    review(repo)
    assert ask(repo) is None


def test_worktrees_know_of_each_other(repo, tmp_path):
    repo.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "second"))
    edit(repo)
    (tmp_path / "second/a.py").write_text("def f(x):\n    return x + 1\n")
    review(repo)
    assert ask(repo, cwd=tmp_path / "second") is None  # the same state, wherever it lies


@pytest.mark.parametrize("host", ["claude", "codex", "gemini"])
@pytest.mark.parametrize("there", [False, True])
def test_an_agent_may_stop_where_no_reviewer_knows_the_hook(tmp_path, host, there):
    """Exit code 2 means no to all of them, and all but 0 and 1 to Gemini: they would go on without
    an end."""
    if there:
        (tmp_path / "reviewer").write_text("#!/bin/sh\necho no such command >&2\nexit 2\n")
        (tmp_path / "reviewer").chmod(0o755)
    command = BY_NAME[host].reminder.entry["hooks"][0]["command"]
    done = subprocess.run(
        ["/bin/sh", "-c", command], env={"PATH": str(tmp_path)}, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (1 if host == "codex" else 0, b"")


def test_the_worktree_and_the_index_are_not_touched(repo):
    edit(repo)
    repo.write("new.py", "x = 1\n")
    before = repo.git("status", "--porcelain"), (repo.path / ".git/index").read_bytes()
    ask(repo)
    assert (repo.git("status", "--porcelain"), (repo.path / ".git/index").read_bytes()) == before
    assert sorted(path.name for path in repo.path.iterdir()) == [
        ".git",
        "a.py",
        "new.py",
        "notes.md",
    ]
