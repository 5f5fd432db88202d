"""Builds the command line of the vLLM server that `reviewer serve start` runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reviewer.errors import NoEngine, UsageError
from reviewer.serving import catalogue, command
from reviewer.serving.installed import Vllm
from reviewer.serving.launch import Launch
from reviewer.text import cut, one_line

CPU_KV_GIB = 4  # fallback; vLLM's own default on CPUs


def vllm(
    model: str | None, installed: Vllm, *, extra: tuple[str, ...] = (), **changes: Any
) -> Launch:
    """vLLM with `model` (a catalogue name, a Hugging Face id or a folder), or with the best model
    for this machine. `changes` are fields of ServeOptions; `extra` is passed to vLLM unchanged.
    Raises UsageError and NoEngine."""
    version = command.parse_version(installed.version) if installed.version[:1].isdigit() else None
    if installed.cpu:
        changes = {"gpu_memory_utilization": None, "cpu_kv_gib": CPU_KV_GIB} | changes
    if model is None:
        options = replace(_best(version, changes), **changes)
    else:
        options = command.serve_options(_local(model), **changes)
    options = replace(
        options,
        served_name=served_name(options.model),
        program=installed.program,
        vllm_version=version,
    )
    _check_version(options, installed)
    environment = command.vllm_environment(options, given=os.environ) | {"PYTHONSAFEPATH": "1"}
    return Launch(
        "vllm",
        options.served_name,
        f"unix:{options.uds}" if options.uds else f"http://{options.host}:{options.port}",
        (*command.vllm_command(options), *extra),
        environment,
        installed.version,
        key_variable="VLLM_API_KEY",
    )


def served_name(model: str) -> str:
    """`gemma4` for a Gemma 4 in the catalogue; any other model is served under its own name."""
    if catalogue.lookup(model) is not None:
        return "gemma4"
    return Path(model).name


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


def _best(version: tuple[int, ...] | None, changes: Mapping[str, Any]) -> command.ServeOptions:
    from reviewer.serving import fit, hardware, plan

    machine = hardware.detect()
    want = fit.Want(
        context=changes.get("max_model_len", 16384),
        concurrency=1,
        vllm_version=version,
        gpus=changes.get("tensor_parallel", 1),
    )
    best = plan.best(plan.plans(machine.best, want, engines=("vllm",)))
    if best is None:
        raise NoEngine(
            f"no Gemma 4 fits {one_line(machine.best.name)} in vLLM; `reviewer model list` shows"
            " what each model needs, and --engine llamacpp runs a GGUF without a GPU"
        )
    model, checkpoints = catalogue.find(best.model)
    return plan.serve_options(model, checkpoints[0], machine.best, want, best.free_bytes)


def _check_version(options: command.ServeOptions, installed: Vllm) -> None:
    known = catalogue.lookup(options.model)
    if (
        known
        and options.vllm_version
        and options.vllm_version < command.parse_version(known[0].min_vllm)
    ):
        raise NoEngine(
            f"{known[0].name} requires vLLM {known[0].min_vllm} or newer, but"
            f" {one_line(installed.version)} is installed; run: pip install -U vllm"
        )
