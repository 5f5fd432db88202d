"""AMD GPUs as Linux shows them in /sys, without ROCm: what Vulkan needs is the kernel's driver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewer.serving.host_memory import read

_IDS = "usr/share/libdrm/amdgpu.ids"  # DEVICE, REVISION, NAME: comes with Mesa


@dataclass(frozen=True, slots=True)
class Card:
    """One GPU; bytes. `vram` is its own memory, or what the firmware has carved out of the host's;
    `gtt` is how much more of the host's memory the driver may map for it."""

    name: str
    vram: int
    vram_used: int
    gtt: int
    gtt_used: int


def cards(root: Path) -> Iterator[Card]:
    """The GPUs that the driver amdgpu reports below `root` (the folder that holds /sys)."""
    names = dict(_names(read(root / _IDS)))
    for device in sorted(root.glob("sys/class/drm/card*/device")):
        facts = {
            name: read(device / name).strip().lower() for name in ("vendor", "device", "revision")
        }
        sizes = [
            read(device / f"mem_info_{name}").strip()
            for name in ("vram_total", "vram_used", "gtt_total", "gtt_used")
        ]
        if facts["vendor"] == "0x1002" and all(size.isdigit() for size in sizes):
            key = facts["device"].removeprefix("0x"), facts["revision"].removeprefix("0x")
            yield Card(names.get(key, f"AMD GPU {facts['device']}"), *map(int, sizes))


def _names(table: str) -> Iterator[tuple[tuple[str, str], str]]:
    for device, revision, name in re.findall(
        r"^([0-9A-F]{4}),\s*([0-9A-F]{2}),\s*(\S.*)$", table, re.MULTILINE
    ):
        yield (device.lower(), f"{revision.lower():0>2}"), name.strip()
