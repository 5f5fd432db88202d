"""Our side against a real vLLM: what `serve start` promises, and what the client relies on."""

import asyncio
import json
import subprocess
import time
from pathlib import Path

import jsonschema
import pytest

from reviewer import models, replies
from reviewer.messages import Prompt
from reviewer.models.ask import ask as ask_once
from reviewer.models.base import PromptTooLong, Schema
from reviewer.models.reply import parse
from reviewer.serving.processes import group_alive

pytestmark = pytest.mark.vllm
REPLY = Schema("reply", replies.portable_schema(replies.Reply))
PREFIX = "You review a change and answer in JSON. " * 60


def ask(vllm, *prompts, schema=REPLY):
    """The replies to `prompts`, one after the other."""

    async def all_of_them():
        server = vllm.server
        model = await models.connect(
            server.endpoint, engine="vllm", model=server.model, key=server.key, seed=7
        )
        try:
            return [await model.complete(prompt, schema) for prompt in prompts]
        finally:
            await model.aclose()

    return asyncio.run(all_of_them())


def test_status(vllm):
    shown = vllm.reviewer("serve", "status", "--format", "json")
    assert shown.returncode == 0
    (row,) = json.loads(shown.stdout)
    assert (row["engine"], row["model"], row["version"], row["state"], row["ready"]) == (
        "vllm",
        "tiny-gemma4",
        "0.32.0",
        "answers",
        True,
    )
    assert vllm.server.key not in shown.stdout


def test_the_command_line_does_not_show_the_key(vllm):
    server = vllm.server
    shown = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(server.pid)], capture_output=True, text=True
    ).stdout
    assert "--reasoning-parser gemma4" in shown
    assert server.key not in shown
    assert server.key not in Path(server.log).read_text()


def test_what_the_client_learns(vllm):
    async def learn():
        model = await models.connect(
            vllm.server.endpoint, key=vllm.server.key
        )  # engine and model found by asking
        await model.aclose()
        return model.engine, model.name, model.context_tokens

    assert asyncio.run(learn()) == ("vllm", "tiny-gemma4", 16384)


def test_replies_follow_the_schema(vllm):
    found = ask(
        vllm,
        *(
            Prompt(PREFIX, f"+def f{number}(x):\n+    return x * {number}", 4096)
            for number in range(6)
        ),
    )
    for reply in found:
        assert not reply.cut
        jsonschema.validate(json.loads(reply.text), REPLY.schema)


def test_the_second_prompt_is_read_from_the_cache(vllm):
    prefix = f"Of this test alone. {PREFIX}"
    first, second = ask(vllm, Prompt(prefix, "+a = 1", 64), Prompt(prefix, "+b = 2", 64))
    assert first.usage.cached_tokens == 0
    assert 512 <= second.usage.cached_tokens < second.usage.prompt_tokens


def test_the_same_seed_gives_the_same_reply(vllm):
    one, two = ask(vllm, *[Prompt(PREFIX, "+again = True", 512)] * 2)
    assert one.text == two.text


def test_a_thought_before_the_answer(vllm):
    """What the tiny model thinks is noise, and with some seeds all that it says: then it is asked
    once more without. When its thought ends, the schema holds from the next token on."""
    prompt = Prompt(PREFIX, "+think = True", 2048)

    async def think(seed, work):
        server = vllm.server
        model = await models.connect(
            server.endpoint, engine="vllm", model=server.model, key=server.key, seed=seed
        )
        try:
            return await work(model), model.thinks
        finally:
            await model.aclose()

    for seed in range(8, 14):
        reply, thinks = asyncio.run(
            think(seed, lambda model: model.complete(prompt, REPLY, thinking=256))
        )
        assert thinks
        assert 0 < reply.usage.thinking_tokens <= reply.usage.completion_tokens <= 2048 + 256
        if reply.text:
            break
    assert reply.thoughts
    # xgrammar is not told how long a string may be: what reads the reply cuts it.
    parsed = parse(reply.text, REPLY)
    assert (parsed.complete, parsed.dropped, parsed.problem) == (True, 0, "")
    answer, _ = asyncio.run(think(7, lambda model: ask_once(model, prompt, REPLY, thinking=256)))
    jsonschema.validate(answer.value, REPLY.schema)


def test_a_prompt_that_does_not_fit_is_said_to_be_too_long(vllm):
    with pytest.raises(PromptTooLong):
        ask(vllm, Prompt(PREFIX, "+x = 1 # long line\n" * 4000, 512))


def test_a_cancelled_request_leaves_the_server(vllm):
    endless = Schema(
        "endless",
        {
            "type": "object",
            "properties": {
                "words": {
                    "type": "array",
                    "items": {"enum": ["a", "b"]},
                    "minItems": 4000,
                    "maxItems": 4000,
                }
            },
            "required": ["words"],
            "additionalProperties": False,
        },
    )

    async def start_and_cancel():
        server = vllm.server
        model = await models.connect(
            server.endpoint, engine="vllm", model=server.model, key=server.key
        )
        began = asyncio.Event()
        task = asyncio.create_task(
            model.complete(Prompt("a", "b", 14000), endless, first_token=began.set)
        )
        await asyncio.wait_for(began.wait(), 60)
        assert await asyncio.to_thread(vllm.metric, "num_requests_running") == 1
        cancelled = time.monotonic()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        while await asyncio.to_thread(vllm.metric, "num_requests_running"):
            assert time.monotonic() - cancelled < 10, (
                "the server went on with a request that nobody waits for"
            )
            await asyncio.sleep(0.1)
        await model.aclose()

    before = vllm.metric("generation_tokens_total")
    asyncio.run(start_and_cancel())
    assert vllm.metric("generation_tokens_total") - before < 6000  # it did not run to its end


def test_a_second_server_at_its_port_is_refused(vllm):
    port = vllm.server.endpoint.rpartition(":")[2]
    done = vllm.reviewer(
        "serve", "start", "--python", vllm.server.command[0], "--model", vllm.model, "--port", port
    )
    assert (done.returncode, done.stderr.splitlines()[-1].partition(" (")[0]) == (
        2,
        f"reviewer: a server is already running at {vllm.server.endpoint}",
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--context", "32768"],
            (
                "reviewer: vllm ended: the model supports 16,384 tokens, less than the requested"
                " context of 32,768. Use --context 16384 or less."
            ),
        ),
        (
            ["--model", "google/gemma-4-none"],
            (
                "reviewer: google/gemma-4-none is not on this machine, and --offline forbids its"
                " download; on a machine with a network, run: reviewer model pull"
                " google/gemma-4-none"
            ),
        ),
    ],
)
def test_what_vllm_cannot_start_is_one_line(vllm, options, said):
    done = vllm.start(*options)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (4, said)
    assert (
        len([path for path in vllm.where.iterdir() if path.suffix == ".json"]) == 1
    )  # the one that runs


def test_stopping_leaves_no_process(vllm):
    server = vllm.server
    done = vllm.reviewer("serve", "stop")
    assert (done.returncode, done.stdout) == (0, f"{server.endpoint} has stopped\n")
    assert not group_alive(server.pid)
    left = subprocess.run(
        ["ps", "-ww", "-eo", "pgid=,stat=,args="], capture_output=True, text=True
    ).stdout
    assert not [
        line
        for line in left.splitlines()
        if line.split()[0] == str(server.pid) and line.split()[1][0] != "Z"
    ]
