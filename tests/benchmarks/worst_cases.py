"""Seconds for input that is made to be slow: python tests/benchmarks/worst_cases.py

Ends with 1 when anything takes longer than its limit, which is many times what it should take.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support import worst_cases
from support.analyzed import analyzed
from verify.test_precedents import a_thousand, found, words

from reviewer.context import gather, units
from reviewer.context.symbols import symbol_at
from reviewer.outputs.page import wrap
from reviewer.serving.explain import explain
from reviewer.types import Change
from reviewer.verify.precedents import Precedents, offer

Case = tuple[str, float, Callable[[], object]]  # (name, limit in seconds, what is measured)


def tokens(text: str) -> int:
    return len(text) // 3 + 1


def context(change: Change) -> None:
    for file in change.files:
        for unit in units.split(file, budget=6000, tokens=tokens):
            gather(unit, change, evidence=[], budget=2000, tokens=tokens)


def symbols(path: str, source: bytes) -> None:
    for line in (1, 2, 50):
        symbol_at(path, source, line)


def checks(name: str, path: str, line: str) -> None:
    for base, head in worst_cases.trees(path, line):
        analyzed(name, base, head)


def precedents() -> None:
    offer(dict.fromkeys(range(1, 9), found()), Precedents.of(a_thousand()), words, redact=None)


def cases() -> Iterator[Case]:
    for path, source in worst_cases.SOURCES.items():
        yield f"symbols of {path}", 2.5, lambda path=path, source=source: symbols(path, source)
    for name in worst_cases.FILES:
        yield f"context: {name}", 10, lambda name=name: context(worst_cases.hostile_change(name))
    candidates = worst_cases.ten_thousand_candidates()
    yield "context: ten thousand candidates", 5, lambda: context(candidates)
    for name, case in worst_cases.LINES.items():
        yield f"checks: {name}", 20, lambda case=case: checks(*case)
    for name, log in worst_cases.LOGS.items():
        yield f"log: {name}", 5, lambda log=log: explain(log, 1)
    yield "wrap a line without end", 5, lambda: wrap(worst_cases.WIDE, 70)
    yield "a thousand dismissals", 3, precedents


def main() -> int:
    slow = 0
    for name, limit, work in cases():
        began = time.perf_counter()
        work()
        seconds = time.perf_counter() - began
        slow += seconds > limit
        print(f"{seconds:6.2f} s  {name}{f'  (limit: {limit} s)' if seconds > limit else ''}")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
