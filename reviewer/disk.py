"""What the platforms do differently with files: locks, replacement, flushing, links, owners, names.

The checks take the `platform` (as in `sys.platform`), so that each can be tested on any other.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

POLL = 0.02  # seconds between two attempts to take a lock or to replace a file
_BUSY = 50  # attempts to replace a file that a reader keeps open: one second
# The bit of a reparse tag that says that the name stands for another one: links, junctions, mounted
# folders, but not files that a cloud keeps (Microsoft, "Reparse Point Tags").
_NAME_SURROGATE = 0x20000000
# Names that Windows gives to devices in every folder, with any ending (Microsoft, "Naming Files,
# Paths, and Namespaces"); the digits may be superscript.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:[ .].*)?")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f]')


class Taken(Exception):
    """Another process holds the lock."""


def lock(handle: int) -> bool:
    """Lock the open file against others that ask for it, until it is closed or the process ends;
    False when another has it. Raises OSError where the file system has no locks."""
    from filelock import lock_descriptor

    return lock_descriptor(handle, blocking=False)


@contextlib.contextmanager
def locked(path: Path, seconds: float | None = None) -> Iterator[None]:
    """Hold the lock file at `path`, which is made if needed and stays. Waits for it at most
    `seconds`, None for as long as it takes.

    Raises Taken when it is not free in time, OSError when it cannot be opened.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NOINHERIT", 0)
    handle = os.open(path, flags, 0o600)
    deadline = None if seconds is None else time.monotonic() + seconds
    try:
        while not lock(handle):
            if deadline is not None and time.monotonic() >= deadline:
                raise Taken
            time.sleep(POLL)
        yield
    finally:
        os.close(handle)


def replace(
    old: Path | str,
    new: Path | str,
    *,
    folder: int | None = None,
    platform: str = sys.platform,
    move: Callable[..., None] = os.replace,
) -> None:
    """Put the file `old` in the place of `new`, at once. `folder`: the descriptor of the directory
    that both names are in. Windows refuses while anybody has the file open, and virus scanners open
    every new one: there it is tried for a second. Raises OSError."""
    for left in range(_BUSY, 0, -1):
        try:
            if folder is None:
                move(old, new)
            else:
                move(old, new, src_dir_fd=folder, dst_dir_fd=folder)
            return
        except PermissionError:
            if platform != "win32" or left == 1:
                raise
        time.sleep(POLL)


def remove(folder: Path, platform: str = sys.platform) -> None:
    """Remove a folder of ours with all that is in it, as far as that can be done. Windows removes
    nothing that is read-only, as git's objects are."""
    if platform == "win32":
        for path in folder.rglob("*"):
            with contextlib.suppress(OSError):
                path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def sync(handle: int) -> None:
    """Wait until the content of the open file is on the disk. Raises OSError."""
    if sys.platform == "darwin":  # there, fsync leaves it in the drive's own cache (fsync(2))
        import fcntl

        with contextlib.suppress(OSError):  # a file system that has no such order
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def sync_folder(folder: Path, platform: str = sys.platform) -> None:
    """Wait until the names in the folder are on the disk. Windows cannot open folders, and its file
    systems keep a journal of names. Raises OSError."""
    if platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_link(info: os.stat_result) -> bool:
    """Whether it leads elsewhere: a symbolic link, or one of the kinds that only Windows has, such
    as a junction."""
    return stat.S_ISLNK(info.st_mode) or bool(getattr(info, "st_reparse_tag", 0) & _NAME_SURROGATE)


def is_ours(info: os.stat_result) -> bool:
    """Whether it belongs to the user that we run as. Windows says so in access lists, which are not
    read: the folders of its profiles are closed to others."""
    return sys.platform == "win32" or info.st_uid == os.geteuid()


def open_to(info: os.stat_result, rights: int, platform: str = sys.platform) -> bool:
    """Whether group or others have one of the `rights` (bits, as 0o022). On Windows the bits say
    nothing about others."""
    return platform != "win32" and bool(info.st_mode & rights)


def is_name(part: str, platform: str = sys.platform) -> bool:
    """Whether a file can have this name, and no other than this one. Windows reads `a.txt.` as
    `a.txt`, `a:b` as a stream of `a`, and `aux.c` as a device."""
    if platform != "win32":
        return True
    return not (
        _NOT_IN_NAMES.search(part)
        or part.endswith((" ", "."))
        or _DEVICE.fullmatch(part.casefold())
    )
