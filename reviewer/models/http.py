"""A model behind HTTP, whichever server runs it: one streamed request per call. Every failure
becomes a cut reply, a limited retry, or one clear error."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewer.errors import OutOfTime
from reviewer.messages import Prompt, Reply, Usage
from reviewer.models import faults, thoughts, wire
from reviewer.models.address import Endpoint
from reviewer.models.base import PromptTooLong, Schema, add, estimate_tokens
from reviewer.models.dialects.base import Body, Delta, Dialect, Request, Served
from reviewer.models.loops import Watch
from reviewer.models.overflow import overflow
from reviewer.models.said import Said
from reviewer.models.wire import Broken, Limits, Refused
from reviewer.types import ModelRole

if TYPE_CHECKING:
    import httpx

_SMALLEST_CONTEXT = 8192
_SMALLEST_REPLY = 512  # tokens; with less room than that, a smaller question is better
_SPARE = 16  # tokens, for what a server's template adds
# It tells vLLM that the thought has ended, but some versions then return nothing at all.
_HIDES = "include_reasoning"


@dataclass
class HttpModel:
    """Implements Model. Calls may run concurrently, in one event loop; close it with `aclose`.

    `deadline` is the monotonic time at which the run ends. Fields that the server has rejected are
    not sent again.
    """

    server: Endpoint
    dialect: Dialect
    served: Served
    context_tokens: int
    concurrency: int
    role: ModelRole
    http: httpx.AsyncClient = field(repr=False)
    limits: Limits
    key: str | None = field(default=None, repr=False)
    seed: int = 0
    session: str | None = None
    deadline: float | None = None
    models: tuple[str, ...] = ()
    _dropped: set[str] = field(default_factory=set)
    _one_message: bool = False  # the template has no system role
    _thoughtless: bool = False  # the server has refused to think
    _asked_context: int = _SMALLEST_CONTEXT

    @property
    def engine(self) -> str:
        return self.dialect.name

    @property
    def name(self) -> str:
        return self.served.name

    def tokens(self, text: str) -> int:
        return estimate_tokens(text)

    async def aclose(self) -> None:
        await self.http.aclose()

    @property
    def thinks(self) -> bool:
        """Whether the model can be asked to think, as far as is known."""
        how = self.dialect.thinks
        return bool(how) and how not in self._dropped and not self._thoughtless

    async def complete(
        self,
        prompt: Prompt,
        schema: Schema,
        *,
        thinking: int = 0,
        first_token: Callable[[], None] = lambda: None,
    ) -> Reply:
        """See Model. Also raises OutOfTime when the deadline of the run ends the call."""
        once = _once(first_token)
        if not thinking or not self.dialect.apart:
            return await self._answer(prompt, schema, thinking, once)
        thought = await self._answer(thoughts.question(prompt), schema, thinking, once)
        spent = replace(thought.usage, thinking_tokens=thought.usage.completion_tokens)
        noted = thoughts.noted(prompt, thought, thinking)
        try:
            reply = await self._answer(noted, schema, 0, once)
        except PromptTooLong:
            if noted == prompt:
                raise
            reply = await self._answer(prompt, schema, 0, once)
        return replace(reply, usage=add(spent, reply.usage), thoughts=thought.thoughts)

    async def _answer(
        self, prompt: Prompt, schema: Schema, thinking: int, once: Callable[[], None]
    ) -> Reply:
        """The reply to one request. With a dialect that thinks apart, `thinking` asks for the
        thought alone; the reply is empty when there is to be none."""
        apart = bool(thinking) and self.dialect.apart
        loop = asyncio.get_running_loop()
        end = loop.time() + self.limits.total
        if self.deadline is not None:
            end = min(end, self.deadline)
        tries = faults.Tries(self.limits, loop.time)
        most = prompt.max_tokens
        while True:
            thinking = thinking if self.thinks else 0
            if apart and not thinking:
                return Reply("", False, Usage())
            body = self._body(replace(prompt, max_tokens=most), schema, thinking)
            try:
                reply = await self._stream(body, most, thinking, end, once)
                if not self._hides_the_reply(reply, body):
                    return reply
                continue
            except Refused as refused:
                message = self._message(refused.body)
                if self._merges_roles(refused.status, message, body):
                    continue
                if too_long := overflow(refused.status, message):
                    if thinking:
                        thinking = thoughts.fitting(thinking, most, too_long.room())
                        continue
                    if _SMALLEST_REPLY <= (room := (too_long.room() or 0) - _SPARE) < most:
                        most = room
                        continue
                    raise PromptTooLong(message) from None
                if thinking and thoughts.refused(refused.status, message):
                    self._thoughtless = True
                    continue
                if self._downgrade(refused.status, message, body):
                    continue
                if refused.status == 429 or faults.out_of_memory(message):
                    self.concurrency = max(1, self.concurrency // 2)
                wait = tries.after_refusal(refused)
                if refused.status >= 500:  # the same thought would fail again
                    thinking = 0
                error: Exception = faults.refused(
                    self.server, self.dialect, self.name, self.models, refused, message
                )
            except Broken as broken:
                wait = tries.after_break(broken)
                error = faults.broken(self.server, broken, self.key)
            if self.deadline is not None and loop.time() >= self.deadline:
                raise OutOfTime("the run timed out; raise --timeout") from None
            if wait is None or loop.time() + wait >= end:
                raise error
            await asyncio.sleep(wait)

    async def _stream(
        self, body: Body, reply: int, thinking: int, end: float, first_token: Callable[[], None]
    ) -> Reply:
        said, watch, length = Said(bool(thinking)), Watch(), 0
        musing = Watch(prose=True)
        max_tokens = reply + thinking
        # Characters, more than the tokens can have: for servers that ignore the limit.
        longest = 16 * max_tokens + 4096
        path = self.server.path(self.dialect.chat)
        async with contextlib.aclosing(
            wire.events(self.http, path, body, self.limits, end)
        ) as stream:
            async for event in stream:
                if event == wire.DONE:
                    said.finish = said.finish or "stop"
                    continue
                delta = self._delta(event)
                first_token()
                said.add(delta)
                length += len(delta.text) + len(delta.thought) + len(delta.arguments)
                loops = watch.feed(delta.text) or musing.feed(delta.thought)
                if loops or length > longest:
                    said.finish = "loop"
                    break
        if said.finish is None:
            raise Broken("stream", "the answer ended before it was complete")
        return said.reply(max_tokens)

    def _delta(self, event: bytes) -> Delta:
        try:
            delta = self.dialect.read(json.loads(event))
        except (ValueError, RecursionError):
            raise Broken("stream", "the answer is not JSON") from None
        if delta.error is not None:
            raise Refused(delta.error[0], delta.error[1].encode("utf-8", "replace"))
        return delta

    def _hides_the_reply(self, reply: Reply, sent: Body) -> bool:
        """Whether to ask again without a field that makes some servers drop the whole reply."""
        if reply.text or reply.thoughts or sent.get(_HIDES) is not False:
            return False
        self._dropped.add(_HIDES)
        return True

    def _merges_roles(self, status: int, message: str, sent: Body) -> bool:
        """Whether to ask again with one message, for a template without a system role."""
        if len(sent["messages"]) == 1 or not faults.no_system_role(status, message):
            return False
        self._one_message = True
        return True

    def _body(self, prompt: Prompt, schema: Schema, thinking: int) -> Body:
        if self._one_message:
            prompt = Prompt("", f"{prompt.system}\n\n{prompt.user}", prompt.max_tokens)
        if self.dialect.enforce in self._dropped and not (thinking and self.dialect.apart):
            schema_text = json.dumps(schema.schema, separators=(",", ":"))
            user = (
                f"{prompt.user}\n\nReply with one JSON object that follows this JSON Schema, and"
                f" nothing else:\n{schema_text}"
            )
            prompt = Prompt(prompt.system, user, prompt.max_tokens)
        said = self.tokens(prompt.system) + self.tokens(prompt.user)
        need = said + prompt.max_tokens + thinking + 64
        # Ollama reloads the model for another context length, so this grows in few steps and never
        # shrinks.
        while self._asked_context < need:
            self._asked_context *= 2
        context = min(self._asked_context, self.context_tokens)
        salt = self.session if self.session is not None and not self.server.local else None
        request = Request(self.name, prompt, schema, self.seed, context, salt, thinking)
        return {
            name: value
            for name, value in self.dialect.body(request).items()
            if name not in self._dropped
        }

    def _downgrade(self, status: int, message: str, sent: Body) -> bool:
        """Whether to send the request again without a field that this server does not
        understand."""
        if status not in (400, 422):
            return False
        if self._dropped & sent.keys():
            return True  # a concurrent request has dropped it already
        field_name = faults.unknown_field(
            message, [name for name in self.dialect.optional if name in sent], self.dialect
        )
        if field_name is None:
            return False
        self._dropped.add(field_name)
        return True

    def _message(self, body: bytes) -> str:
        return faults.message(body, self.key)


def _once(call: Callable[[], None]) -> Callable[[], None]:
    called = False

    def first() -> None:
        nonlocal called
        if not called:
            called = True
            call()

    return first
