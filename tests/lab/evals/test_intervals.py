"""Intervals and tests against an enumeration of everything that can be drawn."""

from __future__ import annotations

import math
from itertools import product

import pytest

from reviewer.lab.evals import intervals
from reviewer.lab.evals.intervals import Interval, Pair

CASES: list[list[Pair]] = [
    [(1, 1), (0, 1), (1, 1), (1, 1)],  # one defect each, three of four found
    [(2, 2), (0, 3), (1, 1), (0, 1)],
    [(0, 1), (5, 9), (3, 3), (1, 4), (2, 2)],
]


def enumerated(column: list[Pair]) -> Interval:
    """The percentiles of all n ** n samples, each as likely as the others."""
    sums = [
        [sum(each) for each in zip(*sample, strict=True)]
        for sample in product(column, repeat=len(column))
    ]
    values = sorted(part / whole for part, whole in sums if whole)
    return values[math.ceil(len(values) * 0.025) - 1], values[math.ceil(len(values) * 0.975) - 1]


@pytest.mark.parametrize("column", CASES)
def test_the_bootstrap_agrees_with_all_samples(column: list[Pair]) -> None:
    assert intervals.bootstrap([column], 20_000) == [pytest.approx(enumerated(column))]


@pytest.mark.parametrize(
    ("part", "whole", "interval"),
    [
        (0, 13, (0.0, 0.228095)),  # z² / (n + z²)
        (13, 13, (0.771905, 1.0)),
        (1, 1, (0.206549, 1.0)),
        (5, 10, (0.236593, 0.763407)),
    ],
)
def test_wilson(part: int, whole: int, interval: Interval) -> None:
    assert intervals.wilson(part, whole) == pytest.approx(interval, abs=1e-6)


def test_no_share_of_nothing() -> None:
    with pytest.raises(ValueError, match="needs cases"):
        intervals.wilson(0, 0)


def test_three_of_four_by_hand() -> None:
    """Of four draws, each a hit with 3/4: none has 1/256 = 0.4 %, at most one 13/256 = 5.1 %: the
    lower end is 1 of 4. Four hits have 81/256: the upper end is all."""
    assert intervals.bootstrap([CASES[0]]) == [(0.25, 1.0)]


def test_columns_share_their_draws_and_keep_their_sums_apart() -> None:
    large = [(10**15 + case, 10**18) for case in range(5)]
    columns = [CASES[2], large, CASES[2]]
    one, two, three = intervals.bootstrap(columns)
    assert one == three == intervals.bootstrap([CASES[2]])[0]
    assert two == intervals.bootstrap([large])[0] == pytest.approx((0.001, 0.001))
    assert intervals.bootstrap(columns) == [one, two, three]


def test_cases_that_do_not_count_give_nothing() -> None:
    columns = [[(0, 0), (0, 0), (0, 0)], [(1, 1), (0, 0), (0, 0)], [(1, 1), (1, 1), (0, 0)]]
    assert intervals.bootstrap(columns) == [None, None, (1.0, 1.0)]
    assert intervals.bootstrap([[]]) == [None]
    assert intervals.bootstrap([]) == []


def test_the_interval_of_a_difference_draws_the_same_cases() -> None:
    first, second = CASES[2], [(1, 1), (9, 9), (3, 3), (4, 4), (2, 2)]
    differences = []
    for sample in product(range(5), repeat=5):
        (a, of_a), (b, of_b) = (
            [sum(each) for each in zip(*(side[case] for case in sample), strict=True)]
            for side in (first, second)
        )
        differences.append(b / of_b - a / of_a)
    differences.sort()
    expected = differences[math.ceil(3125 * 0.025) - 1], differences[math.ceil(3125 * 0.975) - 1]
    assert intervals.bootstrap_difference(first, second, 20_000) == pytest.approx(expected)
    assert intervals.bootstrap_difference(first, first) == (0.0, 0.0)
    assert intervals.bootstrap_difference([(1, 1), (0, 0)], [(1, 1), (0, 0)]) is None


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        (0, 0, None),
        (1, 0, 1.0),  # 2 * 1/2
        (0, 5, 2 / 32),
        (1, 8, 2 * (1 + 9) / 512),
        (4, 4, 1.0),  # twice the half that includes the middle is more than 1
        (10, 2, 2 * (1 + 12 + 66) / 4096),
    ],
)
def test_mcnemar(first: int, second: int, p: float | None) -> None:
    assert intervals.mcnemar(first, second) == intervals.mcnemar(second, first) == p


def test_mcnemar_of_many_pairs_is_still_exact() -> None:
    assert intervals.mcnemar(2500, 2500) == 1.0
    assert 0 <= (intervals.mcnemar(0, 5000) or 0) < 1e-300


def test_the_permutation_tries_all_ways_round() -> None:
    """Three clean cases, 2, 1 and 3 false findings in the one and none in the other: of the eight
    ways to exchange them only two (none and all) are as far apart."""
    first, second = [(2, 1), (1, 1), (3, 1), (0, 1)], [(0, 1), (0, 1), (0, 1), (0, 1)]
    assert intervals.permutation(first, second) == 2 / 8
    assert intervals.permutation(first, first) is None
    assert intervals.permutation([(0, 0)], [(1, 1)]) is None


def test_drawn_permutations_come_near_to_all() -> None:
    first = [(3, 4), (1, 2), (0, 5), (2, 2), (1, 6), (0, 1), (4, 4), (1, 3)]
    second = [(1, 4), (1, 1), (0, 2), (2, 6), (0, 6), (1, 1), (1, 4), (2, 3)]
    exact, drawn = (
        intervals.permutation(first, second, 256),
        intervals.permutation(first, second, 100),
    )
    assert exact is not None
    assert drawn is not None
    assert exact * 256 == int(exact * 256)
    assert drawn * 101 == pytest.approx(
        round(drawn * 101)
    )  # the one that was seen is counted along
    assert abs(exact - drawn) < 0.15
    assert intervals.permutation(first, second, 100) == drawn
