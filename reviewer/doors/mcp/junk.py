"""Answers lines that are no messages of the protocol. The SDK drops them, and a client that sent a
request would wait forever."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from itertools import islice
from typing import Any

from pydantic import ValidationError

from reviewer.text import scalar

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
MOST = 100  # answers to one line: a batch may hold any number of requests
Refusal = tuple[str | int | None, int, str]  # id, code, message


def refusals(error: Exception) -> list[Refusal]:
    """The answers to a line that is no message: one for each request in it that has an id, which is
    all that the protocol lets us answer; one without an id for a line that is no JSON."""
    if not isinstance(error, ValidationError):
        return []
    found = error.errors(include_url=False, include_context=False)
    broken = [each for each in found if each["type"] == "json_invalid"]
    if broken:
        is_blank = not str(broken[0]["input"]).strip()
        return [] if is_blank else [(None, PARSE_ERROR, "the line is not JSON")]
    for each in found:
        if isinstance(each["input"], list) and len(each["loc"]) < 2:
            return _refused(each["input"], "batches are not supported: send one message per line")
    return _refused((each["input"] for each in found), "not a request of JSON-RPC 2.0")[:1]


def _refused(values: Iterable[Any], message: str) -> list[Refusal]:
    ids = filter(_is_id, (each.get("id") for each in values if _is_request(each)))
    return [(key, INVALID_REQUEST, message) for key in islice(ids, MOST)]


def _is_request(value: Any) -> bool:
    return isinstance(value, dict) and "method" in value


def _is_id(key: Any) -> bool:
    """A lone surrogate cannot be sent back."""
    if isinstance(key, str):
        return scalar(key) == key
    return isinstance(key, int) and not isinstance(key, bool)


class Answered:
    """The SDK's stream of messages; whatever else comes in is answered here."""

    def __init__(self, read: Any, write: Any) -> None:
        self._read, self._write = read, write

    async def receive(self) -> Any:
        import anyio
        from mcp.shared.message import SessionMessage
        from mcp_types import ErrorData, JSONRPCError

        while isinstance(item := await self._read.receive(), Exception):
            for key, code, message in refusals(item):
                error = ErrorData(code=code, message=message)
                answer = JSONRPCError(jsonrpc="2.0", id=key, error=error)
                with contextlib.suppress(anyio.ClosedResourceError, anyio.BrokenResourceError):
                    await self._write.send(SessionMessage(answer))  # the client may be gone
        return item

    def __aiter__(self) -> Answered:
        return self

    async def __anext__(self) -> Any:
        import anyio

        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Answered:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._read.aclose()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._read, name)
