"""What both clients do alike."""

BUSY = frozenset({429, 503})


class FeedError(Exception):
    def __init__(self, status, url):
        super().__init__(f"{url} answered {status}")
        self.status = status


def check(status, url):
    if status >= 400:
        raise FeedError(status, url)
