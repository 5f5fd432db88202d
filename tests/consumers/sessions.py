"""Sessions of the real command for the consumers: a process, a git workspace, a scripted server."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consumers import consumer
from support import forked
from support.repo import Repo, environment
from support.server import Server


def node() -> str | None:
    """Where node is; None leaves out the consumer in JavaScript, which CI must not."""
    path = shutil.which("node")
    if path is None and os.environ.get("CI") == "true":
        raise RuntimeError("there is no node in PATH, so the JavaScript consumer cannot be tried")
    return path


NODE = node()
LANGUAGES = ["python", *(["node"] if NODE else [])]
FOLDER = Path(__file__).parent
SCHEMA: dict[str, Any] = json.loads(consumer.SCHEMA.read_text(encoding="utf-8"))
MODELS = {
    "/v1/models": {"data": [{"id": "gemma-4-12b", "owned_by": "vllm", "max_model_len": 8192}]},
    "/version": {"version": "0.33.0"},
}
QUICK = ("--agent", "--effort", "low", "--analyzers", "conflict")


@dataclass
class Recorded:
    code: int
    out: bytes
    err: bytes

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def workspace(folder: Path) -> Repo:
    """Three changed files on a branch."""
    repo = Repo(folder / "repo", folder / "home")
    repo.commit({f"{name}.py": "def f(x):\n    return x\n" for name in "abc"})
    repo.git("checkout", "-q", "-b", "work")
    for name in "abc":
        repo.write(f"{name}.py", "def f(x):\n    return x + 1\n")
    return repo


def variables(home: Path) -> dict[str, str]:
    """Nothing of the user's: neither settings nor memory."""
    folders = {
        f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "CACHE", "STATE")
    }
    return environment(home) | folders | {"PYTHONPATH": str(FOLDER.parents[1])}


def start(folder: Path, home: Path, *args: str, **env: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "reviewer", *args]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=folder, env=variables(home) | env, stdin=pipe, stdout=pipe, stderr=pipe
    )


def run(repo: Repo, *args: str, stdin: bytes = b"", **env: str) -> Recorded:
    done = forked.run(*args, cwd=repo.path, env=variables(repo.home) | env, stdin=stdin)
    return Recorded(done.returncode, done.stdout, done.stderr)


def interrupted(repo: Repo, server: Server, number: signal.Signals, *args: str) -> Recorded:
    """A run that gets the signal when the model has been asked."""
    process = start(repo.path, repo.home, *args, "--endpoint", server.url)
    deadline = time.monotonic() + 30
    while not server.chats and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    out, err = process.communicate(timeout=180)
    return Recorded(process.returncode, out, err)


def command(language: str, *args: str) -> list[str]:
    program = [sys.executable, str(FOLDER / "consumer.py")]
    return [
        *(program if language == "python" else [str(NODE), str(FOLDER / "consumer.mjs")]),
        *args,
    ]


def asked(language: str, out: bytes, *args: str) -> tuple[int, bytes, bytes]:
    """Exit code, stdout, stderr of a consumer in a process of its own, which sees nothing of
    ours."""
    done = subprocess.run(
        command(language, *args),
        input=out,
        capture_output=True,
        env={"PATH": os.environ["PATH"]},
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def summary(recorded: Recorded) -> list[str]:
    """What both consumers make of a stream that they both accept, line by line."""
    said = consumer.check([recorded.out], recorded.code, SCHEMA)
    if NODE:
        assert asked("node", recorded.out, "--exit-code", str(recorded.code)) == (
            0,
            said.encode(),
            b"",
        )
    return said.splitlines()
