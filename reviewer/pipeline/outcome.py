"""What is left of a run at its end: all that the verdict rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewer import verify
from reviewer.events import Finding
from reviewer.pipeline.clock import Stopped
from reviewer.types import ModelRole, Severity, Skipped, Unreviewed, Usage


@dataclass(frozen=True)
class Outcome:
    """Everything that the verdict needs, at the end of a run."""

    model_role: ModelRole = "none"
    fail_on: Severity | None = None
    findings: tuple[Finding, ...] = ()
    rejected: tuple[verify.Rejected, ...] = ()  # findings that did not stand
    # findings that were not published, by reason, for the reader
    held_back: Mapping[str, int] = field(default_factory=dict)
    resolved: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unreviewed: tuple[Unreviewed, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what the reader should know, without being a warning
    usage: Usage = field(default_factory=Usage)
    cache_hits: int = 0
    cache_misses: int = 0
    seconds: float = 0.0
    stopped: Stopped | None = None
