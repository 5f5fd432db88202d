"""Replaces several files at once, so that a crash at any moment leaves each of them old or new,
never in between.

All new contents are written to temporary files beside the old ones and synced before the first is
renamed over its file. Owner, mode and extended attributes stay as they are.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from reviewer import disk
from reviewer.errors import ReviewerError
from reviewer.fixes import target
from reviewer.fixes.folder import Folder
from reviewer.text import one_line

Step = Callable[[], None]  # called after every change on disk


class WriteFailed(ReviewerError):
    """No file was changed, or all of them were restored."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """The file at `path` must still be `old` (bytes) with `mode` (permission bits), and becomes
    `new`."""

    path: str
    old: bytes
    new: bytes
    mode: int


@dataclass(slots=True)
class _Open:
    item: Replacement
    folder: Folder
    name: str
    temporary: str


def temporary_name(run: str, number: int) -> str:
    """Depends only on the run and the number, so that recovery finds what a crash left behind."""
    return f".reviewer-{run}-{number}.tmp"


def replace(root: Path, run: str, items: Sequence[Replacement], step: Step) -> None:
    """Replace all of the files or none. Raises WriteFailed when one has changed in the meantime,
    must not be written, or cannot be written."""
    with ExitStack() as stack:
        opened: list[_Open] = []
        done: list[_Open] = []
        try:
            for number, item in enumerate(items):
                folder, name = stack.enter_context(target.parent(root, item.path))
                entry = _Open(item, folder, name, temporary_name(run, number))
                _prepare(entry, opened, step)
            for entry in opened:
                item = entry.item
                _check(entry)
                entry.folder.replace(entry.temporary, entry.name)
                done.append(entry)
                step()
                entry.folder.sync()
                step()
        except (target.Unsafe, OSError) as exc:
            _roll_back(opened, done, step)
            raise WriteFailed(f"nothing was changed: {one_line(item.path)} {_why(exc)}") from None
        except BaseException:  # Ctrl-C
            _roll_back(opened, done, step)
            raise


def _prepare(entry: _Open, opened: list[_Open], step: Step) -> None:
    """Write the new content beside the old one, with its mode, owner and attributes."""
    state = _check(entry)
    with contextlib.suppress(FileNotFoundError):
        entry.folder.unlink(entry.temporary)  # of a run that was killed
    made = entry.folder.open(entry.temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    opened.append(entry)
    step()
    try:
        _write(made, entry.item.new)
        step()
        _keep(made, entry, state)
        step()
        disk.sync(made)
        step()
    finally:
        os.close(made)


def _check(entry: _Open) -> target.FileState:
    """The file as it is now. Raises Unsafe when it no longer matches the replacement."""
    state = target.read(entry.folder, entry.name)
    if state.data != entry.item.old or state.mode != entry.item.mode:
        raise target.Unsafe("changed while it was being written")
    if sys.platform == "win32" and not state.mode & 0o200:
        raise target.Unsafe("is read-only, and Windows replaces no such file; run: attrib -R")
    if state.links > 1:
        raise target.Unsafe(
            "has other hard links, which would keep the old content; edit it yourself"
        )
    return state


def _write(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _keep(made: int, entry: _Open, state: target.FileState) -> None:
    """Copy owner, attributes and mode to the new file. Raises OSError when owner or mode cannot be
    kept. On Windows the new file has the rights that its folder gives."""
    if sys.platform == "win32":
        entry.folder.chmod(entry.temporary, state.mode)
        return
    info = os.fstat(made)
    if (info.st_uid, info.st_gid) != state.owner:
        os.fchown(made, *state.owner)
    old = entry.folder.open(entry.name, os.O_RDONLY)
    try:
        _copy_attributes(old, made)
    finally:
        os.close(old)
    os.fchmod(made, state.mode)  # last: changing the owner clears the special bits


def _copy_attributes(old: int, made: int) -> None:
    if sys.platform != "linux":  # where access control lists are among them
        return
    try:
        for name in os.listxattr(old):
            try:
                os.setxattr(made, name, os.getxattr(old, name))
            except OSError as exc:
                if exc.errno not in (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.ENODATA):
                    raise
    except OSError as exc:
        if exc.errno != errno.ENOTSUP:  # a file system without such attributes
            raise


def _why(exc: target.Unsafe | OSError) -> str:
    return str(exc) if isinstance(exc, target.Unsafe) else f"cannot be written: {exc.strerror}"


def _roll_back(opened: Sequence[_Open], done: Sequence[_Open], step: Step) -> None:
    """Restore the files that were already replaced, and remove the temporary ones. Raises
    WriteFailed when that fails too; the journal can still recover."""
    for entry in opened:
        try:
            if entry in done:
                _restore(entry, step)
            else:
                with contextlib.suppress(FileNotFoundError):
                    entry.folder.unlink(entry.temporary)
                    step()
        except (target.Unsafe, OSError) as exc:
            name = one_line(entry.item.path)
            raise WriteFailed(
                f"{name} {_why(exc)}, and could not be restored; run `reviewer undo`"
            ) from None


def _restore(entry: _Open, step: Step) -> None:
    item = entry.item
    undone = _Open(
        Replacement(item.path, item.new, item.old, item.mode),
        entry.folder,
        entry.name,
        entry.temporary,
    )
    _prepare(undone, [], step)
    undone.folder.replace(undone.temporary, undone.name)
    step()
    undone.folder.sync()
