"""Programs that come as npm packages: a script for node, which starts the native program of a
second package that is made for the platform. We start that program ourselves, without node."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

from reviewer.analyzers import external

_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}


def native(script: Path, package: str, program: str, outside: Path | None = None) -> Path | None:
    """The `program` that `script` starts: that of `package`, in which {platform} stands for what
    npm calls this one, found as node finds it. None if it is not there, or below `outside`."""
    machine = platform.machine().lower()
    name = package.format(platform=f"{sys.platform}-{_MACHINES.get(machine, machine)}")
    ending = ".exe" if sys.platform == "win32" else ""
    for folder in script.resolve().parents:
        found = folder / "node_modules" / name / f"{program}{ending}"
        if found.is_file():
            return found if external.is_away(found, outside) else None
    return None
