"""Refuses a git directory in which a pipe, a device or a folder stands in place of a file: git
would wait for it without end, or take it for an empty file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from reviewer.errors import GitFailed
from reviewer.text import one_line
from reviewer.workspace import files

_OF_WORKTREE = ("HEAD", "index", "commondir", "gitdir", "config.worktree")
_OF_ALL = ("HEAD", "config", "packed-refs", "shallow", "objects/info/alternates")
_LINK_BYTES = 1 << 14
_KINDS = (
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "named pipe"),
    (stat.S_ISSOCK, "socket"),
)


def nearest_git_dir(directory: Path) -> Path | None:
    """The git directory that git will find first from `directory` on, so that it can be checked
    before git reads it; None when there is none, or none that git would follow."""
    for place in (directory, *directory.parents):
        dot_git = place / ".git"
        if dot_git.is_dir():
            return dot_git
        if os.path.lexists(dot_git):
            link = files.peek(place, ".git", _LINK_BYTES) or b""
            return place / os.fsdecode(link[8:].strip()) if link.startswith(b"gitdir: ") else None
    return None


def refuse(git_dir: Path, common_dir: Path | None = None) -> None:
    """Raises GitFailed when something that git reads as a file is not one. `common_dir`: None when
    git has not said yet where it is."""
    for name in _OF_WORKTREE:
        refuse_one(git_dir / name)
    if common_dir is None:
        link = files.read_small(git_dir / "commondir")
        common_dir = git_dir / os.fsdecode(link.strip()) if link else git_dir
    for name in _OF_ALL:
        refuse_one(common_dir / name)
    for place in {git_dir, common_dir}:
        for folder in (place / "refs", place / "objects" / "pack"):
            for path in _odd_ones(folder):
                refuse_one(path)


def refuse_one(path: Path) -> None:
    """Raises GitFailed when `path` exists, and is (or links to) anything but a regular file."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # absent, or a link to nowhere: git says what it thinks of that
    if not stat.S_ISREG(mode):
        kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "device")
        raise GitFailed(
            f"{one_line(str(path))} is a {kind}, not a file, so git cannot read this repository;"
            " put the file back, or clone it again"
        )


def _odd_ones(folder: Path) -> Iterator[Path]:
    """What is no regular file itself and no folder, also through a link, below `folder`."""
    todo = [os.fspath(folder)]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                    elif not entry.is_file(follow_symlinks=False) and not entry.is_dir():
                        yield Path(entry.path)
        except OSError:
            continue
