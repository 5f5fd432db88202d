"""Which program serves, and with which model, where the user leaves it open."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from reviewer.errors import NoEngine, UsageError
from reviewer.serving import (
    catalogue,
    gguf,
    hardware,
    installed,
    llama_server,
    named,
    ollama,
    plan,
    rank,
    weights,
)
from reviewer.serving.fit import Want
from reviewer.serving.hardware import Machine
from reviewer.serving.programs import FORMATS, Program, thinkable
from reviewer.serving.recommend import recommend
from reviewer.text import cut, one_line


def _finds(find: Callable[[], object]) -> bool:
    try:
        find()
    except NoEngine:
        return False
    return True


# Whether each program is installed; a test replaces them.
INSTALLED: Mapping[Program, Callable[[], bool]] = {
    "vllm": lambda: _finds(lambda: installed.find_vllm(None)),
    "llama-server": lambda: _finds(llama_server.find),
    "llamacpp": lambda: importlib.util.find_spec("xllamacpp") is not None,
    "ollama": lambda: _finds(ollama.find),
}


def program(model: str | None, want: Want, machine: Machine | None = None) -> Program:
    """The program to start for `model`, or for the best model that one of the installed programs
    can serve on this machine. Raises NoEngine when nothing is installed that can, UsageError for a
    model that cannot review."""
    machine = machine or hardware.detect()
    usual = thinkable(machine.best.kind, machine.system)
    able = FORMATS if model is None else _able(model, usual)
    # First those that are made for this machine, then any: vLLM has a build for CPUs, too.
    for candidates in (usual, tuple(FORMATS)):
        here = tuple(name for name in candidates if name in able and INSTALLED[name]())
        if len(here) == 1 or (here and model is not None):
            return here[0]
        if here and (found := recommend(machine, want, here)):
            return found.plan.engine
        if here:
            raise NoEngine(
                f"no Gemma 4 fits {one_line(machine.best.name)} with what is installed;"
                f" {named.instead(machine, want)}"
            )
    lacking = " or ".join(name for name in usual if name in able) or next(iter(able))
    raise NoEngine(f"found no {lacking} to run a model; to install what fits, run: reviewer setup")


def _able(model: str, usual: tuple[Program, ...]) -> tuple[Program, ...]:
    """The programs that can serve what the user named, the most likely first."""
    path = Path(model).expanduser()
    if model == weights.SMOKE:
        return ("llamacpp", "llama-server")
    if path.suffix == ".gguf" or path.is_file():
        formats = {"llamacpp"}
    elif path.is_dir() or path.is_absolute() or model.startswith((".", "~")):
        formats = {"vllm"}
    elif known := catalogue.lookup(model):
        formats = {checkpoint.engine for checkpoint in known[1]}
    elif "/" in model:
        formats = {"llamacpp" if "gguf" in model.lower() else "vllm"}
    else:
        formats = {"ollama" if ":" in model else "vllm"}
    inside = [name for name in usual if FORMATS[name] in formats]
    return (*inside, *(name for name in FORMATS if FORMATS[name] in formats and name not in usual))


def gguf_of(
    model: str | None,
    program: Program,
    want: Want,
    machine: Machine | None = None,
    *,
    anyway: bool = False,
) -> tuple[Path, tuple[str, ...]]:
    """The GGUF file to serve, and the command that has to bring it first (empty if it is here).
    Without a name, the recommended one if it is here, else the best of those that are, else the
    recommended one. Raises NoEngine when it does not fit, unless `anyway`, and UsageError when
    there is no such file."""
    machine = _where(program, machine or hardware.detect())
    if model is None:
        return _best(program, want, machine)
    if (path := weights.file(model)) is not None:
        return path, ()
    repository = model
    if catalogue.lookup(model) is not None:
        repository = named.named(model, machine, want, program, anyway=anyway).model
    elif model.count("/") != 1 or model.startswith((".", "~", "/")):
        raise UsageError(
            f"--model {one_line(cut(model, 200))}: there is no such file; give a GGUF file, or a"
            " name from `reviewer model list`"
        )
    return _pulled(repository)


def card_of(path: Path, want: Want, machine: Machine) -> str:
    """The GPU that holds all of a GGUF file in the catalogue, and serves it fastest, on a machine
    that has several; "" where it takes more than one, or where there is no choice."""
    from reviewer.serving.checks import speed

    known = speed.recognise([path.name], "llamacpp")
    if known is None or len(machine.devices) < 2:
        return ""
    one = replace(want, gpus=1)
    made = (
        plan.make_plan(*known, device, one, machine.cpu, "llama-server")
        for device in machine.devices
    )
    best = rank.best(made)
    return best.device if best else ""


def _where(program: Program, machine: Machine) -> Machine:
    """The devices that a program uses: the embedded llama.cpp uses no GPU but Apple's."""
    apple = machine.best.kind == "apple"
    return machine if program != "llamacpp" or apple else replace(machine, devices=())


def _best(program: Program, want: Want, machine: Machine) -> tuple[Path, tuple[str, ...]]:
    found = recommend(machine, want, (program,))
    if found and (path := weights.pulled(found.plan.model)):
        return path, ()
    if path := gguf.local_gemma4(memory=machine.best.memory):
        return path.absolute(), ()
    if found is None:
        raise NoEngine(
            f"no Gemma 4 fits {one_line(machine.best.name)} with {program};"
            f" {named.instead(machine, want)}"
        )
    return _pulled(found.plan.model)


def _pulled(repository: str) -> tuple[Path, tuple[str, ...]]:
    if path := weights.pulled(repository):
        return path, ()
    return weights.expected(repository), ("reviewer", "model", "pull", repository)


def tag_of(
    model: str | None, want: Want, machine: Machine | None = None, *, anyway: bool = False
) -> str:
    """The tag to serve with Ollama: that of the recommended model, or of `model`. Raises NoEngine
    when it does not fit, unless `anyway`, and UsageError when Ollama does not have it."""
    machine = machine or hardware.detect()
    if model is None:
        found = recommend(machine, want, ("ollama",))
        if found is None:
            raise NoEngine(
                f"no Gemma 4 fits {one_line(machine.best.name)} with Ollama;"
                f" {named.instead(machine, want)}"
            )
        return found.plan.model
    if catalogue.lookup(model) is not None:
        return named.named(model, machine, want, "ollama", anyway=anyway).model
    if ":" in model:
        return model
    raise UsageError(
        f"--model {one_line(cut(model, 200))}: name a size, or a tag of Ollama's, such as"
        " gemma4:12b-it-qat"
    )
