"""The steps of a setup, with commands that do nothing, and with the real review of the example."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from reviewer import serving
from reviewer.doors.setup import look, run
from reviewer.doors.setup.plan import Setup, Step
from reviewer.errors import EngineError, EngineUnreachable, NoEngine
from reviewer.serving import registry
from reviewer.serving.bundled import bundled_smoke_model

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


def test_a_bare_machine_has_nothing(monkeypatch):
    async def none() -> tuple[()]:
        return ()

    monkeypatch.setattr("reviewer.models.probe_local", none)
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    monkeypatch.setattr(look, "_module", lambda name: False)
    have = look.have()
    assert (have.programs, have.extras, have.downloaded) == (set(), set(), set())
    assert (have.running, have.unreachable) == ("", "")
    assert have.cache.endswith("/huggingface/hub")
    assert have.free > 0


def test_programs_are_found_on_the_path_and_beside_python(tmp_path, monkeypatch):
    async def none() -> tuple[()]:
        return ()

    monkeypatch.setattr("reviewer.models.probe_local", none)
    monkeypatch.setattr(look, "_module", lambda name: False)
    for name in ("path/ollama", "venv/python", "venv/llama-server-vulkan"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv/python"))
    assert look.have().programs == {"ollama", "llama-server"}


def test_the_server_that_reviews_would_use(monkeypatch):
    server = SimpleNamespace(model="gemma4", endpoint="http://127.0.0.1:8000", command=["vllm"])
    monkeypatch.setattr(registry, "running", lambda: (server,))
    assert look.running() == "gemma4 answers at http://127.0.0.1:8000"

    async def none() -> tuple[()]:
        return ()

    monkeypatch.setattr("reviewer.models.probe_local", none)
    smoke = bundled_smoke_model()
    assert smoke
    server.command = ["embedded", "--model", str(smoke)]
    assert look.running() == ""


def test_why_the_hub_is_out_of_reach(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    assert look.reach("google/gemma-4-12B-it-qat-w4a16-ct").startswith("cannot reach the hub for")
    assert "repeat" not in look.reach("google/gemma-4-12B-it-qat-w4a16-ct")
