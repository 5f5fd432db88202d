"""Devices to plan for, and drivers' programs that answer what a test says."""

import shutil
from pathlib import Path

from reviewer.serving.hardware import GIB, make_device

RTX_4090 = make_device("cuda", "NVIDIA GeForce RTX 4090", 24 * GIB, compute=(8, 9))
RTX_5090 = make_device("cuda", "NVIDIA GeForce RTX 5090", 32 * GIB, compute=(12, 0))
H100 = make_device("cuda", "NVIDIA H100 80GB HBM3", 80 * GIB, compute=(9, 0))
T4 = make_device("cuda", "Tesla T4", 16 * GIB, compute=(7, 5))
M4_PRO = make_device("apple", "Apple M4 Pro", 48 * GIB)
CPU = make_device("cpu", "AMD Ryzen 5 4600H", 32 * GIB, cores=6, avx512=False)
XEON = make_device("cpu", "Intel Xeon 6", 256 * GIB, cores=64, avx512=True)


def program(
    folder: Path, name: str, output: str, *, code: int = 0, before: str = ""
) -> dict[str, str]:
    """An executable `name` in `folder` that prints `output`; returns an environment whose PATH has
    only it (and the folder of `cat`)."""
    folder.mkdir(parents=True, exist_ok=True)
    answer = folder / f"{name}.txt"
    answer.write_text(output, encoding="utf-8")
    script = folder / name
    script.write_text(f"#!/bin/sh\n{before}\ncat '{answer}'\nexit {code}\n", encoding="utf-8")
    script.chmod(0o755)
    cat = shutil.which("cat")
    assert cat
    return {"PATH": f"{folder}:{Path(cat).parent}"}


def host(
    root: Path, *, total_kib: int, free_kib: int, model: str = "Test CPU", flags: str = "fpu avx2"
) -> Path:
    """A directory that stands for / with /proc/meminfo and /proc/cpuinfo."""
    (root / "proc").mkdir(parents=True)
    (root / "proc/meminfo").write_text(
        f"MemTotal:       {total_kib} kB\nMemFree: 1 kB\nMemAvailable: {free_kib} kB\n"
    )
    (root / "proc/cpuinfo").write_text(
        f"processor\t: 0\nmodel name\t: {model}\nflags\t\t: {flags}\n"
    )
    return root
