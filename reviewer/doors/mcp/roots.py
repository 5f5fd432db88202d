"""The directories that the tools may read: those given at start, checked by real path. Roots that a
client sends over the protocol are not access control, so they are not requested."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from reviewer.errors import UsageError
from reviewer.text import cut, one_line

MAX_NAME = 4096  # characters of a path
_URL = re.compile(r"file:|[a-z][a-z0-9+.-]+:[/\\]", re.IGNORECASE)
_DRIVE = re.compile(r"[a-z]:[/\\]", re.IGNORECASE)


class OutsideRoots(UsageError):
    """The path is not below any directory that was given at start."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"{_shown(given)} is outside the directories that this server may read: call `status`"
            " to list them, or restart it with --root DIR",
            reason="outside_roots",
        )


class BadPath(UsageError):
    """A value that is not a plain path."""

    def __init__(self, given: str, why: str) -> None:
        super().__init__(f"{_shown(given)} {why}: give a plain path", reason="bad_path")


def roots(given: Sequence[str]) -> tuple[Path, ...]:
    """The real paths of the directories given at start; by default the working directory. Raises
    UsageError for one that is not a directory."""
    found: dict[Path, None] = {}
    for name in given or (".",):
        path = _real(Path(name))
        if not path.is_dir():
            raise UsageError(f"--root {_shown(name)} is not a directory")
        found[path] = None
    return tuple(found)


def directory(allowed: Sequence[Path], given: str | None) -> Path:
    """The real path of a directory inside one of `allowed`; relative ones start at the first, the
    default. Raises BadPath, OutsideRoots; UsageError when it is not a directory."""
    if given is None:
        return allowed[0]
    _plain(given)
    real = _real(allowed[0] / given)
    confirm(allowed, real, given)  # before revealing whether it exists
    if not real.is_dir():
        raise UsageError(f"{_shown(given)} is not a directory", reason="no_directory")
    return real


def confirm(allowed: Sequence[Path], path: Path, given: str) -> None:
    """Raises OutsideRoots unless the real path is one of `allowed` or below it, part by part:
    /root-evil is not below /root."""
    if not any(path.is_relative_to(root) for root in allowed):
        raise OutsideRoots(given)


def paths(allowed: Sequence[Path], start: Path, given: Sequence[str]) -> tuple[str, ...]:
    """Names of files or directories below `start`, unchanged. Raises BadPath, OutsideRoots."""
    for name in given:
        _plain(name)
        if Path(name).is_absolute():
            raise BadPath(name, "is not relative to the directory")
        confirm(allowed, _real(start / name), name)
        if not _real(start / name).is_relative_to(start):
            raise OutsideRoots(name)
    return tuple(given)


def _plain(given: str, platform: str = sys.platform) -> None:
    if not given or len(given) > MAX_NAME:
        raise BadPath(given, "is empty or too long")
    if any(ord(char) < 32 or ord(char) == 127 for char in given):
        raise BadPath(given, "contains a control character")
    if given.startswith(("-", "~")):
        raise BadPath(given, f"begins with {given[0]}")
    if _URL.match(given):
        raise BadPath(given, "looks like a URL")
    if platform != "win32" and _DRIVE.match(given):
        raise BadPath(given, "is a path of Windows")
    if ".." in re.split(r"[/\\]", given):
        raise BadPath(given, "contains ..")


def _real(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))  # also where there is nothing: as far as the links go
    except (OSError, ValueError):
        raise BadPath(str(path), "cannot be resolved") from None


def _shown(given: str) -> str:
    return cut(one_line(given), 200) or "(empty)"
