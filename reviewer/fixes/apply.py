"""From published patches to replacements of files: every hunk has to stand at its place exactly,
and every fix is taken whole or refused with its reason."""

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

CHANGED = "has changed since the review there; review again"


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
    """What can be done. `done` are fixes that the files have already."""

    accepted: list[Fix] = field(default_factory=list)
    done: list[Fix] = field(default_factory=list)
    refused: list[tuple[Fix, str]] = field(default_factory=list)
    states: dict[str, target.State] = field(default_factory=dict)  # every file that was looked at
    splices: dict[str, list[Splice]] = field(default_factory=dict)

    @property
    def replacements(self) -> list[Replacement]:
        return [
            Replacement(path, state.data, spliced(state.data, self.splices[path]), state.mode)
            for path, state in self.states.items()
            if self.splices.get(path)
        ]


def patch_bytes(published: Patch) -> bytes:
    """The diff as it was made. Raises ValueError for a damaged one."""
    if published.diff_base64 is None:
        return published.diff.encode("utf-8")
    try:
        return base64.b64decode(published.diff_base64, validate=True)
    except binascii.Error as exc:
        raise ValueError("the patch is not valid base64") from exc


def names(fix: Fix) -> set[str]:
    """The files that it changes."""
    return {file.path for file in patch.read(fix.diff)[0]}


def plan(root: Path, fixes: Iterable[Fix], allow: Sequence[str] = ()) -> Plan:
    """Look at the worktree at `root` and decide on each fix, in the order given; the earlier of two
    that overlap wins. `allow` names protected files that may be changed all the same. Nothing is
    written."""
    made = Plan()
    for fix in fixes:
        found = consider(made, root, fix, allow)
        if found is not None:
            take(made, fix, found)
    return made


Found = Mapping[
    str, Sequence[Splice] | None
]  # what a fix changes, by path; None where it is changed already


def consider(made: Plan, root: Path, fix: Fix, allow: Sequence[str]) -> Found | None:
    """What the fix would change besides what is accepted, for `take`. None when there is nothing to
    take: then it is among those that are done or refused."""
    files, problem = patch.read(fix.diff)
    try:
        if problem:
            raise target.Unsafe(problem)
        found = {file.path: _splices(root, file, made.states, allow) for file in files}
        if reason := _conflict(found, made.splices):
            raise target.Unsafe(reason)
    except target.Unsafe as exc:
        made.refused.append((fix, str(exc)))
        return None
    if all(splices is None for splices in found.values()):
        made.done.append(fix)
        return None
    return found


def take(made: Plan, fix: Fix, found: Found) -> None:
    """Accept the fix."""
    for path, splices in found.items():
        own = made.splices.setdefault(path, [])
        own += [splice for splice in splices or () if splice not in own]
    made.accepted.append(fix)


def _splices(
    root: Path, file: FileDiff, states: dict[str, target.State], allow: Sequence[str]
) -> tuple[Splice, ...] | None:
    """What the fix changes in the file as it is now, None when it is changed already. Raises
    Unsafe, with the name."""
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
    """The splices that the hunks of `file` make in `data`, None when it has them already.

    Raises Unsafe when the old lines are not exactly where the hunks say, or when the content is not
    the reviewed one (by its id) and they are at more than one place.
    """
    lines = split(data)
    same = file.old_id is not None and diff.blob_id(data) == file.old_id
    for hunk in file.hunks:
        old = patch.old_lines(hunk)
        at = patch.start(hunk)
        if at < 0 or lines[at : at + len(old)] != old or (not old and not same and lines):
            if all(_is_done(lines, each) for each in file.hunks):
                return None
            raise target.Unsafe(_where(hunk, CHANGED))
        if not same and len(places(lines, old)) > 1:
            raise target.Unsafe(
                _where(
                    hunk, "has changed since the review, and these lines are in it more than once"
                )
            )
    return patch.splices(file)


def _is_done(lines: Sequence[bytes], hunk: Hunk) -> bool:
    """Whether the file has what the hunk makes, at one place, and nowhere what it replaces."""
    new, old = patch.new_lines(hunk), patch.old_lines(hunk)
    return len(places(lines, new)) == 1 and not places(lines, old)


def _where(hunk: Hunk, said: str) -> str:
    return f"(line {max(hunk.old_start, 1)}) {said}"


def _conflict(found: Found, taken: Mapping[str, Sequence[Splice]]) -> str | None:
    """Why the fix does not go together with those that are accepted."""
    for path, splices in found.items():
        others = taken.get(path, ())
        if touch([splice for splice in splices or () if splice not in others], others):
            return (
                f"{one_line(path)}: it overlaps another fix that is applied; review again"
                " afterwards"
            )
    return None
