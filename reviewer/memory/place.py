"""The location of the memory's file, and the checks that it is safe to use: a file that others can
write is a file that others can plant text in."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from reviewer import disk
from reviewer.text import one_line

FILE = "memory.sqlite3"
SIDECARS = ("-wal", "-shm", "-journal")  # files that SQLite keeps next to it
# File systems that other machines share: SQLite's write-ahead log must not be used there.
_NETWORK = re.compile(r"nfs4?|cifs|smb3|smbfs|9p|lustre|ceph|afs|beegfs|gpfs|fuse\.sshfs")


class Unusable(Exception):
    """The file cannot or must not be used; the message is one line for the user."""


def prepare(path: Path) -> None:
    """Create the folder and an empty file if needed, and check that both are ours alone. Raises
    Unusable if they are not, OSError if they cannot be created."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check(path.parent, stat.S_ISDIR, "directory", 0o700)
    for suffix in ("", *SIDECARS):
        _check(sibling(path, suffix), stat.S_ISREG, "file", 0o600)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def sibling(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _check(path: Path, is_kind: Callable[[int], bool], noun: str, mode: int) -> None:
    name = one_line(str(path))
    try:
        info = path.lstat()
    except FileNotFoundError:
        return
    if not is_kind(info.st_mode) or disk.is_link(info):
        raise Unusable(f"{name} is not a plain {noun} (a link?)")
    if not disk.is_ours(info):
        raise Unusable(f"{name} belongs to another user")
    if disk.open_to(info, 0o022):
        raise Unusable(
            f"{name} is writable by others; if you trust its content, run: chmod {mode:o} {name}"
        )
    if disk.open_to(info, ~mode & 0o077):  # others can only read it
        with suppress(OSError):  # a read-only file system: leave it
            path.chmod(mode)


@contextmanager
def locked(folder: Path, seconds: float) -> Iterator[None]:
    """Hold the lock file: without it, what others write while the content is replaced would be
    lost. Raises sqlite3.OperationalError, as SQLite does, if it is not free within `seconds`."""
    with ExitStack() as stack:
        try:
            stack.enter_context(disk.locked(folder / "memory.lock", seconds))
        except disk.Taken:
            raise sqlite3.OperationalError("database is locked") from None
        except OSError:  # read-only: SQLite will report it
            pass
        yield


def on_network(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> bool:
    """Whether the path is on a network file system; only Linux says so."""
    if sys.platform == "win32":
        return False
    try:
        device = path.stat().st_dev
        rows = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    wanted = f"{os.major(device)}:{os.minor(device)}"
    parted = [row.partition(" - ") for row in rows]
    kinds = [right.split(" ")[0] for left, _, right in parted if left.split()[2:3] == [wanted]]
    return any(map(_NETWORK.fullmatch, kinds))


def set_aside(path: Path, now: float) -> Path:
    """Copy a damaged file, with its log, to `NAME.corrupt-TIME`."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    aside, number = sibling(path, f".corrupt-{stamp}"), 1
    while os.path.lexists(aside):
        aside, number = sibling(path, f".corrupt-{stamp}-{number}"), number + 1
    for suffix in ("-wal", "-journal", ""):
        with suppress(FileNotFoundError):
            shutil.copy2(sibling(path, suffix), sibling(aside, suffix))
    return aside
