"""Commands in a terminal: what they write, and what is typed."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path


def resize(descriptor: int, rows: int, columns: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def run(
    args: list[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    rows: int = 24,
    columns: int = 80,
    typed: bytes = b"",
    after: bytes = b"",
) -> tuple[int, bytes]:
    """The exit code of `python -m reviewer ARGS` in a terminal, and what it wrote there. `typed` is
    sent when `after` has been written."""
    ours, theirs = pty.openpty()
    resize(theirs, rows, columns)
    started = subprocess.Popen(
        [sys.executable, "-m", "reviewer", *args],
        cwd=cwd,
        env=dict(env),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    written, end = b"", time.monotonic() + 60
    while time.monotonic() < end:
        ready, _, _ = select.select([ours], [], [], 0.1)
        if not ready:
            continue
        try:
            some = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not some:
            break
        written += some
        if typed and after in written:
            os.write(ours, typed)
            typed = b""
    os.close(ours)
    return started.wait(10), written
