from __future__ import annotations

import asyncio
import json

import pytest
from support.rows import METADATA, A, B, chat, pair, said
from support.server import Server, reply

from reviewer import models
from reviewer.errors import EngineError
from reviewer.lab import datasets

VLLM = {"object": "list", "data": [{"id": "gemma4", "owned_by": "vllm", "max_model_len": 16384}]}
LLAMA = {"object": "list", "data": [{"id": "gemma4", "owned_by": "llamacpp"}]}


def test_figures():
    other = {
        **METADATA,
        "kind": "negative",
        "licence": None,
        "date": "2026-11-25T00:00:00Z",
        "findings": [
            {"id": A, "outcome": "refuted", "category": "security"},
            {"id": B, "outcome": "dismissed", "category": "stability"},
        ],
    }
    values = [chat(), chat(metadata=other), pair(said(), said("x"))]
    made = datasets.figures(values, [(10, 1), (30, 2), (20, 3)], "estimate")
    assert made == {
        "rows": 3,
        "formats": {"chat": 2, "preference": 1},
        "roles": {"assistant": 4, "system": 3, "user": 3},
        "kinds": {"positive": 2, "negative": 1},
        "outcomes": {"applied": 2, "dismissed": 1, "refuted": 1},
        "categories": {"security": 3, "stability": 1},
        "repositories": {"repo": 3},
        "licences": {"MIT": 2, "not known": 1},
        "models": {"m": 3},
        "dates": {"first": "2026-11-24T00:00:00Z", "last": "2026-11-25T00:00:00Z"},
        "tokens": {
            "countedBy": "estimate",
            "prompt": {"least": 10, "median": 20, "p95": 30, "most": 30, "sum": 60},
            "target": {"least": 1, "median": 2, "p95": 3, "most": 3, "sum": 6},
            "row": {"least": 11, "median": 23, "p95": 32, "most": 32, "sum": 66},
        },
    }


def test_figures_of_nothing_and_of_nonsense():
    assert datasets.figures([], [], "estimate")["tokens"] == {
        "countedBy": "estimate",
        "prompt": None,
        "target": None,
        "row": None,
    }
    values = [
        {"messages": 5, "metadata": []},
        {"prompt": None, "metadata": {"findings": [1], "kind": 5}},
        {"metadata": {"findings": 5}},
    ]
    assert datasets.estimate(values) == [(0, 0)] * 3
    assert datasets.figures(values, [(0, 0)] * 3, "estimate")["kinds"] == {"not known": 3}


def test_the_estimate_is_three_bytes_a_token():
    content = json.dumps(said())
    assert datasets.estimate([chat(user="abcd")]) == [(4 + 2, -(-len(content) // 3))]
    longer = json.dumps(said("x"))
    assert datasets.estimate([pair(said(), said("x"))])[0][1] == -(-len(longer) // 3)


def counted(server, values, engine):
    async def go():
        model = await models.connect(server.url, engine=engine, model="gemma4")
        try:
            return await datasets.count_exactly(values, model)
        finally:
            await model.aclose()

    return asyncio.run(go())


def test_the_tokenizer_of_vllm_counts_with_the_template():
    with Server(get={"/v1/models": reply(VLLM), "/tokenize": reply({"count": 40})}) as server:
        assert counted(server, [chat()], "vllm") == [(40, 0)]
        bodies = [asked.body for asked in server.asked if asked.path == "/tokenize"]
    common = {"model": "gemma4", "chat_template_kwargs": {"enable_thinking": False}}
    messages = chat()["messages"]
    assert bodies == [
        {**common, "messages": messages[:2], "add_generation_prompt": True},
        {**common, "messages": messages, "add_generation_prompt": False},
    ]


def test_the_tokenizer_of_llama_cpp_counts_the_text():
    with Server(
        get={"/v1/models": reply(LLAMA), "/tokenize": reply({"tokens": [1, 2, 3]})}
    ) as server:
        assert counted(server, [chat()], "llamacpp") == [(3, 0)]
        bodies = [asked.body for asked in server.asked if asked.path == "/tokenize"]
    assert bodies[0] == {"content": "You review.\nthe change"}


@pytest.mark.parametrize(
    "answer", [reply({"error": "no"}, 404), reply({"count": "many"}), reply([])]
)
def test_a_server_without_a_tokenizer(answer):
    with (
        Server(get={"/v1/models": reply(VLLM), "/tokenize": answer}) as server,
        pytest.raises(EngineError, match="no tokenizer"),
    ):
        counted(server, [chat()], "vllm")
