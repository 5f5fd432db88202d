"""A stand-in for the models of coding agents: it speaks their APIs, says one short text, and keeps
what it was asked.

Anthropic (`/messages`), OpenAI (`/responses`, `/chat/completions`) and Gemini (`:generateContent`),
whole and streamed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TEXT = "All done."


@dataclass(frozen=True, slots=True)
class Model:
    url: str
    requests: list[str] = field(
        default_factory=list
    )  # the JSON of each, as one text, in the order of their coming


@contextmanager
def serving() -> Iterator[Model]:
    """A model on a free port of 127.0.0.1."""
    asked: list[str] = []

    class Handler(_Handler):
        requests = asked

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        try:
            yield Model(f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    requests: list[str]

    def do_POST(self) -> None:
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.requests.append(json.dumps(given))
        kind, data = _reply(self.path.split("?")[0], given)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _reply(path: str, given: Mapping[str, Any]) -> tuple[str, bytes]:
    streamed = given.get("stream") or "stream" in path
    replies = {"messages": _anthropic, "responses": _responses, "completions": _chat}
    whole, events = replies.get(path.rpartition("/")[2], _gemini)()
    if not streamed:
        return "application/json", json.dumps(whole).encode()
    named = (f"event: {event['type']}\n" if "type" in event else "" for event in events)
    lines = [
        f"{name}data: {json.dumps(event)}\n\n" for name, event in zip(named, events, strict=True)
    ]
    return "text/event-stream", "".join(
        [*lines, "data: [DONE]\n\n" if path.endswith("/completions") else ""]
    ).encode()


_Reply = tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]


def _anthropic() -> _Reply:
    usage = {"input_tokens": 10, "output_tokens": 5}
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "mock", "usage": usage}
    open_ = {"content": [], "stop_reason": None, "stop_sequence": None}
    end = {"stop_reason": "end_turn", "stop_sequence": None}
    return head | end | {"content": [{"type": "text", "text": TEXT}]}, [
        {"type": "message_start", "message": head | open_},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": TEXT}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": end, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    ]


def _responses() -> _Reply:
    said = [{"type": "output_text", "text": TEXT, "annotations": []}]
    item = {
        "type": "message",
        "id": "m1",
        "role": "assistant",
        "status": "completed",
        "content": said,
    }
    usage = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
    whole = {
        "id": "r1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": "mock",
        "output": [item],
        "usage": usage,
    }
    return whole, [
        {"type": "response.created", "response": whole | {"status": "in_progress", "output": []}},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": whole},
    ]


def _chat() -> _Reply:
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    head = {"id": "c1", "created": 1, "model": "mock"}
    chunk = head | {"object": "chat.completion.chunk"}
    said = {"role": "assistant", "content": TEXT}
    whole = {"choices": [{"index": 0, "message": said, "finish_reason": "stop"}], "usage": usage}
    return head | {"object": "chat.completion"} | whole, [
        chunk | {"choices": [{"index": 0, "delta": said, "finish_reason": None}]},
        chunk | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        chunk | {"choices": [], "usage": usage},
    ]


def _gemini() -> _Reply:
    candidate = {
        "content": {"role": "model", "parts": [{"text": TEXT}]},
        "finishReason": "STOP",
        "index": 0,
    }
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}
    whole = {"candidates": [candidate], "usageMetadata": usage}
    return whole, [whole]
