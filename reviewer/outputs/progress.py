"""The progress of the run, on stderr: one line that rewrites itself on a terminal, otherwise an
occasional plain line.

It is an output like the others, which `--quiet` and `--agent` do not use.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TextIO

from reviewer.events import Complete, Error, Event, Finding, Heartbeat, ReviewContext, Status
from reviewer.outputs.page import Page, fit, write
from reviewer.text import count

PLAIN_EVERY = 10.0  # seconds between lines where nothing can be rewritten
DOING = {
    "setting_up": "reading the change",
    "building_code_graph": "collecting context",
    "tools_completed": "analyzers done",
    "reviewing": "reviewing",
    "summarizing": "summarizing",
    "review_completed": "done",
    "review_skipped": "nothing to review",
}


class Progress:
    """With `tty`, the line is redrawn every `every` seconds (0: on events only), so that a long
    model call does not look like a hang. Elapsed time is counted from creation."""

    def __init__(
        self,
        stream: TextIO,
        *,
        tty: bool,
        width: int,
        color: bool = False,
        every: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream, self._tty, self._clock = stream, tty, clock
        self._page = Page(
            max(width - 1, 10), color
        )  # the last cell stays free: some terminals wrap after it
        self._started = self._written = clock()
        self._doing, self._done, self._total, self._findings, self._shown = (
            "starting",
            0,
            0,
            0,
            False,
        )
        self._lock, self._over = threading.Lock(), threading.Event()
        if tty and every:
            threading.Thread(
                target=self._tick, args=(every,), name="reviewer-progress", daemon=True
            ).start()

    def emit(self, event: Event) -> None:
        with self._lock:
            match event:
                case ReviewContext():
                    self._total = event.units
                case Status():
                    self._doing = DOING[event.status]
                case Heartbeat():
                    self._done, self._total = event.units_done, event.units_total
                case Finding():
                    self._findings += 1
                case Complete() | Error():
                    self._clear()
                    return
            self._draw()

    def close(self) -> None:
        with self._lock:
            self._clear()

    def _tick(self, every: float) -> None:
        while not self._over.wait(every):
            with self._lock:
                if not self._over.is_set():
                    try:
                        self._draw()
                    except (OSError, ValueError):  # the terminal is gone
                        return

    def _draw(self) -> None:
        if self._over.is_set():
            return
        if self._tty:
            write(
                self._stream,
                "\r\x1b[K" + self._page.paint("dim", fit(self._text(), self._page.columns)),
            )
            self._shown = True
        elif self._clock() - self._written >= PLAIN_EVERY:
            self._written = self._clock()
            write(self._stream, f"reviewer: {self._text()}\n")

    def _clear(self) -> None:
        self._over.set()
        if self._shown:
            write(self._stream, "\r\x1b[K")
            self._shown = False

    def _text(self) -> str:
        elapsed = self._clock() - self._started
        parts = [self._doing]
        if self._total:
            parts.append(f"{self._done} of {count(self._total, 'unit')}")
        if self._findings:
            parts.append(count(self._findings, "finding"))
        parts.append(_clock_time(elapsed))
        if 0 < self._done < self._total:
            parts.append(
                f"about {_clock_time(elapsed * (self._total - self._done) / self._done)} left"
            )
        return " · ".join(parts)


def _clock_time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
