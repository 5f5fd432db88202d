"""When a watched process has to end, by what it tells and by the signals that it gets."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Collection

from reviewer import watchdog


class Deadline:
    def __init__(self, signals: Collection[int]) -> None:
        self.until = math.inf  # by time.monotonic()
        self.cause: watchdog.Cause = "out_of_time"
        self.spoken = False  # the last event is written
        self.over = False  # everything is
        self.answered = False  # the last words are being said
        self._signals, self._seen = signals, 0

    def obey(self, line: str) -> None:
        what, _, value = line.partition(" ")
        now = time.monotonic()
        if what == "limit" and not self._seen:
            self.until, self.spoken = now + float(value) + watchdog.GRACE, False
        elif what == "spoken":
            self.spoken, self.until = True, now + watchdog.WRITING
        elif what == "ended":
            self.over, self.until = True, now + watchdog.GRACE
        elif what == "rest":
            self.until = math.inf
        elif what == "speaking":
            self.answered = True
        elif what == "signal":
            self.count(int(value))

    def count(self, number: int) -> None:
        if number not in self._signals:
            return
        self._seen += 1
        first = self._seen == 1
        self.cause = watchdog.SIGNALS[signal.Signals(number)] if first else self.cause
        wait = watchdog.AFTER_SIGNAL if first else watchdog.AFTER_SECOND
        self.until = min(time.monotonic() + wait, self.until)
