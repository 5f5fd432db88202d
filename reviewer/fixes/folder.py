"""The folder of a file that is about to be changed. It was checked step by step, and stays the one
that was checked: no name in it is reached through a link."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reviewer import disk

# On Windows, directories cannot be opened, nor files relative to them.
BY_HANDLE = {os.open, os.stat, os.rename, os.unlink} <= os.supports_dir_fd
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_WHOLE = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)  # no change of line ends
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


class Folder(Protocol):
    """All names are those of entries of the folder. Every method raises OSError."""

    def info(self, name: str) -> os.stat_result:
        """What `lstat` says of it."""

    def open(self, name: str, flags: int, mode: int = 0o600) -> int:
        """A descriptor; links are refused."""

    def chmod(self, name: str, mode: int) -> None: ...

    def unlink(self, name: str) -> None: ...

    def replace(self, old: str, new: str) -> None:
        """Put `old` in the place of `new`, at once."""

    def sync(self) -> None:
        """Wait until the names are on the disk."""


@dataclass(frozen=True, slots=True)
class ByHandle:
    """An open directory: it stays valid even if its name leads elsewhere later."""

    handle: int

    def info(self, name: str) -> os.stat_result:
        return os.stat(name, dir_fd=self.handle, follow_symlinks=False)

    def open(self, name: str, flags: int, mode: int = 0o600) -> int:
        return os.open(name, flags | _PLAIN | _WHOLE, mode, dir_fd=self.handle)

    def chmod(self, name: str, mode: int) -> None:
        os.chmod(name, mode, dir_fd=self.handle)

    def unlink(self, name: str) -> None:
        os.unlink(name, dir_fd=self.handle)

    def replace(self, old: str, new: str) -> None:
        disk.replace(old, new, folder=self.handle)

    def sync(self) -> None:
        os.fsync(self.handle)


@dataclass(frozen=True, slots=True)
class ByName:
    """A directory by its path. `chain` holds it and those above it, up to the root of the worktree,
    as they were when they were checked; they are compared before each step. What is put in their
    place between the comparison and the step is not noticed, but a file that is opened is again
    compared with what stood there."""

    path: Path
    chain: tuple[tuple[Path, int], ...]

    def info(self, name: str) -> os.stat_result:
        self._folder_info()
        return (self.path / name).lstat()

    def _folder_info(self) -> os.stat_result:
        for folder, known in self.chain:
            found = folder.lstat()
            if disk.is_link(found) or found.st_ino != known:
                raise NotADirectoryError(0, "its folder was replaced", str(folder))
        return found

    def open(self, name: str, flags: int, mode: int = 0o600) -> int:
        new = flags & os.O_EXCL  # a link is not followed where a new file is made
        before = self._folder_info() if new else self.info(name)
        if disk.is_link(before):
            raise OSError(0, "it is a link", name)
        handle = os.open(self.path / name, flags | _PLAIN | _WHOLE, mode)
        if not new and os.fstat(handle).st_ino != before.st_ino:
            os.close(handle)
            raise OSError(0, "it was replaced", name)
        return handle

    def chmod(self, name: str, mode: int) -> None:
        self.info(name)
        (self.path / name).chmod(mode)

    def unlink(self, name: str) -> None:
        self.info(name)
        (self.path / name).unlink()

    def replace(self, old: str, new: str) -> None:
        self.info(new)
        disk.replace(self.path / old, self.path / new)

    def sync(self) -> None:
        disk.sync_folder(self.path)


class NotPlain(Exception):
    """A step of the path is no folder, or a link."""


@contextlib.contextmanager
def opened(root: Path, steps: Sequence[str], check: Callable[[Folder], None]) -> Iterator[Folder]:
    """The folder that `steps` lead to from `root`; `check` is called with each one below `root`.
    Raises NotPlain."""
    if BY_HANDLE:
        yield from _by_handle(root, steps, check)
    else:
        yield _by_name(root, steps, check)


def _by_handle(
    root: Path, steps: Sequence[str], check: Callable[[Folder], None]
) -> Iterator[Folder]:
    handle = os.open(root, _FOLDER)
    try:
        for step in steps:
            try:
                below = os.open(step, _FOLDER | _PLAIN, dir_fd=handle)
            except OSError:
                raise NotPlain from None
            os.close(handle)
            handle = below
            check(ByHandle(handle))
        yield ByHandle(handle)
    finally:
        os.close(handle)


def _by_name(root: Path, steps: Sequence[str], check: Callable[[Folder], None]) -> Folder:
    path = root.resolve()
    chain = [(path, path.lstat().st_ino)]
    for step in steps:
        path /= step
        try:
            info = path.lstat()
        except OSError:
            raise NotPlain from None
        if disk.is_link(info) or not path.is_dir():
            raise NotPlain
        chain.append((path, info.st_ino))
        check(ByName(path, tuple(chain)))
    return ByName(path, tuple(chain))
