"""The pipeline from top to bottom. This module holds the order of the stages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace

from reviewer import memory, questions, serving
from reviewer.errors import EngineError, NoEngine
from reviewer.events import Status
from reviewer.models import schedule
from reviewer.models.ask import Thoughtful
from reviewer.pipeline import again, evidence
from reviewer.pipeline.ask_unit import ask_unit
from reviewer.pipeline.clock import Clock, Emit, Stop
from reviewer.pipeline.interview import Interview
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.pace import Pace, weight
from reviewer.pipeline.passes import Pass, make_passes
from reviewer.pipeline.plan import Request, context_event, make_plan
from reviewer.pipeline.recall import Past, without_known_commits
from reviewer.pipeline.seams import Chooser
from reviewer.pipeline.settle import Settlement
from reviewer.types import UnreviewedReason

_NOTHING_CAN_REVIEW = (
    "found no model, and without analyzers nothing can review this change; to get a model that fits"
    " this machine: reviewer setup"
)


async def review(
    request: Request, emit: Emit, stop: Stop, choose: Chooser = serving.choose
) -> Outcome:
    """Review the change that `request` names. Every event except the terminal one goes to `emit`.

    `stop` ends the run early: finished work is kept, the rest is listed as unreviewed. `choose`
    picks the engine. Raises ReviewerError when nothing can be reviewed at all.
    """
    clock = Clock(stop, emit)
    plan = await make_plan(request, clock, choose)
    clock.pace = Pace([weight(unit) for unit in plan.units])
    clock.send(context_event(plan))
    async with AsyncExitStack() as stack:
        stack.callback(asyncio.create_task(clock.beats()).cancel)
        stack.push_async_callback(plan.choice.close)
        store = stack.enter_context(memory.open_store(request.environ))
        plan = without_known_commits(plan, store)
        past = Past.of(plan, store)
        ledger = Ledger(plan, clock.send, past.session)
        if not plan.change.is_empty and not await past.recall(ledger):
            clock.send(Status(phase="setup", status="setting_up"))
            await clock.needed(asyncio.to_thread(lambda: plan.masks))
            settlement = Settlement(plan, ledger, past.precedents)
            evidence_ready = asyncio.Event()
            # The engine starts up while the analyzers run.
            model_task = asyncio.create_task(
                _run_model(past, clock, ledger, settlement, evidence_ready)
            )
            stack.push_async_callback(_cancel, model_task)
            await evidence.analyze(plan, clock, ledger, settlement, evidence_ready)
            await model_task
            await settlement.end(clock)
        if plan.choice.problem and plan.change.files and plan.settings.analyzers == ():
            raise plan.choice.failure or NoEngine(_NOTHING_CAN_REVIEW)
        outcome = await clock.in_the_end(
            asyncio.to_thread(past.remember, ledger, clock), store.give_up
        )
        more = (*again.advice(plan, outcome), *evidence.notes(plan), *plan.notes)
        outcome = replace(outcome, notes=(*outcome.notes, *more)).stopped_by(stop)
    clock.send(outcome.last_status)
    return replace(outcome, seconds=clock.elapsed)


async def _run_model(
    past: Past, clock: Clock, ledger: Ledger, settlement: Settlement, evidence_ready: asyncio.Event
) -> None:
    """The model's part: make every pass, with as many calls at once as keep the server busy, and
    publish findings as they come."""
    plan = past.plan
    if not plan.change.files:  # only what the analyzers look at
        return
    if plan.choice.role == "none":
        if plan.choice.problem:
            missing: UnreviewedReason = "model_error" if plan.choice.failure else "no_model"
            ledger.give_up((file.path for file in plan.change.files), missing)
            ledger.warn(plan.choice.problem)
        return
    ledger.expect(unit.file.path for unit in plan.units)

    async def work() -> None:
        async with plan.choice.open() as model:
            await evidence_ready.wait()
            raised = await asyncio.to_thread(questions.ask, plan.change, plan.units)
            planned = await asyncio.to_thread(
                lambda: make_passes(plan, ledger.evidence, raised, past.units_read())
            )
            ledger.expect_passes(planned.passes, planned.left_out)
            clock.begin([weight(pass_.unit) for pass_ in planned.passes])
            session = past.session
            asker = Thoughtful(session.replies, plan.thought("review"))
            interview = Interview(plan, ledger, model, asker, session, raised)
            clock.send(Status(phase="analyzing", status="reviewing"))
            ledger.sources.add("model")

            def deliver(ended: schedule.Outcome[UnreviewedReason | None]) -> None:
                pass_ = planned.passes[ended.index]
                clock.end_pass(ended.index, asked=ledger.has_asked(pass_))
                if ended.error:
                    ledger.warn(str(ended.error))
                reason = ended.value or ("model_error" if ended.error else None)
                ledger.pass_delivered(pass_, reason)

            read = {unit.ordinal: asyncio.Event() for unit in plan.units}
            jobs = [
                _job(interview, settlement, clock, pass_, read[pass_.unit.ordinal])
                for pass_ in planned.passes
            ]
            await schedule.run(jobs, deliver, concurrency=lambda: model.concurrency)
            await settlement.wait()
            for results in ledger.deferred():
                await settlement.settle_file(interview, results)
                await settlement.wait()

    try:
        await clock.while_time(work())
    except EngineError as exc:  # no model, but the analyzers' findings stand
        ledger.warn(exc.message)
        ledger.cut_short("model_error")
    if clock.stop.done():
        ledger.cut_short("interrupted")
    if ledger.questions.warning:
        ledger.warn(ledger.questions.warning)


def _job(
    interview: Interview,
    settlement: Settlement,
    clock: Clock,
    pass_: Pass,
    read: asyncio.Event,
) -> schedule.Job[UnreviewedReason | None]:
    """The job that makes one pass. The first one over a unit sets `read` when the server has its
    prompt in the cache, and the others wait for that. The last pass over a file also settles the
    findings of all of them."""
    ledger = interview.ledger

    async def job(first_token: Callable[[], None]) -> UnreviewedReason | None:
        def begun() -> None:
            read.set()
            first_token()

        try:
            if pass_.follows:
                await read.wait()
            clock.pace.begin(pass_.position, time.monotonic())
            reason = await ask_unit(interview, pass_, first_token=begun)
            ledger.pass_answered(pass_, reason)
            return reason
        except asyncio.CancelledError:
            ledger.pass_cancelled(pass_)
            raise
        finally:
            read.set()
            if results := ledger.pass_ended(pass_):
                await settlement.settle_file(interview, results)

    return job


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
