"""Records what `reviewer fix` did, so that it can be undone: one folder per run in the state
directory, with the old contents, synced before the first file is written.

    manifest.json   what the run will do; without it, nothing was written
    0.old, 1.old    the old contents
    done            all files are written
    undoing         an undo has begun
    undone          all files are restored (or were never written)
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewer import config, disk
from reviewer.errors import UsageError
from reviewer.fixes import target
from reviewer.fixes.writer import Replacement, Step, WriteFailed, replace, temporary_name
from reviewer.text import one_line

KEEP = 100  # runs of one worktree whose old bytes are kept
_RUN = re.compile(r"\d{8}T\d{6}-\d{6}")  # UTC, to the microsecond: sorted by name is sorted by time
_MAX_MANIFEST = 4 << 20


class _StoredModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_StoredModel):
    """One file. The path is in hexadecimal because it need not be valid text. `staged` holds the
    mode and the old and new ids in the index, if the run staged the file."""

    path_hex: Annotated[str, Field(pattern="^([0-9a-f]{2})+$")]
    mode: Annotated[int, Field(ge=0, le=0o7777)]
    old: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    new: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    staged: tuple[str, str, str] | None = None

    @property
    def path(self) -> str:
        return os.fsdecode(bytes.fromhex(self.path_hex))


class Manifest(_StoredModel):
    version: Annotated[int, Field(ge=1, le=1)] = 1
    root_hex: str
    fixes: list[str]  # ids of the findings
    files: list[Entry]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of `reviewer fix`, as the journal knows it."""

    name: str
    folder: Path
    manifest: Manifest

    def is_marked(self, mark: str) -> bool:
        return (self.folder / mark).exists()

    @property
    def undone(self) -> bool:
        return self.is_marked("undone")


@contextlib.contextmanager
def locked(root: Path) -> Iterator[Path]:
    """The folder of the worktree's journals, locked against other processes that write fixes there.
    Callers still have to recover what a killed run left unfinished. Raises WriteFailed."""
    home = (
        config.state_folder(os.environ)
        / "fixes"
        / hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    )
    with contextlib.ExitStack() as stack:
        try:
            home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            home.mkdir(mode=0o700, exist_ok=True)
            stack.enter_context(disk.locked(home / "lock"))
        except OSError as exc:
            raise WriteFailed(
                f"cannot write to {one_line(str(home))}: {exc.strerror}; set REVIEWER_STATE_DIR to"
                " a writable directory"
            ) from None
        yield home


def apply(
    root: Path,
    home: Path,
    items: Sequence[Replacement],
    fixes: Sequence[str],
    *,
    staged: Sequence[tuple[str, str, str] | None] = (),
    step: Step = lambda: None,
) -> Run:
    """Write all of the files or none, and record it for undo. `home` comes from `locked`; `step` is
    called after every change on disk. Raises WriteFailed."""
    now = time.time_ns()
    name = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime(now // 10**9))}-{now // 1000 % 10**6:06}"
    manifest = Manifest(
        root_hex=os.fsencode(root).hex(),
        fixes=list(fixes),
        files=[
            Entry(
                path_hex=os.fsencode(item.path).hex(),
                mode=item.mode,
                old=_hash(item.old),
                new=_hash(item.new),
                staged=staged[number] if staged else None,
            )
            for number, item in enumerate(items)
        ],
    )
    run = Run(name, home / name, manifest)
    try:
        _record(run, items, step)
    except OSError as exc:
        shutil.rmtree(run.folder, ignore_errors=True)
        raise WriteFailed(
            f"nothing was changed: cannot write the journal: {exc.strerror}"
        ) from None
    try:
        replace(root, name, items, step)
    except BaseException:  # also Ctrl-C
        recover(root, home)
        raise
    _mark(run, "done", step)
    _forget_oldest(home)
    return run


def _record(run: Run, items: Sequence[Replacement], step: Step) -> None:
    run.folder.mkdir(mode=0o700)
    step()
    for number, item in enumerate(items):
        _put(run.folder / f"{number}.old", item.old)
        step()
    _put(run.folder / "manifest.tmp", run.manifest.model_dump_json().encode())
    step()
    disk.sync_folder(run.folder)
    disk.replace(run.folder / "manifest.tmp", run.folder / "manifest.json")
    step()
    disk.sync_folder(run.folder)
    disk.sync_folder(run.folder.parent)
    step()


def _mark(run: Run, mark: str, step: Step) -> None:
    _put(run.folder / mark, b"")
    disk.sync_folder(run.folder)
    step()


def _put(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        disk.sync(file.fileno())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def runs(home: Path) -> list[Run]:
    """All runs of the worktree, oldest first. Folders that are not journals are skipped."""
    found = []
    for folder in sorted(path for path in home.iterdir() if _RUN.fullmatch(path.name)):
        file = folder / "manifest.json"
        try:
            if file.stat().st_size <= _MAX_MANIFEST:
                found.append(
                    Run(folder.name, folder, Manifest.model_validate_json(file.read_bytes()))
                )
        except (OSError, ValidationError):
            continue
    return found


def recover(root: Path, home: Path) -> None:
    """Finish or undo what a killed run left unfinished. Files changed since then are left alone.
    Raises WriteFailed when recovery fails."""
    for folder in (path for path in home.iterdir() if _RUN.fullmatch(path.name)):
        if not (folder / "manifest.json").exists():  # it was killed before it wrote any file
            shutil.rmtree(folder, ignore_errors=True)
    for run in runs(home):
        if run.undone or (run.is_marked("done") and not run.is_marked("undoing")):
            continue
        _remove_temporaries(root, run)
        written = _written(root, run)
        if len(written) == len(run.manifest.files) and not run.is_marked("undoing"):
            _mark(run, "done", lambda: None)
        else:
            replace(root, run.name, written, lambda: None)
            _mark(run, "undone", lambda: None)


def undo(root: Path, home: Path, name: str | None, *, step: Step = lambda: None) -> Run:
    """Restore the files of the run `name` (the last one if None), byte for byte and mode for mode.

    Raises UsageError when there is no such run, WriteFailed when a file has changed since; then
    nothing is changed.
    """
    known = runs(home)
    run = next(
        (run for run in reversed(known) if not run.undone and name in (None, run.name)), None
    )
    if run is None:
        problem = (
            "no fixes to undo here" if name is None else f"there is no run {one_line(name)} to undo"
        )
        raise UsageError(f"{problem}; see: reviewer undo --list")
    items = _written(root, run)
    if len(items) < len(run.manifest.files):
        written = {item.path for item in items}
        changed = next(entry.path for entry in run.manifest.files if entry.path not in written)
        raise WriteFailed(f"nothing was undone: {one_line(changed)} has changed since the fix")
    _mark(run, "undoing", step)
    try:
        replace(root, run.name, items, step)
    except WriteFailed:
        if len(_written(root, run)) == len(items):
            (run.folder / "undoing").unlink(missing_ok=True)
        raise
    _mark(run, "undone", step)
    return run


def _written(root: Path, run: Run) -> list[Replacement]:
    """The replacements that restore the files that are still exactly as the run left them. Raises
    WriteFailed when the journal is damaged."""
    items = []
    for number, entry in enumerate(run.manifest.files):
        try:
            target.refuse_name(entry.path, [entry.path])
            state = target.current(root, entry.path)
        except target.Unsafe:
            continue
        if (_hash(state.data), state.mode) != (entry.new, entry.mode):
            continue
        old = (run.folder / f"{number}.old").read_bytes()
        if _hash(old) != entry.old:
            raise WriteFailed(
                f"the journal {one_line(str(run.folder))} is damaged; nothing was changed"
            )
        items.append(Replacement(entry.path, state.data, old, entry.mode))
    return items


def _remove_temporaries(root: Path, run: Run) -> None:
    for number, entry in enumerate(run.manifest.files):
        with (
            contextlib.suppress(target.Unsafe, OSError),
            target.parent(root, entry.path) as (folder, _),
        ):
            folder.unlink(temporary_name(run.name, number))


def _forget_oldest(home: Path) -> None:
    for run in runs(home)[:-KEEP]:
        shutil.rmtree(run.folder, ignore_errors=True)
