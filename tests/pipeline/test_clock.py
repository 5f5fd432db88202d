from __future__ import annotations

import asyncio

import pytest

from reviewer import watchdog
from reviewer.errors import Interrupted, OutOfTime
from reviewer.events import Heartbeat, Status
from reviewer.pipeline import clock as clock_module
from reviewer.pipeline.clock import Clock
from reviewer.pipeline.pace import Pace

STATUS = Status(phase="setup", status="setting_up")


def timed(work, *, timeout=60.0, stopped=None):
    """What `work(clock, events)` gives, with a clock of `timeout` seconds."""

    async def go():
        events = []
        stop = asyncio.get_running_loop().create_future()
        if stopped:
            stop.set_result(stopped)
        clock = Clock(stop, events.append)
        clock.timeout = timeout
        return await work(clock, events)

    return asyncio.run(go())


async def forever():
    await asyncio.Event().wait()


def test_work_that_is_done_in_time():
    async def work(clock, events):
        return await clock.needed(asyncio.sleep(0, "done")), await clock.while_time(forever_not())

    async def forever_not():
        return None

    assert timed(work) == ("done", True)


@pytest.mark.parametrize("stopped", ["interrupted", "terminated"])
def test_the_user_stops_what_is_needed(stopped):
    with pytest.raises(Interrupted) as raised:
        timed(lambda clock, events: clock.needed(forever()), stopped=stopped)
    assert raised.value.exit_code == {"interrupted": 130, "terminated": 143}[stopped]


def test_the_time_is_up_for_what_is_needed():
    with pytest.raises(OutOfTime, match="raise --timeout or narrow the scope"):
        timed(lambda clock, events: clock.needed(forever()), timeout=0)


@pytest.mark.parametrize(("timeout", "stopped"), [(0, None), (60, "interrupted")])
def test_work_that_may_end_early_is_cancelled_not_left_behind(timeout, stopped):
    ended = []

    async def long():
        try:
            await forever()
        finally:
            ended.append("cancelled")

    async def work(clock, events):
        task = asyncio.ensure_future(long())
        await asyncio.sleep(0)  # it has begun
        return await clock.while_time(task), clock.over

    assert timed(work, timeout=timeout, stopped=stopped) == (False, True)
    assert ended == ["cancelled"]


def test_a_run_in_time_is_not_over():
    async def work(clock, events):
        return clock.over

    assert timed(work) is False


def test_errors_of_the_work_go_through():
    async def fails():
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        timed(lambda clock, events: clock.while_time(fails()))


def test_heartbeats_begin_after_the_first_event_and_say_how_far_the_run_is():
    async def work(clock, events):
        beats = asyncio.create_task(clock.beats(0.01))
        await asyncio.sleep(0.1)
        assert events == []
        clock.pace = Pace([1.0] * 5, 2)
        clock.send(STATUS)
        while len(events) < 3:
            await asyncio.sleep(0.01)
        beats.cancel()
        return events

    first, *beats = timed(work)
    assert first == STATUS
    assert [(type(beat), beat.units_done, beat.units_total) for beat in beats[:2]] == [
        (Heartbeat, 2, 5),
        (Heartbeat, 2, 5),
    ]


@pytest.mark.fault(
    "deadline",
    "units end while findings keep the stream from falling silent",
    "the count of units moves with them, in heartbeats at least a second apart",
)
def test_progress_is_told_soon_and_in_few_heartbeats(monkeypatch):
    monkeypatch.setattr(clock_module, "_APART", 0.05)

    async def work(clock, events):
        beats = asyncio.create_task(clock.beats())
        clock.send(STATUS)
        clock.begin([1.0] * 40)
        for position in range(40):
            clock.end_pass(position, asked=False)
            clock.send(STATUS)  # as a finding would be
            await asyncio.sleep(0.005)
        while not isinstance(events[-1], Heartbeat):
            await asyncio.sleep(0.01)
        beats.cancel()
        return [event for event in events if isinstance(event, Heartbeat)]

    told = timed(work)
    assert (told[-1].units_done, told[-1].units_total) == (40, 40)
    assert len({beat.units_done for beat in told}) == len(told)
    assert 2 <= len(told) <= 20  # of 40, some 0.2 s long, 0.05 s apart


def test_the_speed_that_was_measured_says_how_much_time_is_left():
    async def work(clock, events):
        clock.pace = Pace([1.0] * 3)
        clock.pace.begin(0, clock.began)
        clock.pace.end(0, clock.began + 1000.0, asked=True)
        clock.beat()
        clock.pace.begin(1, clock.began)
        clock.pace.end(1, clock.began + 1000.0, asked=True)
        clock.beat()
        return [event.seconds_left for event in events]

    assert timed(work) == [None, 1000.0]


def test_the_heartbeats_of_a_long_run_are_further_apart():
    async def work(clock, events):
        apart = []
        for elapsed in (0, 300, 900, 36000):
            clock.began -= elapsed
            apart.append(round(clock._apart(9.0), 1))
            clock.began += elapsed
        return apart

    assert timed(work) == [1.0, 1.0, 3.0, 9.0]


@pytest.mark.parametrize(("timeout", "stopped"), [(0, None), (60, "interrupted")])
@pytest.mark.parametrize(("share", "may"), [(0.0, False), (1.0, True)])
def test_what_is_left_to_do_at_the_end_has_a_share_of_the_watchdogs_patience(
    monkeypatch, timeout, stopped, share, may
):
    monkeypatch.setattr(watchdog, "GRACE", 1000.0)

    async def work(clock, events):
        await asyncio.sleep(0)  # the stop is heard
        return clock.may_go_on(share)

    assert timed(work, timeout=timeout, stopped=stopped) is may


def test_before_the_end_there_is_no_hurry():
    async def work(clock, events):
        return clock.may_go_on(0.0)

    assert timed(work)


@pytest.mark.parametrize(("timeout", "given_up"), [(-1000, True), (1000, False)])
def test_the_last_work_is_cut_short_when_the_watchdog_is_about_to_end_the_run(timeout, given_up):
    async def work(clock, events):
        ended, calls = asyncio.Event(), []

        def give_up():
            calls.append("given up")
            ended.set()

        async def last():
            if given_up:
                await ended.wait()
            return "done"

        return await clock.in_the_end(last(), give_up), calls

    assert timed(work, timeout=timeout) == ("done", ["given up"] if given_up else [])
