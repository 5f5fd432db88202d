import time


def now_ms():
    """Milliseconds since the epoch."""
    return int(time.time() * 1000)


def sleep_until(deadline):
    """Sleep until the deadline, in seconds since the epoch."""
    time.sleep(max(0.0, deadline - time.time()))
