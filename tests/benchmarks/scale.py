"""Seconds and memory of every step that is done once for each finding, line, hunk or file, for
N and 4 N of them: python tests/benchmarks/scale.py [N [STEP]]

Ends with 1 when four times as many take more than eight times as long.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support.scaling import STEPS, Work

RATIO = 8.0
LEAST = 0.05  # seconds: less says nothing about growth


def seconds(work: Work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main(size: int, wanted: str) -> int:
    slow = 0
    for name, make in STEPS.items():
        if wanted not in name:
            continue
        make(2)()
        few, many = seconds(make(size)), seconds(make(4 * size))
        ratio = many / max(few, LEAST / 4)
        bad = ratio > RATIO
        slow += bad
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{few:7.2f} s {many:7.2f} s  {ratio:5.1f} x  {memory:5} MiB  {name}"
            f"{'  (grows too fast)' if bad else ''}",
            flush=True,
        )
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 2500,
            sys.argv[2] if len(sys.argv) > 2 else "",
        )
    )
