"""Finds the user's programs."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def find(name: str, path: str | None = None, *, platform: str = sys.platform) -> str | None:
    """The absolute path of a program in `path` (by default PATH), None if there is none.

    Relative entries and the current directory, where Windows looks first, are not searched: it may
    be the repository under review. On Windows, only `NAME.exe` is a program: a batch file would
    read its arguments a second time.
    """
    ending = ".exe" if platform == "win32" and not name.lower().endswith(".exe") else ""
    for entry in (os.environ.get("PATH", os.defpath) if path is None else path).split(os.pathsep):
        place = Path(entry, f"{name}{ending}")
        if place.is_absolute() and place.is_file() and os.access(place, os.X_OK):
            return str(place)
    return None
