"""The result of a run: everything that the verdict rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewer import verify
from reviewer.events import Finding, Status
from reviewer.pipeline.clock import Stopped
from reviewer.types import ModelRole, Severity, Skipped, Unreviewed, Usage


@dataclass(frozen=True)
class Outcome:
    """Everything that the verdict and the reports need to know about a run."""

    model_role: ModelRole = "none"
    fail_on: Severity | None = None
    findings: tuple[Finding, ...] = ()
    rejected: tuple[verify.Rejected, ...] = ()  # findings that failed verification
    # by reason: the number of findings that were not published
    held_back: Mapping[str, int] = field(default_factory=dict)
    resolved: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unreviewed: tuple[Unreviewed, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # for the user to know, but not warnings
    usage: Usage = field(default_factory=Usage)
    cache_hits: int = 0
    cache_misses: int = 0
    seconds: float = 0.0
    stopped: Stopped | None = None

    @property
    def last_status(self) -> Status:
        """The last event before the terminal one."""
        has_files = bool(self.reviewed or self.unreviewed or self.findings)
        return Status(
            phase="analyzing", status="review_completed" if has_files else "review_skipped"
        )
