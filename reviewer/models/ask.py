"""Asks the model one question, and once more when the answer is unusable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from reviewer import text as safe
from reviewer.messages import Prompt, Reply, Usage
from reviewer.models.base import Model, Schema
from reviewer.models.base import add as add
from reviewer.models.reply import ParsedReply, parse, parse_thoughts


@dataclass(frozen=True, slots=True)
class Answer:
    """`value` follows the schema, or is None when no reply was usable (which is not the same as an
    empty one).

    `problem` is "" for a complete, valid reply, else one line that says what was wrong. `cut` means
    that the reply ended too early: `value` has only the complete items (see reply.ParsedReply), and
    a smaller question would get the others. `dropped` counts items that did not follow the schema.
    `usage` is the total of all calls."""

    value: dict[str, Any] | None
    problem: str
    usage: Usage
    cut: bool = False
    dropped: int = 0


async def ask(
    model: Model,
    prompt: Prompt,
    schema: Schema,
    *,
    thinking: int = 0,
    first_token: Callable[[], None] = lambda: None,
) -> Answer:
    """The model's answer to `prompt`, or to one repair request when the first is unusable. Where a
    thought (of at most `thinking` tokens) has left no room for the answer, or no answer at all, the
    model is asked once more without one.

    Raises what `model.complete` raises.
    """
    reply = await model.complete(prompt, schema, thinking=thinking, first_token=first_token)
    parsed, spent = _read(reply, schema, thought=bool(thinking)), Usage()
    if thinking and (not reply.text.strip() or not parsed.complete):
        spent, reply = reply.usage, await model.complete(prompt, schema)
        parsed = _read(reply, schema)
    usage = add(spent, reply.usage)
    if parsed.value is not None:
        return _answer(reply, parsed, usage)
    again = await model.complete(_repair(prompt, parsed.problem, cut=reply.cut), schema)
    return _answer(again, _read(again, schema), add(usage, again.usage))


class Asker(Protocol):
    """Gets answers from the model or from a cache."""

    async def ask(
        self,
        model: Model,
        prompt: Prompt,
        schema: Schema,
        *,
        thinking: int = 0,
        first_token: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Like the function `ask`."""
        ...


class Direct:
    """Asks the model every time."""

    async def ask(
        self,
        model: Model,
        prompt: Prompt,
        schema: Schema,
        *,
        thinking: int = 0,
        first_token: Callable[[], None] = lambda: None,
    ) -> Answer:
        return await ask(model, prompt, schema, thinking=thinking, first_token=first_token)


DIRECT = Direct()


@dataclass(frozen=True, slots=True)
class Thoughtful:
    """Lets the model think so many `tokens` before each answer, unless a call says how many."""

    asker: Asker
    tokens: int

    async def ask(
        self,
        model: Model,
        prompt: Prompt,
        schema: Schema,
        *,
        thinking: int = 0,
        first_token: Callable[[], None] = lambda: None,
    ) -> Answer:
        return await self.asker.ask(
            model, prompt, schema, thinking=thinking or self.tokens, first_token=first_token
        )


def _read(reply: Reply, schema: Schema, *, thought: bool = False) -> ParsedReply:
    """The answer: the text, or what stands in its place. A `thought` that was asked for does not:
    an object at its end is a draft."""
    if reply.text.strip():
        return parse(reply.text, schema, cut=reply.cut)
    if not reply.thoughts or reply.cut or thought:
        return ParsedReply(None, not reply.cut, reply.problem or "the reply is empty")
    parsed = parse_thoughts(reply.thoughts, schema)
    if parsed.value is not None:
        return parsed
    problem = reply.problem or safe.cut(
        f"the reply is empty, and its reasoning holds no answer: {parsed.problem}", 200
    )
    return replace(parsed, problem=problem)


def _answer(reply: Reply, parsed: ParsedReply, usage: Usage) -> Answer:
    cut = not parsed.complete if parsed.value is not None else reply.cut
    return Answer(parsed.value, parsed.problem, usage, cut, parsed.dropped)


def _repair(prompt: Prompt, problem: str, *, cut: bool) -> Prompt:
    """The same prompt with the problem at its end, so that the server has the rest in its cache.
    The problem may quote the model, which quotes the code: control tokens in it are defused."""
    quoted = safe.neutral(safe.cut(problem, 200))
    hint = (
        "Be brief: only the most important items, no blank space."
        if cut
        else "Follow the described format exactly."
    )
    return replace(
        prompt, user=f"{prompt.user}\n\nYour last reply could not be used: {quoted}\n{hint}"
    )
