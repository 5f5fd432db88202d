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
import queue
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NoReturn

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
LAST = 1.0  # seconds that the thread has to end the process
# Signals that end a program as Ctrl-C does. All that one can send another on Windows is Ctrl-Break.
if sys.platform == "win32":
    ENDING: Final = (signal.SIGTERM, signal.SIGBREAK)
else:
    ENDING: Final = (signal.SIGTERM, signal.SIGHUP)
SIGNALS: Final[Mapping[int, Cause]] = {
    signal.SIGINT: "interrupted",
    **dict.fromkeys(ENDING, "terminated"),
}
CAUSES: Final = tuple(CODES)
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
    signals: Collection[int] = tuple(SIGNALS)  # those that end the run


def limit(seconds: float) -> None:
    """The watched run, if there is one, has `seconds` from now."""
    for each in _watched:
        each.tell(f"limit {seconds:.3f}")


def rest() -> None:
    """The watched run is over, but the process need not end: it has no time limit any more."""
    for each in _watched:
        each.tell("rest")


def heard(number: int) -> None:
    """Tell of a signal, where Python's handlers alone hear it. Elsewhere the child has counted it
    before."""
    if sys.platform == "win32":
        for each in _watched:
            each.tell(f"signal {number}")


def is_watching() -> bool:
    return bool(_watched)


class Watch:
    """A process under watch; `watch` makes it."""

    def __init__(self, words: LastWords, tell: Callable[[str], None]) -> None:
        self._words, self.tell = words, tell
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

    def end(self, cause: Cause) -> NoReturn:
        """End this process, with the last words if none were said."""
        self._speaking.acquire(timeout=LAST / 4)  # an output may be what does not end
        self._silent = True
        self.tell("speaking")
        process.kill_running()
        if self._code is None and not (self._spoken and self._words.stream):
            say(self._words, cause)
        os._exit(self._words.codes[cause] if self._code is None else self._code)


@contextmanager
def watch(words: LastWords) -> Iterator[Watch]:
    """Watch this process while the block runs. Call it from the main thread before others start."""
    if sys.platform == "win32":
        watching = _by_thread(words)
    else:
        watching = _by_child(words)
    with watching as made:
        _watched.append(made)
        try:
            yield made
        finally:
            _watched.remove(made)


@contextmanager
def _by_thread(words: LastWords) -> Iterator[Watch]:
    """Where processes cannot be forked: C code that holds the interpreter is waited for."""
    from reviewer.watchdog.deadline import Deadline

    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    made, deadline = Watch(words, told.put), Deadline(words.signals)

    def wait() -> None:
        while (left := deadline.until - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                line = told.get(timeout=None if left == math.inf else left)
                if line == "over":
                    return
                deadline.obey(line)
        made.end(deadline.cause)

    threading.Thread(target=wait, name="watchdog", daemon=True).start()
    try:
        yield made
    finally:
        told.put("over")


if sys.platform != "win32":

    @contextmanager
    def _by_child(words: LastWords) -> Iterator[Watch]:
        from reviewer.watchdog import warden

        told, control = os.pipe()
        fire, firing = os.pipe()
        heard, signals = os.pipe()
        os.set_blocking(signals, False)
        parent = os.getpid()
        child = os.fork()
        if not child:
            for end in (control, fire, signals):
                os.close(end)
            warden.Warden(words, parent, told, heard, firing).run()
        for end in (told, heard, firing):
            os.close(end)

        def tell(line: str) -> None:
            with contextlib.suppress(OSError):
                os.write(control, f"{line}\n".encode())

        def wait() -> None:
            if cause := os.read(fire, 1):
                made.end(CAUSES[ord(cause)])

        made = Watch(words, tell)
        before = signal.set_wakeup_fd(signals, warn_on_full_buffer=False)
        threading.Thread(target=wait, name="watchdog", daemon=True).start()
        try:
            yield made
        finally:
            signal.set_wakeup_fd(before)
            os.close(control)  # that ends the child, and thereby the thread
            os.close(signals)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)


def say(words: LastWords, cause: Cause) -> None:
    """Restore the terminal, and write the last words if somebody reads them."""
    if sys.platform != "win32" and words.terminal is not None:
        import termios

        with contextlib.suppress(termios.error):
            termios.tcsetattr(words.fd, termios.TCSANOW, words.terminal)
    with contextlib.suppress(OSError):
        # Nobody may be reading; Windows says that only of sockets.
        if sys.platform == "win32" or select.select([], [words.fd], [], 0)[1]:
            os.write(words.fd, words.said[cause])
