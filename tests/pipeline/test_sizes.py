from __future__ import annotations

import pytest

from reviewer.pipeline.sizes import Budgets, budgets, context_of, guideline_characters


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (131_072, Budgets(4000, 6000, 3072)),
        (32_768, Budgets(4000, 6000, 3072)),
        (16_384, Budgets(4000, 3937, 3072)),
        (8192, Budgets(2322, 1548, 2048)),
        (2048, Budgets(200, 12, 512)),
    ],
)
def test_budgets_follow_the_context_of_the_server(context: int, expected: Budgets):
    assert budgets("reviewer", context, None) == expected


def test_a_smoke_model_gets_little():
    assert budgets("smoke", 32_768, None) == Budgets(300, 0, 384)
    assert budgets("reviewer", 32_768, 500).reply == 500


def test_a_unit_of_a_large_change_gets_less_context():
    shares = {units: context_of(6000, units, 1) for units in (1, 8, 9, 16, 17, 24, 25, 999)}
    assert list(shares.values()) == [6000, 6000, 3000, 3000, 1500, 1500, 780, 780]
    assert context_of(1000, 1, 1) == 1000
    assert [context_of(6000, 30, risk) for risk in range(6)] == [780, 780, 780, 195, 195, 195]


def test_guidelines_are_at_most_a_fifth():
    assert [guideline_characters(6000, units) for units in (1, 100)] == [4800, 800]
    assert guideline_characters(500, 1) == 800
