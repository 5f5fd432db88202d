import asyncio

import pytest
from support.doctor import TEXT, answering, shown, vllm
from support.server import Server, status

from reviewer import models
from reviewer.serving.checks import adapter
from reviewer.serving.checks.measure import LIMITS


def check(server, name):
    async def run():
        model = await models.connect(server.url, limits=LIMITS)
        try:
            return await adapter.check(model, name)
        finally:
            await model.aclose()

    return shown([asyncio.run(run())], {server.url: "URL"})[0]


def serve(text, *adapters):
    return Server(chat=[answering(text=text, gap=0)], get=vllm("gemma4", "root", 16384, *adapters))


def test_it_changes_nothing():
    with serve(lambda model: TEXT, "review") as server:
        assert (
            check(server, "review")
            == "failed adapter: the adapter has no effect: 3 greedy answers are the same with and"
            " without review -> merge it into the weights and serve those; the server may"
            " ignore its"
            " experts, or the prefix of its keys"
        )
    assert [asked.body["model"] for asked in server.chats] == ["gemma4", "review"] * 3
    assert len({str(asked.body["messages"]) for asked in server.chats}) == 3
    assert {asked.body["temperature"] for asked in server.chats} == {0}


def test_it_works():
    with serve(lambda model: f'{{"text":"{model}"}}', "review") as server:
        assert check(server, "review") == "ok adapter: review changes the answer to question 1 of 3"
    assert len(server.chats) == 3


def test_a_server_that_never_says_the_same_twice():
    numbers = iter(range(9))
    with serve(lambda model: f'{{"text":"{next(numbers)}"}}', "review") as server:
        assert (
            check(server, "review")
            == "warning adapter: the server answers the same question differently each time,"
            " so a different answer proves nothing -> try again while the server is otherwise"
            " idle"
        )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "reveiw",
            (
                "failed adapter: the server has no adapter reveiw; it has gemma4, review -> load"
                " it: `reviewer serve start --lora NAME=PATH`, or vLLM's --enable-lora"
                " --lora-modules NAME=PATH"
            ),
        ),
        (
            "gemma4",
            (
                "failed adapter: gemma4 is the model to compare the adapter with -> name the base"
                " model with --model NAME"
            ),
        ),
    ],
)
def test_the_wrong_name(name, expected):
    with serve(lambda model: TEXT, "review") as server:
        assert check(server, name) == expected
    assert server.chats == []


def test_a_server_that_fails():
    with Server(
        chat=[status(500, "lora: no kernel")], get=vllm("gemma4", "root", 16384, "review")
    ) as server:
        assert (
            check(server, "review")
            == "failed adapter: URL answers HTTP 500: lora: no kernel -> see the server's log"
        )
