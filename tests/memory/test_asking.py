from __future__ import annotations

import asyncio
import json

import pytest
from support.memory import opened, select
from support.scripted import NOTHING, Scripted, finding, reply

from reviewer.errors import EngineUnreachable
from reviewer.memory import ReplyCache, cache
from reviewer.messages import Prompt, Reply, Usage
from reviewer.models.ask import Answer
from reviewer.models.base import Schema
from reviewer.replies import Reply as ReplyModel
from reviewer.replies import portable_schema

SCHEMA = Schema("reply", portable_schema(ReplyModel))
ONE = reply(finding("x = 1", "a.py"))


def prompt(user="code", max_tokens=100):
    return Prompt("rules", user, max_tokens)


def ask(replies, model, *prompts):
    async def go():
        return [await replies.ask(model, each, SCHEMA) for each in prompts or (prompt(),)]

    return asyncio.run(go())


def test_the_second_time_nobody_is_asked(tmp_path):
    model = Scripted(lambda _: ONE)
    with opened(tmp_path) as store:
        first = ReplyCache(store)
        assert ask(first, model) == [Answer(json.loads(ONE), "", Usage(1, 100, 50, 10))]
        assert (first.hits, first.misses) == (0, 1)
    with opened(tmp_path) as store:
        second = ReplyCache(store)
        assert ask(second, model) == [Answer(json.loads(ONE), "", Usage())]
        assert (second.hits, second.misses, second.saved_tokens, len(second.used)) == (1, 0, 110, 1)
        assert second.saved_seconds >= 0
    assert len(model.prompts) == 1


def test_another_question_model_engine_or_seed_is_asked(tmp_path):
    with opened(tmp_path) as store:
        ask(ReplyCache(store, also=("url", 0)), Scripted())
        others = [
            (Scripted(), prompt("other"), ("url", 0)),
            (Scripted(), prompt(max_tokens=99), ("url", 0)),
            (Scripted(name="scripted-2"), prompt(), ("url", 0)),
            (Scripted(engine="vllm"), prompt(), ("url", 0)),
            (Scripted(), prompt(), ("url", 1)),
            (Scripted(), prompt(), ("url2", 0)),
        ]
        for model, question, also in others:
            ask(ReplyCache(store, also=also), model, question)
            assert len(model.prompts) == 1


def test_a_reply_that_was_thought_about_is_another_reply(tmp_path):
    model = Scripted(lambda _: ONE)

    async def go(replies):
        for thinking in (0, 2048, 1024, 2048, 0):
            await replies.ask(model, prompt(), SCHEMA, thinking=thinking)

    with opened(tmp_path) as store:
        replies = ReplyCache(store)
        asyncio.run(go(replies))
        assert (replies.hits, replies.misses) == (2, 3)
    assert model.thoughts == [0, 2048, 1024]


@pytest.mark.parametrize(
    ("mode", "asked", "stored"), [("use", 1, "one"), ("fresh", 2, "two"), ("off", 2, "one")]
)
def test_modes(tmp_path, mode, asked, stored):
    said = iter(
        [reply(finding("x", "a.py", title="one")), reply(finding("x", "a.py", title="two"))]
    )
    model = Scripted(lambda _: next(said))
    with opened(tmp_path) as store:
        ask(ReplyCache(store), model)
        ask(ReplyCache(store, mode), model)
        assert len(model.prompts) == asked
        (body,) = select(tmp_path, "SELECT body FROM cache")[0]
    assert json.loads(body)["value"]["findings"][0]["title"] == stored


def test_off_leaves_nothing_behind(tmp_path):
    with opened(tmp_path) as store:
        replies = ReplyCache(store, "off")
        ask(replies, Scripted())
        assert store.rows("SELECT COUNT(*) FROM cache") == [(0,)]
        assert (replies.hits, replies.misses) == (0, 0)


def test_only_whole_and_valid_answers_are_remembered(tmp_path):
    cut = Reply(ONE[:-30], True, Usage(1, 1, 0, 1))
    for number, said in enumerate(["no JSON", '{"findings": 7}', cut]):
        model = Scripted(lambda _, said=said: said)
        with opened(tmp_path) as store:
            ask(ReplyCache(store), model, prompt(f"p{number}"))
            assert store.rows("SELECT COUNT(*) FROM cache") == [(0,)]


def test_an_engine_that_fails_fails(tmp_path):
    with opened(tmp_path) as store:
        with pytest.raises(EngineUnreachable):
            ask(ReplyCache(store), Scripted(lambda _: EngineUnreachable("gone")))
        assert store.rows("SELECT COUNT(*) FROM cache") == [(0,)]


def test_the_repaired_answer_is_the_one_that_is_remembered(tmp_path):
    model = Scripted(lambda asked: ONE if "could not be used" in asked.user else "oops")
    with opened(tmp_path) as store:
        first = ask(ReplyCache(store), model)
        assert ask(ReplyCache(store), model)[0].value == first[0].value == json.loads(ONE)
    assert len(model.prompts) == 2


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"value": {}}',
        '{"value": {"findings": []}, "dropped": 0}',
        "[" * 9999,
        '{"value": ' + NOTHING + ', "dropped": "0"}',
        '{"value": [' + NOTHING + '], "dropped": 0}',
    ],
)
def test_what_does_not_follow_the_schema_is_asked_again(tmp_path, stored):
    model = Scripted(lambda _: ONE)
    with opened(tmp_path) as store:
        ask(ReplyCache(store), model)
        store.transaction(lambda run: run("UPDATE cache SET body = ?", stored))
        replies = ReplyCache(store)
        answers = ask(replies, model)
        assert answers == [Answer(json.loads(ONE), "", Usage(1, 100, 50, 10))]
        assert (replies.hits, replies.misses) == (0, 1)
    assert len(model.prompts) == 2


def test_a_hit_counts_as_a_first_token(tmp_path):
    """Else the scheduler would wait for a prefix that nobody computes."""
    ready = []
    with opened(tmp_path) as store:
        ask(ReplyCache(store), Scripted())

        async def go():
            await ReplyCache(store).ask(
                Scripted(), prompt(), SCHEMA, first_token=lambda: ready.append(1)
            )

        asyncio.run(go())
    assert ready == [1]


def test_without_a_usable_store_everything_is_asked(tmp_path):
    (tmp_path / "memory").write_text("in the way")
    model = Scripted()
    with opened(tmp_path) as store:
        assert [answer.value for answer in ask(ReplyCache(store), model, prompt(), prompt())] == [
            json.loads(NOTHING)
        ] * 2
        assert len(model.prompts) == 2
        assert store.warning.startswith("the memory is not used: ")


def test_many_at_once(tmp_path):
    model = Scripted(lambda asked: reply(finding(asked.user, "a.py")), delay=0.001)

    async def go(replies):
        return await asyncio.gather(
            *(replies.ask(model, prompt(f"p{n}"), SCHEMA) for n in range(60))
        )

    with opened(tmp_path) as store:
        first = [answer.value for answer in asyncio.run(go(ReplyCache(store)))]
        replies = ReplyCache(store)
        assert [answer.value for answer in asyncio.run(go(replies))] == first
        assert (replies.hits, replies.misses, replies.saved_tokens) == (60, 0, 60 * 110)
        assert cache.MAX_BYTES == 256 << 20
