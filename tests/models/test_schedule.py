import asyncio

import pytest

from reviewer.errors import AuthFailed, EngineError, EngineUnreachable
from reviewer.models.base import PromptTooLong
from reviewer.models.schedule import Outcome, run


class Bench:
    """Jobs whose steps are told by the test, and what was seen of them."""

    def __init__(self, prefill=0.01, decode=0.02):
        self.prefill, self.decode = prefill, decode
        self.log, self.outcomes = [], []
        self.in_flight = self.most = self.cancelled = 0

    def job(self, number, error=None, silent=False):
        async def work(first_token):
            self.log.append(f"start {number}")
            self.in_flight += 1
            self.most = max(self.most, self.in_flight)
            try:
                await asyncio.sleep(self.prefill)
                if error is not None:
                    raise error
                if not silent:
                    self.log.append(f"token {number}")
                    first_token()
                await asyncio.sleep(self.decode)
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
            finally:
                self.in_flight -= 1
            return number * 10

        return work

    def run(self, jobs, **options):
        asyncio.run(asyncio.wait_for(run(jobs, self.outcomes.append, **options), 20))
        return sorted(self.outcomes, key=lambda outcome: outcome.index)


def test_the_first_two_warm_the_prefix_then_all_run():
    bench = Bench(prefill=0.02, decode=0.2)
    outcomes = bench.run([bench.job(number) for number in range(6)], concurrency=16)
    assert outcomes == [Outcome(number, number * 10) for number in range(6)]
    assert bench.log[:4] == ["start 0", "token 0", "start 1", "token 1"]
    assert bench.log[4:8] == ["start 2", "start 3", "start 4", "start 5"]
    assert bench.most == 6


def test_concurrency_is_kept_and_asked_for_again():
    bench = Bench()
    bench.run([bench.job(number) for number in range(20)], concurrency=3)
    assert bench.most == 3
    shrinking = Bench()
    shrinking.run(
        [shrinking.job(number) for number in range(20)],
        concurrency=lambda: 4 if len(shrinking.outcomes) < 2 else 1,
    )
    late = [line for line in shrinking.log if line.split()[1] in ("15", "16", "17")]
    assert late == ["start 15", "token 15", "start 16", "token 16", "start 17", "token 17"]
    assert len(shrinking.outcomes) == 20


def test_a_job_that_ends_without_a_token_lets_the_next_start():
    bench = Bench(decode=0)
    outcomes = bench.run(
        [bench.job(0, silent=True), bench.job(1, silent=True), bench.job(2)], concurrency=8
    )
    assert outcomes == [Outcome(0, 0), Outcome(1, 10), Outcome(2, 20)]
    assert bench.log == ["start 0", "start 1", "start 2", "token 2"]


def test_a_server_that_sends_no_first_token_is_not_waited_for():
    bench = Bench(prefill=0.3)
    bench.run([bench.job(number, silent=True) for number in range(8)], concurrency=8, patience=0.05)
    assert bench.most == 8


def test_outcomes_come_as_they_finish():
    bench = Bench()

    async def slow(first_token):
        first_token()
        await asyncio.sleep(0.3)
        return "slow"

    asyncio.run(run([slow, bench.job(1), bench.job(2)], bench.outcomes.append, concurrency=3))
    assert [outcome.index for outcome in bench.outcomes] == [1, 2, 0]


def test_errors_of_one_job_are_its_own():
    bench = Bench()
    error, long = EngineError("HTTP 500"), PromptTooLong("too long")
    jobs = [bench.job(0), bench.job(1, error), bench.job(2), bench.job(3, long), bench.job(4)]
    assert bench.run(jobs, concurrency=2) == [
        Outcome(0, 0),
        Outcome(1, None, error),
        Outcome(2, 20),
        Outcome(3, None, long),
        Outcome(4, 40),
    ]


def test_a_dead_server_fails_the_rest_at_once():
    bench = Bench()
    error = EngineUnreachable("gone")
    outcomes = bench.run([bench.job(number, error) for number in range(100)], concurrency=1)
    assert outcomes == [Outcome(number, None, error) for number in range(100)]
    assert bench.log == [f"start {number}" for number in range(5)]


def test_failures_that_do_not_follow_each_other_break_nothing():
    bench = Bench()
    jobs = [
        bench.job(number, None if number % 5 == 4 else EngineUnreachable("gone"))
        for number in range(25)
    ]
    bench.run(jobs, concurrency=1)
    assert sum(line.startswith("start") for line in bench.log) == 25


def test_a_refused_key_is_refused_for_all():
    bench = Bench()
    error = AuthFailed("key")
    assert bench.run([bench.job(0, error), *map(bench.job, range(1, 9))], concurrency=4) == [
        Outcome(number, None, error) for number in range(9)
    ]
    assert bench.log == ["start 0"]


def test_no_jobs():
    assert Bench().run([], concurrency=4) == []


def test_cancelling_cancels_all_jobs():
    bench = Bench(decode=60)

    async def main():
        task = asyncio.create_task(
            run([bench.job(n) for n in range(9)], bench.outcomes.append, concurrency=4)
        )
        async with asyncio.timeout(20):
            while bench.in_flight < 4:
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert (bench.cancelled, bench.in_flight, bench.outcomes) == (4, 0, [])


def test_a_bug_is_raised_and_cancels_the_others():
    bench = Bench(decode=60)
    with pytest.raises(ZeroDivisionError):
        bench.run([bench.job(0), bench.job(1), bench.job(2, ZeroDivisionError())], concurrency=4)
    assert (bench.cancelled, bench.in_flight) == (2, 0)
