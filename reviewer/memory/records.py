"""What a run tells the memory, whose history that becomes, and what the memory answers."""

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
from reviewer.types import Change, Usage

State = Literal["new", "open"]


@dataclass(frozen=True, slots=True)
class Where:
    """Whose history: the repository (all its worktrees), and the scope of the run in it."""

    repository: str
    scope: str


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that was there when its scope was last looked at. `by` is who found it: the source,
    for the model with its name."""

    id: str
    fingerprint: str
    path: str
    by: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding of this run, published or held back. `former` is the id that it had in an earlier
    run, where its file has been renamed since; `dismissal` a decision in the memory that holds for
    it."""

    finding: Finding
    fingerprint: str
    path: str
    by: str
    former: str | None = None
    dismissal: Dismissal | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run has seen. `present` are ids that were found and are not among `judged` (refuted,
    say); `reviewed` the paths that were looked at in full; `touched` all paths of the change,
    skipped and unreviewed ones too; `looked` who looked at all that was reviewed (as in Known.by);
    `shown` the ids that the user was told about (None: all of them); `stands` whether the code that
    a finding quotes is there as it was."""

    judged: Sequence[Judged]
    reviewed: Collection[str]
    touched: Collection[str]
    looked: Collection[str]
    base: str | None
    complete: bool
    seconds: float
    usage: Usage = field(default_factory=Usage)
    present: Collection[str] = ()
    hits: int = 0
    misses: int = 0
    saved_tokens: int = 0
    saved_seconds: float = 0.0
    used: Sequence[str] = ()  # keys of the replies that were remembered
    shown: Collection[str] | None = None
    stands: Callable[[str], bool] = lambda body: False  # given the finding as JSON
    examples: Sequence[examples.Example] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """The state of each finding that was judged, by id, and the ids that the last fix removed."""

    states: Mapping[str, State]
    resolved: tuple[str, ...]


def repository_key(common_dir: Path) -> str:
    """The same for all worktrees of a repository."""
    return hashlib.sha256(os.fsencode(os.path.realpath(common_dir))).hexdigest()[:32]


def where(change: Change) -> Where | None:
    """Whose history a change belongs to; None for a patch without a repository."""
    if change.common_dir is None:
        return None
    scope = change.scope
    parts: list[Any] = [
        os.path.realpath(change.root),
        scope.kind,
        sorted(scope.paths),
        change.base_branch,
    ]
    # Other commits are another subject, even under the same name; so is another branch.
    fixed = scope.kind in ("commit", "range")
    parts += [change.base_commit, change.head_commit] if fixed else [change.current_branch]
    key = hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:32]
    return Where(repository_key(change.common_dir), key)
