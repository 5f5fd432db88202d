"""The connection to a server, with deadlines and size limits. Everything received is untrusted.

Only this module uses httpx.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from reviewer import __version__
from reviewer.errors import ConfigError, UsageError
from reviewer.models import route
from reviewer.models.address import Endpoint
from reviewer.models.body import Reader, Unreadable, inflated

if TYPE_CHECKING:
    import httpx

MAX_ERROR_BYTES = 64 * 1024
DONE = b"[DONE]"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits in seconds, unless named otherwise. `first_byte` covers the server's queue and prompt
    processing, which takes minutes on a CPU. After that, `progress` is the longest gap between two
    events. `total` bounds a request including its retries; `patience` is how long to wait for a
    server that went away."""

    connect: float = 3.0
    first_byte: float = 300.0
    progress: float = 60.0
    total: float = 1200.0
    patience: float = 10.0
    retries: int = 2
    backoff: float = 0.5  # doubles with each retry
    max_wait: float = 30.0  # for one Retry-After
    max_bytes: int = 16 * 1024 * 1024  # of one response


class Broken(Exception):
    """No response, or an incomplete one. `kind` says how it failed: while connecting, before the
    first byte, within the stream, at a deadline (`late`), or because a model server does not send
    such a response (`invalid`)."""

    def __init__(
        self, kind: Literal["connect", "closed", "stream", "late", "invalid"], reason: str
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class Refused(Exception):
    """The server answered with an error. `body` is the raw beginning of its response."""

    def __init__(self, status: int, body: bytes, retry_after: str | None = None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.body = body
        self.retry_after = retry_after


def client(server: Endpoint, key: str | None, limits: Limits) -> httpx.AsyncClient:
    """A client for one server. The key is sent only in the Authorization header; redirects are not
    followed. All deadlines but connect are ours. Raises UsageError, ConfigError, and
    EngineUnreachable when the environment names a proxy or certificates that cannot be used."""
    import httpx

    headers = {"user-agent": f"gemma-reviewer/{__version__}", "accept-encoding": "identity"}
    if key:
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ConfigError(
                "the key in REVIEWER_API_KEY contains invalid characters: set it again"
            )
        headers["authorization"] = f"Bearer {key}"
    # Servers close an idle connection after 5 seconds; ours must be gone by then.
    pool = httpx.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=4.0)
    proxy = route.proxy(server)
    # Loading the certificates takes 20 ms or more; without TLS, an empty context will do.
    verify = (
        route.certificates()
        if server.url.startswith("https:")
        else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )
    transport = (
        httpx.AsyncHTTPTransport(verify=verify, uds=server.socket, limits=pool)
        if server.socket
        else None
    )
    try:
        return httpx.AsyncClient(
            base_url=server.url,
            headers=headers,
            verify=verify,
            transport=transport,
            limits=pool,
            timeout=httpx.Timeout(None, connect=limits.connect),
            trust_env=False,
            proxy=proxy,
            follow_redirects=False,
        )
    except httpx.InvalidURL as error:
        raise UsageError(
            f"--endpoint {server}: {error}; give a URL such as http://127.0.0.1:8000/v1"
        ) from None


async def events(
    http: httpx.AsyncClient, path: str, body: Mapping[str, Any], limits: Limits, end: float
) -> AsyncGenerator[bytes]:
    """POST `body` and yield the JSON text of each event (SSE, JSON lines, or one JSON body), and
    DONE if the stream sends it. `end` is the deadline in the loop's time. Closing the iterator
    closes the connection, which makes the server stop working. Raises Broken and Refused.
    """
    loop = asyncio.get_running_loop()
    gap, began = limits.first_byte, False
    async with contextlib.aclosing(_events(http, path, body, limits)) as stream:
        while True:
            try:
                until = min(loop.time() + gap, end)
                async with asyncio.timeout_at(until):
                    event = await anext(stream, None)
            except TimeoutError:
                if until == end:
                    raise Broken("late", "the response took too long") from None
                if began:
                    raise Broken("stream", f"the response stalled for {gap:g} s") from None
                raise Broken("late", f"no response within {gap:g} s") from None
            if event is None:
                return
            gap, began = limits.progress, True
            yield event


async def _events(
    http: httpx.AsyncClient, path: str, body: Mapping[str, Any], limits: Limits
) -> AsyncGenerator[bytes]:
    began = False
    async with _translated(lambda: began), http.stream("POST", path, json=body) as response:
        events = _read(response, await _accept(response), limits.max_bytes)
        async for event in events:
            if event := event.strip():
                began = True
                yield event
            if event == DONE:
                break
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):  # a connection read to its end can be reused
                async for _ in events:
                    pass


async def _read(response: httpx.Response, reader: Reader, most: int) -> AsyncIterator[bytes]:
    async for piece in _pieces(response, most):
        for event in reader.feed(piece):
            yield event
    for event in reader.end():
        yield event


def _pieces(response: httpx.Response, most: int) -> AsyncIterator[bytes]:
    """The content, of at most `most` bytes. Raises Unreadable."""
    encoding = str(response.headers.get("content-encoding", ""))
    return inflated(response.aiter_raw(), encoding, most)


@contextlib.asynccontextmanager
async def _translated(began: Callable[[], bool]) -> AsyncIterator[None]:
    """Translate httpx's errors into ours."""
    import httpx

    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        reason = (
            "no connection within the time limit"
            if isinstance(error, httpx.ConnectTimeout)
            else str(error)
        )
        raise Broken("connect", reason) from None
    except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
        reason = str(error) or "connection reset"
        raise Broken("stream" if began() else "closed", f"the connection broke: {reason}") from None
    except Unreadable as error:
        raise Broken("invalid", str(error)) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Broken("invalid", f"{type(error).__name__}: {error}") from None


async def _accept(response: httpx.Response) -> Reader:
    """What reads the response. Raises Refused, Broken or Unreadable if it is no reply."""
    if 300 <= response.status_code < 400:
        raise Broken(
            "invalid", f"it redirects (HTTP {response.status_code}), and redirects are not followed"
        )
    if response.status_code != 200:
        said = bytearray()
        with contextlib.suppress(Unreadable):  # what came before it is enough
            async for piece in _pieces(response, 2 * MAX_ERROR_BYTES):
                said += piece
                if len(said) >= MAX_ERROR_BYTES:
                    break
        raise Refused(
            response.status_code,
            bytes(said[:MAX_ERROR_BYTES]),
            response.headers.get("retry-after"),
        )
    kind = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
    return Reader(kind)


async def fetch(
    http: httpx.AsyncClient, path: str, limits: Limits, body: Mapping[str, Any] | None = None
) -> bytes:
    """Fetch one small response (GET, or POST with a body). Raises Broken and Refused."""
    try:
        async with (
            asyncio.timeout(limits.progress),
            _translated(lambda: False),
            http.stream("POST" if body else "GET", path, json=body) as response,
        ):
            if response.status_code != 200:
                raise Refused(response.status_code, b"")
            return b"".join([piece async for piece in _pieces(response, limits.max_bytes)])
    except TimeoutError:
        raise Broken("late", f"no response within {limits.progress:g} s") from None
