"""A model server on 127.0.0.1 that does what a script says, the worst included. It runs in threads.

    with Server(chat=[status(500), sse("{}")]) as server:
        ...  # the first request gets the first answer, and so on; the last one is repeated
        assert server.chats[0].body["temperature"] == 0

An answer is a function of the connection that writes raw bytes and says whether the connection may
be kept.
"""

from __future__ import annotations

import json
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from support.scripted import answered


@dataclass
class Asked:
    """One request. `peer` tells connections apart."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    peer: Any


@dataclass
class Connection:
    sock: socket.socket
    closing: threading.Event
    asked: Asked

    def write(self, data: bytes) -> None:
        self.sock.sendall(data)

    def wait(self, seconds: float) -> None:
        self.closing.wait(seconds)


Answer = Callable[[Connection], bool]


def http(status: int, body: bytes, kind: str = "application/json", **headers: str) -> Answer:
    def answer(conn: Connection) -> bool:
        lines = [f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        conn.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return True

    return answer


def reply(value: Any, status: int = 200, **headers: str) -> Answer:
    return http(status, json.dumps(value).encode(), **headers)


def status(code: int, message: str = "", **headers: str) -> Answer:
    return reply({"error": {"message": message, "code": code}}, code, **headers)


def raw(data: bytes, keep: bool = False) -> Answer:
    def answer(conn: Connection) -> bool:
        conn.write(data)
        return keep

    return answer


def chunk(text: str, **more: Any) -> dict[str, Any]:
    """One event of an OpenAI-style stream."""
    return {
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": {"content": text, **more}}],
    }


def finish(reason: str = "stop") -> dict[str, Any]:
    return {
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": {}, "finish_reason": reason}],
    }


def usage(prompt: int = 100, completion: int = 10, cached: int = 0) -> dict[str, Any]:
    details = {"prompt_tokens_details": {"cached_tokens": cached}}
    return {
        "choices": [],
        "usage": {"prompt_tokens": prompt, "completion_tokens": completion, **details},
    }


def event(value: Any) -> bytes:
    return b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n"


def stream(*steps: Any, kind: str = "text/event-stream") -> Answer:
    """A chunked answer. A step is bytes that are sent as they are, a number of seconds to wait, or
    an answer that takes over (`reset`, `close`, `stall`)."""

    def answer(conn: Connection) -> bool:
        conn.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n".encode()  # noqa: E501
        )
        for step in steps:
            if isinstance(step, bytes):
                conn.write(b"%x\r\n%s\r\n" % (len(step), step))
            elif callable(step):
                return bool(step(conn))
            else:
                conn.wait(step)
        conn.write(b"0\r\n\r\n")
        return True

    return answer


def sse(
    text: str,
    *,
    reason: str = "stop",
    size: int = 7,
    cached: int = 0,
    done: bool = True,
    end: str = "",
) -> Answer:
    """A whole OpenAI-style stream of `text` in pieces of `size` characters. A reply gets the answer
    `right` to each question of the prompt that it leaves out."""
    last = [event(finish(reason)), event(usage(cached=cached))] + (
        [event(b"[DONE]")] if done else []
    )

    def answer(conn: Connection) -> bool:
        body = conn.asked.body
        messages = body.get("messages") if isinstance(body, dict) else None
        whole = answered(text, str(messages[-1].get("content", ""))) if messages else text
        pieces = [event(chunk(whole[at : at + size])) for at in range(0, len(whole), size)]
        more = [event(chunk(end))] if end else []
        return stream(event(chunk("", role="assistant")), *pieces, *more, *last)(conn)

    return answer


def ollama(text: str, *, reason: str = "stop") -> Answer:
    last = {
        "message": {"content": ""},
        "done": True,
        "done_reason": reason,
        "prompt_eval_count": 100,
        "eval_count": 10,
    }
    lines = [
        {"message": {"role": "assistant", "content": part}, "done": False}
        for part in (text[:5], text[5:])
    ]
    return stream(
        *(json.dumps(line).encode() + b"\n" for line in [*lines, last]), kind="application/x-ndjson"
    )


def stall(conn: Connection) -> bool:
    """Says nothing until the server is closed or the other side goes away."""
    conn.sock.settimeout(0.01)
    while not conn.closing.is_set():
        try:
            if not conn.sock.recv(1):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return False


def close(conn: Connection) -> bool:
    return False


def reset(conn: Connection) -> bool:
    """Ends the connection with RST."""
    conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.sock.close()
    return False


def close_after(answer: Answer) -> Answer:
    """A keep-alive answer, after which the server closes without saying so."""

    def closing(conn: Connection) -> bool:
        answer(conn)
        return False

    return closing


def drip(conn: Connection) -> bool:
    """A byte every 50 ms, forever, and never a whole event."""
    conn.write(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
        + event(chunk("{"))
        + b"data: "
    )
    while not conn.closing.wait(0.05):
        conn.write(b" ")
    return False


@dataclass
class Server:
    """`get` maps paths of GET and POST other than the chat to JSON values or answers; others are a
    404."""

    chat: Sequence[Answer] = ()
    get: Mapping[str, Any] = field(default_factory=dict)
    unix: str | None = None
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    live: int = 0  # open connections

    def __enter__(self) -> Server:
        self._lock, self._closing, self._answered = threading.Lock(), threading.Event(), 0
        kind = (
            socketserver.ThreadingUnixStreamServer if self.unix else socketserver.ThreadingTCPServer
        )
        self._server = kind(
            self.unix or ("127.0.0.1", self.port), self._handler(), bind_and_activate=False
        )
        self._server.request_queue_size = 128
        self._server.allow_reuse_address = True
        self._server.daemon_threads = False
        self._server.server_bind()
        self._server.server_activate()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()  # waits for the handlers

    @property
    def url(self) -> str:
        return (
            f"unix:{self.unix}"
            if self.unix
            else f"http://127.0.0.1:{self._server.server_address[1]}"
        )

    @property
    def chats(self) -> list[Asked]:
        return [
            asked for asked in self.asked if asked.path in ("/v1/chat/completions", "/api/chat")
        ]

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                outer._serve(self.request)

        return Handler

    def _serve(self, sock: socket.socket) -> None:
        self._count(1)
        if self.unix is None:
            sock.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )  # small writes are to arrive at once
        sock.settimeout(0.01)
        buffer, keep, peer = b"", True, object()
        try:
            while keep:
                asked, buffer = self._read(sock, buffer, peer)
                if asked is None:
                    return
                with self._lock:
                    self.asked.append(asked)
                sock.settimeout(5)
                keep = self._answer(asked)(Connection(sock, self._closing, asked))
                if keep:
                    sock.settimeout(0.01)
        except OSError:
            pass  # the other side went away, or the script closed the socket
        finally:
            self._count(-1)

    def _count(self, step: int) -> None:
        with self._lock:
            self.live += step

    def _read(self, sock: socket.socket, buffer: bytes, peer: object) -> tuple[Asked | None, bytes]:
        def more() -> bool:
            nonlocal buffer
            while not self._closing.is_set():
                try:
                    data = sock.recv(1 << 16)
                except TimeoutError:
                    continue
                except OSError:
                    return False
                buffer += data
                return bool(data)
            return False

        while b"\r\n\r\n" not in buffer:
            if not more() or not buffer[:1].isalpha():
                return None, b""  # TLS, or anything else that is no HTTP: servers hang up
        head, _, buffer = buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        length = int(headers.get("content-length", 0))
        while len(buffer) < length:
            if not more():
                return None, b""
        body, buffer = buffer[:length], buffer[length:]
        return Asked(method, path, headers, json.loads(body) if body else None, peer), buffer

    def _answer(self, asked: Asked) -> Answer:
        if asked.path in ("/v1/chat/completions", "/api/chat"):
            with self._lock:
                self._answered += 1
                return self.chat[min(self._answered, len(self.chat)) - 1]
        value = self.get.get(asked.path, status(404, "no such path"))
        return value if callable(value) else reply(value)
