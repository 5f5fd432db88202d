"""Records what became of findings, for those who know a repository and no store."""

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
    """The memory of a repository, opened for each entry and no longer."""

    environ: Mapping[str, str]
    common_dir: Path  # of the repository

    def record(
        self, kind: feedback.Kind, ids: Iterable[str], findings: Iterable[Finding] = ()
    ) -> None:
        """What was done stands, whether or not that can be remembered."""
        with open_store(self.environ) as store:
            feedback.record(store, repository_key(self.common_dir), kind, ids, findings=findings)
