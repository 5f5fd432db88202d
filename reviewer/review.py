"""The pipeline, top to bottom. This is the only file that knows the order of the stages."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial

from reviewer import analyzers, findings, memory, serving, verify
from reviewer.analyzers import severity
from reviewer.context import project
from reviewer.errors import EngineError, NoEngine
from reviewer.events import Event, Finding, Status
from reviewer.models import schedule
from reviewer.models.base import Model
from reviewer.prepare import context_event, limit, prepare
from reviewer.reading import Found, read
from reviewer.run import Chooser, Outcome, Request, Run, Stop, while_time
from reviewer.settling import settle_found, settle_hit
from reviewer.types import SEVERITIES, Severity, Unit, Unreviewed, UnreviewedReason
from reviewer.verify import injection

_NOBODY = (
    "no model was found, and without analyzers nobody is left to review: start one with `reviewer serve start`, name "
    "one with --endpoint URL, or leave --no-analyzers out"
)
_FLOORS: Mapping[str, Severity] = {"chill": "minor", "balanced": "trivial", "assertive": "info"}


async def review(
    request: Request, emit: Callable[[Event], None], stop: Stop, choose: Chooser = serving.choose
) -> Outcome:
    """Review what `request` names; every event but the terminal one goes to `emit`.

    `stop` ends the run early: what is done is kept, the rest is listed as unreviewed. `choose` finds the engine.
    Raises ReviewerError when nothing can be reviewed at all.
    """
    run = await prepare(request, emit, stop, choose)
    limit(run)
    run.send(context_event(request.scope, run))
    async with AsyncExitStack() as stack:
        stack.callback(asyncio.create_task(run.beat()).cancel)
        stack.push_async_callback(run.choice.close)
        store = stack.enter_context(memory.open_store(request.environ))
        replies = _replies(run, store)
        session = memory.begin(store, run.change, run.source, replies, model=run.choice.model, baseline=run.baseline)
        run.ask, run.judge = session.replies.ask, session.judge
        key = memory.run_key(run.change, run.settings, *_also(run), tree=run.change.tree)
        if run.change.files and (request.show_rejected or not _recall(run, store, key)):
            run.send(Status(phase="setup", status="setting_up"))
            asking = asyncio.create_task(_ask_model(run, stop))  # the engine starts meanwhile
            stack.push_async_callback(_end, asking)
            await _analyze(run, stop)
            await asking
            _publish_pending(run)
        _account(run)
        if run.choice.problem and run.change.files and run.settings.analyzers == ():
            raise run.choice.failure or NoEngine(_NOBODY)  # nothing was looked at, not even by analyzers
        _remember(run, session, key, complete=_whole(run, stop))
    looked = bool(run.outcome.reviewed or run.outcome.unreviewed)
    run.send(Status(phase="analyzing", status="review_completed" if looked else "review_skipped"))
    run.outcome.seconds = time.monotonic() - run.began
    return run.outcome


def _whole(run: Run, stop: Stop) -> bool:
    return not run.outcome.unreviewed and not stop.done() and run.seconds_left > 0


def _replies(run: Run, store: memory.Store) -> memory.Replies:
    return memory.Replies(store, run.settings.cache, also=(run.settings.endpoint, run.settings.seed))


def _also(run: Run) -> tuple[object, ...]:
    """What decides the findings besides the change and the settings."""
    choice = run.choice
    return (choice.engine, choice.model, choice.role, choice.context_tokens, choice.problem, analyzers.versions(),
            run.extra_guidelines)  # fmt: skip


def _recall(run: Run, store: memory.Store, key: str | None) -> bool:
    """Whether this very run was made before, to its end: then its findings are said again, and nothing is asked."""
    known = memory.get_run(store, key) if key and run.settings.cache == "use" else None
    if known is None:
        return False
    for finding in known[0]:
        _publish(run, finding)
    run.done = run.outcome.cache_hits = len(run.todo)
    wanted = analyzers.ANALYZERS if run.settings.analyzers is None else run.settings.analyzers
    run.looked |= {"reviewer", *(f"analyzer:{name}" for name in set(wanted) - analyzers.missing().keys())}
    run.looked |= {"model"} if run.choice.role != "none" else set()
    return True


def _remember(run: Run, session: memory.Session, key: str | None, *, complete: bool) -> None:
    outcome, recalled = run.outcome, bool(run.outcome.cache_hits)
    seconds = time.monotonic() - run.began
    if key and complete and not recalled and not outcome.warnings and run.settings.cache != "off":
        tokens = outcome.usage.prompt_tokens + outcome.usage.completion_tokens
        memory.put_run(session.store, key, run.stood_by, tokens=tokens, seconds=seconds)
    recorded = session.record(
        reviewed=outcome.reviewed, looked=run.looked, complete=complete, seconds=seconds, usage=outcome.usage
    )
    outcome.resolved = recorded.resolved
    if not recalled:
        outcome.cache_hits, outcome.cache_misses = session.replies.hits, session.replies.misses
    if session.store.warning:
        run.warn(session.store.warning)


async def _analyze(run: Run, stop: Stop) -> None:
    """Deterministic findings first; all evidence is kept for the model."""

    def report(result: analyzers.Result) -> None:
        if result.problem:
            run.warn(result.problem)
        else:
            run.looked.add(f"analyzer:{result.analyzer}")
        for item in result.evidence:
            run.evidence.setdefault(item.path, []).append(item)
            rating = severity.rating(item.source, item.rule)
            if not rating:
                continue
            finding = findings.from_evidence(item, rating.severity, rating.category, run.source)
            if item.source == "ruff":  # it may have a safe fix
                run.pending[finding.id] = finding
                run.settling.append(asyncio.create_task(settle_hit(run, item, finding, partial(_publish, run))))
            else:
                _publish(run, finding)

    async def work() -> None:
        for finding in await asyncio.to_thread(_addresses_the_reviewer, run):
            _publish(run, finding)
        await analyzers.run(run.change, names=run.settings.analyzers, report=report)
        run.send(Status(phase="analyzing", status="tools_completed"))
        run.analyzed.set()  # the model need not wait for proofs
        await _settled(run)

    if not await while_time(work(), stop, run.seconds_left) and not run.analyzed.is_set():
        reason: UnreviewedReason = "interrupted" if stop.done() else "timeout"
        run.reasons.update((file.path, reason) for file in run.change.files)
    run.analyzed.set()


async def _ask_model(run: Run, stop: Stop) -> None:
    """One call for each unit, in the order and number that keep the server busy; findings as they come."""
    if run.choice.role == "none":
        if run.choice.problem:
            missing: UnreviewedReason = "model_error" if run.choice.failure else "no_model"
            run.reasons.update((file.path, missing) for file in run.change.files)
            run.warn(run.choice.problem)
        return
    unread = {unit.file.path for unit in run.todo} - run.beyond
    run.reasons.update(dict.fromkeys(unread, "timeout"))  # until it is read
    looks = verify.lens_orders(run.todo, run.settings.seed) if _several_looks(run) else [("", u) for u in run.todo]
    run.asks = len(looks)
    left = Counter(unit.file.path for _, unit in looks)

    def deliver(outcome: schedule.Outcome[UnreviewedReason | None]) -> None:
        path = looks[outcome.index][1].file.path
        run.done += 1
        left[path] -= 1
        if outcome.error:
            run.warn(str(outcome.error))
        reason = outcome.value or ("model_error" if outcome.error else None)
        if reason:
            run.reasons[path] = reason
        elif not left[path] and run.reasons[path] == "timeout":
            del run.reasons[path]

    async def work() -> None:
        async with run.choice.open() as model:
            facts = await asyncio.to_thread(project.facts, run.change)
            jobs = _jobs(run, model, looks, facts)
            await run.analyzed.wait()
            run.send(Status(phase="analyzing", status="reviewing"))
            run.looked.add("model")
            await schedule.run(jobs, deliver, concurrency=lambda: model.concurrency)
            await _settled(run)

    try:
        await while_time(work(), stop, run.seconds_left)
    except EngineError as exc:  # the engine could not be started: the analyzers' part stands
        run.warn(exc.message)
        run.reasons.update((path, "model_error") for path in left if left[path])
    if stop.done():
        run.reasons.update((path, "interrupted") for path in left if left[path])


def _several_looks(run: Run) -> bool:
    return run.settings.effort == "high" and run.choice.role == "reviewer"


def _addresses_the_reviewer(run: Run) -> list[Finding]:
    """Text in the change that addresses a reviewer is a finding of its own, and never obeyed."""
    for item in injection.evidence(run.change):
        run.evidence.setdefault(item.path, []).append(item)
    run.looked.add("reviewer")
    return injection.findings(run.change, run.source)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _jobs(
    run: Run, model: Model, looks: Sequence[tuple[str, Unit]], facts: str
) -> list[schedule.Job[UnreviewedReason | None]]:
    """A job for each look. The last look at a unit also judges what all of them found, while the server still holds
    the unit's prompt in its cache."""
    ahead = Counter(unit.ordinal for _, unit in looks)
    found: dict[int, list[Found]] = {}

    def job(lens: str, unit: Unit) -> schedule.Job[UnreviewedReason | None]:
        def take(one: Found) -> None:
            found.setdefault(unit.ordinal, []).append(one)
            run.pending.update((finding.id, finding) for finding in one.said)

        async def look(first_token: Callable[[], None]) -> UnreviewedReason | None:
            try:
                return await read(run, model, unit, facts, take, lens=lens, first_token=first_token)
            except asyncio.CancelledError:  # the time is over: nobody is asked to judge what was found
                found.pop(unit.ordinal, None)
                raise
            finally:
                ahead[unit.ordinal] -= 1
                if not ahead[unit.ordinal] and (all_of_it := found.pop(unit.ordinal, None)):
                    await settle_found(run, model, all_of_it, partial(_publish, run))

        return look

    return [job(lens, unit) for lens, unit in looks]


async def _settled(run: Run) -> None:
    """Wait until all that was found is published."""
    tasks, run.settling = run.settling, []
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _publish_pending(run: Run) -> None:
    """What was found when the time was over, but not judged or proved yet: it is said as it is, never lost."""
    for task in run.settling:
        task.cancel()
    for finding in list(run.pending.values()):
        _publish(run, finding)


def _publish(run: Run, given: Finding) -> None:
    """Send a finding that is severe enough and not already said."""
    floor = run.settings.min_severity or ("info" if run.choice.role == "smoke" else _FLOORS[run.settings.profile])
    run.pending.pop(given.id, None)
    finding, dismissed = run.judge(given)
    if findings.severity_rank(finding.severity) > SEVERITIES.index(floor):
        run.outcome.held_back["below the severity floor"] += 1
    elif finding.id in run.published:
        run.outcome.held_back["said before"] += 1
    else:
        run.published.add(finding.id)
        run.stood_by.append(finding)
        if dismissed is not None:
            run.outcome.held_back["dismissed"] += 1
        else:
            run.outcome.findings.append(finding)
            run.send(finding)


def _account(run: Run) -> None:
    """Every file of the change is reviewed or unreviewed, never neither."""
    for file in run.change.files:
        reason = run.reasons.get(file.path)
        if reason:
            run.outcome.unreviewed.append(Unreviewed(file.path, reason))
        else:
            run.outcome.reviewed.append(file.path)
