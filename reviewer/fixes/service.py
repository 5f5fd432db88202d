"""Applies published patches to a worktree and undoes them: the single entry point for every command
and integration.

Each call locks the journal and recovers whatever a killed run left unfinished before it reads the
files.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from reviewer.errors import GitFailed, UsageError
from reviewer.events import Finding
from reviewer.fixes import apply as planning
from reviewer.fixes import journal, report, stage
from reviewer.fixes.apply import Fix, Plan
from reviewer.workspace import Repository

MINIMUM: Final = "clean"  # what a patch must prove to be applied without a user reading it


class Memory(Protocol):
    """Records what happened to findings. Never raises: the files are already written."""

    def record(
        self,
        kind: Literal["applied", "undone", "returned"],
        ids: Iterable[str],
        findings: Iterable[Finding] = (),
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Written:
    """The result for each requested fix. `run` is None when no file was changed."""

    run: journal.Run | None
    accepted: tuple[Fix, ...] = ()
    done: tuple[Fix, ...] = ()  # already in the files
    refused: tuple[tuple[Fix, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Undone:
    run: journal.Run
    kept: tuple[str, ...]  # paths staged again since then: the index keeps those


def recover(root: Path) -> None:
    """Finish or undo what a killed run left unfinished. Raises WriteFailed."""
    with _recovered(root):
        pass


def runs(root: Path) -> list[journal.Run]:
    """The runs that can be undone, latest first."""
    with _recovered(root) as home:
        return [run for run in reversed(journal.runs(home)) if not run.undone]


def apply_one(repository: Repository, finding: Finding, state: str, memory: Memory) -> Written:
    """Apply the patch of one finding, which is in `state`. Raises UsageError when it is refused;
    then no file was changed."""
    if state in ("fixed", "dismissed"):
        raise UsageError(f"not applied: {finding.id} is {state}", reason="refused")
    selected, left = report.select([finding], [finding.id], None, MINIMUM)
    written = apply(repository, selected, memory) if selected else Written(None)
    if reasons := [reason for _, reason in (*left, *written.refused)]:
        raise UsageError(f"not applied: {reasons[0]}", reason="refused")
    return written


def apply(
    repository: Repository,
    fixes: Sequence[Fix],
    memory: Memory,
    allow: Sequence[str] = (),
    *,
    index: bool = False,
) -> Written:
    """`write`, and record the fixes as accepted by the user."""
    written = write(repository, fixes, allow, index=index)
    if written.run:
        accepted = [fix.finding for fix in written.accepted]
        memory.record("applied", written.run.manifest.fixes, accepted)
    return written


def write(
    repository: Repository, fixes: Sequence[Fix], allow: Sequence[str] = (), *, index: bool = False
) -> Written:
    """Write all compatible fixes so that they can be undone; with `index`, stage them too. `allow`
    lists protected files that may be changed. Raises WriteFailed, GitFailed; then no file was
    changed."""
    with _recovered(repository.root) as home:
        plan = planning.plan(repository.root, fixes, allow)
        if not plan.replacements:
            return _outcome(None, plan)
        try:
            staged = stage.prepare(repository, plan.replacements) if index else []
        except stage.CannotStage as exc:
            refused = [*plan.refused, *((fix, str(exc)) for fix in plan.accepted)]
            return Written(None, (), tuple(plan.done), tuple(refused))
        ids = [fix.id for fix in plan.accepted]
        run = journal.apply(repository.root, home, plan.replacements, ids, staged=staged)
        if staged:
            try:
                stage.put(repository, [entry.path for entry in run.manifest.files], staged)
            except GitFailed:
                journal.undo(repository.root, home, run.name)
                raise
    return _outcome(run, plan)


def _outcome(run: journal.Run | None, plan: Plan) -> Written:
    return Written(run, tuple(plan.accepted), tuple(plan.done), tuple(plan.refused))


def undo(
    repository: Repository,
    memory: Memory,
    name: str | None = None,
    *,
    kind: Literal["undone", "returned"] = "undone",
) -> Undone:
    """Undo the run `name` (the last one if None), in the index too if it was staged; `kind` is what
    `memory` records. Raises UsageError when there is no such run, WriteFailed when a file has
    changed since."""
    with _recovered(repository.root) as home:
        run = journal.undo(repository.root, home, name)
        staged = [(entry.path, entry.staged) for entry in run.manifest.files if entry.staged]
        paths, entries = [path for path, _ in staged], [entry for _, entry in staged]
        kept = stage.restore(repository, paths, entries) if staged else []
    memory.record(kind, run.manifest.fixes)
    return Undone(run, tuple(kept))


@contextlib.contextmanager
def _recovered(root: Path) -> Iterator[Path]:
    """The locked folder of the worktree's journals, after recovery."""
    with journal.locked(root) as home:
        journal.recover(root, home)
        yield home
