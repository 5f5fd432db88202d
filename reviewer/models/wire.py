"""The connection to a server: addresses, deadlines, caps. What arrives is bytes from a stranger.

Only this module knows httpx.
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
from reviewer.models.address import Endpoint

if TYPE_CHECKING:
    import httpx

MAX_ERROR_BYTES = 64 * 1024
DONE = b"[DONE]"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, unless named otherwise. `first_byte` covers the wait in the server's queue and the
    reading of the prompt, which takes minutes on a CPU; `progress` is the longest gap between two
    events after that; `total` bounds one request with its retries; `patience` is how long a server
    that went away is waited for."""

    connect: float = 3.0
    first_byte: float = 300.0
    progress: float = 60.0
    total: float = 1200.0
    patience: float = 10.0
    retries: int = 2
    backoff: float = 0.5  # doubles with each retry
    max_wait: float = 30.0  # of one Retry-After
    max_bytes: int = 16 * 1024 * 1024  # of one answer


class Broken(Exception):
    """No answer, or not to the end. `kind` says when it broke: while connecting; before the first
    byte; within the stream; by a deadline (`late`); or because the answer is none that a model
    server gives (`invalid`)."""

    def __init__(
        self, kind: Literal["connect", "closed", "stream", "late", "invalid"], reason: str
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class Refused(Exception):
    """The server answered with an error. `body` is the beginning of what it said, raw."""

    def __init__(self, status: int, body: bytes, retry_after: str | None = None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.body = body
        self.retry_after = retry_after


def client(server: Endpoint, key: str | None, limits: Limits) -> httpx.AsyncClient:
    """A client for one server. The key goes nowhere but into the Authorization header; no redirect
    is followed; no proxy of the environment stands before this machine's own servers. Deadlines
    other than connect are ours."""
    import httpx

    headers = {"user-agent": f"gemma-reviewer/{__version__}", "accept-encoding": "identity"}
    if key:
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ConfigError(
                "the key in REVIEWER_API_KEY holds characters that no key has; set it again"
            )
        headers["authorization"] = f"Bearer {key}"
    # Idle servers close their side after 5 seconds: ours must be gone by then.
    pool = httpx.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=4.0)
    # Loading the certificates takes 20 ms and more; a context without any serves where none is
    # used.
    verify: bool | ssl.SSLContext = (
        True if server.url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
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
            trust_env=not server.local,
            follow_redirects=False,
        )
    except httpx.InvalidURL as error:
        raise UsageError(
            f"--endpoint {server}: {error}; one looks like http://127.0.0.1:8000/v1"
        ) from None


async def events(
    http: httpx.AsyncClient, path: str, body: Mapping[str, Any], limits: Limits, end: float
) -> AsyncGenerator[bytes]:
    """POST `body` and give the JSON text of each event (SSE, lines of JSON, or one JSON body), and
    DONE where the stream says so. `end` is the loop's time by which all must be over. Closing the
    iterator closes the connection, and with it the server ends its work. Raises Broken and Refused.
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
                    raise Broken("late", "the answer took too long") from None
                if began:
                    raise Broken("stream", f"the answer stood still for {gap:g} s") from None
                raise Broken("late", f"no answer began within {gap:g} s") from None
            if event is None:
                return
            gap, began = limits.progress, True
            yield event


async def _events(
    http: httpx.AsyncClient, path: str, body: Mapping[str, Any], limits: Limits
) -> AsyncGenerator[bytes]:
    began = False
    async with _translated(lambda: began), http.stream("POST", path, json=body) as response:
        kind = await _accept(response)
        lines = _lines(response, limits.max_bytes, whole=kind == "application/json")
        async for line in lines:
            event = _event(line) if kind == "text/event-stream" else line.strip()
            if event:
                began = True
                yield event
            if event == DONE:
                break
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(
                0.5
            ):  # a connection that was read to its end can be used again
                async for _ in lines:
                    pass


def _event(line: bytes) -> bytes:
    """The data of a line of an event stream; comments and other fields hold none. llama.cpp once
    sent `error:`."""
    field, _, value = line.partition(b":")
    return value.strip() if field in (b"data", b"error") else b""


@contextlib.asynccontextmanager
async def _translated(began: Callable[[], bool]) -> AsyncIterator[None]:
    """httpx's errors as ours."""
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
        said = str(error) or "connection reset"
        raise Broken("stream" if began() else "closed", f"the connection broke: {said}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Broken("invalid", f"{type(error).__name__}: {error}") from None


async def _accept(response: httpx.Response) -> str:
    """The content type of an answer that can be read. Raises Refused or Broken for any other."""
    if 300 <= response.status_code < 400:
        raise Broken(
            "invalid", f"redirects elsewhere (HTTP {response.status_code}), which is not followed"
        )
    if response.status_code != 200:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) >= MAX_ERROR_BYTES:
                break
        raise Refused(
            response.status_code, bytes(body[:MAX_ERROR_BYTES]), response.headers.get("retry-after")
        )
    if response.headers.get("content-encoding", "identity") != "identity":
        raise Broken("invalid", "the answer is compressed, which was not asked for")
    kind = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
    if kind in ("application/x-ndjson", "application/ndjson", "application/jsonl"):
        return "lines"
    if kind not in ("text/event-stream", "application/json"):
        raise Broken(
            "invalid", f"the answer is of type {kind or 'unknown'}, not that of a model server"
        )
    return kind


async def _lines(response: httpx.Response, most: int, *, whole: bool) -> AsyncIterator[bytes]:
    """Lines without their ends, or the whole body as one. Raises Broken when there are more than
    `most` bytes."""
    parts: list[bytes] = []
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > most:
            raise Broken("invalid", f"the answer is larger than {most} bytes")
        *lines, rest = [chunk] if whole else chunk.split(b"\n")
        for line in lines:
            yield b"".join((*parts, line)).rstrip(b"\r")
            parts = []
        parts.append(rest)
    if parts:
        yield b"".join(parts)


async def fetch(
    http: httpx.AsyncClient, path: str, limits: Limits, body: Mapping[str, Any] | None = None
) -> bytes:
    """One small answer (GET, or POST when there is a body). Raises Broken and Refused."""
    try:
        async with (
            asyncio.timeout(limits.progress),
            _translated(lambda: False),
            http.stream("POST" if body else "GET", path, json=body) as response,
        ):
            if response.status_code != 200:
                raise Refused(response.status_code, b"")
            return b"".join([line async for line in _lines(response, limits.max_bytes, whole=True)])
    except TimeoutError:
        raise Broken("late", f"no answer within {limits.progress:g} s") from None
