"""Builds the command line of the vLLM server that `reviewer serve start` runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reviewer.errors import NoEngine, UsageError
from reviewer.serving import cards, catalogue, command, fetch, fit, hardware, named, plan, recommend
from reviewer.serving.fit import Want
from reviewer.serving.hardware import Device, Machine
from reviewer.serving.installed import Vllm
from reviewer.serving.launch import Launch
from reviewer.serving.plan import Plan
from reviewer.text import count, cut, one_line

CPU_KV_GIB = 4  # for a model that is not in the catalogue; vLLM's own default on CPUs
SETUP = "run: reviewer setup"


def vllm(
    model: str | None,
    installed: Vllm,
    *,
    extra: tuple[str, ...] = (),
    anyway: bool = False,
    **changes: Any,
) -> Launch:
    """vLLM with `model` (a catalogue name, a Hugging Face id or a folder), or with the best model
    for this machine. `changes` are fields of ServeOptions; `extra` is passed to vLLM unchanged.
    Raises UsageError, and NoEngine for what cannot run here, unless `anyway`."""
    machine = cards.visible(hardware.detect(), os.environ)
    if not anyway:
        _check_build(installed, machine)
    if installed.cpu:
        machine = replace(machine, devices=())
    version = command.parse_version(installed.version) if installed.version[:1].isdigit() else None
    _check_version(model, version)
    device, planned = _options(model, machine, _want(version, changes), changes, anyway=anyway)
    options = replace(planned, program=installed.program, vllm_version=version)
    # The weights are brought before, where that can be watched.
    options = replace(options, served_name=served_name(options.model), offline=True)
    number = options.tensor_parallel * options.data_parallel
    if not anyway:
        _check_count(number, machine)
    environment = {
        **command.vllm_environment(options, given=os.environ),
        **cards.variables(machine, device, number, os.environ),
        "PYTHONSAFEPATH": "1",
    }
    return Launch(
        "vllm",
        options.served_name,
        f"unix:{options.uds}" if options.uds else f"http://{options.host}:{options.port}",
        (*command.vllm_command(options), *extra),
        environment,
        installed.version,
        key_variable="VLLM_API_KEY",
        first=next(map(_pull, filter(_missing, command.repositories(options))), ()),
    )


def _missing(repository: str) -> bool:
    return fetch.here(repository) is None


def _pull(repository: str) -> tuple[str, ...]:
    return ("reviewer", "model", "pull", repository)


def _check_build(installed: Vllm, machine: Machine) -> None:
    """Raises NoEngine for a vLLM that is built for other devices than this machine's."""
    if installed.build not in ("cuda", "rocm") or installed.build == machine.best.kind:
        return
    name, version = one_line(machine.best.name), one_line(installed.version)
    if machine.best.kind == "rocm":
        raise NoEngine(
            f"this vLLM ({version}) is built for NVIDIA GPUs, and {name} is one of AMD's; run:"
            " reviewer serve start --engine llama-server"
        )
    if machine.best.kind == "apple":
        raise NoEngine(f"vLLM cannot use the GPU of {name}; {SETUP}")
    raise NoEngine(
        f"this vLLM ({version}) needs a GPU that this machine does not have; {SETUP}"
        if machine.best.kind == "cpu"
        else f"this vLLM ({version}) is not built for {name}; {SETUP}"
    )


def _check_count(number: int, machine: Machine) -> None:
    """Raises UsageError for more GPUs than there are. On CPUs the number is one of processes."""
    if 0 < len(machine.devices) < number:
        raise UsageError(
            f"--tensor-parallel times --data-parallel is {number}, and this machine has"
            f" {count(len(machine.devices), 'GPU')} to use: lower them"
        )


def served_name(model: str) -> str:
    """`gemma4` for a Gemma 4 in the catalogue; any other model is served under its own name."""
    if catalogue.lookup(model) is not None:
        return "gemma4"
    return Path(model).name


def _options(
    model: str | None,
    machine: Machine,
    want: Want,
    changes: Mapping[str, Any],
    *,
    anyway: bool,
) -> tuple[Device, command.ServeOptions]:
    """The device (one of several equal ones) and the options for it."""
    if model is not None and catalogue.lookup(model) is None:
        own: dict[str, Any] = {"gpu_memory_utilization": fit.utilization(machine.best)}
        if not machine.devices:
            own = {"gpu_memory_utilization": None, "cpu_kv_gib": CPU_KV_GIB}
        return machine.best, command.serve_options(_local(model), **(own | dict(changes)))
    gpus = changes.get("tensor_parallel")
    if model is None:
        chosen = _best(machine, want, gpus)
    else:
        chosen = named.named(model, machine, want, "vllm", gpus=gpus, anyway=anyway)
    family, (checkpoint,) = catalogue.find(chosen.model)
    device = recommend.device_of(machine, chosen)
    room = chosen.free_bytes + chosen.kv_bytes_per_sequence * chosen.concurrency
    used = replace(want, context=chosen.context, gpus=chosen.device_count)
    options = plan.serve_options(family, checkpoint, device, used, room)
    return device, replace(options, **changes)


def _want(version: tuple[int, ...] | None, changes: Mapping[str, Any]) -> Want:
    kv_dtype = changes.get("kv_dtype", "auto")
    return Want(
        context=changes.get("max_model_len", 16384),
        batched_tokens=changes.get("max_num_batched_tokens", Want().batched_tokens),
        kv_dtype="fp8" if str(kv_dtype).startswith("fp8") else "auto",
        async_scheduling=changes.get("async_scheduling", True),
        vllm_version=version,
    )


def _best(machine: Machine, want: Want, gpus: int | None) -> Plan:
    found = recommend.recommend(machine, want, ("vllm",), gpus=gpus)
    if found is None:
        raise NoEngine(
            f"no Gemma 4 fits {one_line(machine.best.name)} in vLLM; {named.instead(machine, want)}"
        )
    return found.plan


def _local(model: str) -> str:
    """Make the path of a folder absolute, since the server runs in another one. Raises UsageError
    if the folder does not exist."""
    path = Path(model).expanduser()
    if path.is_dir():
        return str(path.absolute())
    if path.is_absolute() or model.startswith((".", "~")):
        raise UsageError(
            f"--model {one_line(cut(model, 200))}: no such folder; give a folder, a Hugging Face"
            " id or a name from `reviewer model list`"
        )
    return model


def _check_version(name: str | None, version: tuple[int, ...] | None) -> None:
    """Raises NoEngine when this vLLM is too old for the model that the user named."""
    known = catalogue.lookup(name) if name is not None else None
    if known and version and version < command.parse_version(known[0].min_vllm):
        raise NoEngine(
            f"{known[0].name} requires vLLM {known[0].min_vllm} or newer, but"
            f" {'.'.join(map(str, version))} is installed; run: pip install -U vllm"
        )
