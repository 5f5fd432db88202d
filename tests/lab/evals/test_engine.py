"""One engine for all cases: opened once, counted for each, asked whether it is still there."""

from __future__ import annotations

import asyncio
import json

import pytest
from support.scripted import NOTHING, Scripted

from reviewer.config import Settings
from reviewer.errors import AuthFailed, EngineError, EngineUnreachable, NoEngine, OutOfTime
from reviewer.lab.evals.engine import Counted, engine
from reviewer.messages import Prompt, Reply, Usage
from reviewer.models.base import PromptTooLong
from reviewer.pipeline.ask_unit import REPLY

ASK = Prompt("system", "user", 100)


def opened(model, work, settings=None, **failing):
    async def go():
        async with engine(settings or Settings(), model.choose(**failing)) as ready:
            return await work(ready)

    return asyncio.run(go())


def test_every_review_gets_the_same_model_and_its_own_count():
    model, counted = Scripted(), []

    async def two_reviews(ready):
        choose = ready.chooser(counted.append)
        for asks in (1, 2):
            choice = await choose(Settings(), session="a commit")
            async with choice.open() as mine:
                for _ in range(asks):
                    await mine.complete(ASK, REPLY)
            await choice.close()
            assert not model.closed  # the next case needs it
        return choice

    choice = opened(model, two_reviews)
    assert (choice.engine, choice.model, choice.role) == ("scripted", "scripted-1", "reviewer")
    assert [each.replies for each in counted] == [1, 2]
    assert model.closed


@pytest.mark.parametrize(
    ("said", "bad"),
    [
        (NOTHING, 0),
        ("Sure! " + NOTHING, 0),  # what is read around is no fault of the reply
        ("no JSON", 1),
        ("", 1),
        (json.dumps({"findings": []}), 1),
        (json.dumps({"checked": [], "findings": [{"fileName": "a.py"}]}), 1),
        ('{"checked": ["a"], "findings": [', 1),
    ],
)
def test_a_reply_is_bad_when_it_is_not_what_the_schema_says(said, bad):
    model = Counted(Scripted(lambda prompt: Reply(said, False, Usage(1, 2, 3, 4))))
    reply = asyncio.run(model.complete(ASK, REPLY))
    assert (reply.text, model.replies, model.bad) == (said, 1, bad)


def test_a_counted_model_is_the_model():
    real = Scripted(role="smoke", context_tokens=9, concurrency=3, engine="vllm", name="m")
    model = Counted(real)
    assert (
        model.role,
        model.context_tokens,
        model.concurrency,
        model.engine,
        model.name,
        model.tokens("abcd"),
    ) == (
        "smoke",
        9,
        3,
        "vllm",
        "m",
        real.tokens("abcd"),
    )


def test_a_call_that_brings_no_reply_is_none():
    model = Counted(Scripted(lambda prompt: EngineUnreachable("gone")))
    with pytest.raises(EngineUnreachable):
        asyncio.run(model.complete(ASK, REPLY))
    assert (model.replies, model.bad) == (0, 0)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (NOTHING, ""),
        ("anything at all", ""),
        (PromptTooLong("400"), ""),  # it speaks
        (OutOfTime("late"), ""),
        (EngineUnreachable("nothing answers"), "nothing answers"),
        (EngineError("HTTP 500"), "HTTP 500"),
    ],
)
def test_an_engine_is_gone_when_it_does_not_answer(answer, why):
    assert opened(Scripted(lambda prompt: answer), lambda ready: ready.gone()) == why


def test_without_a_model_there_is_nothing_to_lose():
    model = Scripted()

    async def look(ready):
        return ready.choice.role, await ready.gone()

    assert opened(model, look, Settings(engine="none")) == ("none", "")
    assert model.prompts == []


def test_an_engine_that_cannot_be_had_is_an_error_of_its_own_kind():
    with pytest.raises(AuthFailed, match="the key is refused"):
        opened(Scripted(), None, problem="x", failure=AuthFailed("the key is refused"))
    with pytest.raises(NoEngine, match="no model was found: start one with `reviewer serve start`"):
        opened(Scripted(), None, problem="so only analyzers ran")
