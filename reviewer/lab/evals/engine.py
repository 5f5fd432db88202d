"""One engine for all cases: found once, opened once, counted per case, and probed when a review
fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

from reviewer.config import Settings
from reviewer.errors import EngineError, NoEngine, OutOfTime
from reviewer.messages import Prompt, Reply
from reviewer.models.base import Model, PromptTooLong, Schema
from reviewer.models.reply import parse
from reviewer.pipeline.interview import REPLY, SMOKE_REPLY
from reviewer.pipeline.seams import Chooser
from reviewer.serving import Choice
from reviewer.types import ModelRole

_NO_MODEL = (
    "no model was found: start one with `reviewer serve start`, name one with --endpoint URL, or"
    " measure the analyzers alone with --no-model"
)


@dataclass
class Counted:
    """A model that counts its replies for one case."""

    model: Model
    replies: int = 0
    bad: int = 0  # invalid, or cut

    @property
    def engine(self) -> str:
        return self.model.engine

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def role(self) -> ModelRole:
        return self.model.role

    @property
    def context_tokens(self) -> int:
        return self.model.context_tokens

    @property
    def concurrency(self) -> int:
        return self.model.concurrency

    def tokens(self, text: str) -> int:
        return self.model.tokens(text)

    async def complete(
        self,
        prompt: Prompt,
        schema: Schema,
        *,
        thinking: int = 0,
        first_token: Callable[[], None] = lambda: None,
    ) -> Reply:
        reply = await self.model.complete(
            prompt, schema, thinking=thinking, first_token=first_token
        )
        parsed = parse(reply.text, schema)
        self.replies += 1
        self.bad += parsed.value is None or not parsed.complete or bool(parsed.dropped)
        return reply


async def _kept() -> None:
    """Closed when all cases are done."""


@dataclass
class Engine:
    """The engine of a run over cases."""

    choice: Choice
    _model: Model | None = field(default=None, repr=False)

    def chooser(self, counted: Callable[[Counted], None]) -> Chooser:
        """The engine chooser for a review: always this engine, with its replies counted."""

        @asynccontextmanager
        async def opened() -> AsyncIterator[Model]:
            assert self._model is not None
            model = Counted(self._model)
            counted(model)
            yield model

        async def choose(settings: Settings, *, session: str | None) -> Choice:
            return replace(self.choice, open=opened, close=_kept)

        return choose

    async def gone(self) -> str:
        """Why the engine no longer answers; "" if it does. It is probed with a tiny request."""
        if self._model is None:
            return ""
        schema = SMOKE_REPLY if self.choice.role == "smoke" else REPLY
        try:
            await self._model.complete(
                Prompt("Answer with an empty list.", "Nothing to review.", 64), schema
            )
        except (PromptTooLong, OutOfTime):
            return ""
        except EngineError as exc:
            return exc.message
        return ""


@asynccontextmanager
async def engine(settings: Settings, choose: Chooser) -> AsyncIterator[Engine]:
    """Find the engine and keep it open. Raises EngineError when there is none, unless none is
    wanted."""
    choice = await choose(settings, session=None)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(choice.close)
        if choice.problem:
            raise choice.failure or NoEngine(_NO_MODEL)
        if choice.role == "none":
            yield Engine(choice)
            return
        model = await stack.enter_async_context(choice.open())
        yield Engine(choice, model)
