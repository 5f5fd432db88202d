from conf import limits
from conf.types import Window


def rows(window: Window, count: int) -> int:
    """How many rows to read."""
    return min(count, 100)
