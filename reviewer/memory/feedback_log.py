"""Records outcomes of findings, for callers that have a repository but no open store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer.events import Finding
from reviewer.memory import feedback
from reviewer.memory.records import repository_key
from reviewer.memory.store import open_store


@dataclass(frozen=True, slots=True)
class FeedbackLog:
    """The feedback of one repository. The store is opened only to write an entry."""

    environ: Mapping[str, str]
    common_dir: Path  # of the repository

    def record(
        self, kind: feedback.FeedbackKind, ids: Iterable[str], findings: Iterable[Finding] = ()
    ) -> None:
        """Record an action. If that fails, the action still stands."""
        with open_store(self.environ) as store:
            feedback.record(store, repository_key(self.common_dir), kind, ids, findings=findings)
