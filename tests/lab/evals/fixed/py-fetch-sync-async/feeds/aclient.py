import asyncio

from feeds.policy import ATTEMPTS, BUSY, check, pause


class AsyncClient:
    """`transport(url)` is awaited for status, headers and body."""

    def __init__(self, transport, sleep=asyncio.sleep):
        self._transport = transport
        self._sleep = sleep

    async def get(self, url):
        for attempt in range(1, ATTEMPTS + 1):
            status, headers, body = await self._transport(url)
            if status not in BUSY or attempt == ATTEMPTS:
                break
            await self._sleep(pause(attempt, headers))
        check(status, url)
        return body
