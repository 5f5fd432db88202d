"""The order of severities."""

from __future__ import annotations

from itertools import pairwise

from reviewer.types import SEVERITIES, is_at_least, severity_rank


def test_the_most_severe_comes_first() -> None:
    assert [severity_rank(each) for each in SEVERITIES] == [0, 1, 2, 3, 4]
    assert SEVERITIES[0] == "critical"
    for worse, better in pairwise(SEVERITIES):
        assert is_at_least(worse, better)
        assert is_at_least(worse, worse)
        assert not is_at_least(better, worse)
