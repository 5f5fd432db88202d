"""Twice as much takes twice as many steps, for everything that is done once for each finding, line,
hunk or file."""

from __future__ import annotations

import pytest
from support.scaling import STEPS
from support.work import growth

SIZE = 120


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.fault(
    "scale",
    "twice as many findings, lines, hunks or files",
    "no step takes much more than twice the work",
)
def test_work_grows_with_the_input(step: str):
    assert growth(STEPS[step], SIZE) <= 2.2
