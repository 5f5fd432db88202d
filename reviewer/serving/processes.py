"""Identifies processes that outlive us, and ends them with everything that they started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from reviewer import children
from reviewer.errors import EngineError

_PROC = Path("/proc")


def exact_start(pid: int) -> str | None:
    """A text that tells the process apart from any other on this machine with the same `pid`; None
    when there is no such process."""
    if sys.platform == "win32":
        return children.started(pid)
    if _has_proc():
        fields = _stat(pid)
        if fields is None or fields[0] in "ZX":  # ended, but not reaped
            return None
        return f"{_boot()}:{fields[19]}"
    # No /proc: macOS and the BSDs. The first word is the state.
    listed = subprocess.run(
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C", "TZ": "UTC"},
    ).stdout.split()
    return " ".join(listed[1:]) if listed and not listed[0].startswith("Z") else None


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the third (the state) on: the second may hold spaces and
    parentheses."""
    try:
        return (
            _PROC.joinpath(str(pid), "stat")
            .read_text("ascii", "replace")
            .rpartition(")")[2]
            .split()
        )
    except (OSError, ValueError):
        return None


def group_alive(leader: int) -> bool:
    """Whether any process of the group still runs. Zombies do not count."""
    if sys.platform == "win32":
        return children.started(leader) is not None
    if _has_proc():
        return bool(_members(leader))
    try:
        os.killpg(leader, 0)
    except (
        ProcessLookupError,
        PermissionError,
    ):  # macOS says "not permitted" for a group of ended processes
        return False
    return True


def _members(leader: int) -> list[int]:
    entries = (int(path.name) for path in _PROC.iterdir() if path.name.isdigit())
    stats = ((pid, _stat(pid)) for pid in entries)
    return [
        pid
        for pid, fields in stats
        if fields and fields[0] not in "ZX" and int(fields[2]) == leader
    ]


def end_group(leader: int, *, grace: float) -> bool:
    """End the process group of `leader`; True when SIGTERM was not enough."""
    if sys.platform == "win32":
        return children.end(leader, grace)
    _signal(leader, signal.SIGTERM)
    if _gone(leader, grace):
        return False
    _signal(leader, signal.SIGKILL)
    if not _gone(leader, 10.0):
        raise EngineError(
            f"process {leader} does not end, even when killed: see ps -o pid,stat,args -g {leader}"
        )
    return True


def _signal(leader: int, number: signal.Signals) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, number)


def _gone(leader: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while group_alive(leader):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def kill_orphans(leader: int, started: str) -> None:
    """End the remaining processes of a group whose leader is gone: vLLM's workers survive it when
    it is killed, and hold the GPU's memory. Only with /proc, and only if the group is certainly the
    one that we started: its leader began a session of its own, in this boot, and no process has its
    number now."""
    if sys.platform == "win32" or not _has_proc():
        return
    if exact_start(leader) is not None or started.partition(":")[0] != _boot():
        return
    for number in (signal.SIGTERM, signal.SIGKILL):  # SIGTERM lets them free shared memory
        ours = [
            pid for pid in _members(leader) if (fields := _stat(pid)) and int(fields[3]) == leader
        ]
        for pid in ours:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        if not ours or _gone(leader, 3.0):
            return


def _has_proc() -> bool:
    return _PROC.joinpath("self/stat").exists()


def _boot() -> str:
    return _PROC.joinpath("sys/kernel/random/boot_id").read_text("ascii").strip()
