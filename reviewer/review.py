"""The pipeline, top to bottom. This is the only file that knows the order of the stages."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial

from reviewer import analyzers, findings, looking, memory, serving
from reviewer.analyzers import severity
from reviewer.context import project
from reviewer.errors import EngineError, NoEngine
from reviewer.events import Event, Finding, Status
from reviewer.models import schedule
from reviewer.prepare import Look, context_event, looks, prepare
from reviewer.run import Chooser, Outcome, Request, Run, Stop, while_time
from reviewer.settling import precedents, settle_hit
from reviewer.types import SEVERITIES, Evidence, Severity, Unreviewed, UnreviewedReason
from reviewer.verify import injection

_NOBODY = (
    "no model was found, and without analyzers nobody is left to review: start one with `reviewer"
    " serve start`, name one with --endpoint URL, or leave --no-analyzers out"
)
_AGED = "there at the baseline commit"
_FLOORS: Mapping[str, Severity] = {"chill": "minor", "balanced": "trivial", "assertive": "info"}


async def review(
    request: Request, emit: Callable[[Event], None], stop: Stop, choose: Chooser = serving.choose
) -> Outcome:
    """Review what `request` names; every event but the terminal one goes to `emit`.

    `stop` ends the run early: what is done is kept, the rest is listed as unreviewed. `choose`
    finds the engine. Raises ReviewerError when nothing can be reviewed at all.
    """
    run = await prepare(request, emit, stop, choose)
    run.send(context_event(request.scope, run))
    async with AsyncExitStack() as stack:
        stack.callback(asyncio.create_task(run.beat()).cancel)
        stack.push_async_callback(run.choice.close)
        store = stack.enter_context(memory.open_store(request.environ))
        replies = _replies(run, store)
        session = memory.begin(
            store,
            run.change,
            run.source,
            replies,
            model=run.choice.model,
            baseline=run.baseline,
            engine=run.choice.engine,
        )
        run.ask, run.keep, run.judge, run.dismissed = (
            replies.ask,
            session.keep,
            session.judge,
            session.dismissed,
        )
        run.precedents = precedents(run, session.dismissals, session.dismissed)
        same = (
            run.choice.engine,
            run.choice.model,
            run.settings.endpoint,
            run.settings.effort,
            run.settings.seed,
        )
        run.read_before = lambda todo: memory.read_before(store, todo, *same)
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
            raise run.choice.failure or NoEngine(
                _NOBODY
            )  # nothing was looked at, not even by analyzers
        _remember(run, session, key, complete=_whole(run, stop))
        if run.settings.cache != "off":
            memory.mark_read(store, run.read, *same)
    looked = bool(run.outcome.reviewed or run.outcome.unreviewed)
    run.send(Status(phase="analyzing", status="review_completed" if looked else "review_skipped"))
    run.outcome.seconds = time.monotonic() - run.began
    return run.outcome


def _whole(run: Run, stop: Stop) -> bool:
    return not run.outcome.unreviewed and not stop.done() and run.seconds_left > 0


def _replies(run: Run, store: memory.Store) -> memory.Replies:
    return memory.Replies(
        store, run.settings.cache, also=(run.settings.endpoint, run.settings.seed)
    )


def _also(run: Run) -> tuple[object, ...]:
    """What decides the findings besides the change and the settings."""
    choice = run.choice
    return (
        choice.engine,
        choice.model,
        choice.role,
        choice.context_tokens,
        choice.problem,
        analyzers.versions(),
        run.extra_guidelines,
        run.since.digest if run.since else "",
        run.precedents.digest,
    )


def _recall(run: Run, store: memory.Store, key: str | None) -> bool:
    """Whether this very run was made before, to its end: then its findings are said again, and
    nothing is asked."""
    known = memory.get_run(store, key) if key and run.settings.cache == "use" else None
    if known is None:
        return False
    for finding in known[0]:
        _publish(run, finding, new=True)
    run.done = run.outcome.cache_hits = len(run.todo)
    wanted = analyzers.ANALYZERS if run.settings.analyzers is None else run.settings.analyzers
    run.looked |= {
        "reviewer",
        *(f"analyzer:{name}" for name in set(wanted) - analyzers.missing().keys()),
    }
    run.looked |= {"model"} if run.choice.role != "none" else set()
    return True


def _remember(run: Run, session: memory.Session, key: str | None, *, complete: bool) -> None:
    outcome, recalled = run.outcome, bool(run.outcome.cache_hits)
    seconds = time.monotonic() - run.began
    withheld = {each.finding.id for each in outcome.rejected if each.stage == "precedent"}
    whole = (
        complete
        and not recalled
        and not outcome.warnings
        and not outcome.held_back[_AGED]
        and not withheld
    )
    if key and whole and run.settings.cache != "off":
        tokens = outcome.usage.prompt_tokens + outcome.usage.completion_tokens
        memory.put_run(session.store, key, run.stood_by, tokens=tokens, seconds=seconds)
    recorded = session.record(
        reviewed=outcome.reviewed,
        looked=run.looked,
        complete=complete,
        seconds=seconds,
        usage=outcome.usage,
        shown={each.id for each in outcome.findings},
        present=withheld,
        rejected={each.finding.id: f"{each.stage}: {each.reason}" for each in outcome.rejected},
    )
    outcome.resolved = recorded.resolved
    if not recalled:
        outcome.cache_hits, outcome.cache_misses = session.replies.hits, session.replies.misses
    if session.store.warning:
        run.warn(session.store.warning)


async def _analyze(run: Run, stop: Stop) -> None:
    """Deterministic findings first; all evidence is kept for the model."""

    aged: list[tuple[Evidence, Finding]] = []  # where all is as it was at the baseline commit

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
            if run.since and findings.stands(finding, run.since):
                run.pending[finding.id] = (
                    finding  # counted even if the time is over before it is compared
                )
                aged.append((item, finding))
                continue
            if item.source in ("ruff", "astgrep"):  # it may have a fix
                run.pending[finding.id] = finding
                if _is_severe(run, finding) and not run.dismissed(finding):
                    run.announced.append(
                        finding
                    )  # the model's findings need not wait to be compared with it
                run.settling.append(
                    asyncio.create_task(settle_hit(run, item, finding, partial(_publish, run)))
                )
            else:
                _publish(run, finding)

    async def work() -> None:
        for finding in await asyncio.to_thread(_addresses_the_reviewer, run):
            _publish(run, finding)
        await analyzers.run(run.change, names=run.settings.analyzers, report=report)
        await _compare(run, aged)
        run.send(Status(phase="analyzing", status="tools_completed"))
        run.analyzed.set()  # the model need not wait for proofs
        await _settled(run)

    if not await while_time(work(), stop, run.seconds_left) and not run.analyzed.is_set():
        reason: UnreviewedReason = "interrupted" if stop.done() else "timeout"
        run.reasons.update((file.path, reason) for file in run.change.files)
    run.analyzed.set()


async def _compare(run: Run, aged: Sequence[tuple[Evidence, Finding]]) -> None:
    """Publish what analyzers did not have at the baseline commit (by place: the rule may be another
    one): something has broken them since. The others are held back, unless the analyzer cannot
    tell."""
    if not aged or run.since is None:
        return
    results = await analyzers.run(run.since, names=run.settings.analyzers)
    fresh = {(item.source, item.path, item.start) for result in results for item in result.evidence}
    unsure = {
        (result.analyzer, path) for result in results if result.problem for path in result.files
    }
    for item, finding in aged:
        new = (item.source, item.path, item.start) in fresh or (item.source, item.path) in unsure
        _publish(run, finding, new=new)


async def _ask_model(run: Run, stop: Stop) -> None:
    """One call for each unit, in the order and number that keep the server busy; findings as they
    come."""
    if run.choice.role == "none":
        if run.choice.problem:
            missing: UnreviewedReason = "model_error" if run.choice.failure else "no_model"
            run.reasons.update((file.path, missing) for file in run.change.files)
            run.warn(run.choice.problem)
        return
    left = Counter(unit.file.path for unit in run.todo)  # looks that are still to be taken, by path
    run.reasons.update(dict.fromkeys(left, "timeout"))  # until it is read
    run.asks = len(run.todo)
    todo: list[Look] = []

    def deliver(outcome: schedule.Outcome[UnreviewedReason | None]) -> None:
        path = todo[outcome.index][1].file.path
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
            await run.analyzed.wait()
            todo.extend(await asyncio.to_thread(looks, run))
            left.update(Counter(unit.file.path for _, unit in todo) - left)
            run.asks = len(todo)
            jobs = looking.jobs(run, model, todo, facts, partial(_publish, run))
            run.send(Status(phase="analyzing", status="reviewing"))
            run.looked.add("model")
            await schedule.run(jobs, deliver, concurrency=lambda: model.concurrency)
            await _settled(run)
            for again in looking.said_again(run, model, partial(_publish, run)):
                await again
                await _settled(run)

    try:
        await while_time(work(), stop, run.seconds_left)
    except EngineError as exc:  # the engine could not be started: the analyzers' part stands
        run.warn(exc.message)
        run.reasons.update(
            (path, "model_error") for path in left if run.reasons.get(path) == "timeout"
        )
    if stop.done():
        run.reasons.update(
            (path, "interrupted") for path in left if run.reasons.get(path) == "timeout"
        )


def _addresses_the_reviewer(run: Run) -> list[Finding]:
    """Text in the change that addresses a reviewer is a finding of its own, and never obeyed."""
    for item in injection.evidence(run.change):
        run.evidence.setdefault(item.path, []).append(item)
    run.looked.add("reviewer")
    return injection.findings(run.change, run.source)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


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
    """What was found when the time was over, but not judged or proved yet: it is said as it is,
    never lost."""
    for task in run.settling:
        task.cancel()
    for finding in list(run.pending.values()):
        _publish(run, finding)


def _publish(run: Run, given: Finding, *, new: bool | None = None) -> None:
    """Send a finding that is severe enough, not already said, and not older than the baseline
    commit (`new`, where that is known)."""
    run.pending.pop(given.id, None)
    finding, dismissed = run.judge(given)
    if not _is_severe(run, finding):
        run.outcome.held_back["below the severity floor"] += 1
    elif run.since and (findings.older(finding, run.since) if new is None else not new):
        run.outcome.held_back[_AGED] += 1
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


def _is_severe(run: Run, finding: Finding) -> bool:
    floor = run.settings.min_severity or (
        "info" if run.choice.role == "smoke" else _FLOORS[run.settings.profile]
    )
    return findings.severity_rank(finding.severity) <= SEVERITIES.index(floor)


def _account(run: Run) -> None:
    """Every file of the change is reviewed or unreviewed, never neither."""
    for file in run.change.files:
        reason = run.reasons.get(file.path)
        if reason:
            run.outcome.unreviewed.append(Unreviewed(file.path, reason))
        else:
            run.outcome.reviewed.append(file.path)
