from __future__ import annotations

import pytest

from reviewer import resources
from reviewer.messages import Prompt
from reviewer.verify.lenses import LENSES, blended, with_lens

ALL = LENSES["high"][1:]


def test_each_effort_reads_with_all_the_lenses_of_the_one_below():
    assert dict(LENSES) == {
        "low": ("",),
        "medium": ("", "contracts"),
        "high": ("", "contracts", "removed", "security", "tests"),
    }


@pytest.mark.parametrize("lens", ALL)
def test_a_lens_comes_last_and_is_short(lens):
    asked = with_lens(Prompt("rules", "the change", 100, shown=3), lens)
    told = resources.text(f"prompts/review/lenses/{lens}.md")
    assert asked == Prompt("rules", f"the change\n\n{told.strip()}", 100, shown=3)
    assert 200 < len(told) < 1000


def test_agreement_raises_what_the_judge_says():
    assert [blended(0.5, count) for count in (1, 2, 3)] == [0.5, 0.6, 0.692]
    assert (blended(0.0, 3), blended(1.0, 3)) == (0.0, 1.0)
    assert [blended(None, count) for count in (1, 3, 5, 6)] == [0.5, 0.75, 0.85, 0.85]
