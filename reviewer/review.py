"""The pipeline, top to bottom. This is the only file that knows the order of the stages."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Literal

from reviewer import __version__, analyzers, config, findings, prompt, replies, serving, workspace
from reviewer.analyzers import severity
from reviewer.config import Settings
from reviewer.context import gather, guidelines, project, units
from reviewer.errors import EngineError
from reviewer.events import Event, Finding, ReviewContext, ScopeInfo, Status, Tool
from reviewer.models import ask, schedule
from reviewer.models.base import Model, PromptTooLong, Schema
from reviewer.run import Chooser, Outcome, Request, Run, Stop, needed, while_time
from reviewer.types import (
    SEVERITIES,
    Change,
    Context,
    Prompt,
    Scope,
    Severity,
    Unit,
    Unreviewed,
    UnreviewedReason,
    Usage,
)  # fmt: skip

UNIT_TOKENS = 1600  # hunks of one call: small enough that a small model looks at every line
CONTEXT_TOKENS = 1600  # at most; a small hunk gets less (CONTEXT_LEAST and as much again as it has itself)
CONTEXT_LEAST = 400
REPLY_TOKENS = 3072
SMOKE_TOKENS = (300, 0, 384)  # the same for the smoke model, which reads some 75 tokens a second
HALVINGS = 2  # how often a unit whose reply was cut is asked about again in smaller parts
_REVIEW_TYPES: Mapping[str, Literal["all", "committed", "uncommitted"]] = {
    "all": "all", "diff": "all", "staged": "uncommitted", "uncommitted": "uncommitted",
    "committed": "committed", "commit": "committed", "range": "committed",
}  # fmt: skip
_FLOORS: Mapping[str, Severity] = {"chill": "minor", "balanced": "trivial", "assertive": "info"}

REPLY = Schema("reply", replies.portable_schema(replies.Reply))
SMOKE_REPLY = Schema("reply", replies.smoke_schema())


async def review(
    request: Request, emit: Callable[[Event], None], stop: Stop, choose: Chooser = serving.choose
) -> Outcome:
    """Review what `request` names; every event but the terminal one goes to `emit`.

    `stop` ends the run early: what is done is kept, the rest is listed as unreviewed. `choose` finds the engine.
    Raises ReviewerError when nothing can be reviewed at all.
    """
    began = time.monotonic()
    loaded, change = await needed(asyncio.to_thread(_collect, request), stop, config.DEFAULT_TIMEOUT)
    settings = loaded.settings
    choice = await needed(choose(settings, session=change.base_commit), stop, settings.timeout)
    outcome = Outcome(choice.role, settings.fail_on, skipped=change.skipped, unreviewed=list(change.unreviewed))
    outcome.warnings += (*loaded.warnings, *change.warnings)
    run = Run(change, settings, choice, request.guidelines, outcome, emit, findings.Source(change), began)
    todo = _units(run)
    run.total = len(todo)
    run.send(_context(request.scope, run))
    async with AsyncExitStack() as stack:
        stack.callback(asyncio.create_task(run.beat()).cancel)
        if change.files:
            run.send(Status(phase="setup", status="setting_up"))
            asking = asyncio.create_task(_ask_model(run, todo, stop))  # the engine starts meanwhile
            stack.push_async_callback(_end, asking)
            await _analyze(run, stop)
            await asking
    _account(run)
    if choice.failure and change.files and settings.analyzers == ():
        raise choice.failure  # nothing was looked at, not even by analyzers
    looked = bool(outcome.reviewed or outcome.unreviewed)
    run.send(Status(phase="analyzing", status="review_completed" if looked else "review_skipped"))
    outcome.seconds = time.monotonic() - began
    return outcome


def _collect(request: Request) -> tuple[config.Loaded, Change]:
    """Open the repository, put the settings together, and take the change."""

    def load(repository_file: bytes | None = None) -> config.Loaded:
        return config.load(request.overrides, request.environ, user=request.user_file, repository=repository_file)

    if request.patch is not None:
        loaded = load()
        name = request.scope.rev or "-"
        return loaded, workspace.from_patch(request.patch, name, request.directory, _limits(loaded.settings))
    repository = workspace.open_repository(request.directory, hook=request.hook)
    base = workspace.resolve(repository, request.scope)
    loaded = load(workspace.read_base(repository, base, config.REPOSITORY_FILE))
    return loaded, workspace.collect(repository, base, request.scope, _limits(loaded.settings))


def _limits(settings: Settings) -> workspace.Limits:
    return workspace.Limits(
        max_file_bytes=settings.max_file_bytes,
        max_diff_bytes=settings.max_diff_bytes,
        include=settings.include,
        exclude=settings.exclude,
        timeout=settings.timeout,
    )


def _units(run: Run) -> list[Unit]:
    if run.choice.role == "none":
        return []
    todo: list[Unit] = []
    for file in run.change.files:
        todo += units.split(file, budget=_budgets(run)[0], tokens=run.choice.tokens, first=len(todo))
    return todo


def _budgets(run: Run) -> tuple[int, int, int]:
    """Tokens for the hunks, for the context and for the reply of one call."""
    hunks, around, reply = SMOKE_TOKENS if run.choice.role == "smoke" else (UNIT_TOKENS, CONTEXT_TOKENS, REPLY_TOKENS)
    reply = run.settings.max_tokens or min(reply, run.choice.context_tokens // 4)
    rest = run.choice.context_tokens - reply - 1500  # the rules take about 1,200 tokens
    return min(hunks, max(200, rest // 2)), max(0, min(around, rest // 3)), reply


def _context(scope: Scope, run: Run) -> ReviewContext:
    change, choice = run.change, run.choice
    return ReviewContext(
        tool=Tool(name=config.APP, version=__version__),
        review_type=_REVIEW_TYPES[scope.kind],
        scope=ScopeInfo(kind=scope.kind, base=scope.base or change.base_branch, rev=scope.rev, paths=list(scope.paths)),
        current_branch=change.current_branch,
        base_branch=change.base_branch,
        base_commit=change.base_commit,
        head_commit=change.head_commit,
        working_directory=str(change.root),
        engine=choice.engine,
        model=choice.model,
        model_role=choice.role,
        input_digest=change.digest,
        files=len(change.files),
        units=run.total,
    )


async def _analyze(run: Run, stop: Stop) -> None:
    """Deterministic findings first; all evidence is kept for the model."""

    def report(result: analyzers.Result) -> None:
        if result.problem:
            run.warn(result.problem)
        for item in result.evidence:
            run.evidence.setdefault(item.path, []).append(item)
            rating = severity.rating(item.source, item.rule)
            if rating:
                _publish(run, [findings.from_evidence(item, rating.severity, rating.category, run.source)])

    work = analyzers.run(run.change, names=run.settings.analyzers, report=report)
    await while_time(work, stop, run.seconds_left)
    run.send(Status(phase="analyzing", status="tools_completed"))
    run.analyzed.set()


async def _ask_model(run: Run, todo: Sequence[Unit], stop: Stop) -> None:
    """One call for each unit, in the order and number that keep the server busy; findings as they come."""
    if run.choice.role == "none":
        if run.choice.problem:
            missing: UnreviewedReason = "model_error" if run.choice.failure else "no_model"
            run.reasons.update((file.path, missing) for file in run.change.files)
            run.warn(run.choice.problem)
        return
    run.reasons.update((unit.file.path, "timeout") for unit in todo)
    left = Counter(unit.file.path for unit in todo)

    def deliver(outcome: schedule.Outcome[UnreviewedReason | None]) -> None:
        path = todo[outcome.index].file.path
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
            jobs = [_job(run, model, unit, facts) for unit in todo]
            await run.analyzed.wait()
            run.send(Status(phase="analyzing", status="reviewing"))
            await schedule.run(jobs, deliver, concurrency=lambda: model.concurrency)

    try:
        await while_time(work(), stop, run.seconds_left)
    except EngineError as exc:  # the engine could not be started: the analyzers' part stands
        run.warn(exc.message)
        run.reasons.update((path, "model_error") for path in left if left[path])
    if stop.done():
        run.reasons.update((path, "interrupted") for path in left if left[path])


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _job(run: Run, model: Model, unit: Unit, facts: str) -> schedule.Job[UnreviewedReason | None]:
    async def job(first_token: Callable[[], None]) -> UnreviewedReason | None:
        return await _read(run, model, unit, facts, first_token, HALVINGS)

    return job


async def _read(
    run: Run, model: Model, unit: Unit, facts: str, first_token: Callable[[], None], halvings: int
) -> UnreviewedReason | None:
    """Show one unit to the model and publish what it finds; why the unit is not fully read, None when it is."""
    around, message = await asyncio.to_thread(_render, run, unit, facts)
    schema = SMOKE_REPLY if run.choice.role == "smoke" else REPLY
    try:
        answer = await ask.ask(model, message, schema, first_token=first_token)
    except PromptTooLong as exc:
        answer = ask.Answer(None, str(exc), Usage(), cut=True)
    run.outcome.usage = ask.add(run.outcome.usage, answer.usage)
    run.outcome.held_back["no valid item"] += answer.dropped
    if answer.value is not None:
        redact, role = not run.choice.local, run.choice.role
        accepted = findings.accept(answer.value, unit, around, run.source, role, redact=redact)
        run.outcome.held_back.update(accepted.dropped)
        _publish(run, accepted.findings)
        if not answer.cut:
            return None
    smaller = units.halve(unit) if answer.cut and halvings and run.choice.role != "smoke" else []
    parts = [await _read(run, model, part, facts, first_token, halvings - 1) for part in smaller]
    return next((part for part in parts if part), None) if parts else "bad_reply"


def _render(run: Run, unit: Unit, facts: str) -> tuple[Context, Prompt]:
    _, around, reply = _budgets(run)
    around = min(around, CONTEXT_LEAST + units.size(unit, run.choice.tokens))
    path, settings, hints = unit.file.path, run.settings, run.evidence.get(unit.file.path, [])
    pieces = gather(unit, run.change, evidence=hints, budget=around, tokens=run.choice.tokens) if around else Context()
    own = [(f"[[path]] {item.glob}", item.instructions) for item in settings.path if item.matches(path)]
    told = guidelines.guidelines(run.change, path, (*run.extra_guidelines, *own), files=settings.guidelines)
    message = prompt.render(
        unit, pieces, facts=facts, guidelines=[(item.source, item.text) for item in told], hints=hints,
        role=run.choice.role, redact=not run.choice.local, max_tokens=reply,
    )  # fmt: skip
    return pieces, message


def _publish(run: Run, found: Iterable[Finding]) -> None:
    """Send what is severe enough and not already said."""
    floor = run.settings.min_severity or ("info" if run.choice.role == "smoke" else _FLOORS[run.settings.profile])
    for finding in found:
        if findings.severity_rank(finding.severity) > SEVERITIES.index(floor):
            run.outcome.held_back["below the severity floor"] += 1
        elif finding.id in run.published:
            run.outcome.held_back["said before"] += 1
        else:
            run.published.add(finding.id)
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
