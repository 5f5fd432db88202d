"""Uncertainty of a figure: bootstrap and Wilson intervals, and tests for two runs over the same
cases.

Everything is first counted in whole numbers per case; a resample only adds them up. The generator
is seeded, so that the same counts always give the same numbers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

RESAMPLES, SEED = 2000, 20260101
Pair = tuple[int, int]  # a figure of one case: what counts, and of how much
Interval = tuple[float, float]
_Z = 1.959963984540054  # of the normal distribution, 2.5 % are above


def bootstrap(
    columns: Sequence[Sequence[Pair]], resamples: int = RESAMPLES
) -> list[Interval | None]:
    """For each column (one pair per case, all of the same cases) the 95 % interval of sum / sum.

    The percentile interval of Efron and Tibshirani, An Introduction to the Bootstrap (1993),
    section 13.3: cases are drawn with replacement, as many as there are; of the B ordered values
    those at places B * 0.025 and B * 0.975. Cases are drawn, not findings, because the findings of
    one case depend on each other. A resample in which nothing is counted has no value and is left
    out. None where fewer than two cases count: nothing can be said then.
    """
    values: list[list[float]] = [[] for _ in columns]
    for sums in _sums(columns, resamples):
        for column, (part, whole) in enumerate(sums):
            if whole:
                values[column].append(part / whole)
    return [
        percentiles(found) if sum(bool(whole) for _, whole in column) > 1 else None
        for column, found in zip(columns, values, strict=True)
    ]


def bootstrap_difference(
    first: Sequence[Pair], second: Sequence[Pair], resamples: int = RESAMPLES
) -> Interval | None:
    """The 95 % interval of second minus first, the same cases drawn for both (see `bootstrap`)."""
    if sum(bool(a or b) for (_, a), (_, b) in zip(first, second, strict=True)) < 2:
        return None
    both = ((one, two) for one, two in _sums([first, second], resamples) if one[1] and two[1])
    return percentiles([two[0] / two[1] - one[0] / one[1] for one, two in both])


def wilson(part: int, whole: int) -> Interval:
    """The 95 % score interval of a share (Wilson 1927, Journal of the American Statistical
    Association 22:209; without the correction for continuity, as Brown, Cai and DasGupta 2001,
    Statistical Science 16:101, recommend for few cases). Unlike resampling, it has a width where
    nothing or everything counts: 0 of 13 is 0 to 22.8 %. Raises ValueError for a whole of 0."""
    if whole < 1:
        raise ValueError("a share needs cases")
    share, more = part / whole, _Z**2 / whole
    middle = (share + more / 2) / (1 + more)
    reach = math.sqrt(share * (1 - share) * more + more**2 / 4) / (1 + more)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def percentiles(values: list[float]) -> Interval | None:
    values.sort()
    count = len(values)
    if not count:
        return None
    return values[math.ceil(count * 0.025) - 1], values[math.ceil(count * 0.975) - 1]


def _sums(columns: Sequence[Sequence[Pair]], resamples: int) -> Iterator[list[Pair]]:
    """The sums of every column over the same drawn cases. All counts of a case are packed into one
    integer, as many bits for each as the largest sum can need, because adding integers is the
    fastest thing that Python does."""
    cases = len(columns[0]) if columns else 0
    if not cases:
        return
    bits = (
        cases * max(count for column in columns for pair in column for count in pair)
    ).bit_length() + 1
    packed = [
        sum(
            count << (bits * place)
            for place, count in enumerate(count for pair in row for count in pair)
        )
        for row in zip(*columns, strict=True)
    ]
    chance, mask = random.Random(SEED), (1 << bits) - 1  # noqa: S311 resampling, no secrets
    for _ in range(resamples):
        total = sum(chance.choices(packed, k=cases))
        flat = [(total >> (bits * place)) & mask for place in range(2 * len(columns))]
        yield list(zip(flat[::2], flat[1::2], strict=True))


def mcnemar(only_first: int, only_second: int) -> float | None:
    """The two-sided p of McNemar's test in its exact form: of the pairs that differ, as many fall
    to either side as heads in fair throws of a coin (McNemar 1947, Psychometrika 12:153; the
    binomial form as in Agresti, Categorical Data Analysis, section 11.1). None when no pair
    differs: nothing was tested."""
    differ = only_first + only_second
    if not differ:
        return None
    tail = sum(math.comb(differ, each) for each in range(min(only_first, only_second) + 1))
    return min(1.0, float(Fraction(2 * tail, 1 << differ)))  # exact: whole numbers of any size


def permutation(
    first: Sequence[Pair], second: Sequence[Pair], resamples: int = RESAMPLES
) -> float | None:
    """The two-sided p of the difference of sum / sum: were the two runs alike, each case could as
    well have had its counts the other way round (Good, Permutation, Parametric and Bootstrap Tests
    of Hypotheses (2005), paired case; the one that was seen is counted along, Phipson and Smyth
    2010). All ways round where there are few, else drawn ones."""
    seen = _difference(first, second)
    differ = [
        place for place, (one, two) in enumerate(zip(first, second, strict=True)) if one != two
    ]
    if seen is None or not differ:
        return None
    all_ways = 2 ** len(differ) <= resamples
    chance = random.Random(SEED)  # noqa: S311
    base = [_total(first, set(differ)), _total(second, set(differ))]
    swapped = _swaps(
        first, second, differ, base, all_ways=all_ways, resamples=resamples, bits=chance.getrandbits
    )
    values = [value for value in swapped if value is not None]
    as_far = sum(abs(value) >= abs(seen) - 1e-12 for value in values)
    return as_far / len(values) if all_ways else (as_far + 1) / (len(values) + 1)


def _swaps(
    first: Sequence[Pair],
    second: Sequence[Pair],
    differ: Sequence[int],
    base: Sequence[Pair],
    *,
    all_ways: bool,
    resamples: int,
    bits: Callable[[int], int],
) -> Iterator[float | None]:
    for number in range(2 ** len(differ) if all_ways else resamples):
        ways = number if all_ways else bits(len(differ))
        one, two = list(base[0]), list(base[1])
        for place, case in enumerate(differ):
            a, b = (second[case], first[case]) if ways >> place & 1 else (first[case], second[case])
            one[0], one[1], two[0], two[1] = (
                one[0] + a[0],
                one[1] + a[1],
                two[0] + b[0],
                two[1] + b[1],
            )
        yield two[0] / two[1] - one[0] / one[1] if one[1] and two[1] else None


def _total(pairs: Sequence[Pair], without: set[int]) -> Pair:
    kept = [pair for place, pair in enumerate(pairs) if place not in without]
    return sum(part for part, _ in kept), sum(whole for _, whole in kept)


def _difference(first: Sequence[Pair], second: Sequence[Pair]) -> float | None:
    one, two = _total(first, set()), _total(second, set())
    return two[0] / two[1] - one[0] / one[1] if one[1] and two[1] else None
