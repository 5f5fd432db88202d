"""Runs a program with a deadline and an output cap, and leaves no process behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reviewer import children
from reviewer.pipes import OutputTooLarge as OutputTooLarge
from reviewer.pipes import ProcessTimeout as ProcessTimeout
from reviewer.pipes import communicate

# So that Ctrl-C in the terminal is ours to handle, and a group can be ended.
if sys.platform == "win32":
    NEW_GROUP: Final = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    NEW_GROUP: Final = 0
_running: set[subprocess.Popen[bytes]] = set()  # so that an interrupted run can end them


@dataclass(frozen=True, slots=True)
class ProcessResult:
    code: int
    stdout: bytes
    stderr: bytes


def run(
    argv: Sequence[str | bytes],
    *,
    cwd: Path | None,
    env: Mapping[str, str],
    timeout: float,
    stdin: bytes = b"",
    max_bytes: int = 1 << 30,
) -> ProcessResult:
    """Run `argv` in its own process group with exactly the environment `env`.

    Raises ProcessTimeout after `timeout` seconds, OutputTooLarge when stdout and stderr together
    exceed `max_bytes`, FileNotFoundError when the program does not exist. No process of the group
    survives in any case.
    """
    process = subprocess.Popen(
        argv,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # does nothing on Windows, as the flag elsewhere
        creationflags=NEW_GROUP,
    )
    _running.add(process)
    try:
        out, err = communicate(process, stdin, time.monotonic() + timeout, max_bytes)
        return ProcessResult(process.returncode, out, err)
    finally:
        kill_group(process)
        _running.discard(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None and sys.platform != "win32":  # there, the threads close them
                with contextlib.suppress(BrokenPipeError):  # not all of its input was read
                    pipe.close()


def kill_running() -> None:
    """Kill every program that `run` is waiting for in other threads; each call returns with the
    output so far."""
    for process in tuple(_running):
        _signal_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the program and everything it started in its group, and reap it."""
    _signal_group(process)
    process.wait()


def _signal_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        children.kill(process.pid)
    else:  # grandchildren outlive the child: kill even when it has ended
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
