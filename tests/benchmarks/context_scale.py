"""Time and memory of units and context for a large change: python tests/benchmarks/context_scale.py
[FILES]

Two changes of FILES Python files (1,000 by default, about 100 lines each): all of them new, and all
of them edited.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support.changes import change_of

from reviewer.context import gather, units
from reviewer.types import Change

_HELPER = '''
def helper_{i}_{k}(value, other=None):
    """Do a thing."""
    if value > {k}:
        total = work_{j}(value, other)
        return json.dumps(total)
    return Thing{j}(value).run_it(other)

'''
_REST = """
class Thing{i}:
    def __init__(self, value):
        self.value = value

    def run_it(self, other):
        return self.value + other


def work_{i}(value, other):
    return value
"""


def tokens(text: str) -> int:
    return len(text) // 3 + 1


def module(i: int, count: int) -> bytes:
    j = (i + 1) % count
    head = f"import json\nfrom pkg.m{j} import work_{j}, Thing{j}\n\n"
    return (
        head + "".join(_HELPER.format(i=i, j=j, k=k) for k in range(12)) + _REST.format(i=i)
    ).encode()


def measure(name: str, change: Change) -> None:
    lines = sum(
        line.kind != "context"
        for file in change.files
        for hunk in file.hunks
        for line in hunk.lines
    )
    began = time.perf_counter()
    every = [
        unit for file in change.files for unit in units.split(file, budget=6000, tokens=tokens)
    ]
    split = time.perf_counter()
    pieces = sum(
        len(gather(unit, change, evidence=[], budget=6000, tokens=tokens).pieces) for unit in every
    )
    done = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{name}: {len(change.files)} files, {lines} changed lines, {len(every)} units in"
        f" {split - began:.2f} s, {pieces} pieces in {done - split:.2f} s, {memory} MiB at most"
    )


def main(count: int) -> None:
    head = {f"pkg/m{i}.py": module(i, count) for i in range(count)}
    base = {
        path: (
            data.replace(b"value > ", b"value >= ").replace(
                b"(value, other):\n    ret", b"(value):\n    ret"
            )
        )
        for path, data in head.items()
    }
    measure("new", change_of({}, head))
    measure("edited", change_of(base, head))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
