"""Ends this process when it does not end by itself: some seconds after its time limit, after a
signal that it does not react to, or at the second signal.

A forked child keeps the time and counts the signals, so that it does not matter what this process
is doing. It wakes a thread of this process, which kills the programs that run, says the last words
and ends with the documented exit code. A process that cannot even run that thread, because some
C code holds the interpreter, is stopped; then the child says the last words and kills it (137).
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from reviewer import process
from reviewer.errors import Exit

Cause = Literal["out_of_time", "interrupted", "terminated"]
CODES: Final[Mapping[Cause, int]] = {
    "out_of_time": Exit.CANNOT_RUN,
    "interrupted": Exit.INTERRUPTED,
    "terminated": Exit.TERMINATED,
}
GRACE = 5.0  # seconds past the time limit, and for what is left when all is written
WRITING = 60.0  # seconds to write the reports, after the last event
AFTER_SIGNAL = 10.0  # seconds to keep what is finished, after the first signal
AFTER_SECOND = 0.3
_LAST = 1.0  # seconds that the thread has to end the process
_SIGNALS: Final[Mapping[int, Cause]] = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "terminated",
    **({signal.SIGHUP: "terminated"} if hasattr(signal, "SIGHUP") else {}),
}
_CAUSES: Final = tuple(CODES)
_watched: list[Watch] = []


@dataclass(frozen=True, slots=True)
class LastWords:
    """What to write to the descriptor `fd`, and the exit code, by cause. `stream`: they take the
    place of the last event, so nothing is said once that is written. `terminal`: its modes,
    restored first."""

    fd: int
    said: Mapping[Cause, bytes]
    codes: Mapping[Cause, int] = field(default_factory=lambda: CODES)
    stream: bool = False
    terminal: list[Any] | None = None
    signals: Collection[int] = tuple(_SIGNALS)  # those that end the run


def limit(seconds: float) -> None:
    """The watched run, if there is one, has `seconds` from now."""
    for each in _watched:
        each.tell(f"limit {seconds:.3f}")


def rest() -> None:
    """The watched run is over, but the process need not end: it has no time limit any more."""
    for each in _watched:
        each.tell("rest")


def is_watching() -> bool:
    return bool(_watched)


class Watch:
    """A process under watch; `watch` makes it."""

    def __init__(self, words: LastWords, control: int, fire: int) -> None:
        self._words, self._control, self._fire = words, control, fire
        self._speaking = threading.Lock()
        self._silent = False  # the last words were said
        self._spoken = False  # the last event was
        self._code: int | None = None  # when all is written

    def guarded(self, emit: Callable[[Any], None]) -> Callable[[Any], None]:
        """`emit`, which writes nothing more once the last words were said."""

        def one(event: Any) -> None:
            with self._speaking:
                if self._silent:
                    threading.Event().wait()  # the process is about to end
                emit(event)
                if event.type in ("complete", "error"):
                    self._spoken = True
                    self.tell("spoken")

        return one

    def ended(self, code: int) -> None:
        """Everything is written, so `code` is the exit code whatever comes now."""
        self._code = code
        self.tell("ended")

    def tell(self, line: str) -> None:
        with contextlib.suppress(OSError):
            os.write(self._control, f"{line}\n".encode())

    def wait(self) -> None:
        """In a thread: end this process when told so."""
        told = os.read(self._fire, 1)
        if not told:
            return
        cause = _CAUSES[ord(told)]
        self._speaking.acquire(timeout=_LAST / 4)  # an output may be what does not end
        self._silent = True
        self.tell("speaking")
        process.kill_running()
        if self._code is None and not (self._spoken and self._words.stream):
            _say(self._words, cause)
        os._exit(self._words.codes[cause] if self._code is None else self._code)


@contextmanager
def watch(words: LastWords) -> Iterator[Watch]:
    """Watch this process while the block runs. Call it from the main thread before others start.
    Where processes cannot be forked, nothing is watched."""
    if not hasattr(os, "fork"):
        yield Watch(words, -1, -1)
        return
    told, control = os.pipe()
    fire, firing = os.pipe()
    heard, signals = os.pipe()
    os.set_blocking(signals, False)
    parent = os.getpid()
    child = os.fork()
    if not child:
        for end in (control, fire, signals):
            os.close(end)
        _Warden(words, parent, told, heard, firing).run()
    for end in (told, heard, firing):
        os.close(end)
    made = Watch(words, control, fire)
    before = signal.set_wakeup_fd(signals, warn_on_full_buffer=False)
    threading.Thread(target=made.wait, name="watchdog", daemon=True).start()
    _watched.append(made)
    try:
        yield made
    finally:
        _watched.remove(made)
        signal.set_wakeup_fd(before)
        os.close(control)  # that ends the child, and thereby the thread
        os.close(signals)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


class _Warden:
    """The child. It has nothing to do with the interpreter that it was forked from."""

    def __init__(self, words: LastWords, parent: int, told: int, heard: int, firing: int) -> None:
        self.words, self.parent = words, parent
        self.told, self.heard, self.firing = told, heard, firing
        self.until = math.inf
        self.spoken = False  # the last event is written
        self.over = False  # everything is
        self.answered = False  # the thread says the last words
        self.cause: Cause = "out_of_time"
        self.seen = 0  # signals
        self.gone = False  # the terminal is
        self.lines = b""

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)
        try:
            self._close_others()
            while (left := self.until - time.monotonic()) > 0:
                self._listen(left)
            os.write(self.firing, bytes([_CAUSES.index(self.cause)]))
            end = time.monotonic() + _LAST
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
        os.closerange(low, os.sysconf("SC_OPEN_MAX") if hasattr(os, "sysconf") else 4096)

    def _listen(self, seconds: float) -> None:
        poll = select.poll()
        for fd in (self.told, self.heard):
            poll.register(fd, select.POLLIN)
        if self.words.terminal is not None and not self.gone:
            poll.register(self.words.fd, 0)  # reports only its end
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
                self._obey(line.decode())
        elif self.heard in ready:
            for number in os.read(self.heard, 4096):
                self._count(number)

    def _obey(self, line: str) -> None:
        what, _, value = line.partition(" ")
        now = time.monotonic()
        if what == "limit" and not self.seen:
            self.until, self.spoken = now + float(value) + GRACE, False
        elif what == "spoken":
            self.spoken, self.until = True, now + WRITING
        elif what == "ended":
            self.over, self.until = True, now + GRACE
        elif what == "rest":
            self.until = math.inf
        elif what == "speaking":
            self.answered = True

    def _count(self, number: int) -> None:
        if number not in self.words.signals:
            return
        self.seen += 1
        self.cause = _SIGNALS[signal.Signals(number)] if self.seen == 1 else self.cause
        wait = AFTER_SIGNAL if self.seen == 1 else AFTER_SECOND
        now = time.monotonic()
        self.until = min(now + wait, self.until)

    def _kill(self) -> None:
        """The thread did not end the process: stop it, so that it cannot write any more."""
        if not self.answered:
            os.kill(self.parent, signal.SIGSTOP)
            self._listen(0.0)  # it may have ended at the last moment
        for group in _children(self.parent):
            with contextlib.suppress(OSError):
                os.killpg(group, signal.SIGKILL)
        if not self.answered and not self.over and not (self.spoken and self.words.stream):
            _say(self.words, self.cause)
        os.kill(self.parent, signal.SIGKILL)


def _say(words: LastWords, cause: Cause) -> None:
    if words.terminal is not None:
        import termios

        with contextlib.suppress(termios.error):
            termios.tcsetattr(words.fd, termios.TCSANOW, words.terminal)
    with contextlib.suppress(OSError):
        if select.select([], [words.fd], [], 0)[1]:  # nobody may be reading
            os.write(words.fd, words.said[cause])


def _children(parent: int) -> list[int]:
    """The children of a process that lead a group of their own: all programs that it runs do."""
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            stat = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            if stat[1] == str(parent) and stat[2] == entry.name:
                found.append(int(entry.name))
    return found
