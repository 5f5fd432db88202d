import time

from feeds.policy import ATTEMPTS, BUSY, check, pause


class Client:
    """`transport(url)` gives status, headers and body."""

    def __init__(self, transport, sleep=time.sleep):
        self._transport = transport
        self._sleep = sleep

    def get(self, url):
        for attempt in range(1, ATTEMPTS + 1):
            status, headers, body = self._transport(url)
            if status not in BUSY or attempt == ATTEMPTS:
                break
            self._sleep(pause(attempt, headers))
        check(status, url)
        return body
