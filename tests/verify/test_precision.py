"""What a scripted model's mixture comes to, exactly: see tests/benchmarks/precision.py for the
proportions."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

PATH = Path(__file__).parents[1] / "benchmarks" / "precision.py"
_spec = importlib.util.spec_from_file_location("precision", PATH)
assert _spec is not None
assert _spec.loader is not None
precision = importlib.util.module_from_spec(_spec)
sys.modules["precision"] = precision
_spec.loader.exec_module(precision)


def expected():
    for number in range(precision.FILES):
        path = f"m{number}.py"
        yield path, 9, "Real: division by zero"
        if number % 2 == 0:
            yield path, 10, "Real: last row is lost"
        if number % 6 == 0:
            yield path, 11, "Real: order swapped"
        if number % 8 == 0:
            yield path, 5, "Wrong type"  # the verifier believes it, and no code can tell


def test_exactly_this_is_published(capsys):
    outcome = precision.run()
    assert list(outcome.published) == sorted(expected())
    assert precision.run() == outcome
    steps = {step.name: (step.left, step.right, step.repeated) for step in outcome.steps}
    assert steps["confidence"] == (43, 40, 0)
    assert [step.right for step in outcome.steps] == [
        precision.defects()
    ] * 5  # no filter loses a defect
    assert [step.left for step in outcome.steps] == sorted(
        (step.left for step in outcome.steps), reverse=True
    )
    precision.main()
    assert "precision" in capsys.readouterr().out
