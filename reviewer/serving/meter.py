"""How far something long has come: one line that moves on a terminal, a line every ten seconds in
a pipe or a log."""

from __future__ import annotations

import shutil
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import TextIO

from reviewer.serving.catalogue import GIB
from reviewer.text import cut

_MIB = 1 << 20
_WINDOW = 20.0  # seconds that count for the speed
_TERMINAL, _PIPE = 0.2, 10.0  # seconds between lines


class Moving:
    """Shows one text after the other in the same line of `out`."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self.out, self.clock = out, clock
        self.terminal = out.isatty()
        self.last = float("-inf") if self.terminal else clock()
        self.width = 0

    def show(self, text: Callable[[], str]) -> None:
        """Call this often: `text` is asked only when it is shown."""
        now = self.clock()
        if now - self.last < (_TERMINAL if self.terminal else _PIPE):
            return
        self.last = now
        if not self.terminal:
            self._write(f"{text()}\n")
            return
        line = cut(text(), shutil.get_terminal_size().columns - 1)
        self._write("\r" + line + " " * (self.width - len(line)))
        self.width = len(line)

    def clear(self) -> None:
        """Make room for another line."""
        if self.width:
            self._write("\r" + " " * self.width + "\r")
            self.width = 0

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()


class Meter:
    """What has arrived of `total` bytes, of which `done` were there before."""

    def __init__(
        self, total: int, done: int, out: TextIO, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.total, self.done, self.clock = total, done, clock
        self.seen = deque([(clock(), done)])
        self.moving = Moving(out, clock)

    def add(self, count: int) -> None:
        self.done += count
        now = self.clock()
        if now - self.seen[-1][0] >= _TERMINAL:
            self.seen.append((now, self.done))
        while len(self.seen) > 2 and now - self.seen[1][0] >= _WINDOW:
            self.seen.popleft()
        self.moving.show(self.line)

    def line(self) -> str:
        began, before = self.seen[0]
        elapsed = self.clock() - began
        speed = max(0.0, (self.done - before) / elapsed) if elapsed > 0 else 0.0
        share = 100 * self.done // self.total if self.total else 100
        left = f", {duration((self.total - self.done) / speed)} left" if speed else ""
        return f"  {share:3} % of {self.total / GIB:.1f} GiB, {speed / _MIB:.1f} MiB/s{left}"


def duration(seconds: float) -> str:
    """Two units at most: `45 s`, `3 min 20 s`, `1 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min" if whole < 360_000 else "days"


def on_stderr(total: int, done: int) -> Meter:
    return Meter(total, done, sys.stderr)
