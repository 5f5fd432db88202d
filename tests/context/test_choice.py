from __future__ import annotations

from itertools import pairwise

import pytest
from benchmarks.context_recall import cases, tokens
from support.changes import change_of

from reviewer.context import gather, units
from reviewer.types import Change

BUDGETS = (500, 1000, 2000, 4000, 8000)


def shown(change: Change, budget: int) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for file in change.files:
        for unit in units.split(file, budget=6000, tokens=tokens):
            for piece in gather(unit, change, evidence=[], budget=budget, tokens=tokens).pieces:
                found |= {(piece.path, line) for line in range(piece.start, piece.end + 1)}
    return found


def crowded() -> Change:
    """A function with long helpers, many callers and many tests."""
    body = "".join(f"    x{at} = {at}\n" for at in range(25))
    files = {
        "lib.py": "".join(f"def helper_{at}(x):\n{body}    return x\n\n\n" for at in range(8)),
        "a.py": "from lib import *\n\n\ndef f(x):\n    return x\n",
        **{
            f"tests/test_{at}.py": f"from a import f\n\n\ndef test_{at}():\n{body}    assert f(1)\n"
            for at in range(12)
        },
        **{
            f"user_{at}.py": f"from a import f\n\n\ndef use_{at}():\n{body}    return f(1)\n"
            for at in range(12)
        },
    }
    base = {path: text.encode() for path, text in files.items()}
    calls = " + ".join(f"helper_{at}(x)" for at in range(8))
    head = base["a.py"].replace(b"return x", f"return {calls}".encode())
    return change_of(base, {**base, "a.py": head})


EVERY = [*(case.change for case in cases()), crowded()]


@pytest.mark.parametrize("change", EVERY)
def test_more_room_never_shows_less(change: Change):
    found = [shown(change, budget) for budget in BUDGETS]
    for less, more in pairwise(found):
        assert less <= more


def test_bodies_of_called_functions_come_before_tests():
    found = shown(crowded(), 4000)
    bodies = [at for at in range(8) if ("lib.py", at * 29 + 20) in found]
    tests = {path for path, _ in found if path.startswith("tests/")}
    assert len(bodies) == 8
    assert len(tests) <= 6
