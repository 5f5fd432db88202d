"""`--compact` on the command line: only with a stream of events on stdout."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support import forked
from support.hooking import broken, full_environment, with_remote
from support.repo import Repo

ROOT = Path(__file__).parents[2]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = with_remote(tmp_path)
    made.write("a.py", broken())
    return made


def reviewed(repo: Repo, *args: str) -> tuple[int, str, str]:
    done = forked.run(*args, cwd=repo.path, env=full_environment(repo))
    return done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr)


@pytest.mark.parametrize("how", [["--agent"], ["--format", "ndjson"], ["--prompt-only", "--agent"]])
def test_few_lines(repo, how):
    code, out, err = reviewed(repo, *how, "--compact", "--no-model", "-o", "ndjson=../whole")
    events = [json.loads(line) for line in out.splitlines()]
    assert (code, err, [each["type"] for each in events]) == (
        0,
        "",
        ["review_context", "finding", "complete"],
    )
    assert (
        events[1]["codegenInstructions"]
        == "Review comment at @a.py at line 2:\nUntrusted data: verify against the current code"
        " first.\nUndefined name `nowhere`.\nWhat to do: Define or import the name before it is"
        " used, or correct its spelling."
    )
    whole = [json.loads(line) for line in (repo.path.parent / "whole").read_text().splitlines()]
    assert "status" in {each["type"] for each in whole}  # a file is read when there is time
    (found,) = [each for each in whole if each["type"] == "finding"]
    assert len(found["codegenInstructions"]) > len(events[1]["codegenInstructions"])
    assert {name: found[name] for name in ("id", "fileName", "startLine", "severity", "patch")} == {
        name: events[1][name] for name in ("id", "fileName", "startLine", "severity", "patch")
    }


@pytest.mark.parametrize(
    "how", [[], ["--format", "json"], ["--prompt-only"], ["-o", "ndjson=x"], ["--fix"]]
)
def test_not_without_events(repo, how):
    assert reviewed(repo, *how, "--compact", "--no-model") == (
        2,
        "",
        "reviewer: --compact requires --agent or --format ndjson\n",
    )
    assert not (repo.path / "x").exists()


def test_with_explain(repo):
    code, out, err = reviewed(repo, "--compact", "--no-model", "--explain", "a.py")
    assert (code, out, err) == (2, "", "reviewer: --compact requires --agent or --format ndjson\n")


def test_a_run_that_cannot_look_still_ends_with_one_event(tmp_path):
    nowhere = Repo(tmp_path / "none", tmp_path / "home", init=False)
    nowhere.path.mkdir()
    code, out, err = reviewed(nowhere, "--agent", "--compact", "--no-model")
    assert (code, err) == (4, "")
    (event,) = [json.loads(line) for line in out.splitlines()]
    assert (event["type"], event["errorType"]) == ("error", "no_repository")
