"""What is heard of an answer, in the forms of every kind of server."""

import asyncio
import json

import pytest
from support.doctor import SUMMARY, WORD, vllm
from support.server import Server, chunk, event, finish, reply, sse, status, stream, usage

from reviewer import models
from reviewer.errors import EngineError
from reviewer.messages import Prompt, Usage
from reviewer.serving.checks.endpoint import WORD as WORD_SCHEMA
from reviewer.serving.checks.measure import LIMITS, Answer, ask, valid

LLAMACPP = {
    "/props": {"default_generation_settings": {"n_ctx": 8192}, "total_slots": 1},
    "/v1/models": {"data": [{"id": "gemma-4", "owned_by": "llamacpp"}]},
}
OLLAMA = {"/api/version": {"version": "0.33.0"}, "/api/tags": {"models": [{"name": "gemma4:31b"}]}}


def heard(server):
    async def run():
        model = await models.connect(server.url, limits=LIMITS)
        try:
            return await ask(model, Prompt("s", "u", 64), WORD_SCHEMA)
        finally:
            await model.aclose()

    return asyncio.run(run())


def ollama_thinking(text, thought):
    lines = [
        {"message": {"role": "assistant", "content": "", "thinking": thought}, "done": False},
        {"message": {"role": "assistant", "content": text}, "done": False},
        {"done": True, "done_reason": "stop", "prompt_eval_count": 9, "eval_count": 7},
    ]
    return stream(
        *(json.dumps(line).encode() + b"\n" for line in lines), kind="application/x-ndjson"
    )


def whole(**message):
    """One JSON answer, of a server that does not stream."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}
    return reply(
        {"object": "chat.completion", "choices": [choice], "usage": usage(50, 12)["usage"]}
    )


@pytest.mark.parametrize(
    ("get", "chat", "expected"),
    [
        (
            vllm(),
            stream(
                event(chunk("", reasoning="Hm")),
                event(chunk(WORD)),
                event(finish()),
                event(usage()),
            ),
            (WORD, "Hm", False),
        ),
        (
            LLAMACPP,
            stream(
                event(chunk("", reasoning_content="Hm")),
                event(chunk(WORD)),
                event(finish("length")),
            ),
            (WORD, "Hm", True),
        ),
        (OLLAMA, ollama_thinking(WORD, "Hm"), (WORD, "Hm", False)),
        (vllm(), whole(content=WORD, reasoning="Hm"), (WORD, "Hm", False)),
        (vllm(), whole(content=WORD), (WORD, "", False)),
        (
            vllm(),
            sse("<think>Hm</think>" + WORD),
            ("<think>Hm</think>" + WORD, "<think>Hm</think>" + WORD, False),
        ),
        (vllm(), sse('{"word":"<think>"}'), ('{"word":"<think>"}', "", False)),
        (
            vllm(),
            stream(event(chunk(None, reasoning=["no text"])), event(chunk(WORD)), event(finish())),
            (WORD, "", False),
        ),
    ],
)
def test_text_and_thought(get, chat, expected):
    with Server(chat=[chat], get=get) as server:
        one = heard(server)
    assert (one.text, one.thought, one.cut) == expected


def test_the_schema_is_never_given_up_but_other_fields_are():
    """llama.cpp of an age that knows no chat_template_kwargs; then one that knows no grammar."""
    with Server(
        chat=[status(400, "Unknown field chat_template_kwargs"), sse(WORD)], get=LLAMACPP
    ) as server:
        assert heard(server).text == WORD
    first, second = [asked.body for asked in server.chats]
    assert first.keys() - second.keys() == {"chat_template_kwargs"}
    with (
        Server(chat=[status(400, "failed to parse grammar")], get=LLAMACPP) as server,
        pytest.raises(EngineError, match="HTTP 400: failed to parse grammar"),
    ):
        heard(server)
    assert all("grammar" in asked.body for asked in server.chats)


@pytest.mark.parametrize(
    ("first", "seconds", "pieces", "usage", "prefill", "decode"),
    [
        (2.0, 4.0, 40, Usage(1, 1000, 0, 41), 500.0, 20.0),
        (2.0, 4.0, 40, Usage(1, 1000, 600, 41), 200.0, 20.0),  # what was cached was not read
        (
            2.0,
            4.0,
            41,
            Usage(1, 1000, 0, 0),
            500.0,
            20.0,
        ),  # nobody counted: one piece is about one token
        (2.0, 4.0, 4, Usage(1, 1000, 0, 5), 500.0, None),  # too short to tell
        (2.0, 2.01, 40, Usage(1, 1000, 0, 41), None, None),  # it came at once: not streamed
        (4.0, 4.0, 1, Usage(1, 1000, 0, 41), None, None),
        (2.0, 4.0, 40, Usage(1, 0, 0, 41), None, 20.0),
        (0.0, 0.0, 0, Usage(1, 0, 0, 0), None, None),
    ],
)
def test_speeds(first, seconds, pieces, usage, prefill, decode):
    one = Answer(SUMMARY, "", False, usage, first, seconds, pieces)
    assert (one.prefill, one.decode) == (prefill, decode)


@pytest.mark.parametrize(
    ("text", "cut", "loop"),
    [
        ("{" + " " * 70, True, True),
        ("{" + " " * 70, False, False),
        ("{" + " " * 9, True, False),
        ("{", True, False),
    ],
)
def test_blank_loop(text, cut, loop):
    assert Answer(text, "", cut, Usage(), 0.0, 0.0, 1).blank_loop is loop


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (WORD, {"word": "zorfibex"}),
        ('{"word":"cat"}', None),
        ("[" * 100_000, None),
        ("", None),
        ("zorfibex", None),
    ],
)
def test_valid(text, value):
    assert valid(text, WORD_SCHEMA) == value
