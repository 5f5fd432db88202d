from __future__ import annotations

from collections import Counter

import pytest
from fuzz.patches import ALIKE, LAXER, LISTED, MORE, NAMED, REFUSED, SAME_LINES, STRICTER, outcomes


@pytest.mark.fault(
    "patches",
    "a patch damaged on the way, in hundreds of ways (`make fuzz`: thousands)",
    "what `git apply` reads of it is read alike, with git's lines, or refused in one line",
)
def test_what_git_reads_of_a_damaged_patch_is_read_or_refused() -> None:
    """The short form of `make fuzz`, always with the same patches."""
    found = list(outcomes(400, seed=3))
    assert not [(names, outcome) for names, _, outcome in found if outcome.wrong]
    kinds = Counter(outcome.kind for _, _, outcome in found)
    assert set(kinds) - {LISTED, MORE, NAMED} == {ALIKE, SAME_LINES, STRICTER, LAXER, REFUSED}
