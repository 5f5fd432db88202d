"""The programs that can run a model, by the words of `reviewer serve start --engine`."""

from __future__ import annotations

from typing import Literal

from reviewer.serving.catalogue import Checkpoint, Engine
from reviewer.serving.hardware import DeviceKind

# `llamacpp` is the embedded one: its wheels (xllamacpp) have Metal on a Mac, and elsewhere only the
# CPU. So a GGUF on another GPU is for `llama-server`.
Program = Literal["vllm", "llama-server", "llamacpp", "ollama"]
FORMATS: dict[Program, Engine] = {
    "vllm": "vllm",
    "llama-server": "llamacpp",
    "llamacpp": "llamacpp",
    "ollama": "ollama",
}
PROGRAMS: dict[DeviceKind, tuple[Program, ...]] = {
    "cuda": ("vllm", "llama-server", "ollama"),
    "rocm": ("llama-server", "ollama"),
    "apple": ("llamacpp", "ollama"),
    "cpu": ("llamacpp", "ollama"),
}
# The embedded llama.cpp keeps the whole context on sliding layers too (serving/embedded.py,
# swa_full); llama-server keeps windows.
FULL_WINDOWS: frozenset[Program] = frozenset({"llamacpp"})


def thinkable(kind: DeviceKind, system: str = "Linux") -> tuple[Program, ...]:
    """The programs to think of on a kind of device. The vLLM of the package index is for CUDA on
    Linux: Windows has it in WSL2 only, and for AMD GPUs there are other builds."""
    return tuple(name for name in PROGRAMS[kind] if name != "vllm" or system == "Linux")


def program_for(checkpoint: Checkpoint, kind: DeviceKind) -> Program:
    """The usual program for a checkpoint on a kind of device."""
    usual = (name for name in PROGRAMS[kind] if FORMATS[name] == checkpoint.engine)
    return next(usual, "vllm")  # which has no backend for Apple GPUs, as the plan then says


def dialect(engine: str) -> str:
    """How a server speaks that was started or registered under this name."""
    return "llamacpp" if engine == "llama-server" else engine
