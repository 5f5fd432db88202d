"""Servers that do what a review relies on, and servers that do not, each examined as a whole."""

import asyncio
import re
from dataclasses import replace

import pytest
from support.devices import CPU, RTX_4090
from support.doctor import (
    GEMMA,
    WORD,
    answering,
    ollama_answering,
    ollama_facts,
    refusing_schemas,
    shown,
    vllm,
)
from support.server import Server, chunk, close, event, finish, sse, stall, status, stream, usage

from reviewer import models
from reviewer.messages import Prompt
from reviewer.serving.catalogue import GIB
from reviewer.serving.checks import endpoint
from reviewer.serving.checks.measure import LIMITS, ask
from reviewer.serving.hardware import Machine

WITH_GPU, WITHOUT = Machine((RTX_4090,), CPU), Machine((), CPU)
FINE = {
    "model": "ok model: gemma4 (vllm)",
    "context": "ok context: 16384 tokens ['contextTokens']",
    "schema": "ok schema: replies follow it",
    "whitespace": "ok whitespace: no loop, no waste",
    "thinking": "ok thinking: off unless it is asked to",
    "prefix cache": (
        "ok prefix cache: 1000 of 1200 prompt tokens came from the cache ['cachedTokens',"
        " 'promptTokens']"
    ),
    "speed": (
        f"ok speed: reads N and writes N tokens/s; {GEMMA} on NVIDIA GeForce RTX 4090 could write N"
        " tokens/s at most ['boundTokensPerSecond', 'decodeTokensPerSecond',"
        " 'prefillTokensPerSecond']"
    ),
    "offload": "ok offload: no sign of it: P of what is usual for NVIDIA GeForce RTX 4090",
}


def examine(server, machine=WITH_GPU, limits=LIMITS, **options):
    async def run():
        model = await models.connect(server.url, limits=limits)
        try:
            return await endpoint.examine(model, machine, nonce="n", **options)
        finally:
            await model.aclose()

    return asyncio.run(run())


def listed(checks):
    return {
        check.name: re.sub(r"\b\d+% of what", "P of what", line)
        for check, line in zip(checks, shown(checks), strict=True)
    }


def fine_but(**different):
    return FINE | {name.replace("_", " "): line for name, line in different.items()}


def test_a_server_as_it_should_be():
    with Server(chat=[answering()], get=vllm()) as server:
        assert listed(examine(server)) == FINE
    word, cold, warm, thought = [asked.body for asked in server.chats]
    assert [word["max_tokens"], cold["max_tokens"], warm["max_tokens"]] == [256, 192, 24]
    assert (thought["max_tokens"], thought["thinking_token_budget"]) == (512, 256)
    assert cold["messages"][0] == warm["messages"][0]
    assert len(cold["messages"][0]["content"]) > 4000
    assert cold["messages"][1] != warm["messages"][1]
    assert {body["temperature"] for body in (word, cold, warm)} == {0}
    assert "zorfibex" not in str(word["messages"])  # only the schema knows it


def test_it_ignores_the_schema():
    with Server(
        chat=[answering(word='A cat says "miaow".', summary="They multiply, I think.")], get=vllm()
    ) as server:
        checks = listed(examine(server))
    assert checks == fine_but(
        schema=(
            "failed schema: ignored: it allowed only zorfibex or quandrilo, but the answer was 'A"
            ' cat says "miaow".\' -> start it with `reviewer serve start`, or with'
            " --structured-outputs-config and the backend xgrammar"
        ),
        whitespace="skipped whitespace: no loop; no answer was JSON",
    )


@pytest.mark.parametrize(
    "said",
    ['{"word":"miaow"}', '{"word":"zorfibex","more":1}', '```json\n{"word":"zorfibex"}\n```', ""],
)
def test_nearly_the_schema_is_not_the_schema(said):
    with Server(chat=[answering(word=said or " ")], get=vllm()) as server:
        assert listed(examine(server))["schema"].startswith("failed schema: ignored")


def test_it_refuses_the_schema():
    with Server(chat=[refusing_schemas], get=vllm()) as server:
        checks = listed(examine(server))
    assert list(checks) == ["model", "context", "schema"]
    assert (
        checks["schema"]
        == f"failed schema: {server.url} answers HTTP 400: response_format is not supported by this"
        " model -> start it with `reviewer serve start`, or with --structured-outputs-config"
        " and the backend xgrammar"
    )
    assert all(
        "response_format" in asked.body for asked in server.chats
    )  # it was never told in words instead


def test_it_loops_over_white_space():
    with Server(
        chat=[answering(word='{"word":' + " \n" * 300, summary='{"summary":' + "\t" * 900)],
        get=vllm(),
    ) as server:
        checks = listed(examine(server))
    assert checks["schema"] == "skipped schema: unknown: the answer never ended"
    assert (
        checks["whitespace"]
        == "failed whitespace: the answer was endless white space and had to be stopped ->"
        " start it with `reviewer serve start`, or add --structured-outputs-config"
        ' \'{"backend":"xgrammar","disable_any_whitespace":true}\''
    )


def test_it_indents():
    indented = "{\n" + " " * 30 + '"word": "zorfibex"\n' + " " * 30 + "}"
    with Server(
        chat=[answering(word=indented, summary=indented.replace("word", "summary"))], get=vllm()
    ) as server:
        checks = listed(examine(server))
    assert checks["schema"] == FINE["schema"]
    assert checks["whitespace"].startswith("warning whitespace: 74% of the answers is indentation")


def test_it_thinks():
    with Server(chat=[answering(thought="Let me think. A cat")], get=vllm()) as server:
        checks = listed(examine(server))
    assert checks == fine_but(
        thinking=(
            "failed thinking: on although it was turned off (57 characters): answers will be cut ->"
            " start it with `reviewer serve start`, or with --reasoning-parser gemma4 and"
            " --default-chat-template-kwargs '{\"enable_thinking\": false}'"
        )
    )


SILENT_FIX = "start it with `reviewer serve start`, or with --reasoning-parser gemma4"


@pytest.mark.parametrize(
    ("chat", "said"),
    [
        (
            [answering(thinks=False)],
            "warning thinking: off, even when it is asked to: --thinking changes nothing"
            f" -> {SILENT_FIX}",
        ),
        (
            [answering()] * 3 + [status(400, "this model does not think"), answering()],
            f"warning thinking: off, and asked to think it refuses -> {SILENT_FIX}",
        ),
        (
            [answering()] * 3 + [status(401, "no")],
            "warning thinking: off, and asked to think it fails: {url} requires a key, or rejects"
            " the one given (HTTP 401): set REVIEWER_API_KEY, or REVIEWER_API_KEY_FILE to a file"
            f" with the key -> {SILENT_FIX}",
        ),
    ],
)
def test_it_does_not_think_when_it_is_asked_to(chat, said):
    with Server(chat=[*chat], get=vllm()) as server:
        checks = listed(examine(server))
    assert checks == fine_but(thinking=said.format(url=server.url))


def test_thoughts_in_the_text_when_it_is_asked_to():
    marked = sse("<|channel>thought\nA cat<channel|>" + WORD)
    with Server(chat=[*[answering()] * 3, marked], get=vllm()) as server:
        assert listed(examine(server)) == FINE


def test_a_server_that_nobody_can_ask_to_think():
    plain = {"/v1/models": {"data": [{"id": "gemma4", "owned_by": "me"}]}}
    with Server(chat=[answering()], get=plain) as server:
        checks = listed(examine(server))
    assert checks["thinking"] == "ok thinking: off; openai has no documented way to ask for it"
    assert len(server.chats) == 3


def test_the_smoke_model_is_not_asked_to_think():
    with Server(chat=[answering(thinks=False)], get=vllm()) as server:
        assert listed(examine(server, smoke=True))["thinking"] == "ok thinking: off"


def test_thoughts_in_the_answer():
    with Server(
        chat=[answering(word="<|channel>thought\nA cat<channel|>" + WORD)], get=vllm()
    ) as server:
        checks = listed(examine(server))
    assert checks["schema"].startswith("failed schema: ignored")
    assert checks["thinking"].startswith("failed thinking: on although")


def test_nothing_is_cached():
    with Server(chat=[answering(cached=0)], get=vllm()) as server:
        checks = listed(examine(server))
    assert (
        checks["prefix cache"]
        == "warning prefix cache: no cached tokens reported: the first token came after N s,"
        " and after N s the first time -> start it with `reviewer serve start`, or with"
        " --enable-prefix-caching and --enable-prompt-tokens-details ['cachedTokens',"
        " 'promptTokens']"
    )
    assert len(server.chats) == 5  # it was given another chance


def test_little_is_cached():
    with Server(chat=[answering(cached=64)], get=vllm()) as server:
        assert listed(examine(server))["prefix cache"].startswith(
            "warning prefix cache: only 64 of 1200 prompt tokens came from the cache"
        )


def test_cached_but_not_reported():
    pieces = [event(chunk(part)) for part in ('{"summary":', '"They', ' go."', "}")]

    def slow_at_first(conn):
        first = len(server.chats) == 2
        steps = [
            0.03,
            pieces[0],
            0.03,
            *pieces[1:3],
            0.03,
            pieces[3],
            event(finish()),
            event(usage(1200, 20)),
        ]
        return stream(*([0.6] if first else []), *steps)(conn)

    with Server(chat=[answering(), slow_at_first], get=vllm()) as server:
        assert listed(examine(server))["prefix cache"].startswith(
            "warning prefix cache: it works but is not reported: the first token came after N s"
        )


def test_speed_far_below_the_bound_is_offload():
    with Server(
        chat=[answering(), answering(gap=0.2, tokens=8), answering()], get=vllm()
    ) as server:
        checks = listed(examine(server))
    assert checks["offload"].startswith("warning offload: only ")
    assert checks["offload"].endswith(
        "of the weights were in CPU memory; this is how 31B on a 24 GB card ends up at 10"
        " tokens/s -> serve a model that fits (`reviewer model list`), free the GPU of other"
        " programs, or use a shorter context"
    )


def test_slow_and_unknown():
    with Server(
        chat=[answering(), answering(gap=0.3, tokens=8), answering()], get=vllm(root="private/7b")
    ) as server:
        checks = listed(examine(server))
    assert (
        checks["speed"]
        == "warning speed: reads N and writes N tokens/s: reviews will be slow -> choose a"
        " smaller model: `reviewer model list` ['decodeTokensPerSecond',"
        " 'prefillTokensPerSecond']"
    )
    assert (
        checks["offload"]
        == "skipped offload: unknown: the model or the memory bandwidth of its machine is not"
        " known here"
    )


def test_without_a_gpu_there_is_no_bound():
    with Server(chat=[answering()], get=vllm()) as server:
        checks = listed(examine(server, WITHOUT))
    assert (
        checks["speed"] == "ok speed: reads N and writes N tokens/s ['decodeTokensPerSecond',"
        " 'prefillTokensPerSecond']"
    )
    assert checks["offload"].startswith("skipped offload: unknown")


def test_an_answer_in_one_piece_tells_no_speed():
    with Server(
        chat=[sse(WORD, size=100), sse('{"summary":"They."}', size=100, cached=90)], get=vllm()
    ) as server:
        checks = listed(examine(server))
    assert (
        checks["speed"] == "skipped speed: not measurable: 10 tokens written in N s, in one piece"
    )
    assert checks["offload"] == "skipped offload: unknown: the speed was not measured"


@pytest.mark.parametrize(
    ("size", "on_gpu", "machine", "expected"),
    [
        (
            25 * GIB,
            20 * GIB,
            WITH_GPU,
            (
                "warning offload: 20% of N GiB are in CPU memory and are read for every token; this"
                " is how 31B on a 24 GB card ends up at 10 tokens/s -> serve a model that fits"
                " (`reviewer model list`), free the GPU of other programs, or use a shorter context"
                " ['bytes', 'gpuBytes']"
            ),
        ),
        (20 * GIB, 20 * GIB, WITH_GPU, "ok offload: none: all N GiB are on the GPU"),
        (
            20 * GIB,
            0,
            WITH_GPU,
            (
                "warning offload: 100% of N GiB are in CPU memory and are read for every token;"
                " this is how 31B on a 24 GB card ends up at 10 tokens/s -> serve a model that fits"
                " (`reviewer model list`), free the GPU of other programs, or use a shorter context"
                " ['bytes', 'gpuBytes']"
            ),
        ),
        (7 * GIB, 0, WITHOUT, "ok offload: no GPU here: all N GiB are in CPU memory"),
        (
            0,
            0,
            WITH_GPU,
            "skipped offload: unknown: Ollama does not list the model as loaded",
        ),
    ],
)
def test_ollama(size, on_gpu, machine, expected):
    with Server(chat=[ollama_answering()], get=ollama_facts(size, on_gpu)) as server:
        checks = listed(examine(server, machine))
    assert checks["offload"] == expected
    assert {
        name: checks[name].partition(":")[0]
        for name in ("model", "context", "schema", "whitespace", "thinking")
    } == {name: f"ok {name}" for name in ("model", "context", "schema", "whitespace", "thinking")}


def test_a_short_context():
    with Server(chat=[answering()], get=vllm(context=4096)) as server:
        checks = listed(examine(server))
    assert (
        checks["context"]
        == "warning context: 4096 tokens: too few for much of the code around a change ->"
        " start it with --max-model-len 16384 ['contextTokens']"
    )


@pytest.mark.parametrize(
    ("chat", "limits", "expected"),
    [
        (
            [status(500, "CUDA error: device-side assert")],
            {},
            (
                "failed completion: URL answers HTTP 500: CUDA error: device-side assert -> see the"
                " server's log"
            ),
        ),
        (
            [stall],
            {"first_byte": 0.2},
            (
                "failed completion: URL: no response within N s -> see its log, restart it, or"
                " name another server with --endpoint URL"
            ),
        ),
        (
            [close],
            {},
            (
                "failed completion: URL: the connection broke: Server disconnected without sending"
                " a response. -> see its log, restart it, or name another server with --endpoint"
                " URL"
            ),
        ),
        (
            [status(401)],
            {},
            (
                "failed completion: it requires a key, or rejects the one given -> set"
                " REVIEWER_API_KEY, or REVIEWER_API_KEY_FILE to a file with the key"
            ),
        ),
    ],
)
def test_a_server_that_lists_models_and_does_not_answer(chat, limits, expected):
    with Server(chat=chat, get=vllm()) as server:
        checks = examine(server, limits=replace(LIMITS, **limits))
    assert shown(checks, {server.url: "URL"})[-1] == expected
    assert [check.name for check in checks] == ["model", "context", "completion"]


def test_what_it_did_before_it_died_is_reported():
    with Server(
        chat=[answering(thought="Hm"), status(503, "engine is dead")], get=vllm()
    ) as server:
        checks = listed(examine(server))
    assert list(checks) == ["model", "context", "schema", "whitespace", "thinking", "completion"]
    assert checks["thinking"].startswith("failed thinking")


def test_a_prompt_that_is_too_long():
    with Server(
        chat=[answering(), status(400, "maximum context length is 512 tokens")], get=vllm()
    ) as server:
        assert listed(examine(server))["completion"].startswith(
            "failed completion: a prompt of 1500 tokens is too long: maximum context length is 512"
            " tokens -> "
        )


def test_a_slow_answer_is_measured_as_far_as_it_came():
    """At the end of its time, not when it breaks."""
    steps = [part for _ in range(12) for part in (event(chunk("x")), 0.05)]

    async def heard(server, limits):
        model = await models.connect(server.url, limits=limits)
        try:
            return await ask(model, Prompt("s", "u", 64), endpoint.SUMMARY)
        finally:
            await model.aclose()

    with Server(chat=[stream(*steps, stall)], get=vllm()) as server:
        slow = asyncio.run(heard(server, replace(LIMITS, total=1.2)))
        assert (slow.cut, slow.pieces, slow.text) == (True, 12, "x" * 12)
        assert 5 < slow.decode < 25
        assert slow.prefill is None
    with (
        Server(chat=[stream(*steps, close)], get=vllm()) as server,
        pytest.raises(Exception, match="the connection broke"),
    ):
        asyncio.run(heard(server, replace(LIMITS, total=5)))


def test_hostile_names_are_made_safe():
    name = "gemma4\x1b[2J\u202e"
    with Server(chat=[answering(word="\x1b]0;owned\x07")], get=vllm(name=name)) as server:
        checks = examine(server)
    assert checks[0].detail == "gemma4\\u{1b}[2J\\u{202e} (vllm)"
    assert all(check.detail.isprintable() for check in checks)


def test_a_model_that_is_no_reviewer():
    with Server(
        chat=[answering()], get=vllm(name="gemma-3-270m", root="x", context=2048)
    ) as server:
        checks = listed(examine(server))
    assert (
        checks["model"]
        == "warning model: gemma-3-270m (vllm): it only tests the setup, its findings are not"
        " a review -> get a real model: `reviewer model list`"
    )
    assert checks["context"].startswith("ok context")
