"""The progress of the run, on stderr: one line that rewrites itself on a terminal, otherwise an
occasional plain line.

It is an output like the others, which `--quiet` and `--agent` do not use.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from reviewer.events import Complete, Error, Event, Finding, Heartbeat, Status
from reviewer.outputs.base import Output
from reviewer.outputs.page import Page, cells, fit, write
from reviewer.outputs.wording import time_left, units_done
from reviewer.text import count

PLAIN_EVERY = 10.0  # seconds between lines where nothing can be rewritten
BEGINNING = "reading the change"
DOING = {
    "setting_up": "running the analyzers",
    "building_code_graph": "collecting context",
    "tools_completed": "analyzers done",
    "reviewing": "reviewing",
    "summarizing": "summarizing",
    "review_completed": "done",
    "review_skipped": "nothing to review",
}


class Progress:
    """With `tty`, the line is redrawn every `every` seconds (0: on events only), so that a long
    model call does not look like a hang. Elapsed time is counted from creation.

    Outputs that write on the same terminal while the run goes on are `above`: they get their events
    from here, while the line is not drawn."""

    def __init__(
        self,
        stream: TextIO,
        *,
        tty: bool,
        width: int,
        color: bool = False,
        above: Sequence[Output] = (),
        every: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream, self._tty, self._clock, self._above = stream, tty, clock, above
        self._width, self._color = width, color
        self._started = self._written = clock()
        self._doing, self._findings, self._shown = BEGINNING, 0, False
        self._beat: Heartbeat | None = None  # the last one, and when it came
        self._beaten = 0.0
        self._lock, self._over = threading.Lock(), threading.Event()
        if tty and every:
            threading.Thread(
                target=self._tick, args=(every,), name="reviewer-progress", daemon=True
            ).start()

    def emit(self, event: Event) -> None:
        with self._lock:
            match event:
                case Status():
                    self._doing = DOING[event.status]
                case Heartbeat():
                    self._beat, self._beaten = event, self._clock()
                case Finding():
                    self._findings += 1
                case Complete() | Error():
                    self._over.set()
                case _:
                    pass
            if self._above and isinstance(event, Finding | Complete | Error):
                self._erase()
            for output in self._above:
                output.emit(event)
            if self._over.is_set():
                self._erase()
            else:
                self._draw()

    def close(self) -> None:
        with self._lock:
            self._over.set()
            self._erase()
            for output in self._above:
                output.close()

    def _tick(self, every: float) -> None:
        while not self._over.wait(every):
            with self._lock:
                if not self._over.is_set():
                    try:
                        self._draw()
                    except (OSError, ValueError):  # the terminal is gone
                        return

    def _draw(self) -> None:
        now = self._clock()
        if self._tty:
            # the last cell stays free: some terminals wrap after it
            page = Page(max(columns(self._stream, self._width) - 1, 10), self._color)
            line = fit(shortest(self._parts(now), page.columns), page.columns)
            write(self._stream, "\r\x1b[K" + page.paint("dim", line))
            self._shown = True
        elif now - self._written >= PLAIN_EVERY:
            self._written = now
            write(self._stream, f"reviewer: {' · '.join(self._parts(now).values())}\n")

    def _erase(self) -> None:
        if self._shown:
            write(self._stream, "\r\x1b[K")
            self._shown = False

    def _parts(self, now: float) -> dict[str, str]:
        parts = {"doing": self._doing}
        if self._beat and self._beat.units_total:
            parts["units"] = units_done(self._beat.units_done, self._beat.units_total)
        if self._findings:
            parts["findings"] = count(self._findings, "finding")
        parts["elapsed"] = clock_time(now - self._started)
        if self._beat and self._beat.seconds_left is not None:
            parts["left"] = time_left(self._beat.seconds_left - (now - self._beaten))
        return parts


def shortest(parts: dict[str, str], width: int) -> str:
    """The parts in one line, without the least important ones where they do not fit."""

    def lines() -> Iterator[str]:
        left = dict(parts)
        for dropped in ("", "elapsed", "findings", "doing", "left"):
            left.pop(dropped, None)
            yield " · ".join(left.values())

    whole = [*lines()]
    return next((line for line in whole if line and cells(line) <= width), whole[0])


def columns(stream: TextIO, otherwise: int) -> int:
    """The width of the terminal as it is now: the user may have changed it."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or otherwise
    except (OSError, ValueError):
        return otherwise


def clock_time(seconds: float) -> str:
    """`1:05`, or `1:00:05`"""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
