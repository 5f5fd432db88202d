"""What is recommended on each of the stubbed machines."""

import pytest
from support.machines import MACHINES

from reviewer.serving.fit import Want
from reviewer.serving.recommend import recommend


@pytest.mark.parametrize("name", MACHINES)
def test_every_machine_gets_a_plan_that_fits(name):
    made = recommend(MACHINES[name], Want())
    assert made is not None
    assert made.plan.fits
