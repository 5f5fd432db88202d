"""Keeps a server busy: warms its prefix cache, then keeps as many requests in flight as it can
handle."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from reviewer.errors import AuthFailed, EngineError, ModelNotFound, ReviewerError
from reviewer.models.base import PromptTooLong

T = TypeVar("T")
# A job calls its argument once its prompt has been read.
Job = Callable[[Callable[[], None]], Awaitable[T]]
# The first request computes the prefix; only the second one shows the server how much is shared.
WARM = 2


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """The result of the job at `index`: a value or an error."""

    index: int
    value: T | None
    error: ReviewerError | PromptTooLong | None = None


async def run(
    jobs: Sequence[Job[T]],
    deliver: Callable[[Outcome[T]], None],
    *,
    concurrency: int | Callable[[], int],
    patience: float = 0.25,
    breaker: int = 5,
) -> None:
    """Run all `jobs`, and `deliver` the outcome of each exactly once, as it ends.

    The first job starts alone, and the others wait until WARM jobs had their first token, or ended,
    or `patience` seconds have passed: by then the server has the earlier prompts at the head of its
    queue. From then on, up to `concurrency` jobs are in flight. A function is called each time,
    since a server may turn out to handle fewer.

    After `breaker` EngineErrors in a row, or an error that would affect all jobs (wrong key or
    model), the jobs that have not started end at once with that error. Anything but
    ReviewerError and PromptTooLong is a bug: all jobs are cancelled and it is raised. Cancelling
    the caller cancels all jobs.
    """
    running: dict[asyncio.Task[T], int] = {}
    changed = asyncio.Event()
    warm: set[int] = set()
    failed, broken, started = 0, None, 0

    def begin(index: int) -> None:
        def ready() -> None:
            warm.add(index)
            changed.set()

        task = asyncio.ensure_future(_awaited(jobs[index], ready))
        task.add_done_callback(lambda _: ready())
        running[task] = index

    try:
        while started < len(jobs) or running:
            while (
                started < len(jobs)
                and broken is None
                and _room(len(running), len(warm), started, concurrency)
            ):
                begin(started)
                started += 1
            changed.clear()
            await _wait(
                changed, patience if started < min(WARM + 1, len(jobs)) else None, warm, started
            )
            for task in [task for task in running if task.done()]:
                outcome = _outcome(running.pop(task), task)
                failed = failed + 1 if isinstance(outcome.error, EngineError) else 0
                if isinstance(outcome.error, AuthFailed | ModelNotFound) or failed >= breaker:
                    broken = broken or outcome.error
                deliver(outcome)
            if broken is not None:
                for index in range(started, len(jobs)):
                    deliver(Outcome(index, None, broken))
                started = len(jobs)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _awaited(job: Job[T], ready: Callable[[], None]) -> T:
    return await job(ready)


def _room(running: int, warm: int, started: int, concurrency: int | Callable[[], int]) -> bool:
    most = concurrency if isinstance(concurrency, int) else concurrency()
    return running < max(1, most) and warm >= min(started, WARM)


async def _wait(
    changed: asyncio.Event, patience: float | None, warm: set[int], started: int
) -> None:
    try:
        async with asyncio.timeout(patience):
            await changed.wait()
    except TimeoutError:
        warm.update(range(started))  # no first token in time: go on without


def _outcome(index: int, task: asyncio.Task[T]) -> Outcome[T]:
    try:
        return Outcome(index, task.result())
    except (ReviewerError, PromptTooLong) as error:
        return Outcome(index, None, error)
