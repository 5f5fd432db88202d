"""Counts work instead of seconds: how many lines of Python something runs.

What C does in one call counts as one step, however long it takes; tests/benchmarks/scale.py looks
at the clock.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


def steps(work: Callable[[], object]) -> int:
    """The lines of Python that `work` runs, in all threads that it starts."""
    counts: list[int] = []

    def tracer() -> Callable[[FrameType, str, Any], Any]:
        counts.append(0)
        at = len(counts) - 1

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            counts[at] += 1
            return trace

        return trace

    def begin(frame: FrameType, event: str, argument: Any) -> Any:
        mine = tracer()
        sys.settrace(mine)
        return mine(frame, event, argument)

    before = sys.gettrace()
    threading.settrace(begin)
    sys.settrace(tracer())
    try:
        work()
    finally:
        sys.settrace(before)
        threading.settrace(before)  # type: ignore[arg-type]
    return sum(counts)


def growth(make: Callable[[int], Callable[[], object]], size: int) -> float:
    """How many times more steps the work for `2 * size` takes than that for `size`. What is loaded
    or compiled only once is not counted."""
    make(2)()
    return steps(make(2 * size)) / steps(make(size))
