"""Runs a program with a deadline and an output cap, and leaves no process behind."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_POSIX = os.name == "posix"
_running: set[subprocess.Popen[bytes]] = set()  # so that an interrupted run can end them


@dataclass(frozen=True, slots=True)
class ProcessResult:
    code: int
    stdout: bytes
    stderr: bytes


class ProcessTimeout(Exception):
    """The program did not finish in time; it and its children were killed."""


class OutputTooLarge(Exception):
    """The program printed too much; it and its children were killed."""


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
        start_new_session=_POSIX,
        creationflags=0 if _POSIX else subprocess.CREATE_NEW_PROCESS_GROUP,  # type: ignore[attr-defined,unused-ignore]
    )
    _running.add(process)
    try:
        out, err = _communicate(process, stdin, time.monotonic() + timeout, max_bytes)
        return ProcessResult(process.returncode, out, err)
    finally:
        kill_group(process)
        _running.discard(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(
                    BrokenPipeError
                ):  # it ended without reading all of its input
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
    if _POSIX:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(
                process.pid, signal.SIGKILL
            )  # grandchildren outlive the child: kill even when it has ended
    elif process.poll() is None:
        process.kill()


def _communicate(
    process: subprocess.Popen[bytes], stdin: bytes, deadline: float, max_bytes: int
) -> tuple[bytes, bytes]:
    if not _POSIX:  # pipes cannot be polled there; the cap is checked afterwards
        try:
            out, err = process.communicate(stdin, timeout=deadline - time.monotonic())
        except subprocess.TimeoutExpired:
            raise ProcessTimeout from None
        if len(out) + len(err) > max_bytes:
            raise OutputTooLarge
        return out, err
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    chunks: dict[IO[bytes], list[bytes]] = {process.stdout: [], process.stderr: []}
    total, pending = 0, memoryview(stdin)
    with selectors.DefaultSelector() as selector:
        for pipe in chunks:
            selector.register(pipe, selectors.EVENT_READ)
        if pending:
            os.set_blocking(process.stdin.fileno(), False)
            selector.register(process.stdin, selectors.EVENT_WRITE)
        else:
            process.stdin.close()
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if time.monotonic() >= deadline:  # also for a program that never stops writing
                raise ProcessTimeout
            for key, _ in ready:
                pipe = key.fileobj  # type: ignore[assignment]
                if pipe is process.stdin:
                    pending = _feed(process.stdin, pending)
                    if not pending:
                        selector.unregister(pipe)
                        process.stdin.close()
                    continue
                chunk = os.read(pipe.fileno(), 1 << 16)
                total += len(chunk)
                if total > max_bytes:
                    raise OutputTooLarge
                if chunk:
                    chunks[pipe].append(chunk)
                else:
                    selector.unregister(pipe)
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise ProcessTimeout from None
    return b"".join(chunks[process.stdout]), b"".join(chunks[process.stderr])


def _feed(pipe: IO[bytes], pending: memoryview) -> memoryview:
    """Write as much as the pipe takes now; returns the rest, empty once all is written or the
    reader is gone."""
    try:
        return pending[os.write(pipe.fileno(), pending[: 1 << 16]) :]
    except BlockingIOError:
        return pending
    except BrokenPipeError:
        return pending[:0]
