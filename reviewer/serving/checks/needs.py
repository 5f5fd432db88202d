"""Checks what a start and `reviewer setup` rely on: the driver, a compiler, the installer of this
program, the model hub."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from reviewer import installer, programs
from reviewer.errors import EngineError, NoEngine
from reviewer.serving import command, hub
from reviewer.serving.checks.base import Check, failed, ok, skipped, warning
from reviewer.serving.hardware import Machine
from reviewer.serving.installed import Vllm
from reviewer.text import one_line

# The oldest driver for each CUDA (docs.nvidia.com/cuda/cuda-toolkit-release-notes, table 2).
_DRIVERS = {12: 525, 13: 580}
_CUDA_13 = (0, 33)  # the first vLLM whose wheel in the package index is built for CUDA 13
_COMPILERS = ("cc", "gcc", "clang")
_HUB_SECONDS = 5.0


def driver(found: Vllm | None, version: str, machine: Machine) -> list[Check]:
    """Whether the NVIDIA driver `version` is new enough for the CUDA of the installed vLLM; nothing
    where there is no such pair."""
    if found is None or found.build != "cuda" or machine.best.kind != "cuda" or not version:
        return []
    cuda = _cuda(found)
    oldest = _DRIVERS.get(cuda)
    shown = f"{version}, and vLLM {found.version} is built for CUDA {cuda}"
    if oldest is None:
        return []
    if int(version.partition(".")[0]) < oldest:
        return [failed("driver", shown, f"update the NVIDIA driver to {oldest} or newer")]
    return [ok("driver", shown)]


def _cuda(found: Vllm) -> int:
    if label := re.search(r"\+cu(\d\d)\d", f"{found.version} {found.torch}"):
        return int(label[1])
    known = found.version[:1].isdigit() and command.parse_version(found.version) < _CUDA_13
    return 12 if known else 13


def compiler(
    found: Vllm | None, machine: Machine, environ: Mapping[str, str] = os.environ
) -> list[Check]:
    """Whether there is the C compiler that Triton calls when vLLM starts on a GPU; nothing where
    vLLM is not used on one."""
    if found is None or found.cpu or machine.best.kind not in ("cuda", "rocm"):
        return []
    path = environ.get("PATH", os.defpath)
    here = next(filter(None, (programs.find(name, path) for name in _COMPILERS)), None)
    if here or environ.get("CC"):
        return [ok("compiler", here or environ["CC"])]
    return [
        failed(
            "compiler",
            "vLLM needs a C compiler when it starts, and there is none",
            "install gcc and the headers of Python (Debian: apt install gcc python3-dev)",
        )
    ]


def installation(found: Callable[[], installer.Installer] = installer.installed_by) -> Check:
    """How this program was installed, and whether packages can be added to it."""
    name, here = "installation", found()
    try:
        add = here.add(("PACKAGE",))
    except NoEngine as error:
        problem, _, fix = error.message.partition(": ")
        return warning(name, problem, fix)
    place = Path(add[0]).is_absolute() or programs.find(add[0])
    if not place:
        return warning(
            name, f"{here.way}, which is not on the PATH", f"put {one_line(add[0])} on the PATH"
        )
    return ok(name, f"{here.way}: {' '.join(map(one_line, add[:-1]))} adds to it")


def reachable() -> str:
    """Why the model hub cannot be reached; empty if it can."""
    import httpx

    try:
        with hub.connected("a model") as client:
            client.get("/api/models", params={"limit": "1"}, timeout=_HUB_SECONDS)
    except EngineError as error:
        return error.message
    except httpx.HTTPError as error:
        return f"{one_line(hub.url())} does not answer ({type(error).__name__})"
    return ""


def model_hub(problem: str) -> Check:
    """Whether models can be downloaded."""
    if "HF_HUB_OFFLINE" in problem:
        return skipped("model hub", "not asked: HF_HUB_OFFLINE forbids downloads")
    if problem:
        return warning(
            "model hub",
            f"{problem}: no model can be downloaded",
            "set HTTPS_PROXY, or HF_ENDPOINT to a mirror",
        )
    return ok("model hub", one_line(hub.url()))
