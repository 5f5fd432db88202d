"""`reviewer review --fix` as a person and an agent start it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
from support import forked, terminals
from support.repo import Repo

from reviewer.cli import schema

VALIDATOR = jsonschema.Draft202012Validator(schema.generate("event"))
IS = "def g(x):\n    return x is 'a'\n"
EQUALS = "def g(x):\n    return x == 'a'\n"
SAID = "Applied 1 fix in 1 round; undo with: reviewer undo."


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"a.py": "def f(x):\n    return x\n"})
    made.git("checkout", "-q", "-b", "work")
    made.write("b.py", IS)
    return made


def reviewer(repo: Repo, *args: str) -> tuple[int, str, str]:
    done = forked.run(*args, cwd=repo.path, env=os.environ)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_an_agent_gets_one_valid_stream_and_nothing_on_stderr(repo: Repo) -> None:
    code, out, err = reviewer(repo, "--agent", "--no-model", "--analyzers", "ruff", "--fix")
    events = [json.loads(line) for line in out.splitlines()]
    for event in events:
        VALIDATOR.validate(event)
    assert [event["type"] for event in events if event["type"] not in ("status", "heartbeat")] == [
        "review_context",
        "complete",
    ]
    assert (code, err, events[-1]["message"], events[-1]["findings"]) == (0, "", SAID, 0)
    assert len(events[-1]["resolved"]) == 1
    assert (repo.path / "b.py").read_text() == EQUALS


def test_a_person_is_told_about_each_round_and_can_take_it_back(repo: Repo) -> None:
    code, out, err = reviewer(
        repo, "--no-model", "--analyzers", "ruff", "--fix", "--max-rounds", "1"
    )
    assert (code, err) == (0, "reviewer: round 1: 1 finding; applied 1 fix in b.py\n")
    assert SAID in out
    assert reviewer(repo, "undo") == (0, "restored b.py\nnothing is left to undo\n", "")
    assert (repo.path / "b.py").read_text() == IS


@pytest.mark.fault(
    "screen",
    "a round of --fix is told on a terminal without colours",
    "the progress line is erased first: NO_COLOR is about colours alone",
)
def test_a_round_is_told_on_a_line_of_its_own(repo: Repo) -> None:
    args = ["--no-model", "--analyzers", "ruff", "--fix"]
    _, out = terminals.run(args, cwd=repo.path, env=os.environ | {"NO_COLOR": "1"})
    assert b"\r\x1b[Kreviewer: round 1: 1 finding; applied 1 fix in b.py\r\n" in out
    assert b"\x1b[2m" not in out


def test_quiet_says_nothing_on_stderr(repo: Repo) -> None:
    assert reviewer(repo, "--no-model", "--analyzers", "ruff", "--fix", "--quiet")[::2] == (0, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--fix", "--staged"],
            "--fix and --staged exclude each other: --fix changes the worktree, so it needs the"
            " default scope or --uncommitted\n",
        ),
        (
            ["--fix", "--diff", "-"],
            "--fix and --diff exclude each other: --fix changes the worktree",
        ),
        (["--fix", "--explain", "b.py"], "--fix and --explain exclude each other"),
        (["--max-rounds", "2"], "--max-rounds requires --fix"),
        (["--fix", "--max-rounds", "0"], "Invalid value for '--max-rounds'"),
    ],
)
def test_what_does_not_go_together(repo: Repo, arguments: list[str], said: str) -> None:
    code, out, err = reviewer(repo, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"reviewer: {said}")
    assert (repo.path / "b.py").read_text() == IS
