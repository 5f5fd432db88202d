"""The time of a run: its deadline, its early end, and its heartbeats."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Literal, TypeVar

from reviewer import process, watchdog
from reviewer.config import DEFAULT_TIMEOUT
from reviewer.errors import Interrupted, OutOfTime
from reviewer.events import Event, Heartbeat
from reviewer.pipeline.pace import Pace

_REMEMBERING = 0.7  # of the time after the end: the rest is for the last events
_OFTEN = 0.1  # seconds
HEARTBEAT_SECONDS = 9.0  # the contract promises no silence longer than 10
# Between two heartbeats about progress: at first, and as a share of the time that has passed, so
# that a run of hours does not fill its stream with them.
_APART, _APART_SHARE = 1.0, 1 / 300

Stopped = Literal["interrupted", "terminated"]
Stop = asyncio.Future[Stopped]
Emit = Callable[[Event], None]
T = TypeVar("T")


class Clock:
    """The deadline and the event stream of one run. Every event goes through `send`. `pace` counts
    and times the passes, for heartbeats only.
    """

    def __init__(self, stop: Stop, emit: Emit) -> None:
        self.stop = stop
        self.began = time.monotonic()
        self.timeout: float = DEFAULT_TIMEOUT  # seconds; `start` replaces it
        self.pace = Pace(())
        self._emit = emit
        self._last = 0.0
        self._beaten = self.began
        self._progress = asyncio.Event()
        self._stopped: float | None = None  # when
        stop.add_done_callback(self._note_stop)

    def _note_stop(self, _: Stop) -> None:
        self._stopped = time.monotonic()

    def start(self, timeout: float) -> None:
        """Set the time limit, in seconds from the creation of the clock."""
        self.timeout = timeout
        watchdog.limit(self.seconds_left)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began

    @property
    def seconds_left(self) -> float:
        return self.timeout - self.elapsed

    @property
    def over(self) -> bool:
        """Whether the run must end now: its user stopped it, or the time is up."""
        return self.stop.done() or self.seconds_left <= 0

    def may_go_on(self, share: float) -> bool:
        """Whether less than `share` of the time has passed that the watchdog leaves to a run after
        its end: after the time limit, or after it was stopped."""
        end = min(self.began + self.timeout, self._stopped or math.inf)
        return time.monotonic() < end + share * watchdog.GRACE

    async def in_the_end(self, work: Awaitable[T], give_up: Callable[[], None]) -> T:
        """The result of `work`, which `give_up` cuts short when the watchdog is about to end the
        run."""
        task = asyncio.ensure_future(work)
        while not (await asyncio.wait({task}, timeout=_OFTEN))[0]:
            if not self.may_go_on(_REMEMBERING):
                give_up()
        return task.result()

    def send(self, event: Event) -> None:
        self._last = time.monotonic()
        self._emit(event)

    def beat(self) -> None:
        left = self.pace.seconds_left(time.monotonic())
        self._progress.clear()
        self._beaten = time.monotonic()
        self.send(
            Heartbeat(
                # down: the run is not shorter than its heartbeats say
                elapsed_seconds=math.floor(10 * self.elapsed) / 10,
                units_done=self.pace.done,
                units_total=self.pace.total,
                seconds_left=None if left is None else round(left, 1),
            )
        )

    def begin(self, passes: Sequence[float]) -> None:
        """Expect passes of these weights (see `pace.weight`)."""
        self.pace = Pace(passes)
        self._progress.set()

    def end_pass(self, position: int, *, asked: bool) -> None:
        self.pace.end(position, time.monotonic(), asked=asked)
        self._progress.set()

    async def beats(self, every: float | None = None) -> None:
        """Send a heartbeat soon after each progress, and after each silence of `every` seconds
        (HEARTBEAT_SECONDS by default), until cancelled. None is sent before the first event, which
        is the context."""
        every = every or HEARTBEAT_SECONDS
        while True:
            silence = self._last + every - time.monotonic() if self._last else 0.0
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.05, silence)):
                    await self._progress.wait()
                    await asyncio.sleep(self._beaten + self._apart(every) - time.monotonic())
                    self.beat()
            if self._last and time.monotonic() - self._last >= every:
                self.beat()

    def _apart(self, most: float) -> float:
        return min(most, max(_APART, _APART_SHARE * self.elapsed))

    async def needed(self, work: Awaitable[T]) -> T:
        """The result of `work`, without which the run cannot go on. Raises Interrupted when the
        user stops the run first, OutOfTime when `work` takes longer than the whole timeout."""
        task = asyncio.ensure_future(work)
        if await self._ended(task, self.timeout):
            return task.result()
        if self.stop.done():
            raise Interrupted(
                "interrupted before anything was reviewed",
                terminated=self.stop.result() == "terminated",
            )
        raise OutOfTime(
            "the run timed out before anything was reviewed: raise --timeout or narrow the scope"
        )

    async def while_time(self, work: Awaitable[object]) -> bool:
        """Run `work` until it ends or the run is over; whatever it did by then stands. Return
        whether it ended."""
        task = asyncio.ensure_future(work)
        if await self._ended(task, self.seconds_left):
            task.result()
            return True
        return False

    async def _ended(self, task: asyncio.Future[T], seconds: float) -> bool:
        """Whether the task ended by itself. If not, cancel it and kill the programs that it waits
        for."""
        try:
            both: set[asyncio.Future[Any]] = {task, self.stop}
            await asyncio.wait(both, timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED)
            return task.done()
        finally:
            if not task.done():
                task.cancel()
                process.kill_running()
                await asyncio.wait({task})
