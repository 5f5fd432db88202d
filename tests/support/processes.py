"""Whether a process is still there."""

from __future__ import annotations

import time

import psutil


def ends(pid: int, seconds: float = 20) -> bool:
    """Whether the process has ended, or does soon: what was killed may take a moment, and stays a
    zombie where nobody collects it."""
    for _ in range(int(seconds / 0.02)):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False
