"""Reads a stream of server-sent events (WHATWG HTML, section 9.2), and what servers make of it."""

from __future__ import annotations

import json
import re

_LINE_END = re.compile(rb"\r\n|\r|\n")
BOM = b"\xef\xbb\xbf"
_SILENT = frozenset((b"ping", b"keepalive", b"keep-alive", b"heartbeat"))


class Events:
    """`feed` returns the data of the events that a piece of the stream completes, `end` the data of
    the last one if the stream ends without its blank line. Pieces may end anywhere. An event named
    `error` has an `error` key, whatever the server calls it; heartbeats have no data."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []  # the line that is not complete
        self._after_cr = False
        self._first = True
        self._name = b""
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> list[bytes]:
        if self._after_cr and piece:  # the other half of CR LF
            piece = piece.removeprefix(b"\n")
            self._after_cr = False
        if not piece:
            return []
        self._after_cr = piece.endswith(b"\r")
        first, *others = _LINE_END.split(piece)
        self._rest.append(first)
        if not others:
            return []
        lines = [b"".join(self._rest), *others[:-1]]
        self._rest = [others[-1]]
        return [event for line in lines for event in self._line(line)]

    def end(self) -> list[bytes]:
        line = b"".join(self._rest)
        self._rest = []
        return [*self._line(line), *self._line(b"")]

    def _line(self, line: bytes) -> list[bytes]:
        if self._first:
            line, self._first = line.removeprefix(BOM), False
        if not line:
            name, data = self._name, self._data
            self._name, self._data = b"", []
            return _event(name, b"\n".join(data)) if data else []
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            self._name = value
        elif field == b"error":  # older llama.cpp
            return _event(b"error", value)
        elif field == b"data":
            # Some servers leave out the blank line: what is whole needs none.
            if not self._data and not self._name and _is_whole(value):
                return [value.strip()]
            self._data.append(value)
        return []


def _event(name: bytes, data: bytes) -> list[bytes]:
    data = data.strip()
    if name in _SILENT or not data:
        return []
    if name != b"error":
        return [data]
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = data.decode("utf-8", "replace")
    known = isinstance(value, dict) and "error" in value
    return [json.dumps(value if known else {"error": value}).encode()]


def _is_whole(data: bytes) -> bool:
    if data.strip() == b"[DONE]":
        return True
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
