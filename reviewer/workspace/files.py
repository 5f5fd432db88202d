"""Reads files of the worktree without following a link or opening anything but regular files."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from reviewer import disk

FileKind = Literal["absent", "file", "link", "directory", "special", "unreadable"]
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _NOFOLLOW
_FILE = os.O_RDONLY | _NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_RELATIVE = os.open in os.supports_dir_fd  # not on Windows, which has few links


def is_safe(path: str, platform: str = sys.platform) -> bool:
    """False for names that no checkout can contain: absolute, with `.`, `..` or empty parts, inside
    a git directory, or such as the platform reads as another one."""
    parts = path.split("/")
    return "\0" not in path and not any(
        part in ("", ".", "..") or part.lower() == ".git" or not disk.is_name(part, platform)
        for part in parts
    )


def kind_and_size(root: Path, path: str) -> tuple[FileKind, int]:
    """The kind of the file at `path` below `root`, and its size in bytes. A regular file is opened
    to check that it is readable."""
    try:
        with _parent(root, path) as (directory, name):
            info = _info(directory, name)
            if stat.S_ISREG(info.st_mode):
                os.close(os.open(name, _FILE, dir_fd=directory))
    except PermissionError:
        return "unreadable", 0
    except (OSError, ValueError):
        return "absent", 0
    return _kind(info.st_mode), info.st_size


def read(root: Path, path: str, limit: int) -> bytes | None:
    """The bytes of a regular file, or the target of a symbolic link; None for anything else, and
    for more than `limit` bytes."""
    if not is_safe(path):
        return None
    try:
        with _parent(root, path) as (directory, name):
            info = _info(directory, name)
            if stat.S_ISLNK(info.st_mode):
                return os.fsencode(os.readlink(name, dir_fd=directory))
            return (
                _regular(os.open(name, _FILE, dir_fd=directory), limit)
                if stat.S_ISREG(info.st_mode)
                else None
            )
    except (OSError, ValueError):
        return None


def read_small(path: Path, limit: int = 1 << 16) -> bytes | None:
    """The content of a small regular file of a git directory."""
    return read(path.parent, path.name, limit)


def peek(root: Path, path: str, count: int) -> bytes | None:
    """The first `count` bytes of a regular file; None for anything else."""
    try:
        with (
            _parent(root, path) as (directory, name),
            os.fdopen(os.open(name, _FILE, dir_fd=directory), "rb") as file,
        ):
            return file.read(count) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
    except (OSError, ValueError):
        return None


def _info(directory: int | None, name: str) -> os.stat_result:
    if directory is None:
        return os.lstat(name)
    return os.stat(name, dir_fd=directory, follow_symlinks=False)


def _regular(handle: int, limit: int) -> bytes | None:
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):  # it was swapped after the check
            return None
        data = file.read(limit + 1)
        return data if len(data) <= limit else None


def _kind(mode: int) -> FileKind:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISLNK(mode):
        return "link"
    return "directory" if stat.S_ISDIR(mode) else "special"


@contextlib.contextmanager
def _parent(root: Path, path: str) -> Iterator[tuple[int | None, str]]:
    """(descriptor of the directory that holds `path`, name in it); no part of `path` may be a
    link."""
    *parts, name = path.split("/")
    if not _RELATIVE:
        directory = root
        for part in parts:
            directory /= part
            if disk.is_link(directory.lstat()):
                raise NotADirectoryError(directory)
        yield None, str(directory / name)
        return
    handle = os.open(root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        for part in parts:
            below = os.open(part, _DIRECTORY, dir_fd=handle)
            os.close(handle)
            handle = below
        yield handle, name
    finally:
        os.close(handle)
