"""Time limits for tests in which a limit must end what has first come to a certain point."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def long_enough(
    attempt: Callable[[float], Result], reached: Callable[[Result], bool], first: float = 1.5
) -> Result:
    """What `attempt` gives with the shortest limit, in seconds, in which it reaches the point,
    however busy the machine is: each limit is four times the one before."""
    for limit in (first, 4 * first, 16 * first):
        result = attempt(limit)
        if reached(result):
            return result
    return attempt(64 * first)
