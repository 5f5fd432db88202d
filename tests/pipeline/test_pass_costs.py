"""A further pass over a unit adds its lens to the server's cache, and nothing else: see
tests/benchmarks/passes.py."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from support import example

from reviewer import resources
from reviewer.models.base import estimate_tokens

PATH = Path(__file__).parents[1] / "benchmarks" / "passes.py"
_spec = importlib.util.spec_from_file_location("passes", PATH)
assert _spec is not None
assert _spec.loader is not None
passes = importlib.util.module_from_spec(_spec)
sys.modules["passes"] = passes
_spec.loader.exec_module(passes)

_BESIDE = 40  # the sentence about questions, and two blocks that are not full


def lens(name: str) -> int:
    return estimate_tokens(resources.text(f"prompts/review/lenses/{name}.md"))


@pytest.mark.parametrize("effort", ["medium", "high"])
def test_a_further_pass_adds_its_lens_and_no_more(tmp_path: Path, effort: str):
    by_lens = passes.costs(example.copy(tmp_path / "shop"), None, effort)
    later = {"medium": ["contracts"], "high": ["contracts", "removed", "security"]}[effort]
    first = by_lens["whole"].calls
    assert [by_lens[name].calls <= first for name in later] == [True] * len(later)
    assert all(by_lens[name].calls for name in later)
    assert {
        name: cost.uncached
        for name in later
        if (cost := by_lens[name]).uncached > cost.calls * (lens(name) + _BESIDE)
    } == {}
    assert passes.share(by_lens) < 0.2
