from typing import NamedTuple


class Window(NamedTuple):
    """A time window, in milliseconds."""

    start_ms: int
    end_ms: int
