"""The deterministic stages: what the analyzers report about the change, before any model call."""

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
# Hits on code that is unchanged since the baseline commit.
_Unchanged = list[tuple[Evidence, Finding]]


async def collect(plan: Plan, report: Callable[[analyzers.AnalyzerResult], None]) -> None:
    """Hand all evidence about the change to `report`: first the text that tries to instruct the
    reviewer, then the results of each analyzer as it ends."""
    injected = await asyncio.to_thread(injection.evidence, plan.change)
    report(analyzers.AnalyzerResult(injection.SOURCE, tuple(injected)))
    await analyzers.run(plan.change, names=plan.settings.analyzers, report=report)


async def analyze(
    plan: Plan, clock: Clock, ledger: Ledger, settlement: Settlement, evidence_ready: asyncio.Event
) -> None:
    """Publish the analyzers' findings, and keep all evidence for the model. `evidence_ready` is set
    when the evidence is complete or the time is up: the model need not wait for the proofs."""

    async def work() -> None:
        unchanged: _Unchanged = []
        await collect(plan, lambda result: _enter(plan, ledger, settlement, result, unchanged))
        await _compare(plan, ledger, unchanged)
        clock.send(Status(phase="analyzing", status="tools_completed"))
        evidence_ready.set()
        await settlement.wait()

    if not await clock.while_time(work()) and not evidence_ready.is_set():
        reason: UnreviewedReason = "interrupted" if clock.stop.done() else "timeout"
        ledger.give_up((file.path for file in plan.change.files), reason)
    evidence_ready.set()


def _enter(
    plan: Plan,
    ledger: Ledger,
    settlement: Settlement,
    result: analyzers.AnalyzerResult,
    unchanged: _Unchanged,
) -> None:
    """Enter a result into the ledger. Hits on code that is unchanged since the baseline commit go
    to `unchanged`, to be compared before they are published."""
    ledger.add_evidence(result.evidence)
    if result.analyzer == injection.SOURCE:
        ledger.sources.add(injection.SOURCE)
        for finding in injection.findings(result.evidence, plan.source):
            ledger.publish(finding)
        return
    if result.problem:
        ledger.warn(result.problem)
    else:
        ledger.sources.add(f"analyzer:{result.analyzer}")
    for item in result.evidence:
        rating = severity.rating(item.source, item.rule)
        if not rating:
            continue
        finding = findings.from_evidence(item, rating.severity, rating.category, plan.source)
        if plan.since and findings.is_unchanged(finding, plan.since):
            ledger.hold([finding])
            unchanged.append((item, finding))
        elif item.source in _FIXABLE:
            settlement.settle_hit(item, finding)
        else:
            ledger.publish(finding)


async def _compare(
    plan: Plan, ledger: Ledger, unchanged: Sequence[tuple[Evidence, Finding]]
) -> None:
    """Publish the hits on unchanged code that are new since the baseline commit, because a change
    elsewhere caused them. They are compared by place, since the rule may differ. The others are
    held back, unless the analyzer failed and cannot tell."""
    if not unchanged or plan.since is None:
        return
    results = await analyzers.run(plan.since, names=plan.settings.analyzers)
    new = {(item.source, item.path, item.start) for result in results for item in result.evidence}
    failed = {
        (result.analyzer, path) for result in results if result.problem for path in result.files
    }
    for item, finding in unchanged:
        is_new = (item.source, item.path, item.start) in new
        ledger.publish(finding, is_older=not (is_new or (item.source, item.path) in failed))
