"""The steps of a setup, with commands that do nothing, and with the real review of the example."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from support.machines import MACHINES

from reviewer import serving
from reviewer.doors.setup import look, run
from reviewer.doors.setup.plan import Setup, Step
from reviewer.errors import EngineError, EngineUnreachable, NoEngine
from reviewer.serving import hub_cache, llama_server, registry, select
from reviewer.serving.bundled import bundled_smoke_model
from reviewer.serving.llama_server import LlamaServer

SAYS = (sys.executable, "-c")


def setup(*steps: Step, smoke: str = "") -> Setup:
    return Setup(None, smoke, "", (), steps)


def test_each_step_that_is_not_done_is_taken(monkeypatch, capfd):
    monkeypatch.setattr(run, "_PYTHON", (*SAYS, "import sys; print(sys.argv[1:])"))
    said: list[str] = []
    run.run(
        setup(
            Step("install", "it", (*SAYS, "print('installed')")),
            Step("download", "it", ("reviewer", "model", "pull", "x/y"), done=True),
            Step("start", "it", ("reviewer", "serve", "start")),
        ),
        said.append,
    )
    assert said == [
        f"install: {sys.executable} -c 'print('\"'\"'installed'\"'\"')'",
        "start: reviewer serve start",
    ]
    out, err = capfd.readouterr()
    assert (out, err.splitlines()) == ("", ["installed", "['serve', 'start']"])


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (
            Step("install", "it", ("/none/pipx", "inject")),
            "/none/pipx is not on the PATH, though it installed this program: put it there, then",
        ),
        (
            Step("install", "it", (*SAYS, "raise SystemExit(7)")),
            "failed (exit code 7): when the network or the disk is in order, repeat `reviewer",
        ),
        (
            Step("start", "it", ("reviewer", "serve", "start")),
            "`reviewer serve start` failed (exit code 4), see above; then repeat `reviewer setup`,",
        ),
    ],
)
def test_a_step_that_fails_ends_it(monkeypatch, step, says):
    monkeypatch.setattr(run, "_PYTHON", (*SAYS, "raise SystemExit(4)"))
    with pytest.raises(EngineError) as caught:
        run.run(setup(step, Step("check", "never")), lambda line: None)
    assert says in caught.value.message


class Model:
    text = '{"state": "ready"}'

    async def complete(self, prompt: Any, schema: Any) -> Any:
        return SimpleNamespace(text=self.text)


def chosen(monkeypatch, *, role: str = "reviewer", failure: EngineError | None = None) -> None:
    @asynccontextmanager
    async def opened():
        yield Model()

    async def choose(settings: Any, *, session: Any) -> Any:
        return SimpleNamespace(
            role=role,
            model="gemma4",
            problem="no model",
            failure=failure,
            open=opened,
            close=_closed,
        )

    monkeypatch.setattr(serving, "choose", choose)


async def _closed() -> None:
    pass


def test_the_check_wants_the_schema(monkeypatch):
    checks = setup(Step("check", "one answer"))
    chosen(monkeypatch)
    run.run(checks, lambda line: None)
    for text in ('{"state": "other"}', "ready", "[" * 100_000):
        monkeypatch.setattr(Model, "text", text)
        with pytest.raises(NoEngine, match="gemma4 ignores the schema of the reply, so it cannot"):
            run.run(checks, lambda line: None)


def test_the_check_says_why_there_is_no_model(monkeypatch):
    checks = setup(Step("check", "one answer"))
    chosen(monkeypatch, role="none")
    with pytest.raises(NoEngine, match="no model"):
        run.run(checks, lambda line: None)
    chosen(monkeypatch, role="none", failure=EngineUnreachable("nothing answers"))
    with pytest.raises(EngineUnreachable, match="nothing answers"):
        run.run(checks, lambda line: None)


def test_the_example_is_reviewed(monkeypatch, capfd):
    monkeypatch.setenv("REVIEWER_ENGINE", "none")
    run.run(setup(Step("review", "the example")), lambda line: None)
    out = capfd.readouterr().out
    assert "shop/pricing.py:22" in out
    assert "8 files: everything on feature/currencies" in out


def test_a_review_that_cannot_run_ends_it(monkeypatch):
    monkeypatch.setenv("REVIEWER_ENGINE", "nonsense")
    with pytest.raises(EngineError, match=r"the review of the example failed \(exit code 2\)"):
        run.run(setup(Step("review", "the example")), lambda line: None)


@pytest.mark.fault(
    "verdict",
    "setup reviews the example, and the model answers nothing that can be read",
    "setup says that the review is incomplete, not that all is ready",
)
def test_a_review_that_is_incomplete_is_no_success(monkeypatch):
    monkeypatch.setenv("REVIEWER_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(EngineError) as caught:
        run.run(setup(Step("review", "the example")), lambda line: None)
    assert caught.value.message == (
        "the review of the example is incomplete (exit code 3), see above; for what is wrong,"
        " run `reviewer doctor`"
    )


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    """What is installed: nothing, until a test says so."""

    async def none() -> tuple[()]:
        return ()

    found = dict.fromkeys(select.INSTALLED, bool)
    monkeypatch.setattr("reviewer.models.probe_local", none)
    monkeypatch.setattr(look, "_module", lambda name: False)
    monkeypatch.setattr(select, "INSTALLED", found)
    return found


def test_a_bare_machine_has_nothing(bare):
    have = look.have(MACHINES["cuda_8"].best)
    assert (have.programs, have.extras, have.downloaded) == (set(), set(), set())
    assert (have.running, have.unreachable) == ("", "")
    assert have.cache.endswith("/huggingface/hub")
    assert have.free > 0


@pytest.mark.fault(
    "server",
    "the llama-server of a machine with a GPU was built for the CPU alone",
    "setup does not count on it, and names one that uses the GPU",
)
def test_a_llama_server_has_to_use_the_gpu(bare, monkeypatch):
    bare |= {"llama-server": lambda: True, "ollama": lambda: True}
    plain = LlamaServer("/bin/llama-server", 10434, frozenset(), ())
    monkeypatch.setattr(llama_server, "find", lambda: plain)
    assert look.have(MACHINES["cuda_8"].best).programs == {"ollama"}
    assert look.have(MACHINES["no_gpu_16"].best).programs == {"llama-server", "ollama"}
    vulkan = replace(plain, devices=(("Vulkan", "NVIDIA GeForce RTX 4060"),))
    monkeypatch.setattr(llama_server, "find", lambda: vulkan)
    assert look.have(MACHINES["cuda_8"].best).programs == {"llama-server", "ollama"}


def test_the_server_that_reviews_would_use(monkeypatch):
    server = SimpleNamespace(model="gemma4", endpoint="http://127.0.0.1:8000", command=["vllm"])
    monkeypatch.setattr(registry, "running", lambda: (server,))
    assert look.running() == "gemma4 answers at http://127.0.0.1:8000"
    id_ = "google/gemma-4-12B-it-qat-q4_0-gguf"
    server.engine = "llama-server"
    for words, found in (
        (["vllm", "serve", id_], id_),
        (["--model", str(hub_cache.folder(id_) / "snapshots/1/x.gguf")], id_),
        (["--model", "/mine.gguf"], ""),
    ):
        server.command = words
        assert look._served() == ("llama-server", found)

    async def none() -> tuple[()]:
        return ()

    monkeypatch.setattr("reviewer.models.probe_local", none)
    smoke = bundled_smoke_model()
    assert smoke
    server.command = ["embedded", "--model", str(smoke)]
    assert (look.running(), look._served()) == ("", ("", ""))


def test_why_the_hub_is_out_of_reach(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    assert look.reach("google/gemma-4-12B-it-qat-w4a16-ct").startswith("cannot reach the hub for")
    assert "repeat" not in look.reach("google/gemma-4-12B-it-qat-w4a16-ct")


@pytest.mark.fault(
    "deadline",
    "Ctrl-C while `reviewer setup` reviews the example",
    "the review ends in its own way, with its children, before setup does",
)
def test_an_interrupted_review_may_end_by_itself(monkeypatch, tmp_path):
    began, ended = tmp_path / "began", tmp_path / "ended"
    script = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        "    time.sleep(0.5)\n"
        f"    pathlib.Path({str(ended)!r}).touch()\n"
        "    sys.exit(130)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        f"pathlib.Path({str(began)!r}).touch()\n"
        "time.sleep(60)\n"
    )
    wait = subprocess.Popen.wait

    def interrupted(process: Any, timeout: Any = None) -> Any:
        if process.args[0] != sys.executable or ended.exists() or process.poll() is not None:
            return wait(process, timeout)
        while not began.exists():
            time.sleep(0.01)
        monkeypatch.setattr(subprocess.Popen, "wait", wait)
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "_PYTHON", (*SAYS, script))
    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.run(setup(Step("review", "the example")), lambda line: None)
    assert ended.exists()
