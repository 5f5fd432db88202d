"""Asks a server one question and measures the answer: its text, its thoughts, its timing, and
whether it loops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from reviewer.errors import EngineUnreachable
from reviewer.messages import Prompt, Usage
from reviewer.models.base import Schema
from reviewer.models.dialects.base import Body, Delta, Dialect, Request, record, records, string
from reviewer.models.http import HttpModel
from reviewer.models.wire import Limits

# Loading a model may take long, but an answer that has begun should not stall.
LIMITS = Limits(connect=3.0, first_byte=60.0, progress=8.0, total=60.0, patience=0.0, retries=0)
_THOUGHTS = ("reasoning", "reasoning_content", "thinking")
THOUGHT_MARKS = ("<|channel>", "<|channel|>", "<think>", "<thought>")
_LOOP_BLANKS = 60
_ENOUGH = 8  # tokens needed to measure a speed
_MIN_STREAM = 0.05  # seconds; a faster answer was not streamed


@dataclass(frozen=True, slots=True)
class Answer:
    """One measured answer. `first` is the time in seconds until its first text or thought,
    `seconds` until its end; `pieces` counts the events with text or thought."""

    text: str
    thought: str
    cut: bool
    usage: Usage
    first: float
    seconds: float
    pieces: int

    @property
    def blank_loop(self) -> bool:
        """Whether it was stopped for endless white space."""
        return self.cut and len(self.text) - len(self.text.rstrip()) >= _LOOP_BLANKS

    @property
    def streamed(self) -> bool:
        return self.pieces >= 3 and self.seconds - self.first >= _MIN_STREAM

    @property
    def decode(self) -> float | None:
        """Tokens/s after the first one; None when the answer was too short or not streamed."""
        tokens = self.usage.completion_tokens or self.pieces
        return (
            (tokens - 1) / (self.seconds - self.first)
            if self.streamed and tokens >= _ENOUGH
            else None
        )

    @property
    def prefill(self) -> float | None:
        """Tokens/s of reading the uncached prompt; None when that cannot be told from writing."""
        fresh = self.usage.prompt_tokens - self.usage.cached_tokens
        return fresh / self.first if self.streamed and fresh > 0 and self.first > 0 else None


@dataclass
class _Watched:
    """Wraps a dialect to record what passes through it, and when."""

    dialect: Dialect
    now: Callable[[], float]
    began: float = 0.0
    first: float | None = None
    pieces: int = 0
    text: list[str] = field(default_factory=list)
    thought: list[str] = field(default_factory=list)

    def body(self, request: Request) -> Body:
        self.began, self.first, self.pieces, self.text, self.thought = self.now(), None, 0, [], []
        return self.dialect.body(request)

    def read(self, event: Any) -> Delta:
        delta = self.dialect.read(event)
        thought = _thought(event)
        if delta.text or thought:
            self.first = self.now() - self.began if self.first is None else self.first
            self.pieces += 1
            self.text.append(delta.text)
            self.thought.append(thought)
        return delta


async def ask(model: HttpModel, prompt: Prompt, schema: Schema) -> Answer:
    """One constrained completion. The schema is never dropped: EngineError when the server refuses
    it. An answer that exceeds the time limit is returned as far as it came, as cut.

    Raises EngineError, PromptTooLong and OutOfTime, as HttpModel.complete does.
    """
    now = asyncio.get_running_loop().time
    dialect = model.dialect
    watched = _Watched(dialect, now)
    optional = tuple(name for name in dialect.optional if name != dialect.enforce)
    spied = replace(dialect, body=watched.body, read=watched.read, optional=optional)
    try:
        reply = await replace(model, dialect=spied).complete(prompt, schema)
        cut, usage = reply.cut, reply.usage
    except EngineUnreachable:
        if watched.pieces < _ENOUGH or now() - watched.began < model.limits.total * 0.95:
            raise
        cut, usage = True, Usage(calls=1)
    seconds = now() - watched.began
    text, thought = "".join(watched.text), "".join(watched.thought)
    if not thought and text.lstrip().startswith(THOUGHT_MARKS):
        thought = text
    first = seconds if watched.first is None else watched.first
    return Answer(text, thought, cut, usage, first, seconds, watched.pieces)


def _thought(event: Any) -> str:
    """The thought in an event (vLLM, llama.cpp, SGLang; Ollama)."""
    event = record(event)
    choice = next(iter(records(event.get("choices"))), {})
    message = (
        record(choice.get("delta")) or record(choice.get("message")) or record(event.get("message"))
    )
    return next((value for name in _THOUGHTS if (value := string(message.get(name)))), "")


def valid(text: str, schema: Schema) -> Any:
    """The JSON value of `text` when it follows `schema`, else None."""
    import jsonschema

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if jsonschema.Draft202012Validator(schema.schema).is_valid(value) else None
