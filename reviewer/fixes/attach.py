"""Attaches a proved patch to a finding, or notes in its comment why it has none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from reviewer.events import Finding, Patch
from reviewer.fixes.build import Built, Refused
from reviewer.fixes.prove import prove
from reviewer.types import Change

# Asks for another replacement, given the reason why the first one failed; None when there is none.
Repair = Callable[[str], Awaitable[Built | Refused | None]]


async def attach(
    finding: Finding,
    attempt: Built | Refused,
    change: Change,
    *,
    repair: Repair | None = None,
    **options: Any,
) -> Finding:
    """The finding with its patch, proved with `options` (those of `prove`). After a failure,
    `repair` gets one try. If that fails too, the comment says why there is no patch, and the code
    that failed its proof is no longer suggested."""
    patch, reason = await _proved(attempt, change, options)
    if isinstance(attempt, Refused) and attempt.is_final:
        repair = None
    if patch is None and repair is not None and (again := await repair(reason)) is not None:
        attempt = again
        patch, reason = await _proved(again, change, options)
    if patch is not None:
        return finding.model_copy(update={"patch": patch})
    update: dict[str, Any] = {"comment": f"{finding.comment}\nNo patch: {reason}"}
    if isinstance(attempt, Built):
        update["suggestions"] = []
    return finding.model_copy(update=update)


async def _proved(
    attempt: Built | Refused, change: Change, options: dict[str, Any]
) -> tuple[Patch | None, str]:
    if isinstance(attempt, Refused):
        return None, attempt.reason
    done = await prove(attempt, change, **options)
    return (done, "") if isinstance(done, Patch) else (None, done.reason)
