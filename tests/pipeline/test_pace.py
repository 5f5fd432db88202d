from __future__ import annotations

import pytest
from support.change import change

from reviewer.pipeline.pace import Pace, weight
from reviewer.types import Unit


def played(weights, *steps):
    """The estimates after each step (second, what happens)."""
    pace, left = Pace(weights), []
    for now, *happened in steps:
        for what, position in happened:
            if what == "begin":
                pace.begin(position, now)
            else:
                pace.end(position, now, asked=what == "asked")
        left.append(pace.seconds_left(now))
    return left


def one_by_one(number, seconds):
    yield 0.0, ("begin", 0)
    for position in range(number - 1):
        yield seconds * (position + 1), ("asked", position), ("begin", position + 1)
    yield seconds * number, ("asked", number - 1)


def test_nothing_is_said_before_the_speed_is_known_nor_when_nothing_is_left():
    assert played([1, 1, 1, 1], *one_by_one(4, 10.0)) == [None, None, 20.0, 10.0, None]


def test_the_time_falls_between_the_ends_of_passes():
    steps = [*one_by_one(5, 10.0)][:3]
    assert played([1] * 5, *steps, (23.0,), (26.0,), (29.5,)) == [
        None,
        None,
        30.0,
        27.0,
        24.0,
        20.5,
    ]


def test_passes_at_once_share_the_work_that_is_left():
    begun = (0.0, *(("begin", at) for at in range(4)))
    first = (10.0, ("asked", 0), ("asked", 1), ("begin", 4), ("begin", 5))
    # Passes take 14 s on average: 6 are left of two, 14 of two more, and two wait.
    second = (18.0, ("asked", 2), ("asked", 3), ("begin", 6), ("begin", 7))
    left = played([1] * 10, begun, first, (12.0,))
    assert left == [None, pytest.approx(50 / 3), pytest.approx(44 / 3)]
    assert played([1] * 10, begun, first, second)[-1] == pytest.approx(17.0)


def test_a_pass_over_much_takes_longer():
    steps = (0.0, ("begin", 0), ("begin", 1)), (4.0, ("asked", 0), ("asked", 1), ("begin", 2))
    assert played([1, 1, 5], *steps)[-1] == 20.0


def test_the_last_long_pass_is_not_divided_by_those_at_its_side():
    steps = (
        (0.0, ("begin", 0), ("begin", 1)),
        (4.0, ("asked", 0), ("asked", 1), ("begin", 2), ("begin", 3)),
    )
    assert played([1, 1, 1, 5], *steps)[-1] == 20.0


def test_replies_from_the_cache_are_done_and_say_nothing_of_the_speed():
    cached = [(0.0, ("begin", at), ("cached", at)) for at in range(6)]
    rest = [
        (0.0, ("begin", 6)),
        (10.0, ("asked", 6), ("begin", 7)),
        (20.0, ("asked", 7), ("begin", 8)),
    ]
    assert played([1] * 10, *cached, *rest) == [*[None] * 8, 20.0]


def test_a_pass_that_was_given_up_before_it_began_is_not_waited_for():
    pace = Pace([1] * 4)
    for position in (0, 1):
        pace.begin(position, 0.0)
        pace.end(position, 10.0, asked=True)
    pace.begin(2, 10.0)
    pace.end(3, 10.0, asked=False)
    assert (pace.done, pace.total, pace.seconds_left(10.0)) == (3, 4, 10.0)


def test_a_little_slower_is_no_reason_to_rise():
    steps = [*one_by_one(10, 10.0)][:3]
    late = (32.0, ("asked", 2), ("begin", 3))  # 12 s instead of 10
    assert played([1] * 10, *steps, late)[2:] == [80.0, 68.0]
    much = (60.0, ("asked", 2), ("begin", 3))  # 40 s
    assert played([1] * 10, *steps, much)[2:] == [80.0, pytest.approx(140.0)]


def test_a_pass_that_takes_longer_than_expected_is_a_longer_wait_until_nothing_is_known():
    steps = [*one_by_one(3, 10.0)][:3]
    late = ((24.0,), (28.0,), (35.0,), (49.0,), (51.0,))
    assert played([1] * 3, *steps, *late)[2:] == [
        10.0,
        6.0,
        pytest.approx(8 / 3),
        5.0,
        pytest.approx(29 / 3),
        None,
    ]


def test_a_pass_weighs_what_it_shows_and_what_comes_with_it():
    files = change({"a.py": b"a\n"}, {"a.py": b"a\nbcd\nef\n"}).files
    assert weight(Unit(files[0], files[0].hunks, 0)) == 2000 + 6
