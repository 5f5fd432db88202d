"""The model as the pipeline sees it, whichever engine runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from reviewer.messages import Prompt, Reply, Usage
from reviewer.types import ModelRole


@dataclass(frozen=True, slots=True)
class Schema:
    """The JSON Schema that a reply must follow, from schemas/NAME.schema.json: one static schema
    per stage, since servers compile and cache a grammar for each."""

    name: str
    schema: Mapping[str, Any]


class Model(Protocol):
    """One served model. `context_tokens` is the limit of one request, prompt and reply together;
    `concurrency` is the number of requests that the server handles well at once."""

    @property
    def engine(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> ModelRole: ...
    @property
    def context_tokens(self) -> int: ...
    @property
    def concurrency(self) -> int: ...

    def tokens(self, text: str) -> int:
        """An estimate of the tokens in `text`, too high rather than too low. Sends no request."""
        ...

    async def complete(
        self,
        prompt: Prompt,
        schema: Schema,
        *,
        thinking: int = 0,
        first_token: Callable[[], None] = lambda: None,
    ) -> Reply:
        """One constrained completion. `first_token` is called once, when the prompt has been read
        (its prefix is in the server's cache from then on). `thinking` are the tokens that the model
        may think before it answers, in addition to those of the reply; it thinks less, or not at
        all, where the server cannot, or the context has no room for it.

        Raises EngineError (or a subclass) when there is no reply after the retries, PromptTooLong
        when the server rejects the prompt as too long, OutOfTime when the deadline of the run (if
        the model has one) passes first.
        """
        ...


def estimate_tokens(text: str) -> int:
    """A rough upper bound of the tokens in `text`: code rarely has fewer than three bytes per
    token."""
    return -(-len(text.encode("utf-8", "replace")) // 3)


def add(one: Usage, other: Usage) -> Usage:
    return Usage(
        one.calls + other.calls,
        one.prompt_tokens + other.prompt_tokens,
        one.cached_tokens + other.cached_tokens,
        one.completion_tokens + other.completion_tokens,
        one.thinking_tokens + other.thinking_tokens,
    )


class PromptTooLong(Exception):
    """The prompt does not fit into the server's context: send a shorter one."""
