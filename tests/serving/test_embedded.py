import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from support.gguf_files import gemma4

from reviewer import models, resources
from reviewer.errors import EngineUnreachable, NoEngine
from reviewer.messages import Prompt
from reviewer.models.base import Schema
from reviewer.serving.bundled import bundled_smoke_model
from reviewer.serving.child import embedded
from reviewer.serving.embedded import cores
from reviewer.serving.gguf import is_smoke_model

pytestmark = pytest.mark.embedded

TEMPLATE = resources.folder("prompts") / "chat" / "gemma3.jinja"
PARENT = Path(__file__).parents[1] / "support" / "embedded_parent.py"
VERDICT = Schema(
    "verdict",
    {
        "type": "object",
        "properties": {"more": {"type": "boolean"}},
        "required": ["more"],
        "additionalProperties": False,
    },
)
GRAMMAR = r'''root ::= "{\"quote\":\"" [a-z]{3} "\"}"'''


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    pytest.importorskip("xllamacpp")
    path = bundled_smoke_model({"REVIEWER_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))})
    if path is None:
        pytest.skip("the extra `embedded` is not installed")
    yield path
    path.unlink()  # 240 MB that pytest would keep


@pytest.fixture(autouse=True)
def nothing_stays_behind():
    yield
    assert engines(psutil.Process()) == []


def engines(parent):
    return [
        child
        for child in parent.children(recursive=True)
        if "reviewer.serving.embedded" in child.cmdline()
    ]


def start(model, timeout=60.0, **options):
    settings = {"context_tokens": 512, "parallel": 2, "chat_template": TEMPLATE} | options
    return embedded(model, timeout=timeout, **settings)


def until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


async def streamed(client, question):
    """(the text, the usage) of one constrained completion, as the client asks for it."""
    body = {
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "seed": 1,
        "max_tokens": 16,
        "messages": [
            {"role": "system", "content": "Be brief. " * 20},
            {"role": "user", "content": question},
        ],
        "grammar": GRAMMAR,
    }
    async with client.stream("POST", "/v1/chat/completions", json=body) as response:
        assert response.status_code == 200
        lines = [line.removeprefix("data: ") async for line in response.aiter_lines() if line]
    assert lines.pop() == "[DONE]"
    chunks = [json.loads(line) for line in lines]
    deltas = [
        choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]
    ]
    return "".join(deltas), chunks[-1]["usage"]


async def conversation(model):
    async with start(model) as running:
        key = {"Authorization": f"Bearer {running.key}", "Origin": "http://evil.example"}
        async with httpx.AsyncClient(
            limits=httpx.Limits(max_keepalive_connections=0),
            base_url=running.endpoint,
            headers=key,
            timeout=30,
            trust_env=False,
        ) as client:
            first = await streamed(client, "Quote one word of: def total(items)")
            second = await streamed(client, "Quote one word of: def total(prices)")
            long = await client.post(
                "/v1/chat/completions",
                json={"messages": [{"role": "user", "content": "a b " * 500}]},
            )
            turns = [
                {"role": role, "content": f" {role} "}
                for role in ("system", "user", "assistant", "user")
            ]
            rendered = (await client.post("/apply-template", json={"messages": turns})).json()[
                "prompt"
            ]
            models = await client.get("/v1/models")
            slots = await client.get("/slots")
        refused = [
            httpx.get(running.endpoint + path).status_code
            for path in ("/v1/models", "/props", "/metrics")
        ]
        return running, first, second, long, rendered, models, slots, refused


def test_a_thought_first_and_then_the_answer_within_the_grammar(model):
    """The smoke model never thinks in a review; here it shows that the two questions work."""

    async def think():
        async with start(model) as running:
            served = await models.connect(running.endpoint, engine="llamacpp", key=running.key)
            try:
                prompt = Prompt("Be brief.", "Is 7 * 8 more than 50? Say why.", 16)
                return await served.complete(prompt, VERDICT, thinking=12)
            finally:
                await served.aclose()

    reply = asyncio.run(think())
    assert json.loads(reply.text)["more"] in (True, False)
    usage = reply.usage
    assert (usage.calls, reply.cut) == (2, False)
    assert 0 < usage.thinking_tokens <= 12
    assert usage.thinking_tokens < usage.completion_tokens


def test_answers_within_the_grammar_and_reports_what_it_had_cached(model):
    running, first, second, long, rendered, models, slots, refused = asyncio.run(
        conversation(model)
    )
    for text, usage in (first, second):
        assert re.fullmatch(r'\{"quote":"[a-z]{3}"\}', text)
        assert usage["completion_tokens"] > 0
    assert running.context_tokens == 512
    assert is_smoke_model(model)
    assert first[1]["prompt_tokens_details"]["cached_tokens"] == 0
    assert (
        second[1]["prompt_tokens_details"]["cached_tokens"] > 60
    )  # the system message was read before
    assert long.status_code == 400
    assert long.json()["error"]["n_ctx"] == 512  # each of the two slots has the whole of it
    assert (
        rendered
        == "<start_of_turn>user\nsystem\n\nuser<end_of_turn>\n<start_of_turn>model\nassistant<end_of_turn>\n"  # noqa: E501
        "<start_of_turn>user\nuser<end_of_turn>\n<start_of_turn>model\n"
    )
    assert (
        [entry["id"] for entry in models.json()["data"]]
        == [running.model]
        == ["gemma-3-270m-q4_k_m"]
    )
    assert models.headers["access-control-allow-origin"] == "http://127.0.0.1"
    assert slots.status_code == 501
    assert refused == [401, 401, 401]
    assert len(running.key) >= 40
    assert running.key not in repr(running)


def failure(model, **options):
    async def enter():
        async with start(model, **options):
            pytest.fail("it started")

    with pytest.raises((NoEngine, EngineUnreachable)) as caught:
        asyncio.run(enter())
    return caught.value


def test_a_model_that_cannot_be_loaded_is_one_line_with_the_reason(tmp_path):
    error = failure(gemma4(tmp_path / "gemma\x1b[31m.gguf", size=4096))
    assert type(error) is NoEngine
    assert error.message.startswith(
        "the embedded engine cannot load gemma\\u{1b}[31m.gguf: llama_model_load: error loading"
        " model: "
    )
    assert error.message.endswith("; try a smaller model or context, or download the file again")
    assert error.details["stderr"][-1].startswith("RuntimeError: ")
    assert not re.search(r"[\n\x1b]", error.message + "".join(error.details["stderr"]))


def test_what_is_no_model_is_refused_without_a_process(tmp_path):
    (tmp_path / "page.gguf").write_text("<html>")
    assert (
        failure(tmp_path / "page.gguf").message
        == f"llama.cpp cannot load {tmp_path}/page.gguf: it does not start with GGUF"
    )
    assert (
        failure(tmp_path / "no.gguf").message
        == f"there is no model file {tmp_path}/no.gguf: check --model"
    )
    assert failure(tmp_path).message == f"cannot read the model {tmp_path}: Is a directory"


def test_without_the_package_it_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    said = failure(tmp_path / "m.gguf").message
    assert said.startswith("the embedded engine is not installed; run: ")
    assert said.endswith("install 'gemma-reviewer[embedded]'")


def test_too_slow_a_start_is_given_up(model):
    error = failure(model, timeout=0.3)
    assert type(error) is EngineUnreachable
    assert (
        error.message
        == "the embedded engine did not load gemma-3-270m-q4_k_m.gguf within 0.3 s: allow"
        " more time with --timeout, or choose a smaller model"
    )


@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.5, 60.0])
def test_a_cancelled_run_leaves_no_process(model, seconds):
    """At once, while Python starts, while the model loads, and while it serves."""

    async def cancelled():
        ready = asyncio.Event()

        async def use():
            async with start(model):
                ready.set()
                await asyncio.sleep(600)

        task = asyncio.create_task(use())
        await asyncio.wait(
            [task, waiting := asyncio.create_task(ready.wait())],
            timeout=seconds,
            return_when="FIRST_COMPLETED",
        )
        waiting.cancel()
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(cancelled())


@pytest.fixture
def hostile(tmp_path):
    """A working directory whose modules would be imported by a careless `python -m`."""
    for name in ("reviewer", "xllamacpp", "json", "argparse"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'marker')!r}, 'w')")
    return tmp_path


@pytest.mark.parametrize(
    ("how", "when"),
    [
        (signal.SIGKILL, "loading"),
        (signal.SIGTERM, "loading"),
        (signal.SIGINT, "loading"),
        (signal.SIGKILL, "serving"),
    ],
)
def test_it_ends_with_its_parent(model, hostile, how, when):
    parent = subprocess.Popen(
        [sys.executable, PARENT, model],
        cwd=hostile,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: engines(psutil.Process(parent.pid)))
        (engine,) = engines(psutil.Process(parent.pid))
        if when == "serving":
            assert parent.stdout.readline().startswith(b"http://127.0.0.1:")
        else:
            until(lambda: any("xllamacpp" in mapped.path for mapped in engine.memory_maps()))
        parent.send_signal(how)
        parent.wait(10)
        until(lambda: not engine.is_running() or engine.status() == psutil.STATUS_ZOMBIE)
    finally:
        parent.kill()
        parent.stdout.close()
        parent.wait()
    assert not (hostile / "marker").exists()


def module(model, *options):
    return subprocess.Popen(
        [
            sys.executable,
            "-P",
            "-m",
            "reviewer.serving.embedded",
            "--model",
            model,
            "--context",
            "512",
            *options,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_it_loads_ends_it_at_once(model, how):
    with module(model) as process:
        engine = psutil.Process(process.pid)
        until(lambda: any("xllamacpp" in mapped.path for mapped in engine.memory_maps()))
        process.send_signal(how)
        assert process.wait(5) == -how
        assert process.stdout.read() + process.stderr.read() == b""


def test_the_module_by_itself(model, tmp_path):
    """One line on stdout; with --stay it outlives its stdin, until it is told to end."""
    (tmp_path / "key").write_text("secret-of-the-caller\n")
    with module(
        model, "--stay", "--key-file", str(tmp_path / "key"), "--parallel", "3", "--name", "tiny"
    ) as process:
        process.stdin.close()
        line = json.loads(process.stdout.readline())
        assert line == {
            "ready": True,
            "port": line["port"],
            "endpoint": f"http://127.0.0.1:{line['port']}",
            "key": "secret-of-the-caller",
            "model": "tiny",
            "contextTokens": 512,
            "parallel": 3,
        }
        assert process.stdout.read() == b""  # closed: nothing else is ever written there
        assert httpx.get(line["endpoint"] + "/health", trust_env=False).json() == {"status": "ok"}
        process.terminate()
        assert process.wait(5) == -signal.SIGTERM


def test_leaves_a_core_to_others():
    assert 1 <= cores() <= (os.cpu_count() or 1)
