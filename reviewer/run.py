"""What a run is asked, what it has done so far, and how it is stopped."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from reviewer import findings, memory, process, serving, verify
from reviewer.config import Settings
from reviewer.errors import Interrupted, OutOfTime
from reviewer.events import Event, Finding, Heartbeat
from reviewer.models.ask import Answer, ask
from reviewer.types import (
    Change,
    Evidence,
    ModelRole,
    Scope,
    Severity,
    Skipped,
    Unit,
    Unreviewed,
    UnreviewedReason,
    Usage,
)

PROOFS_AT_ONCE = 2  # patches that are proved at a time: each proof runs git, parsers and analyzers
HEARTBEAT_SECONDS = 9.0  # the contract promises no silence longer than 10

Stopped = Literal["interrupted", "terminated"]
Stop = asyncio.Future[Stopped]
Chooser = Callable[..., Awaitable[serving.Choice]]  # called as serving.choose is
T = TypeVar("T")


@dataclass(frozen=True)
class Request:
    """What a door asks for. `overrides` are settings by name, as given on the command line."""

    directory: Path
    scope: Scope
    overrides: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    user_file: Path | None = None
    patch: bytes | None = None  # the content for scope `diff`
    guidelines: tuple[tuple[str, str], ...] = ()  # extra guideline files: (name, text)
    hook: bool = False  # keep GIT_INDEX_FILE and its like
    show_rejected: bool = (
        False  # what was held back is wanted too, so a remembered run is not enough
    )
    reports: frozenset[str] = (
        frozenset()
    )  # absolute paths that the reports of this run are written to


@dataclass
class Outcome:
    """What a run has done so far; at its end, everything that the verdict needs."""

    model_role: ModelRole = "none"
    fail_on: Severity | None = None
    findings: list[Finding] = field(default_factory=list)
    rejected: list[verify.Rejected] = field(default_factory=list)  # findings that did not stand
    held_back: Counter[str] = field(
        default_factory=Counter
    )  # findings that were not published, by reason
    resolved: tuple[str, ...] = ()
    reviewed: list[str] = field(default_factory=list)
    skipped: tuple[Skipped, ...] = ()
    unreviewed: list[Unreviewed] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(
        default_factory=list
    )  # what the reader should know, without being a warning
    usage: Usage = field(default_factory=Usage)
    cache_hits: int = 0
    cache_misses: int = 0
    seconds: float = 0.0
    stopped: Stopped | None = None


@dataclass
class Run:
    """What the stages share: the change, the settings in force, the engine, and how far things
    are."""

    change: Change
    settings: Settings
    choice: serving.Choice
    extra_guidelines: tuple[tuple[str, str], ...]
    outcome: Outcome
    emit: Callable[[Event], None]
    source: findings.Source
    began: float
    last: float = 0.0
    done: int = 0
    asks: int = 0  # looks to be taken: units, times the lenses of each
    todo: list[Unit] = field(default_factory=list)
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)  # by path
    baseline: memory.Baseline = field(default_factory=memory.Baseline)  # of the base revision
    since: Change | None = None  # from the baseline commit to what is under review
    later: list[Any] = field(
        default_factory=list
    )  # (across files?, ordinal, place in line, reading.Found): said last
    read: list[Unit] = field(default_factory=list)  # units that the model has read in full
    read_before: Callable[[Sequence[Unit]], set[int]] = lambda units: (
        set()
    )  # ordinals, of an earlier run
    reasons: dict[str, UnreviewedReason] = field(
        default_factory=dict
    )  # by path: why the model has not seen all of it
    published: set[str] = field(default_factory=set)
    looked: set[str] = field(
        default_factory=set
    )  # sources that were asked about everything: model, analyzer:NAME
    stood_by: list[Finding] = field(
        default_factory=list
    )  # found and severe enough, dismissed ones included
    ask: Callable[..., Awaitable[Answer]] = (
        ask  # called as models.ask.ask is; memory puts itself in between
    )
    dismissed: Callable[[Finding], bool] = lambda finding: False
    judge: Callable[[Finding], tuple[Finding, str | None]] = lambda finding: (
        finding,
        None,
    )  # state, why dismissed
    precedents: verify.Precedents = field(
        default_factory=verify.Precedents
    )  # those that the verifier may be given
    keep: Callable[..., None] = lambda prompt, reply, items: (
        None
    )  # a question whose answer led to findings
    proofs: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PROOFS_AT_ONCE))
    before: asyncio.Future[Any] | None = (
        None  # what the user's verify command does without any patch
    )
    pending: dict[str, Finding] = field(
        default_factory=dict
    )  # found, and neither published nor rejected yet
    announced: list[Finding] = field(
        default_factory=list
    )  # by analyzers, while their fixes are proved
    settling: list[asyncio.Task[None]] = field(default_factory=list)  # what works on them
    analyzed: asyncio.Event = field(
        default_factory=asyncio.Event
    )  # all evidence is there that there will be

    def send(self, event: Event) -> None:
        self.last = time.monotonic()
        self.emit(event)

    @property
    def seconds_left(self) -> float:
        return self.began + self.settings.timeout - time.monotonic()

    def warn(self, said: str) -> None:
        if said not in self.outcome.warnings:
            self.outcome.warnings.append(said)

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(max(0.05, self.last + HEARTBEAT_SECONDS - time.monotonic()))
            if time.monotonic() - self.last >= HEARTBEAT_SECONDS:
                elapsed = round(time.monotonic() - self.began, 1)
                self.send(
                    Heartbeat(elapsed_seconds=elapsed, units_done=self.done, units_total=self.asks)
                )


async def needed(work: Awaitable[T], stop: Stop, seconds: float) -> T:
    """The result of `work`, without which the run cannot go on. Raises Interrupted when the user
    stops the run first, OutOfTime when the time is over."""
    task = asyncio.ensure_future(work)
    if await _first(task, stop, seconds):
        return task.result()
    if stop.done():
        raise Interrupted(
            "interrupted before anything was reviewed", terminated=stop.result() == "terminated"
        )
    raise OutOfTime(
        "the time limit ended the run before anything was reviewed: raise --timeout or narrow the"
        " scope"
    )


async def while_time(work: Awaitable[object], stop: Stop, seconds: float) -> bool:
    """Do `work` until it is done, the user stops the run or the time is over; what it has done by
    then stands. Whether it was done."""
    task = asyncio.ensure_future(work)
    if await _first(task, stop, seconds):
        task.result()
        return True
    return False


async def _first(task: asyncio.Future[T], stop: Stop, seconds: float) -> bool:
    """Whether the task ended by itself; if not, it is cancelled and the programs it waits for are
    killed."""
    try:
        both: set[asyncio.Future[Any]] = {task, stop}
        await asyncio.wait(both, timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED)
        return task.done()
    finally:
        if not task.done():
            task.cancel()
            process.kill_running()
            await asyncio.wait({task})
