"""Time limits of the bus, in milliseconds, as the port's driver takes them."""

CONNECT = 2_000
DEFAULT_WAIT = 5_000
IDLE = 30_000


def remaining(deadline, now):
    """Seconds left until `deadline`, never negative."""
    return max(0.0, deadline - now)
