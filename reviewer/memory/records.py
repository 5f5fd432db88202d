"""The records that a run and the memory exchange, and the key of the history they belong to."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from reviewer.events import Finding
from reviewer.memory import examples
from reviewer.memory.dismissals import Dismissal
from reviewer.memory.siblings import Sibling
from reviewer.messages import Usage
from reviewer.types import Change

FindingState = Literal["new", "open"]


@dataclass(frozen=True, slots=True)
class HistoryKey:
    """Identifies a history: the repository (with all its worktrees) and the scope of the run."""

    repository: str
    scope: str


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """A finding that was present when its scope was last reviewed. `found_by` is its source; for
    the model, with its name."""

    id: str
    fingerprint: str
    path: str
    found_by: str
    places: tuple[Sibling, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """A finding of this run, published or held back. `earlier` are the ids of the findings that it
    was part of in an earlier run: its file has been renamed since, or one of its places was one of
    theirs. `followed` are stored dismissals that cover it, under the names that it has now."""

    finding: Finding
    fingerprint: str
    path: str
    found_by: str
    earlier: tuple[str, ...] = ()
    followed: tuple[Dismissal, ...] = ()
    places: tuple[Sibling, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return self.finding.id, *(each.id for each in self.places)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The results of a run. `present`: ids that were found but are not among `judged` (withheld,
    for example). `dropped`: ids that were found again and did not stand. `reviewed`: paths reviewed
    in full. `touched`: all paths of the change, including skipped and unreviewed ones. `sources`:
    what examined everything in `reviewed`, as in KnownFinding.found_by. `shown`: ids reported to
    the user (None: all). `stands`: whether the code that a finding quotes is still there,
    unchanged. `excluded`: whether the commits were read without this file."""

    judged: Sequence[JudgedFinding]
    reviewed: Collection[str]
    touched: Collection[str]
    sources: Collection[str]
    base: str | None
    complete: bool
    seconds: float
    usage: Usage = field(default_factory=Usage)
    present: Collection[str] = ()
    dropped: Collection[str] = ()
    hits: int = 0
    misses: int = 0
    saved_tokens: int = 0
    saved_seconds: float = 0.0
    used: Sequence[str] = ()  # keys of the cached replies that were used
    shown: Collection[str] | None = None
    stands: Callable[[str], bool] = lambda body: False  # takes the finding as JSON
    examples: Sequence[examples.Example] = ()
    excluded: Callable[[str], bool] = lambda path: False


@dataclass(frozen=True, slots=True)
class Recorded:
    """The state of each judged finding, by id, and the ids of findings that are now resolved: their
    code has changed, or nobody finds them any more."""

    states: Mapping[str, FindingState]
    resolved: tuple[str, ...]


def repository_key(common_dir: Path) -> str:
    """A key that all worktrees of a repository share."""
    return hashlib.sha256(os.fsencode(os.path.realpath(common_dir))).hexdigest()[:32]


def history_key(change: Change) -> HistoryKey | None:
    """The history that a change belongs to; None for a patch without a repository."""
    if change.common_dir is None:
        return None
    scope = change.scope
    parts: list[Any] = [
        os.path.realpath(change.root),
        scope.kind,
        sorted(scope.paths),
        change.base_branch,
    ]
    # Other commits are another history, even under the same name; so is another branch.
    fixed = scope.kind in ("commit", "range")
    parts += [change.base_commit, change.head_commit] if fixed else [change.current_branch]
    key = hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:32]
    return HistoryKey(repository_key(change.common_dir), key)
