"""The deterministic stages: what the analyzers report about the change, before any model call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence

from reviewer import analyzers, findings
from reviewer.analyzers import severity
from reviewer.analyzers.registry import Tool
from reviewer.events import Finding, Status
from reviewer.pipeline.clock import Clock
from reviewer.pipeline.ledger import Ledger
from reviewer.pipeline.plan import Plan
from reviewer.pipeline.settle import Settlement
from reviewer.types import Change, Commit, Evidence, UnreviewedReason
from reviewer.verify import injection

_FIXABLE = ("ruff", "astgrep")  # analyzers whose hits may come with a fix
# Those that say of every place where it shows what is decided for the file as a whole.
_ONE_CAUSE = ("zizmor", "squawk")
_SECONDS, _SECONDS_PER_FILE = 20.0, 0.02
_AT_ONCE = 32  # findings
_SHARE = 0.8  # of the time that is left
# Hits on code that is unchanged since the baseline commit.
_Unchanged = list[tuple[Evidence, Finding]]


async def collect(
    plan: Plan, seconds: float, report: Callable[[analyzers.AnalyzerResult], None]
) -> None:
    """Hand all evidence about the change to `report`: first the text that tries to instruct the
    reviewer, then the results of each analyzer as it ends. `seconds` are those left to the run."""
    injected = await asyncio.to_thread(injection.evidence, plan.change)
    report(analyzers.AnalyzerResult(injection.SOURCE, tuple(injected)))
    await analyzers.run(
        plan.change,
        names=plan.settings.analyzers,
        timeout=_time_limit(plan.change, seconds),
        most=_SHARE * seconds,
        report=report,
    )


def _time_limit(change: Change, seconds: float) -> float:
    """Of each analyzer, so that time is left for the rest of the run."""
    return max(0.0, min(_SECONDS + _SECONDS_PER_FILE * len(change.files), _SHARE * seconds))


def notes(plan: Plan) -> Iterator[str]:
    """What the user should know of a review by analyzers alone: a line for each tool without which
    some of them could not be part of it."""
    if plan.choice.role != "none" or plan.settings.analyzers is not None:
        return
    paths = [file.path for file in plan.change.files]
    without: dict[Tool, list[str]] = {}
    for name, tool in analyzers.missing().items():
        if tool.is_optional and any(map(analyzers.ANALYZERS[name].reads, paths)):
            without.setdefault(tool, []).append(name)
    for tool, names in without.items():
        yield (
            f"{', '.join(names)} ({'; '.join(analyzers.ANALYZERS[name].finds for name in names)})"
            f" {'are' if len(names) > 1 else 'is'} not installed: {tool.command}"
        )


async def analyze(
    plan: Plan, clock: Clock, ledger: Ledger, settlement: Settlement, evidence_ready: asyncio.Event
) -> None:
    """Publish the analyzers' findings, and keep all evidence for the model. `evidence_ready` is set
    when the evidence is complete or the time is up: the model need not wait for the proofs."""

    async def work() -> None:
        unchanged: _Unchanged = []
        results: asyncio.Queue[analyzers.AnalyzerResult | None] = asyncio.Queue()

        async def run() -> None:
            try:
                await collect(plan, clock.seconds_left, results.put_nowait)
            finally:
                results.put_nowait(None)

        async def enter() -> None:
            while (result := await results.get()) is not None:
                await _enter(plan, ledger, settlement, result, unchanged)

        await asyncio.gather(run(), enter())
        await _compare(plan, ledger, unchanged, clock.seconds_left)
        clock.send(Status(phase="analyzing", status="tools_completed"))
        evidence_ready.set()
        await settlement.wait()

    if not await clock.while_time(work()) and not evidence_ready.is_set():
        reason: UnreviewedReason = "interrupted" if clock.stop.done() else "timeout"
        ledger.give_up((file.path for file in plan.change.files), reason)
    evidence_ready.set()


async def _enter(
    plan: Plan,
    ledger: Ledger,
    settlement: Settlement,
    result: analyzers.AnalyzerResult,
    unchanged: _Unchanged,
) -> None:
    """Enter a result into the ledger. Hits on code that is unchanged since the baseline commit go
    to `unchanged`, to be compared before they are published. Signals and the time limit are heard
    in between, since there may be thousands."""
    ledger.add_evidence(item for item in result.evidence if item.commit is None)
    ledger.clean_commits += result.clean_commits
    if result.analyzer == injection.SOURCE:
        ledger.sources.add(injection.SOURCE)
        for finding in injection.findings(result.evidence, plan.source):
            ledger.publish(finding)
        return
    if result.problem:
        ledger.warn(result.problem)
        ledger.gaps.add(result.analyzer, result.files)
    else:
        ledger.sources.add(f"analyzer:{result.analyzer}")
    if plan.request.show_rejected:
        _tell_suppressed(plan, ledger, result.suppressed)
    alike: dict[tuple[str, str], list[Finding]] = {}  # by file and text
    for number, item in enumerate(result.evidence):
        if not number % _AT_ONCE:
            await asyncio.sleep(0)
        rating = severity.rating(item.source, item.rule)
        if not rating:
            continue
        finding = findings.from_evidence(item, rating.severity, rating.category, plan.source)
        if item.commit is not None:
            ledger.publish(finding, is_older=_is_before(plan, item.commit))
        elif plan.since and findings.is_unchanged(finding, plan.since):
            ledger.hold([finding])
            unchanged.append((item, finding))
        elif item.source in _FIXABLE:
            settlement.settle_hit(item, finding)
        elif item.source in _ONE_CAUSE and item.start is not None:
            alike.setdefault((finding.file_name, finding.comment), []).append(finding)
        else:
            ledger.publish(finding)
    for leader, *others in alike.values():
        ledger.publish(findings.grouped(leader, others))


def _tell_suppressed(plan: Plan, ledger: Ledger, items: Iterable[Evidence]) -> None:
    for item in items:
        if rating := severity.rating(item.source, item.rule):
            finding = findings.from_evidence(item, rating.severity, rating.category, plan.source)
            ledger.hidden.suppress(findings.masked(finding, plan.masks))


def _is_before(plan: Plan, commit: Commit) -> bool:
    """Whether the commit is older than the baseline commit."""
    return plan.since is not None and commit not in plan.since.history.commits


async def _compare(
    plan: Plan, ledger: Ledger, unchanged: Sequence[tuple[Evidence, Finding]], seconds: float
) -> None:
    """Publish the hits on unchanged code that are new since the baseline commit, because a change
    elsewhere caused them. They are compared by place, since the rule may differ. The others are
    held back, unless the analyzer failed and cannot tell."""
    if not unchanged or plan.since is None:
        return
    limit = _time_limit(plan.since, seconds)
    results = await analyzers.run(plan.since, names=plan.settings.analyzers, timeout=limit)
    new = {(item.source, item.path, item.start) for result in results for item in result.evidence}
    failed = {
        (result.analyzer, path) for result in results if result.problem for path in result.files
    }
    for item, finding in unchanged:
        is_new = (item.source, item.path, item.start) in new
        ledger.publish(finding, is_older=not (is_new or (item.source, item.path) in failed))
