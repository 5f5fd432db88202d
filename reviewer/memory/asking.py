"""Caches the model's replies, so that no prompt is sent twice."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from reviewer.memory import cache
from reviewer.memory.store import Store
from reviewer.messages import Prompt, Usage
from reviewer.models import reply
from reviewer.models.ask import Answer, ask
from reviewer.models.base import Model, Schema


@dataclass
class ReplyCache:
    """The reply cache of one run, with counts of what it saved.

    `mode` is the setting `cache`: `use`; `fresh` asks again and stores; `off` does neither. `also`
    holds whatever else could change a reply besides the prompt, the schema, the engine and the
    model: the endpoint and the seed.
    """

    store: Store
    mode: Literal["use", "fresh", "off"] = "use"
    also: tuple[Any, ...] = ()
    # Whether a text shows a credential: a reply that does is not kept.
    shows: Callable[[str], bool] = lambda body: False
    hits: int = 0
    misses: int = 0
    saved_tokens: int = 0
    saved_seconds: float = 0.0
    used: list[str] = field(default_factory=list)  # keys of the hits

    async def ask(
        self,
        model: Model,
        prompt: Prompt,
        schema: Schema,
        *,
        thinking: int = 0,
        first_token: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Like `models.ask.ask`, but a cached answer reports no usage. Only complete, valid answers
        are cached, each with whether the model was to think about it."""
        if self.mode == "off":
            return await ask(model, prompt, schema, thinking=thinking, first_token=first_token)
        key = cache.reply_key(prompt, schema, thinking, model.engine, model.name, *self.also)
        hit = (
            await asyncio.to_thread(cache.get, self.store, "reply", key)
            if self.mode == "use"
            else None
        )
        known = _answer(hit.body, schema) if hit else None
        if hit is not None and known is not None:
            self.hits += 1
            self.saved_tokens += hit.tokens
            self.saved_seconds += hit.seconds
            self.used.append(key)
            first_token()
            return known
        self.misses += 1
        began = time.monotonic()
        answer = await ask(model, prompt, schema, thinking=thinking, first_token=first_token)
        if answer.value is not None and not answer.cut:
            body = json.dumps(
                {"value": answer.value, "dropped": answer.dropped}, ensure_ascii=False
            )
            tokens = answer.usage.prompt_tokens + answer.usage.completion_tokens
            seconds = time.monotonic() - began
            if await asyncio.to_thread(self.shows, body):
                return answer
            await asyncio.to_thread(
                cache.put, self.store, "reply", key, body, tokens=tokens, seconds=seconds
            )
        return answer


def _answer(body: str, schema: Schema) -> Answer | None:
    """The stored answer, validated again as if the model had just sent it."""
    try:
        stored = json.loads(body)
        value, dropped = stored["value"], stored["dropped"]
        parsed = reply.parse(json.dumps(value), schema)
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    if not isinstance(value, dict) or parsed.value != value or not isinstance(dropped, int):
        return None
    return Answer(value, "", Usage(), dropped=dropped)
