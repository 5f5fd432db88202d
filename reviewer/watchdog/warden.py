"""The child that watches over its parent: see `reviewer.watchdog`. POSIX only."""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from reviewer import watchdog
from reviewer.watchdog.deadline import Deadline

assert sys.platform != "win32"  # where no process can be forked


class Warden:
    """The child. It has nothing to do with the interpreter that it was forked from."""

    def __init__(
        self, words: watchdog.LastWords, parent: int, told: int, heard: int, firing: int
    ) -> None:
        self.words, self.parent = words, parent
        self.told, self.heard, self.firing = told, heard, firing
        self.deadline = Deadline(words.signals)
        self.gone = False  # the terminal is
        self.lines = b""

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)
        try:
            self._close_others()
            while (left := self.deadline.until - time.monotonic()) > 0:
                self._listen(left)
            os.write(self.firing, bytes([watchdog.CAUSES.index(self.deadline.cause)]))
            end = time.monotonic() + watchdog.LAST
            while (left := end - time.monotonic()) > 0:
                self._listen(left)
            self._kill()
        finally:
            os._exit(0)

    def _close_others(self) -> None:
        """All descriptors but its own: a pipe ends only when all of its ends are closed."""
        kept = sorted({self.told, self.heard, self.firing, self.words.fd})
        low = 0
        for fd in kept:
            os.closerange(low, fd)
            low = fd + 1
        os.closerange(low, os.sysconf("SC_OPEN_MAX"))

    def _listen(self, seconds: float) -> None:
        poll = select.poll()
        for fd in (self.told, self.heard):
            poll.register(fd, select.POLLIN)
        # Reports only its end. macOS cannot poll terminals (poll(2), BUGS) and would call it gone.
        if self.words.terminal is not None and not self.gone and sys.platform != "darwin":
            poll.register(self.words.fd, 0)
        ready = [fd for fd, _ in poll.poll(None if seconds == math.inf else seconds * 1000)]
        if self.words.fd in ready:
            self.gone = True  # not every process on a terminal is told so
            os.kill(self.parent, signal.SIGHUP)
        elif self.told in ready:
            data = os.read(self.told, 4096)
            if not data:
                os._exit(0)  # the process has ended
            *lines, self.lines = (self.lines + data).split(b"\n")
            for line in lines:
                self.deadline.obey(line.decode())
        elif self.heard in ready:
            for number in os.read(self.heard, 4096):
                self.deadline.count(number)

    def _kill(self) -> None:
        """The thread did not end the process: stop it, so that it cannot write any more."""
        if not self.deadline.answered:
            os.kill(self.parent, signal.SIGSTOP)
            self._listen(0.0)  # it may have ended at the last moment
        for group in _children(self.parent):
            with contextlib.suppress(OSError):
                os.killpg(group, signal.SIGKILL)
        said = self.deadline.over or (self.deadline.spoken and self.words.stream)
        if not said and not self.deadline.answered:
            watchdog.say(self.words, self.deadline.cause)
        os.kill(self.parent, signal.SIGKILL)


def _children(parent: int, proc: Path = Path("/proc")) -> list[int]:
    """The children of a process that lead a group of their own: all programs that it runs do."""
    table = _listed(proc) if (proc / "self/stat").exists() else _told()
    return [pid for pid, above, group in table if above == parent and group == pid]


def _listed(proc: Path) -> Iterator[tuple[int, int, int]]:
    """(process, its parent, its group)."""
    for entry in proc.glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            stat = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            yield int(entry.name), int(stat[1]), int(stat[2])


def _told() -> Iterator[tuple[int, int, int]]:
    """The same where there is no /proc, as on macOS."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run(
            ["/bin/ps", "-A", "-o", "pid=,ppid=,pgid="], capture_output=True, timeout=2, check=False
        ).stdout
        for line in said.splitlines():
            pid, above, group = map(int, line.split())
            yield pid, above, group
