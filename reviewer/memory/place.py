"""Where the memory's file lies, and whether it may be used: what others can write, others can put
words into."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reviewer.text import one_line

FILE = "memory.sqlite3"
SIDES = ("-wal", "-shm", "-journal")  # files that SQLite keeps beside it
LOCK_SECONDS = 10.0
_NETWORK = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "lustre",
    "ceph",
    "afs",
    "beegfs",
    "gpfs",
    "fuse.sshfs",
}


class Unusable(Exception):
    """The file cannot or must not be used; the message is one line for the user."""


def prepare(folder: Path) -> None:
    """Make `folder` ours alone. Raises Unusable when it is not, OSError when it cannot be made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check(folder, stat.S_ISDIR, "directory", 0o700)


def check_file(path: Path) -> bool:
    """Whether the file exists. Raises Unusable when it, or one that SQLite keeps beside it, is not
    ours alone."""
    for suffix in ("", *SIDES):
        beside = path.with_name(path.name + suffix)
        if os.path.lexists(beside):
            _check(beside, stat.S_ISREG, "file", 0o600)
    return os.path.lexists(path)


def _check(path: Path, is_kind: Callable[[int], bool], noun: str, mode: int) -> None:
    name = one_line(str(path))
    try:
        info = path.lstat()
    except FileNotFoundError:  # another process has just removed it
        return
    if not is_kind(info.st_mode):
        raise Unusable(f"{name} is not a {noun} of its own (a link?)")
    if os.name != "posix":
        return
    if info.st_uid != os.geteuid():
        raise Unusable(f"{name} belongs to another user")
    if info.st_mode & 0o022:
        raise Unusable(
            f"{name} could be written by others; if you trust what is in it: chmod {mode:o} {name}"
        )
    if stat.S_IMODE(info.st_mode) & ~mode & 0o077:  # others could only read it
        with suppress(OSError):  # on a read-only file system it stays as it is
            path.chmod(mode)


@contextmanager
def alone(
    folder: Path, *, seconds: float = LOCK_SECONDS, unless: Callable[[], bool] = lambda: False
) -> Iterator[bool]:
    """Nobody else makes, sets aside or has open the file meanwhile: SQLite removes its side files
    by name, so a file must not get another name while it is in use. False as soon as there is no
    need any more, which `unless` says. Raises Unusable when others do not end within `seconds`."""
    handle = _lock_file(folder, os.O_RDWR | os.O_CREAT)
    try:
        yield _locked(handle, "LOCK_EX", folder, seconds, unless)
    finally:
        os.close(handle)


def share(folder: Path) -> int | None:
    """A handle that keeps `alone` waiting until it is closed; None where nothing can be locked
    because nothing can be written."""
    try:
        handle = _lock_file(folder, os.O_RDWR | os.O_CREAT)
    except OSError:
        try:
            handle = _lock_file(folder, os.O_RDONLY)
        except OSError:
            return None
    try:
        _locked(handle, "LOCK_SH", folder, LOCK_SECONDS, lambda: False)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _lock_file(folder: Path, flags: int) -> int:
    return os.open(
        folder / "memory.lock",
        flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0),
        0o600,
    )


def _locked(
    handle: int, how: str, folder: Path, seconds: float, unless: Callable[[], bool]
) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows, where an open file cannot be renamed anyway
        return True
    deadline = time.monotonic() + seconds
    while True:
        if unless():
            return False
        try:
            fcntl.flock(handle, getattr(fcntl, how) | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Unusable(f"another process keeps {one_line(str(folder))} locked") from None
        time.sleep(0.02)


def on_network(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> bool:
    """Whether the file system is shared with other machines: there, SQLite's write-ahead log must
    not be used."""
    try:
        device = path.stat().st_dev
        rows = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for row in rows:
        left, _, right = row.partition(" - ")
        if left.split()[2:3] == [wanted] and right.split(" ")[0] in _NETWORK:
            return True
    return False


def set_aside(path: Path, now: float) -> Path:
    """Rename a damaged file, with its log, to `NAME.corrupt-TIME`; nothing of it is deleted."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    aside, number = path.with_name(f"{path.name}.corrupt-{stamp}"), 1
    while os.path.lexists(aside):
        aside, number = path.with_name(f"{path.name}.corrupt-{stamp}-{number}"), number + 1
    for suffix in (
        "-wal",
        "-journal",
    ):  # first: a log without its file is harmless, a file without its log is not
        beside = path.with_name(path.name + suffix)
        if os.path.lexists(beside):
            beside.rename(aside.with_name(aside.name + suffix))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    path.rename(aside)
    return aside
