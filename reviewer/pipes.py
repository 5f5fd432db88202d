"""Feeds a running program and collects what it prints, with a deadline and a cap."""

from __future__ import annotations

import contextlib
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
from typing import IO

_CHUNK = 1 << 16


class ProcessTimeout(Exception):
    """The program did not finish in time; it and its children were killed."""


class OutputTooLarge(Exception):
    """The program printed too much; it and its children were killed."""


def communicate(
    process: subprocess.Popen[bytes], stdin: bytes, deadline: float, max_bytes: int
) -> tuple[bytes, bytes]:
    """What the program prints to stdout and stderr until both are closed and it has ended.

    Raises ProcessTimeout when that is not so at `deadline` (as `time.monotonic` counts), and
    OutputTooLarge; the program still runs then.
    """
    if sys.platform == "win32":  # where no pipe can be polled
        out, err = threaded(process, stdin, deadline, max_bytes)
    else:
        out, err = _polled(process, stdin, deadline, max_bytes)
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise ProcessTimeout from None
    return out, err


def threaded(
    process: subprocess.Popen[bytes], stdin: bytes, deadline: float, max_bytes: int
) -> tuple[bytes, bytes]:
    """`communicate` with a thread for each pipe. One whose pipe never ends is left behind: a
    process that could not be killed has it open."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    chunks: dict[IO[bytes], list[bytes]] = {process.stdout: [], process.stderr: []}
    heard: queue.SimpleQueue[tuple[IO[bytes], bytes]] = queue.SimpleQueue()
    stop = threading.Event()
    for pipe in chunks:
        threading.Thread(target=_read, args=(pipe, heard, stop), daemon=True).start()
    threading.Thread(target=_write, args=(process.stdin, stdin), daemon=True).start()
    total, left = 0, len(chunks)
    try:
        while left:
            try:
                pipe, chunk = heard.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise ProcessTimeout from None
            total += len(chunk)
            if total > max_bytes:
                raise OutputTooLarge
            if time.monotonic() >= deadline:  # also for a program that never stops writing
                raise ProcessTimeout
            chunks[pipe].append(chunk)
            left -= not chunk
    finally:
        stop.set()
    return b"".join(chunks[process.stdout]), b"".join(chunks[process.stderr])


def _read(
    pipe: IO[bytes], heard: queue.SimpleQueue[tuple[IO[bytes], bytes]], stop: threading.Event
) -> None:
    """Tell of each chunk, and of the end by an empty one. The thread closes the pipe: on Windows,
    another one would have to wait for what it reads."""
    with pipe, contextlib.suppress(OSError, ValueError):
        while not stop.is_set() and (chunk := os.read(pipe.fileno(), _CHUNK)):
            heard.put((pipe, chunk))
    heard.put((pipe, b""))


def _write(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError):  # it ended without reading all of its input
        try:
            pipe.write(data)
        finally:
            pipe.close()


if sys.platform != "win32":

    def _polled(
        process: subprocess.Popen[bytes], stdin: bytes, deadline: float, max_bytes: int
    ) -> tuple[bytes, bytes]:
        """`communicate` without threads."""
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
                    chunk = os.read(pipe.fileno(), _CHUNK)
                    total += len(chunk)
                    if total > max_bytes:
                        raise OutputTooLarge
                    if chunk:
                        chunks[pipe].append(chunk)
                    else:
                        selector.unregister(pipe)
        return b"".join(chunks[process.stdout]), b"".join(chunks[process.stderr])

    def _feed(pipe: IO[bytes], pending: memoryview) -> memoryview:
        """Write as much as the pipe takes now; returns the rest, empty once all is written or the
        reader is gone."""
        try:
            return pending[os.write(pipe.fileno(), pending[:_CHUNK]) :]
        except BlockingIOError:
            return pending
        except BrokenPipeError:
            return pending[:0]
