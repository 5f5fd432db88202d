"""A process and all that it started: what takes the place of process groups on Windows.

A process whose parent has ended is not found: Windows does not remember whose it was. Needs psutil,
which is installed there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil


def started(pid: int) -> str | None:
    """When the process began, which tells it apart from a later one with its number; None when
    there is no such process."""
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else repr(process.create_time())
    except psutil.Error:
        return None


def end(pid: int, grace: float) -> bool:
    """Ask the process and its children to end, and kill those that have not within `grace` seconds
    (Windows kills them at once). True when some had to be killed."""
    import psutil

    family = _family(pid)
    _each(family, "terminate")
    _, left = psutil.wait_procs(family, timeout=grace)
    _each(left, "kill")
    psutil.wait_procs(left, timeout=10.0)
    return bool(left)


def kill(pid: int) -> None:
    """Kill the process and its children."""
    _each(_family(pid), "kill")


def _family(pid: int) -> list[psutil.Process]:
    import psutil

    try:
        leader = psutil.Process(pid)
        return [*leader.children(recursive=True), leader]
    except psutil.Error:
        return []


def _each(processes: Iterable[psutil.Process], method: str) -> None:
    import psutil

    for process in processes:
        with contextlib.suppress(psutil.Error):
            getattr(process, method)()
