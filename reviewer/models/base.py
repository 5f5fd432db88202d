"""What the pipeline knows of a model, whichever engine runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from reviewer.types import ModelRole, Prompt, Reply


@dataclass(frozen=True, slots=True)
class Schema:
    """The JSON Schema that a reply must follow, from schemas/NAME.schema.json: one static schema
    per stage, since servers compile and cache a grammar for each."""

    name: str
    schema: Mapping[str, Any]


class Model(Protocol):
    """One served model. `context_tokens` is what one request may take, prompt and reply together;
    `concurrency` how many requests the server can usefully work on at once."""

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
        """About how many tokens `text` is; rather too many than too few. Asks nobody."""
        ...

    async def complete(
        self, prompt: Prompt, schema: Schema, *, first_token: Callable[[], None] = lambda: None
    ) -> Reply:
        """One constrained completion. `first_token` is called once, when the prompt has been read
        (its prefix is in the server's cache from then on).

        Raises EngineError (or a subclass) when no reply can be had, after the bounded retries;
        PromptTooLong when the server says that the prompt does not fit; OutOfTime when the run's
        deadline, where the model knows one, passes first.
        """
        ...


def estimate_tokens(text: str) -> int:
    """How many tokens `text` is at most, roughly: code is rarely denser than three bytes a
    token."""
    return -(-len(text.encode("utf-8", "replace")) // 3)


class PromptTooLong(Exception):
    """The prompt does not fit into the server's context: ask about less."""
