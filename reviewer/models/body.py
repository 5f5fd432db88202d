"""What a response's body holds, whatever its headers say: compressed or not, events or lines."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

from reviewer.models import sse

_PART = 64 * 1024
_ENOUGH = 8  # bytes, to tell events from anything else
_JSON, _EVENTS = "application/json", "text/event-stream"
_LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
_UNSAID = ("", "text/plain", "application/octet-stream")  # then the body itself must say it
_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b"error:", b":")


class Unreadable(Exception):
    """The body is not what a model server sends."""


class _Reads(Protocol):
    def feed(self, piece: bytes) -> list[bytes]: ...

    def end(self) -> list[bytes]: ...


class Lines:
    """`feed` returns the lines that a piece completes, `end` the last one; with `whole`, all is one
    line."""

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._parts: list[bytes] = []

    def feed(self, piece: bytes) -> list[bytes]:
        first, *others = [piece] if self._whole else piece.split(b"\n")
        self._parts.append(first)
        if not others:
            return []
        lines = [b"".join(self._parts), *others[:-1]]
        self._parts = [others[-1]]
        return lines

    def end(self) -> list[bytes]:
        return [b"".join(self._parts)]


class Reader:
    """`feed` returns the JSON texts that a piece of the body completes, `end` the last ones. The
    body itself says what it is before its content type does: servers and proxies send events as
    plain text, or without a type. Raises Unreadable for what is neither events nor JSON."""

    def __init__(self, kind: str) -> None:
        if kind not in (_JSON, _EVENTS, *_LINES, *_UNSAID):
            raise _strange(kind)
        self._kind = kind
        self._start = b""
        self._inner: _Reads | None = None

    def feed(self, piece: bytes) -> list[bytes]:
        if self._inner is not None:
            return self._inner.feed(piece)
        self._start = (self._start + piece).lstrip()
        if len(self._start) < _ENOUGH:
            return []
        return self._begun().feed(self._start)

    def end(self) -> list[bytes]:
        if self._inner is not None:
            return self._inner.end()
        inner = self._begun()
        return [*inner.feed(self._start), *inner.end()]

    def _begun(self) -> _Reads:
        start = self._start.removeprefix(sse.BOM).lstrip()
        is_json = start.startswith((b"{", b"["))
        if start.startswith(_FIELDS) or (self._kind == _EVENTS and not is_json):
            self._inner = sse.Events()
        elif is_json or self._kind not in _UNSAID:
            self._inner = Lines(whole=self._kind == _JSON)
        else:
            raise _strange(self._kind)
        return self._inner


def _strange(kind: str) -> Unreadable:
    return Unreadable(f"a model server does not send responses of type {kind or 'unknown'}")


async def inflated(pieces: AsyncIterator[bytes], encoding: str, most: int) -> AsyncIterator[bytes]:
    """The pieces without the compression that a proxy has added unasked. Raises Unreadable for a
    compression other than gzip and deflate, and for more than `most` bytes after it."""
    names = [name.strip().lower() for name in encoding.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > 1 or not set(names) <= {"gzip", "x-gzip", "deflate"}:
        raise Unreadable(
            f"the response is compressed ({', '.join(names)}), but compression was not requested"
        )
    inflater, size = _Inflater() if names else None, 0
    async for piece in pieces:
        for part in inflater.feed(piece) if inflater else (piece,):
            size += len(part)
            if size > most:
                raise Unreadable(f"the response is larger than {most} bytes")
            yield part


class _Inflater:
    """gzip, zlib, or deflate without a header, which some servers call the same; in small parts, so
    that little data cannot become much before it is counted."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._head, self._begun = b"", False

    def feed(self, data: bytes) -> Iterator[bytes]:
        data, self._head = self._head + data, b""
        if not self._begun and len(data) < 2:  # two bytes tell the formats apart
            self._head = data
            return
        part = b""
        while (data or len(part) == _PART) and not self._stream.eof:
            try:
                part = self._stream.decompress(data, _PART)
            except zlib.error as error:
                if self._begun:
                    raise Unreadable(f"the response is not validly compressed: {error}") from None
                self._stream, self._begun = zlib.decompressobj(-zlib.MAX_WBITS), True
                continue
            self._begun = True
            data = self._stream.unconsumed_tail
            yield part
