"""Detects devices that can run a model (GPUs, unified memory, the CPU), with their memory and its
bandwidth.

Nothing is a hard dependency: NVML if nvidia-ml-py is installed, else the driver's own programs,
else the operating system's files. If a program is missing, hangs or prints nonsense, the machine
counts as having no device of that kind.
"""

from __future__ import annotations

import contextlib
import csv
import importlib
import json
import os
import platform
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from reviewer import process, programs, text
from reviewer.serving import amd
from reviewer.serving.host_memory import host_memory, read

DeviceKind = Literal["cuda", "rocm", "apple", "cpu"]
GIB, MIB = 1 << 30, 1 << 20
# Bytes/s for unknown names: the low end of the market, so that an estimate does not promise too
# much. CPU: two channels of DDR4-2666 have 43 GB/s in theory.
ESTIMATES: Mapping[DeviceKind, float] = {"cuda": 200e9, "rocm": 200e9, "apple": 68e9, "cpu": 40e9}
SHARED = (
    "8060s",
    "8050s",
    "0x1586",
)  # Strix Halo: GPUs that map the host's memory at their own speed
_DISCRETE = 6 * GIB  # firmware carves out less than this for a small integrated GPU
_ENVIRONMENT = ("PATH", "HOME", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMP", "TEMP")


@dataclass(frozen=True, slots=True)
class Device:
    """One GPU, or the CPU with its memory. `memory` is the total, `free` is what is unused now
    (None: unknown)."""

    kind: DeviceKind
    name: str
    memory: int
    free: int | None
    bandwidth: float  # bytes/s
    bandwidth_source: Literal["name", "driver", "given", "estimate"]
    compute: tuple[int, int] | None = None  # CUDA compute capability
    shared: bool = False  # its memory is that of the CPU
    carve_out: int | None = None  # of shared memory: what the firmware keeps for the GPU alone
    index: int | None = None  # of an NVIDIA GPU: its number, as nvidia-smi counts
    cores: int | None = None  # CPU
    avx512: bool | None = None  # x86 CPU


@dataclass(frozen=True, slots=True)
class Machine:
    devices: tuple[Device, ...]  # GPUs, most memory first
    cpu: Device
    system: str = "Linux"  # as platform.system() says it: Darwin, Windows, …

    @property
    def best(self) -> Device:
        return self.devices[0] if self.devices else self.cpu


def detect(
    environ: Mapping[str, str] = os.environ,
    root: Path = Path("/"),
    system: str = platform.system(),
    seconds: float = 10.0,
) -> Machine:
    """Detect this machine. `root` is the folder that holds /proc and /sys, `environ` has the PATH
    for the drivers' programs, and `seconds` is the time limit for each of them."""
    cpu = _cpu(root, system)
    found = (
        _nvml(cpu)
        or _nvidia_smi(environ, cpu, seconds)
        or _amdgpu(root, cpu)
        or _rocm_smi(environ, seconds)
    )
    if not found and system == "Darwin":
        found = _apple(environ, seconds)
    return Machine(tuple(sorted(found, key=lambda device: -device.memory)), cpu, system)


@cache
def _table() -> dict[str, dict[str, int]]:
    return tomllib.loads((Path(__file__).parent / "bandwidth.toml").read_text("utf-8"))


def known_bandwidth(kind: DeviceKind, name: str) -> float | None:
    """Bytes/s of a known device: that of the longest table entry contained in its name."""
    words = re.sub(r"\s+", " ", name.lower().replace("(tm)", "").replace("(r)", ""))
    laptop = "laptop" in words
    matches = [
        (len(key), value)
        for key, value in _table().get(kind, {}).items()
        if re.search(rf"(?<![a-z0-9]){re.escape(key)}(?![a-z0-9])", words)
        and ("laptop" in key) == laptop
    ]
    return max(matches)[1] * 1e9 if matches else None


def make_device(
    kind: DeviceKind,
    name: str,
    memory: int,
    free: int | None = None,
    *,
    bandwidth: float | None = None,
    **more: Any,
) -> Device:
    """Create a device. Its bandwidth comes from the table, else from the driver (`bandwidth`), else
    from an estimate. The name comes from a driver or a file and is sanitized for display."""
    clean = text.cut(text.one_line(name.strip()), 80) or kind
    known = known_bandwidth(kind, f"{name} {round(memory / GIB)} gib")
    if known is not None:
        return Device(kind, clean, memory, free, known, "name", **more)
    if bandwidth:
        return Device(kind, clean, memory, free, bandwidth, "driver", **more)
    return Device(kind, clean, memory, free, ESTIMATES[kind], "estimate", **more)


def _nvml(cpu: Device) -> list[Device]:
    try:
        nvml = importlib.import_module("pynvml")
    except ImportError:
        return []
    return nvml_devices(nvml, cpu)


def nvml_devices(nvml: ModuleType | Any, cpu: Device) -> list[Device]:
    """The GPUs that NVML (the module `pynvml` of nvidia-ml-py) reports, beside `cpu`."""
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        return []
    try:
        return [_nvml_device(nvml, index, cpu) for index in range(nvml.nvmlDeviceGetCount())]
    except nvml.NVMLError:
        return []
    finally:
        nvml.nvmlShutdown()


def _nvml_device(nvml: Any, index: int, cpu: Device) -> Device:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    name = nvml.nvmlDeviceGetName(handle)
    # GB10 and Jetson share the host's memory, and NVML does not report it
    memory, free, shared = cpu.memory, cpu.free, True
    with contextlib.suppress(nvml.NVMLError):
        info = nvml.nvmlDeviceGetMemoryInfo(handle)
        memory, free, shared = int(info.total), int(info.free), False
    bandwidth = None
    with contextlib.suppress(
        nvml.NVMLError, AttributeError
    ):  # double data rate: two transfers a clock
        clock = nvml.nvmlDeviceGetMaxClockInfo(handle, nvml.NVML_CLOCK_MEM)
        bandwidth = 2 * clock * 1e6 * nvml.nvmlDeviceGetMemoryBusWidth(handle) / 8
    compute = tuple(nvml.nvmlDeviceGetCudaComputeCapability(handle))
    shown = name.decode("utf-8", "replace") if isinstance(name, bytes) else name
    known: dict[str, Any] = {"compute": compute, "shared": shared, "index": index}
    return make_device("cuda", shown, memory, free, bandwidth=bandwidth, **known)


def _output_of(name: str, arguments: list[str], environ: Mapping[str, str], seconds: float) -> str:
    """The output of a program; empty if it is missing, fails or takes too long."""
    program = programs.find(name, environ.get("PATH", os.defpath))
    if program is None:
        return ""
    env = {key: environ[key] for key in _ENVIRONMENT if key in environ} | {"LC_ALL": "C"}
    try:
        done = process.run([program, *arguments], cwd=None, env=env, timeout=seconds, max_bytes=MIB)
    except (process.ProcessTimeout, process.OutputTooLarge, OSError):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.code == 0 else ""


def _nvidia_smi(environ: Mapping[str, str], cpu: Device, seconds: float) -> list[Device]:
    query = ["--query-gpu=name,memory.total,memory.free,compute_cap"]
    query += ["--format=csv,noheader,nounits"]
    devices = []
    rows = csv.reader(_output_of("nvidia-smi", query, environ, seconds).splitlines())
    for index, row in enumerate(rows):
        if len(row) != 4:
            continue
        name, total, free, capability = (field.strip() for field in row)
        major, dot, minor = capability.partition(".")
        compute = (int(major), int(minor)) if dot and major.isdigit() and minor.isdigit() else None
        shared = not total.isdigit()  # "[N/A]": GB10 and Jetson share the host's memory
        memory = cpu.memory if shared else int(total) * MIB
        unused = int(free) * MIB if free.isdigit() else cpu.free if shared else None
        known: dict[str, Any] = {"compute": compute, "shared": shared, "index": index}
        devices.append(make_device("cuda", name, memory, unused, **known))
    return devices


def _amdgpu(root: Path, cpu: Device) -> list[Device]:
    """What the kernel's driver shows. An integrated GPU without a bandwidth of its own is left out:
    it reads the memory of the CPU, and not faster."""
    devices = []
    for card in amd.cards(root):
        if any(part in card.name.lower() for part in SHARED):
            free = card.vram - card.vram_used + card.gtt - card.gtt_used
            free = min(free, card.vram - card.vram_used + (cpu.free or free))
            carved: dict[str, Any] = {"shared": True, "carve_out": card.vram}
            devices.append(make_device("rocm", card.name, card.vram + card.gtt, free, **carved))
        elif card.vram >= _DISCRETE or known_bandwidth("rocm", card.name):
            free = card.vram - card.vram_used
            devices.append(make_device("rocm", card.name, card.vram, free))
    return devices


def _rocm_smi(environ: Mapping[str, str], seconds: float) -> list[Device]:
    output = _output_of(
        "rocm-smi", ["--showproductname", "--showmeminfo", "vram", "--json"], environ, seconds
    )
    start = output.find("{")  # warnings may precede it
    try:
        cards = json.loads(output[start:]) if start >= 0 else {}
    except (ValueError, RecursionError):
        return []
    devices = []
    for card in cards.values() if isinstance(cards, dict) else ():
        fields = (
            {str(key).lower(): str(value) for key, value in card.items()}
            if isinstance(card, dict)
            else {}
        )
        total, used = (
            fields.get("vram total memory (b)", ""),
            fields.get("vram total used memory (b)", ""),
        )
        if total.isdigit():
            names = [
                fields[key] for key in ("card series", "card model", "device name") if key in fields
            ]
            free = int(total) - int(used) if used.isdigit() else None
            devices.append(make_device("rocm", " ".join(names) or "AMD GPU", int(total), free))
    return devices


def _apple(environ: Mapping[str, str], seconds: float) -> list[Device]:
    name, _, memory = (
        _output_of("sysctl", ["-n", "machdep.cpu.brand_string", "hw.memsize"], environ, seconds)
        .strip()
        .partition("\n")
    )
    if not name.startswith("Apple") or not memory.strip().isdigit():
        return []  # an Intel Mac has only its CPU
    return [make_device("apple", name, int(memory), shared=True)]


def _cpu(root: Path, system: str) -> Device:
    info = read(root / "proc/cpuinfo")
    model = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", info, re.MULTILINE)
    flags = re.search(r"^flags\s*:\s*(.+)$", info, re.MULTILINE)
    total, free = host_memory(root, system)
    limit = read(
        root / "sys/fs/cgroup/memory.max"
    ).strip()  # a container sees the host's memory in /proc
    if limit.isdigit() and int(limit) < total:
        total = int(limit)
        free = min(free, total) if free is not None else None
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    name = model[1] if model else platform.processor() or platform.machine()
    avx512 = "avx512f" in flags[1].split() if flags else None
    return make_device("cpu", name, total, free, cores=cores, avx512=avx512)
