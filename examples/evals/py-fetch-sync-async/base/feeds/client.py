from feeds.policy import check


class Client:
    """`transport(url)` gives status, headers and body."""

    def __init__(self, transport):
        self._transport = transport

    def get(self, url):
        status, headers, body = self._transport(url)
        check(status, url)
        return body
