"""With a real llama-server and the bundled model: what is planned can be started, found, examined
and reviewed with."""

import asyncio
import json
import os
import subprocess
import sys

import pytest
from support import example, fake_engines, fake_vllm
from support.machines import MACHINES

from reviewer import models
from reviewer.errors import NoEngine
from reviewer.messages import Prompt
from reviewer.models.base import Schema
from reviewer.serving import launch, llama_server, registry
from reviewer.serving import plan as planning
from reviewer.serving.fit import Want

pytestmark = pytest.mark.llama_server

WORD = Schema(
    "word",
    {
        "type": "object",
        "properties": {"word": {"type": "string", "enum": ["zorfibex"]}},
        "required": ["word"],
        "additionalProperties": False,
    },
)


@pytest.fixture(scope="module")
def found():
    return llama_server.find()


def plans():
    for name, machine in MACHINES.items():
        made = planning.plans(machine.best, Want(), machine.cpu, ("llama-server",))
        yield from (pytest.param(plan, id=f"{name}-{plan.name}") for plan in made if plan.fits)


def parsed(argv):
    """Whether its own parser accepts them: it reads all options before it prints its help."""
    done = subprocess.run([*argv, "--help"], capture_output=True, text=True, check=False)
    return (done.returncode, done.stdout[:5], done.stderr.partition("error")[2])


@pytest.mark.parametrize("plan", list(plans()))
def test_its_parser_accepts_what_is_planned(found, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(llama_server, "check_backend", lambda *what: None)
    monkeypatch.setattr(llama_server, "find", lambda: found)
    made = launch.of_plan(plan, where=tmp_path)
    assert parsed(made.argv) == (0, "-----", "")


def test_its_parser_would_refuse_others(found):
    assert parsed([found.program, "--reasoning", "of"])[0] != 0
    assert parsed([found.program, "--no-such-option"])[0] != 0


def test_it_knows_every_option_that_a_review_wants(found):
    wanted = llama_server._known(frozenset(llama_server._OPTION.findall(fake_engines.NEW_OPTIONS)))
    assert llama_server._known(found.options) == wanted
    assert found.devices == ()  # where the tests run there is no GPU
    with pytest.raises(NoEngine, match=r"run: reviewer setup$"):
        llama_server.check_backend(found, "rocm", "AMD Radeon")


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """Runs the command with a state folder of its own, in the example workspace; a server with the
    bundled model runs the while."""
    folder = tmp_path_factory.mktemp("box")
    workspace = example.copy(folder / "shop")
    environ = {**os.environ, "REVIEWER_STATE_DIR": str(folder / "state")}

    def run(*args):
        done = subprocess.run(
            [sys.executable, "-m", "reviewer", *args],
            capture_output=True,
            cwd=workspace,
            env=environ,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    port = fake_vllm.free_port()
    shape = ("--model", "smoke", "--context", "4096", "--port", str(port), "--detach")
    code, _, said = run("serve", "start", "--engine", "llama-server", *shape)
    assert code == 0, said
    (server,) = registry.running(folder / "state" / "servers")
    yield run, server
    assert run("serve", "stop")[:2] == (0, f"{server.endpoint} has stopped\n")


def test_it_is_started_and_shown(box):
    run, server = box
    assert (server.engine, server.model) == ("llama-server", "gemma-3-270m-q4_k_m")
    code, out, _ = run("serve", "status")
    assert (code, out.splitlines()[0].partition("  ")[2][:7]) == (0, "answers")
    assert (
        "server is listening" in run("serve", "logs")[1]
        or "listening on" in (run("serve", "logs")[1])
    )


def test_it_is_recognised_and_held_to_a_schema(box):
    _, server = box

    async def ask():
        model = await models.connect(server.endpoint, key=server.key)
        try:
            reply = await model.complete(Prompt("Be brief.", "Say a word.", 32), WORD)
            return model.engine, model.role, model.context_tokens, json.loads(reply.text)
        finally:
            await model.aclose()

    assert asyncio.run(ask()) == ("llamacpp", "smoke", 4096, {"word": "zorfibex"})


def test_it_wants_its_key_and_shows_no_prompts(box):
    import httpx

    _, server = box
    headers = {"Origin": "http://evil.example"}
    chat = f"{server.endpoint}/v1/chat/completions"  # the list of models is open to all
    assert httpx.post(chat, headers=headers, json={"messages": []}).status_code == 401
    key = headers | {"Authorization": f"Bearer {server.key}"}
    listed = httpx.get(f"{server.endpoint}/v1/models", headers=key)
    assert listed.headers.get("access-control-allow-origin") != "http://evil.example"
    assert httpx.get(f"{server.endpoint}/slots", headers=key).status_code == 501


def test_doctor_finds_nothing_wrong(box):
    run, server = box
    _, out, _ = run("doctor", "--format", "json")
    checks = {
        check["name"]: check["status"]
        for check in json.loads(out)["checks"]
        if check["endpoint"] == server.endpoint
    }
    assert checks == {
        "model": "warning",  # it is no reviewer
        "context": "ok",
        "schema": "ok",
        "whitespace": "ok",
        "thinking": "ok",
        "prefix cache": "ok",
        "speed": "ok",
        "offload": "skipped",
    }


def test_a_review_with_it(box):
    run, _ = box
    code, out, err = run("--agent", "--timeout", "120")
    events = [json.loads(line) for line in out.splitlines()]
    context, last = events[0], events[-1]
    assert (context["engine"], context["modelRole"]) == ("llamacpp", "smoke")
    assert (last["type"], err) == ("complete", "")
    assert last["usage"]["calls"] > 0
    assert code in (0, 3)
