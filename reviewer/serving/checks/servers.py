"""Checks the programs of the user's own that serve models: llama-server and Ollama."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.errors import NoEngine
from reviewer.serving import catalogue, command, llama_server, ollama
from reviewer.serving.checks.base import Check, failed, ok, skipped, warning
from reviewer.serving.hardware import Machine


def llama(machine: Machine, program: str | None) -> Check:
    """Whether llama-server, found as `program`, starts, is new enough, and sees the GPU."""
    name = "llama-server"
    if program is None:
        return skipped(name, "not installed")
    try:
        found = llama_server.ask(program)
    except NoEngine as error:
        problem, _, fix = error.message.partition(": ")
        return failed(name, problem, fix)
    version = found.version or "of unknown build"
    backends = f" ({', '.join(found.backends)})" if found.devices else ", for the CPU"
    shown = f"{version}{backends}: {found.program}"
    oldest = min(model.min_llamacpp for model in catalogue.models())
    if found.build and found.build < oldest:
        return warning(name, f"{shown} is too old for Gemma 4", f"update it to b{oldest} or newer")
    if machine.devices and not found.devices:
        return warning(name, f"{shown} does not see the GPU", "reviewer setup")
    return ok(name, shown)


def ollama_(find: Callable[[], ollama.Ollama] = ollama.find) -> Check:
    """Whether Ollama is installed, and new enough."""
    name = "ollama"
    try:
        found = find()
    except NoEngine:
        return skipped(name, "not installed")
    shown = f"{found.version or 'of unknown version'}: {found.program}"
    versions = [model.min_ollama for model in catalogue.models()]
    newest = max(versions, key=command.parse_version)
    if found.version and command.parse_version(found.version) < command.parse_version(newest):
        fix = f"update it to {newest} or newer"
        return warning(name, f"{shown} is too old for some sizes of Gemma 4", fix)
    return ok(name, shown)
