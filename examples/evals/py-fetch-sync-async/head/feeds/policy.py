"""What both clients do alike."""

BUSY = frozenset({429, 503})
ATTEMPTS = 4
LONGEST_PAUSE = 30.0  # seconds


class FeedError(Exception):
    def __init__(self, status, url):
        super().__init__(f"{url} answered {status}")
        self.status = status


def pause(attempt, headers):
    """Seconds to wait after the failed `attempt` (from 1): what the server asks for, else 0.5, 1, 2 …"""
    asked = headers.get("retry-after", "")
    wanted = float(asked) if asked.isdecimal() else 0.5 * 2 ** (attempt - 1)
    return min(wanted, LONGEST_PAUSE)


def check(status, url):
    if status >= 400:
        raise FeedError(status, url)
