"""Turns published patches into replacements of files. Every hunk must match its place exactly, and
each fix is accepted as a whole or refused with a reason."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reviewer import diff
from reviewer.events import Finding, Patch
from reviewer.fixes import patch, target
from reviewer.fixes.lines import Splice, places, spliced, split, touch
from reviewer.fixes.writer import Replacement
from reviewer.text import one_line
from reviewer.types import FileDiff, Hunk

CHANGED = "has changed there since the review; review again"


@dataclass(frozen=True, slots=True)
class Fix:
    """A published patch, with the finding that it is for."""

    finding: Finding
    diff: bytes

    @property
    def id(self) -> str:
        return self.finding.id


@dataclass
class Plan:
    """Which fixes to apply, and how. `done` are fixes that are already in the files."""

    accepted: list[Fix] = field(default_factory=list)
    done: list[Fix] = field(default_factory=list)
    refused: list[tuple[Fix, str]] = field(default_factory=list)
    states: dict[str, target.FileState] = field(default_factory=dict)  # every file that was read
    splices: dict[str, list[Splice]] = field(default_factory=dict)

    @property
    def replacements(self) -> list[Replacement]:
        return [
            Replacement(path, state.data, spliced(state.data, self.splices[path]), state.mode)
            for path, state in self.states.items()
            if self.splices.get(path)
        ]


def patch_bytes(published: Patch) -> bytes:
    """The exact bytes of the diff. Raises ValueError when its base64 is damaged."""
    if published.diff_base64 is None:
        return published.diff.encode("utf-8")
    try:
        return base64.b64decode(published.diff_base64, validate=True)
    except binascii.Error as exc:
        raise ValueError("the patch is not valid base64") from exc


def names(fix: Fix) -> set[str]:
    """The files that the fix changes."""
    return {file.path for file in patch.read(fix.diff)[0]}


def plan(root: Path, fixes: Iterable[Fix], allow: Sequence[str] = ()) -> Plan:
    """Check each fix in turn against the worktree at `root`; of two that overlap, the first wins.
    `allow` lists protected files that may be changed. Writes nothing."""
    planned = Plan()
    for fix in fixes:
        changes = consider(planned, root, fix, allow)
        if changes is not None:
            take(planned, fix, changes)
    return planned


# By path: what a fix changes; None for a file that already has the change.
Changes = Mapping[str, Sequence[Splice] | None]


def consider(planned: Plan, root: Path, fix: Fix, allow: Sequence[str]) -> Changes | None:
    """What the fix would change in addition to the accepted ones, for `take`. None when there is
    nothing to take: then the plan lists it as done or refused."""
    files, problem = patch.read(fix.diff)
    try:
        if problem:
            raise target.Unsafe(problem)
        changes = {file.path: _splices(root, file, planned.states, allow) for file in files}
        if reason := _conflict(changes, planned.splices):
            raise target.Unsafe(reason)
    except target.Unsafe as exc:
        planned.refused.append((fix, str(exc)))
        return None
    if all(splices is None for splices in changes.values()):
        planned.done.append(fix)
        return None
    return changes


def take(planned: Plan, fix: Fix, changes: Changes) -> None:
    """Accept the fix with the changes that `consider` returned for it."""
    for path, splices in changes.items():
        own = planned.splices.setdefault(path, [])
        own += [splice for splice in splices or () if splice not in own]
    planned.accepted.append(fix)


def _splices(
    root: Path, file: FileDiff, states: dict[str, target.FileState], allow: Sequence[str]
) -> tuple[Splice, ...] | None:
    """What the fix changes in the file as it is now, None when it already has the change. Raises
    Unsafe, with the file's name."""
    try:
        target.refuse_name(file.path, allow)
        state = states.get(file.path) or target.current(root, file.path)
        if state.links > 1:
            raise target.Unsafe(
                "has other hard links, which would keep the old content; edit it yourself"
            )
        states[file.path] = state
        return located(state.data, file)
    except target.Unsafe as exc:
        raise target.Unsafe(f"{one_line(file.path)} {exc}") from None


def located(data: bytes, file: FileDiff) -> tuple[Splice, ...] | None:
    """The splices that the hunks of `file` make in `data`, None when it already has the changes.

    Raises Unsafe when the old lines are not exactly where the hunks say, or when the content has
    changed since the review (by its blob id) and the lines occur more than once.
    """
    lines = split(data)
    same = file.old_id is not None and diff.blob_id(data) == file.old_id
    for hunk in file.hunks:
        old = patch.old_lines(hunk)
        at = patch.start(hunk)
        if at < 0 or lines[at : at + len(old)] != old or (not old and not same and lines):
            if all(_is_done(lines, other) for other in file.hunks):
                return None
            raise target.Unsafe(_where(hunk, CHANGED))
        if not same and len(places(lines, old)) > 1:
            raise target.Unsafe(
                _where(
                    hunk, "has changed since the review, and these lines occur in it more than once"
                )
            )
    return patch.splices(file)


def _is_done(lines: Sequence[bytes], hunk: Hunk) -> bool:
    """Whether the file has the new lines of the hunk at one place, and its old lines nowhere."""
    new, old = patch.new_lines(hunk), patch.old_lines(hunk)
    return len(places(lines, new)) == 1 and not places(lines, old)


def _where(hunk: Hunk, reason: str) -> str:
    return f"(line {max(hunk.old_start, 1)}) {reason}"


def _conflict(changes: Changes, accepted: Mapping[str, Sequence[Splice]]) -> str | None:
    """Why the fix is incompatible with those already accepted."""
    for path, splices in changes.items():
        others = accepted.get(path, ())
        if touch([splice for splice in splices or () if splice not in others], others):
            return (
                f"{one_line(path)}: overlaps another fix that is being applied; review again"
                " afterwards"
            )
    return None
