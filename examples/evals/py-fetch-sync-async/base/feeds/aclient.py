from feeds.policy import check


class AsyncClient:
    """`transport(url)` is awaited for status, headers and body."""

    def __init__(self, transport):
        self._transport = transport

    async def get(self, url):
        status, headers, body = await self._transport(url)
        check(status, url)
        return body
