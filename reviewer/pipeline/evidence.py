"""The deterministic stages: what code and analyzers say about the change, before any model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from reviewer import analyzers, findings
from reviewer.analyzers import severity
from reviewer.events import Finding, Status
from reviewer.pipeline.clock import Clock
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.plan import Plan
from reviewer.pipeline.settle import Settlement
from reviewer.types import Evidence, UnreviewedReason
from reviewer.verify import injection

_FIXABLE = ("ruff", "astgrep")  # analyzers whose hits may come with a fix
_Aged = list[tuple[Evidence, Finding]]


async def collect(plan: Plan, report: Callable[[analyzers.AnalyzerResult], None]) -> None:
    """Hand all evidence about the change to `report`: first where its text addresses the reviewer,
    then what each analyzer says, as it comes."""
    addressed = await asyncio.to_thread(injection.evidence, plan.change)
    report(analyzers.AnalyzerResult(injection.SOURCE, tuple(addressed)))
    await analyzers.run(plan.change, names=plan.settings.analyzers, report=report)


async def analyze(
    plan: Plan, clock: Clock, ledger: Ledger, settlement: Settlement, ready: asyncio.Event
) -> None:
    """Publish what the analyzers find, and keep all evidence for the model. `ready` is set when the
    evidence is complete, or the time is up: the model need not wait for proofs."""

    async def work() -> None:
        aged: _Aged = []
        await collect(plan, lambda result: _enter(plan, ledger, settlement, result, aged))
        await _compare(plan, ledger, aged)
        clock.send(Status(phase="analyzing", status="tools_completed"))
        ready.set()
        await settlement.finished()

    if not await clock.while_time(work()) and not ready.is_set():
        reason: UnreviewedReason = "interrupted" if clock.stop.done() else "timeout"
        ledger.give_up((file.path for file in plan.change.files), reason)
    ready.set()


def _enter(
    plan: Plan,
    ledger: Ledger,
    settlement: Settlement,
    result: analyzers.AnalyzerResult,
    aged: _Aged,
) -> None:
    """Enter a result into the ledger. What is as it was at the baseline commit goes to `aged`: it
    is compared before it is published."""
    ledger.add_evidence(result.evidence)
    if result.analyzer == injection.SOURCE:
        ledger.asked.add(injection.SOURCE)
        for finding in injection.findings(result.evidence, plan.source):
            ledger.publish(finding)
        return
    if result.problem:
        ledger.warn(result.problem)
    else:
        ledger.asked.add(f"analyzer:{result.analyzer}")
    for item in result.evidence:
        rating = severity.rating(item.source, item.rule)
        if not rating:
            continue
        finding = findings.from_evidence(item, rating.severity, rating.category, plan.source)
        if plan.since and findings.stands(finding, plan.since):
            ledger.hold([finding])
            aged.append((item, finding))
        elif item.source in _FIXABLE:
            settlement.hit(item, finding)
        else:
            ledger.publish(finding)


async def _compare(plan: Plan, ledger: Ledger, aged: Sequence[tuple[Evidence, Finding]]) -> None:
    """Publish what analyzers did not have at the baseline commit (by place: the rule may be another
    one): something has broken them since. The others are held back, unless the analyzer cannot
    tell."""
    if not aged or plan.since is None:
        return
    results = await analyzers.run(plan.since, names=plan.settings.analyzers)
    fresh = {(item.source, item.path, item.start) for each in results for item in each.evidence}
    unsure = {(each.analyzer, path) for each in results if each.problem for path in each.files}
    for item, finding in aged:
        is_new = (item.source, item.path, item.start) in fresh
        ledger.publish(finding, aged=not (is_new or (item.source, item.path) in unsure))
