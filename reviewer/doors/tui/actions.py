"""What the keys of the interactive report do, without a screen: the same steps as `reviewer fix`,
`reviewer undo` and `reviewer findings`. Every function raises ReviewerError with the line to show
to the user."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reviewer import memory, text, workspace
from reviewer.doors.tui.model import Item
from reviewer.errors import ConfigError, ReviewerError, UsageError
from reviewer.events import Finding
from reviewer.fixes import apply, service, target
from reviewer.memory import listing
from reviewer.memory.store import Store
from reviewer.outputs.places import raw_name
from reviewer.workspace import files

MOST_SHOWN = 4 << 20  # bytes of a file that is shown
GOTO = {"code", "codium", "code-insiders", "cursor", "windsurf"}
COLON = {"hx", "helix", "subl", "sublime_text", "zed", "zeditor", "mate"}


@dataclass(frozen=True)
class Desk:
    """Where the keys work: a directory in a worktree, and the user's environment."""

    directory: Path
    environ: Mapping[str, str]

    @cached_property
    def repository(self) -> workspace.Repository:
        return workspace.open_repository(self.directory)

    @property
    def feedback(self) -> memory.FeedbackLog:
        return memory.FeedbackLog(self.environ, self.repository.common_dir)

    @contextmanager
    def memory(self) -> Iterator[tuple[Store, str]]:
        key = memory.repository_key(self.repository.common_dir)
        with memory.open_store(self.environ) as store:
            if not store.usable:
                raise ConfigError(store.warning)
            yield store, key


def remembered(desk: Desk) -> tuple[list[Item], bool | None]:
    """The findings of the last run here, with their states; and whether that run was complete."""
    with desk.memory() as (store, key):
        found, complete = listing.remembered(store, key), listing.last_run_complete(store, key)
    return [
        Item(
            each.finding,
            each.state,
            each.finding.state,
            each.dismissal.reason if each.dismissal else "",
        )
        for each in found
    ], complete


def apply_fix(desk: Desk, item: Item) -> str:
    """Write the patch of the finding to the worktree, so that it can be undone; returns the line to
    show."""
    written = service.apply_one(desk.repository, item.finding, item.state, desk.feedback)
    if written.done:
        return "already applied: the file has it"
    names = {name for fix in written.accepted for name in apply.names(fix)}
    shown = ", ".join(sorted(text.one_line(text.scalar(name)) for name in names))
    return f"applied to {shown}; u undoes it"


def undo(desk: Desk) -> tuple[str, ...]:
    """Undo the last fix, byte for byte; returns the ids of its findings."""
    return tuple(service.undo(desk.repository, desk.feedback).run.manifest.fixes)


def dismiss(desk: Desk, item: Item, reason: str) -> Item:
    """Dismiss the finding, so that it is not reported again."""
    with desk.memory() as (store, key):
        made = memory.dismiss(store, key, item.id, reason)
    return item.become("dismissed", made.reason)


def reopen(desk: Desk, item: Item) -> Item:
    with desk.memory() as (store, key):
        memory.reopen(store, key, item.id)
    return item.back()


def source(desk: Desk, found: Finding) -> str | None:
    """The file of the finding as it is in the worktree; None if it cannot be read, is a link or is
    too large."""
    try:
        state = _file(desk, found)
    except ReviewerError:
        return None
    return text.decode(state.data) if len(state.data) <= MOST_SHOWN else None


def _file(desk: Desk, found: Finding) -> target.FileState:
    path = os.fsdecode(raw_name(found))
    try:
        if not files.is_safe(path):
            raise target.Unsafe("is outside the worktree, or inside a git directory")
        return target.current(desk.repository.root, path)
    except target.Unsafe as exc:
        raise UsageError(f"{text.one_line(text.scalar(path))} {exc}") from None


def editor(desk: Desk, found: Finding) -> list[str]:
    """The command that opens the file of the finding at its line. The editor is the user's (VISUAL,
    EDITOR), never one that the repository names; the path is absolute, so that no name can pass for
    an option."""
    try:
        words = shlex.split(desk.environ.get("VISUAL") or desk.environ.get("EDITOR") or "vi")
    except ValueError:
        words = []
    if not words:
        raise UsageError("VISUAL or EDITOR does not name a program")
    _file(desk, found)
    path = str(desk.repository.root / os.fsdecode(raw_name(found)))
    line = found.start_line if found.side == "new" else None
    return [*words, *_place(Path(words[0]).stem, path, line or 1)]


def _place(program: str, path: str, line: int) -> Sequence[str]:
    if program in GOTO:
        return ("--goto", f"{path}:{line}")
    return (f"{path}:{line}",) if program in COLON else (f"+{line}", path)
