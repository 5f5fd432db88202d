"""The pipeline, top to bottom: the order of the stages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

from reviewer import memory, serving
from reviewer.context import project
from reviewer.errors import EngineError, NoEngine
from reviewer.events import Status
from reviewer.models import schedule
from reviewer.pipeline import evidence
from reviewer.pipeline.ask_unit import Interview, ask_unit
from reviewer.pipeline.clock import Clock, Emit, Stop
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.passes import Pass, make_passes
from reviewer.pipeline.plan import Request, context_event, make_plan
from reviewer.pipeline.recall import Past
from reviewer.pipeline.seams import Chooser
from reviewer.pipeline.settle import Settlement
from reviewer.types import UnreviewedReason

_NOTHING_CAN_REVIEW = (
    "no model was found, and without analyzers nothing can review this change: start a model with"
    " `reviewer serve start`, name one with --endpoint URL, or leave --no-analyzers out"
)


async def review(
    request: Request, emit: Emit, stop: Stop, choose: Chooser = serving.choose
) -> Outcome:
    """Review what `request` names; every event but the terminal one goes to `emit`.

    `stop` ends the run early: what is done is kept, the rest is listed as unreviewed. `choose`
    finds the engine. Raises ReviewerError when nothing can be reviewed at all.
    """
    clock = Clock(stop, emit)
    plan = await make_plan(request, clock, choose)
    clock.total = len(plan.units)
    clock.send(context_event(plan))
    async with AsyncExitStack() as stack:
        stack.callback(asyncio.create_task(clock.beats()).cancel)
        stack.push_async_callback(plan.choice.close)
        store = stack.enter_context(memory.open_store(request.environ))
        past = Past.of(plan, store)
        ledger = Ledger(plan, clock.send, past.session)
        if plan.change.files and not past.recall(ledger):
            clock.send(Status(phase="setup", status="setting_up"))
            settlement = Settlement(plan, ledger, past.precedents)
            ready = asyncio.Event()  # all evidence is there that there will be
            reading = asyncio.create_task(_read(past, clock, ledger, settlement, ready))
            stack.push_async_callback(_end, reading)  # the engine starts meanwhile
            await evidence.analyze(plan, clock, ledger, settlement, ready)
            await reading
            settlement.stop()
            ledger.publish_pending()
        if plan.choice.problem and plan.change.files and plan.settings.analyzers == ():
            raise plan.choice.failure or NoEngine(_NOTHING_CAN_REVIEW)
        outcome = past.remember(ledger, clock)
    looked = bool(outcome.reviewed or outcome.unreviewed)
    clock.send(Status(phase="analyzing", status="review_completed" if looked else "review_skipped"))
    return outcome


async def _read(
    past: Past, clock: Clock, ledger: Ledger, settlement: Settlement, ready: asyncio.Event
) -> None:
    """The model's part: one call for each pass, in the order and number that keep the server busy;
    findings as they come."""
    plan = past.plan
    if plan.choice.role == "none":
        if plan.choice.problem:
            missing: UnreviewedReason = "model_error" if plan.choice.failure else "no_model"
            ledger.give_up((file.path for file in plan.change.files), missing)
            ledger.warn(plan.choice.problem)
        return
    ledger.expect(unit.file.path for unit in plan.units)

    async def work() -> None:
        async with plan.choice.open() as model:
            facts = await asyncio.to_thread(project.facts, plan.change)
            await ready.wait()
            made = await asyncio.to_thread(
                lambda: make_passes(plan, ledger.evidence, past.units_read())
            )
            ledger.expect_passes(made.passes, made.left_out)
            clock.total = len(made.passes)
            session = past.session
            interview = Interview(plan, ledger, model, session.replies, session, facts)
            clock.send(Status(phase="analyzing", status="reviewing"))
            ledger.asked.add("model")

            def deliver(ended: schedule.Outcome[UnreviewedReason | None]) -> None:
                clock.done += 1
                if ended.error:
                    ledger.warn(str(ended.error))
                reason = ended.value or ("model_error" if ended.error else None)
                ledger.pass_delivered(made.passes[ended.index], reason)

            jobs = [_job(interview, settlement, each) for each in made.passes]
            await schedule.run(jobs, deliver, concurrency=lambda: model.concurrency)
            await settlement.finished()
            for results in ledger.deferred():
                await settlement.unit(interview, results)
                await settlement.finished()

    try:
        await clock.while_time(work())
    except EngineError as exc:  # it could not be started: the analyzers' part stands
        ledger.warn(exc.message)
        ledger.cut_short("model_error")
    if clock.stop.done():
        ledger.cut_short("interrupted")


def _job(
    interview: Interview, settlement: Settlement, each: Pass
) -> schedule.Job[UnreviewedReason | None]:
    """Make a pass. The last one over a unit also settles what all of them have found, while the
    server still holds the unit's prompt in its cache."""
    ledger = interview.ledger

    async def job(first_token: Callable[[], None]) -> UnreviewedReason | None:
        try:
            reason = await ask_unit(interview, each, first_token=first_token)
            ledger.pass_read(each, reason)
            return reason
        except asyncio.CancelledError:
            ledger.pass_cancelled(each)
            raise
        finally:
            if results := ledger.pass_ended(each):
                await settlement.unit(interview, results)

    return job


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
