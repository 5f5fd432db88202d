"""The result of a run: everything that the verdict rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from reviewer import verify
from reviewer.events import Finding, QuestionsInfo, Status
from reviewer.messages import Usage
from reviewer.pipeline.clock import Stop, Stopped
from reviewer.types import ModelRole, Severity, Skipped, Unreviewed

IGNORED = "ignored by configuration"  # in `held_back`


@dataclass(frozen=True)
class Outcome:
    """Everything that the verdict and the reports need to know about a run."""

    model_role: ModelRole = "none"
    fail_on: Severity | None = None
    findings: tuple[Finding, ...] = ()
    rejected: tuple[verify.Rejected, ...] = ()  # findings that failed verification
    # findings that a decision of the user or the repository holds back, and which
    hidden: tuple[tuple[Finding, str], ...] = ()
    # by reason: the number of findings that were not published
    held_back: Mapping[str, int] = field(default_factory=dict)
    resolved: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unreviewed: tuple[Unreviewed, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # for the user to know, but not warnings
    usage: Usage = field(default_factory=Usage)
    questions: QuestionsInfo = field(default_factory=QuestionsInfo)
    cache_hits: int = 0
    cache_misses: int = 0
    seconds: float = 0.0
    stopped: Stopped | None = None

    def stopped_by(self, stop: Stop) -> Outcome:
        """The outcome with the signal that stopped the run, if one did."""
        return replace(self, stopped=stop.result() if stop.done() else None)

    @property
    def end(self) -> Literal["review_completed", "review_skipped"]:
        """Skipped: there was nothing to do, which a run that was stopped does not know."""
        seen = self.reviewed or self.unreviewed or self.findings or self.stopped
        return "review_completed" if seen else "review_skipped"

    @property
    def last_status(self) -> Status:
        """The last event before the terminal one."""
        return Status(phase="analyzing", status=self.end)
