"""The tools themselves, free of the protocol: arguments in, contract values out, ReviewerError when
refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reviewer import __version__, config, findings, memory, serving, verdict, workspace
from reviewer.doors.mcp import fit, roots
from reviewer.doors.mcp.contract import (
    Applied,
    Decision,
    DismissArguments,
    Dismissed,
    FindingArguments,
    ListArguments,
    Listing,
    Proposal,
    Remembered,
    ReviewArguments,
    Running,
    ServerStatus,
)
from reviewer.doors.mcp.scopes import scope
from reviewer.errors import ConfigError, Interrupted, UsageError
from reviewer.events import Event, Finding, Report, ReviewContext, Tool
from reviewer.fixes import apply, service
from reviewer.fixes import report as fixes
from reviewer.memory import listing
from reviewer.outputs.wording import ordered
from reviewer.pipeline.clock import Stop
from reviewer.pipeline.plan import Request
from reviewer.pipeline.review import review as run_review
from reviewer.pipeline.seams import Chooser
from reviewer.text import timestamp

MOST_JOBS = 8  # reviews that run or wait


@dataclass(eq=False)
class Job:
    """A review that is running or waiting for its turn."""

    directory: Path
    stop: Stop
    began: float = field(default_factory=time.monotonic)
    findings: int = 0
    task: asyncio.Task[Report] | None = None


@dataclass
class Door:
    """The state of one server. Reviews take turns, since stopping one ends the programs of all of
    them; writes to the worktree take turns too."""

    roots: tuple[Path, ...]
    allow_apply: bool
    environ: Mapping[str, str]
    user_file: Path | None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    jobs: list[Job] = field(default_factory=list)


def begin(
    door: Door,
    given: ReviewArguments,
    emit: Callable[[Event], None],
    choose: Chooser = serving.choose,
) -> Job:
    """Start a review; `emit` gets all of its events but the last. Its task ends with the report, or
    with ReviewerError. Setting its `stop` ends it in order. Raises UsageError, NoRepository and the
    like at once for a directory or scope that is not allowed."""
    start = roots.directory(door.roots, given.directory)
    wanted = scope(given, roots.paths(door.roots, start, given.paths))
    overrides: dict[str, object] = {"cache": "fresh"} if given.fresh else {}
    overrides |= {"min_severity": given.min_severity} if given.min_severity else {}
    request = Request(start, wanted, overrides, door.environ, door.user_file)
    if len(door.jobs) >= MOST_JOBS:
        raise UsageError(
            f"{MOST_JOBS} reviews are running or waiting: wait for one to end", reason="busy"
        )
    job = Job(start, asyncio.get_running_loop().create_future())
    door.jobs.append(job)
    job.task = asyncio.create_task(_work(door, job, request, emit, choose))
    job.task.add_done_callback(lambda _: door.jobs.remove(job))
    return job


async def _work(
    door: Door, job: Job, request: Request, emit: Callable[[Event], None], choose: Chooser
) -> Report:
    context: list[ReviewContext] = []

    def hear(event: Event) -> None:
        if isinstance(event, ReviewContext):
            context.append(event)
        job.findings += isinstance(event, Finding)
        emit(event)

    async with door.turn:
        if job.stop.done():
            raise Interrupted("interrupted before anything was reviewed")
        await asyncio.to_thread(_repository, door, job.directory)
        outcome = await run_review(request, hear, job.stop, choose)
    outcome = outcome.stopped_by(job.stop)
    return fit.report(context[0], outcome.findings, verdict.complete(outcome, outcome.fail_on))


def list_findings(door: Door, given: ListArguments) -> Listing:
    with _memory(door, given.directory) as (store, repository):
        found = {
            each.finding.id: each for each in _remembered(store, repository, every=given.every)
        }
    rows = [
        _contract(found[finding.id]) for finding in ordered(each.finding for each in found.values())
    ]
    kept = fit.page(rows[given.offset :])
    end = given.offset + len(kept)
    return Listing(findings=kept, total=len(rows), next_offset=end if end < len(rows) else None)


def explain_finding(door: Door, given: FindingArguments) -> Remembered:
    with _memory(door, given.directory) as (store, repository):
        return _contract(_finding(_remembered(store, repository, every=True), given.id))


def dismiss_finding(door: Door, given: DismissArguments) -> Dismissed:
    with _memory(door, given.directory) as (store, repository):
        each = _finding(_remembered(store, repository, every=True), given.id)
        made = memory.dismiss(store, repository, each.finding.id, given.reason)
    return Dismissed(id=made.id, reason=made.reason)


def propose_fix(door: Door, given: FindingArguments) -> Proposal:
    with _memory(door, given.directory) as (store, repository):
        each = _finding(_remembered(store, repository, every=True), given.id)
    finding = each.finding
    selected, refused = fixes.select([finding], [finding.id], None, service.MINIMUM)
    reason = (
        f"already {each.state}"
        if each.state in ("fixed", "dismissed")
        else "".join(why for _, why in refused)
    )
    if selected and not reason:
        plan = apply.plan(
            _repository(door, roots.directory(door.roots, given.directory)).root, selected
        )
        reason = "already applied" if plan.done else "".join(why for _, why in plan.refused)
    shown = fit.short(finding)
    if not reason and shown.patch is None:
        reason = "too long to show here: run `reviewer fix` to see it"
    return Proposal(
        id=finding.id,
        title=shown.title,
        file_name=finding.file_name,
        patch=shown.patch,
        applicable=not reason,
        reason=reason,
    )


def apply_fix(door: Door, given: FindingArguments) -> Applied:
    """Raises UsageError when the fix is refused, WriteFailed when it cannot be written; nothing is
    changed then."""
    if not door.allow_apply:
        raise UsageError(
            "apply_fix is disabled: the user must start the server with --allow-apply; propose_fix"
            " returns the patch",
            reason="apply_is_off",
        )
    with _memory(door, given.directory) as (store, repository):
        each = _finding(_remembered(store, repository, every=True), given.id)
    place = _repository(door, roots.directory(door.roots, given.directory))
    feedback = memory.FeedbackLog(door.environ, place.common_dir)
    written = service.apply_one(place, each.finding, each.state, feedback)
    fixed = [*written.accepted, *written.done]
    return Applied(
        id=each.finding.id,
        status="applied" if written.accepted else "already_applied",
        file_names=sorted({name for fix in fixed for name in apply.names(fix)}),
        undo="reviewer undo",
    )


def status(door: Door) -> ServerStatus:
    """From the settings alone, so that it answers at once even while a review runs."""
    settings = config.load({}, door.environ, user=door.user_file).settings
    now = time.monotonic()
    return ServerStatus(
        tool=Tool(name=config.APP, version=__version__),
        roots=[str(root) for root in door.roots],
        allow_apply=door.allow_apply,
        engine=settings.engine,
        model=settings.model,
        running=[
            Running(
                directory=str(job.directory),
                elapsed_seconds=round(now - job.began, 1),
                findings=job.findings,
            )
            for job in door.jobs
        ],
    )


def _repository(door: Door, directory: Path) -> workspace.Repository:
    """The repository around a directory. Its complete worktree must be below the roots, not only
    the directory."""
    repository = workspace.open_repository(directory)
    roots.confirm(door.roots, repository.root, str(repository.root))
    return repository


@contextmanager
def _memory(door: Door, directory: str | None) -> Iterator[tuple[memory.Store, str]]:
    """The memory, and the key of the repository. Raises ConfigError when it cannot be read: an
    empty list would be wrong."""
    repository = _repository(door, roots.directory(door.roots, directory))
    with memory.open_store(door.environ) as store:
        if not store.usable:
            raise ConfigError(store.warning)
        yield store, memory.repository_key(repository.common_dir)


def _remembered(store: memory.Store, repository: str, *, every: bool) -> list[listing.Remembered]:
    return listing.remembered(store, repository, every=every)


def _finding(found: Sequence[listing.Remembered], given: str) -> listing.Remembered:
    """The finding whose id, or the id of one of whose places, begins with `given`."""
    alike = findings.matching([each.finding for each in found], given)
    if len(alike) != 1:
        many = f"{given} matches {len(alike)} findings: give more digits"
        none = f"no finding {given} in this repository: call `list_findings` with every"
        raise UsageError(many if alike else none, reason="no_such_finding")
    return next(each for each in found if each.finding.id in alike)


def _contract(each: listing.Remembered) -> Remembered:
    finding = fit.short(each.finding)
    known = {name: getattr(finding, name) for name in type(finding).model_fields} | {
        "state": each.state
    }
    made = each.dismissal
    decision = Decision(reason=made.reason, at=timestamp(made.at)) if made else None
    return Remembered(
        **known,
        first_seen=timestamp(each.first_seen),
        last_seen=timestamp(each.last_seen),
        dismissal=decision,
    )
