"""Between being found and being published: a finding is settled when its patch is proved, or withheld."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from reviewer import findings, fixes
from reviewer.events import Finding
from reviewer.models.base import Model
from reviewer.reading import Found, replacement
from reviewer.run import Run
from reviewer.types import Evidence


async def settle_found(run: Run, model: Model, found: Found, publish: Callable[[Finding], None]) -> None:
    """Prove the replacement of each finding of a unit and publish the findings, with or without a patch. When the run
    ends meanwhile, what is left is published as it is."""
    left = list(found.said)
    try:
        while left:
            lines = found.replacements.get(left[0].id)
            settled = await _proved(run, model, found, left[0], lines) if lines else left[0]
            left.pop(0)
            publish(settled)
    finally:
        for finding in left:
            publish(finding)


async def settle_hit(run: Run, hit: Evidence, finding: Finding, publish: Callable[[Finding], None]) -> None:
    """The same for an analyzer's hit, where the analyzer has a safe fix of its own."""
    settled = finding
    try:
        async with run.proofs:
            built = await asyncio.to_thread(fixes.ruff_fix, hit, run.change)
            if isinstance(built, fixes.Built):
                settled = await fixes.attach(finding, built, run.change, cause=hit, **await _options(run))
    finally:
        publish(settled)


async def _proved(run: Run, model: Model, found: Found, finding: Finding, lines: findings.Replacement) -> Finding:
    async def repair(reason: str) -> fixes.Built | fixes.Refused | None:
        other = await replacement(run, model, found, finding, reason)
        return _built(run, other) if other else None

    async with run.proofs:
        return await fixes.attach(finding, _built(run, lines), run.change, repair=repair, **await _options(run))


def _built(run: Run, lines: findings.Replacement) -> fixes.Built | fixes.Refused:
    edit = fixes.Edit(lines.path, lines.start, lines.old_lines, lines.new_lines, lines.side)
    return fixes.build([edit], run.change)


async def _options(run: Run) -> dict[str, Any]:
    """How patches are proved; the user's command is run once on the state without any patch."""
    command = run.settings.verify_command
    if command and run.before is None:
        run.before = asyncio.ensure_future(fixes.run_before(run.change, command, run.settings.verify_timeout))
    before = await run.before if run.before else None
    return {
        "names": run.settings.analyzers,
        "verify_command": command,
        "before": before,
        "timeout": run.settings.verify_timeout,
    }
