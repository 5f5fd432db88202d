"""Time limits of the bus, in seconds."""

CONNECT = 2.0
DEFAULT_WAIT = 5.0
IDLE = 30.0


def remaining(deadline, now):
    """Seconds left until `deadline`, never negative."""
    return max(0.0, deadline - now)
