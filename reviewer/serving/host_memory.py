"""Total and free memory of the machine."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from pathlib import Path


def read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(1 << 20).decode("utf-8", "replace")
    except OSError:
        return ""


def host_memory(root: Path, system: str) -> tuple[int, int | None]:
    """(total, available) in bytes; (0, None) if the system does not report it."""
    kib = {
        key: int(value)
        for key, value in re.findall(r"^(\w+):\s+(\d+) kB$", read(root / "proc/meminfo"), re.M)
    }
    if "MemTotal" in kib:
        return kib["MemTotal"] * 1024, kib["MemAvailable"] * 1024 if "MemAvailable" in kib else None
    if system == "Windows":
        return _windows_memory()
    if sys.platform == "win32":  # but not as this program sees it
        return 0, None
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), None
    except (ValueError, OSError):
        return 0, None


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of kernel32."""

    _fields_ = [
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        ("total", ctypes.c_ulonglong),
        ("available", ctypes.c_ulonglong),
        *((f"rest{n}", ctypes.c_ulonglong) for n in range(5)),
    ]


def _windows_memory() -> tuple[int, int | None]:
    status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):  # type: ignore[attr-defined,unused-ignore]
        return 0, None
    return int(status.total), int(status.available)
