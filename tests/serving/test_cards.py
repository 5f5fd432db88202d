from dataclasses import replace

import pytest

from reviewer.serving import cards
from reviewer.serving.hardware import GIB, Machine, make_device

CPU = make_device("cpu", "a CPU", 64 * GIB)
SMALL = make_device("cuda", "NVIDIA GeForce RTX 3060", 12 * GIB, 11 * GIB, index=0)
LARGE = make_device("cuda", "NVIDIA GeForce RTX 3090", 24 * GIB, 20 * GIB, index=1)
FREER = replace(LARGE, free=23 * GIB, index=2)
BUSY = replace(LARGE, free=9 * GIB, index=3)
UNEQUAL = Machine((LARGE, FREER, BUSY, SMALL), CPU)  # most memory first, as they are detected


@pytest.mark.parametrize(
    ("like", "count", "numbers"),
    [(LARGE, 1, "2"), (LARGE, 2, "1,2"), (LARGE, 3, "1,2,3"), (SMALL, 1, "0"), (LARGE, 4, None)],
)
def test_a_server_gets_the_freest_of_the_gpus_that_were_planned(like, count, numbers):
    order = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": numbers}
    assert cards.variables(UNEQUAL, like, count, {}) == (order if numbers else {})


@pytest.mark.parametrize(
    ("machine", "like", "environ"),
    [
        (UNEQUAL, LARGE, {"CUDA_VISIBLE_DEVICES": "1"}),
        (Machine((LARGE,), CPU), LARGE, {}),
        (Machine((replace(LARGE, index=None), SMALL), CPU), LARGE, {}),
        (Machine((), CPU), CPU, {}),
    ],
)
def test_nothing_is_set_where_there_is_no_choice_or_the_user_has_chosen(machine, like, environ):
    assert cards.variables(machine, like, 1, environ) == {}


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (None, UNEQUAL.devices),
        ("0", (SMALL,)),
        ("3, 1", (LARGE, BUSY)),
        ("GPU-8932f937-d72c", UNEQUAL.devices),
        ("", UNEQUAL.devices),
    ],
)
def test_what_the_user_hides_is_not_planned_for(value, left):
    environ = {} if value is None else {"CUDA_VISIBLE_DEVICES": value}
    assert cards.visible(UNEQUAL, environ).devices == left
