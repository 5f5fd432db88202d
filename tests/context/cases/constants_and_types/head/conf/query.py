from conf import limits
from conf.types import Window


def rows(window: Window, count: int) -> int:
    """How many rows to read."""
    if window.end_ms - window.start_ms > limits.MAX_AGE_SECONDS:
        return 0
    return min(count, limits.MAX_ROWS)
