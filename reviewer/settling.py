"""Between being found and being published, a finding is judged and its patch is proved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from reviewer import findings, fixes, memory, verify
from reviewer.events import Finding
from reviewer.models import ask
from reviewer.models.base import Model
from reviewer.reading import Found, replacement
from reviewer.run import Run
from reviewer.types import Evidence

Publish = Callable[[Finding], None]


async def settle_found(run: Run, model: Model, found: Sequence[Found], publish: Publish) -> None:
    """Judge what all looks at one unit found, and publish what stands: at once, or when its patch
    is proved."""
    kept = await _judged(run, model, found)
    for each in (finding for one in found for finding in one.said):
        run.pending.pop(each.id, None)
    for finding in kept:
        home = next((one for one in found if finding.id in one.replacements), None)
        if home is None:
            publish(finding)
        else:
            run.pending[finding.id] = finding
            run.settling.append(asyncio.create_task(_prove(run, model, home, finding, publish)))


async def settle_hit(run: Run, hit: Evidence, finding: Finding, publish: Publish) -> None:
    """Publish an analyzer's finding, with its patch where the analyzer has a fix of its own that
    can be proved."""
    async with run.proofs:
        built = await asyncio.to_thread(fixes.analyzer_fix, hit, run.change)
        if isinstance(built, fixes.Built):
            finding = await fixes.attach(
                finding, built, run.change, cause=hit, **await _options(run)
            )
    publish(finding)


def precedents(
    run: Run,
    decisions: memory.Dismissals,
    settled: Callable[[Finding], bool] = lambda finding: False,
) -> verify.Precedents:
    """What was dismissed before, as far as the verifier is to be shown it: none where nobody is
    asked to verify."""
    if not run.settings.precedents or run.settings.effort == "low" or run.choice.role != "reviewer":
        return verify.Precedents()
    return verify.Precedents.of(decisions.by_id.values(), settled)


async def _judged(run: Run, model: Model, found: Sequence[Found]) -> Sequence[Finding]:
    """What is left after code, and with effort above low the model itself, tried to disprove it.
    What a smoke model says is not worth judging."""
    if run.choice.role == "smoke":
        return findings.merge([finding for one in found for finding in one.said])
    result = await verify.judge(
        [verify.Read(one.unit, one.context, one.prompt, one.said, one.lens) for one in found],
        run.change,
        run.source,
        model=model,
        effort=run.settings.effort,
        floor=verify.FLOORS[run.settings.profile],
        redact=not run.choice.local,
        ask=run.ask,
        evidence=run.evidence.get(found[0].unit.file.path, ()),
        published=[*run.outcome.findings, *run.announced],
        precedents=run.precedents,
    )
    run.outcome.usage = ask.add(run.outcome.usage, result.usage)
    run.outcome.rejected += result.rejected
    for rejected in result.rejected:
        run.outcome.held_back[rejected.stage] += 1
    for problem in result.problems:
        run.warn(f"some findings were not put to the test: {problem}")
    return result.published


async def _prove(run: Run, model: Model, found: Found, finding: Finding, publish: Publish) -> None:
    async def repair(reason: str) -> fixes.Built | fixes.Refused | None:
        other = await replacement(run, model, found, finding, reason)
        return _built(run, other) if other else None

    async with run.proofs:
        built = _built(run, found.replacements[finding.id])
        publish(
            await fixes.attach(finding, built, run.change, repair=repair, **await _options(run))
        )


def _built(run: Run, lines: findings.Replacement) -> fixes.Built | fixes.Refused:
    edit = fixes.Edit(lines.path, lines.start, lines.old_lines, lines.new_lines, lines.side)
    return fixes.build([edit], run.change)


async def _options(run: Run) -> dict[str, Any]:
    """How patches are proved; the user's command is run once on the state without any patch."""
    command = run.settings.verify_command
    if command and run.before is None:
        run.before = asyncio.ensure_future(
            fixes.run_before(run.change, command, run.settings.verify_timeout)
        )
    before = await run.before if run.before else None
    return {
        "names": run.settings.analyzers,
        "verify_command": command,
        "before": before,
        "timeout": run.settings.verify_timeout,
    }
