"""Every command in a repository in which all traps are set at once. Each trap by itself, and that
git springs it, is in tests/workspace/test_hostile.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import forked
from support.hostile import VECTORS, Trap, content
from support.repo import Repo

from reviewer.cli import COMMANDS

CALL = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "review"}}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "x", "version": "1"},
    },
}
READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}
MCP = "".join(json.dumps(each) + "\n" for each in (HELLO, READY, CALL)).encode()
PUSH = "refs/heads/feature {head} refs/heads/feature " + "0" * 40 + "\n"
# By command: what is called.
CALLS: dict[str, tuple[tuple[str, ...], ...]] = {
    "review": (
        ("review", "--no-model"),
        ("--agent", "--no-model"),
        ("review", "--no-model", "--staged"),
        ("review", "--no-model", "--uncommitted"),
        ("review", "--no-model", "--commit", "HEAD"),
        ("review", "--no-model", "--base", "main", "--baseline-commit", "main"),
        ("review", "--no-model", "--explain", "d.txt"),
    ),
    "findings": (("findings", "list"),),
    "stats": (("stats",),),
    "dataset": (("dataset", "export", "-o", "../rows.jsonl"),),
    "fix": (("fix", "--all", "--yes"),),
    "undo": (("undo",),),
    "hook": (
        ("hook", "status"),
        ("hook", "run", "pre-commit"),
        ("hook", "run", "pre-push", "--", "origin", "file:///nowhere"),
    ),
    "mcp": (("mcp",),),
    "integrate": (("integrate",),),
    "model": (("model", "list"),),
    "serve": (("serve", "status"),),
    "doctor": (("doctor",),),
    "eval": (("eval", "run", "../nowhere", "-o", "../out"),),
    "config": (("config", "show"), ("config", "init")),
    "completion": (("completion", "show", "bash"),),
    "schema": (("schema", "event"),),
    "setup": (("setup", "--dry-run"),),
    "clean": (("clean",),),
    "help": (("help", "review"),),
}


# No server, no cases, nothing to undo, no model: they got that far.
ENDS = {"serve": 4, "eval": 2, "undo": 2, "doctor": 1}


def test_every_command_is_called() -> None:
    assert set(CALLS) == set(COMMANDS)


def served(trap: Trap, env: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    """A client of the MCP server that waits for the review before it goes."""
    command = [sys.executable, "-m", "reviewer", "mcp"]
    with subprocess.Popen(
        command, cwd=trap.repo.path, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(MCP)
        process.stdin.flush()
        answer = next(line for line in process.stdout if b'"id":2' in line)
        assert b"d.txt" in answer, answer
        process.stdin.close()
        return subprocess.CompletedProcess(command, process.wait(), answer, b"")


@pytest.mark.parametrize("call", [call for calls in CALLS.values() for call in calls], ids=" ".join)
@pytest.mark.fault(
    "git",
    "every command, in a repository with all of them at once",
    "nothing is started, and no byte of the repository changes",
)
def test_no_command_springs_a_trap(call: tuple[str, ...], tmp_path: Path) -> None:
    trap = Trap(Repo(tmp_path / "work", tmp_path / "home"), tmp_path)
    head = trap.repo.head()
    for plant, _ in VECTORS.values():
        plant(trap)
    trap.marker.unlink(missing_ok=True)
    before = content(trap.repo.path)
    env = {"HOME": str(trap.repo.home), "PATH": os.environ["PATH"]}
    if call == ("mcp",):
        done = served(trap, env)
    else:
        stdin = PUSH.format(head=head).encode()
        done = forked.run(*call, cwd=trap.repo.path, env=env, stdin=stdin, timeout=60)
    assert done.returncode == ENDS.get(call[0], 0), done.stderr
    assert b"Traceback" not in done.stderr
    assert not trap.marker.exists()
    made = {".reviewer.toml"} if call == ("config", "init") else set()
    after = content(trap.repo.path)
    assert {name: data for name, data in after.items() if name not in made} == before
