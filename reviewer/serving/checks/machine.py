"""Checks Python, git, the directories that are written to, and the space on disk."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from reviewer import temporary
from reviewer.disk import is_ours, open_to
from reviewer.errors import GitFailed
from reviewer.serving import registry
from reviewer.serving.catalogue import GIB
from reviewer.serving.checks.base import Check, failed, ok, warning
from reviewer.workspace import invocation

OLDEST_PYTHON = (3, 11)
_MODULES = {"_sqlite3": "the cache and the history of findings", "_ssl": "https endpoints"}
OLDEST_GIT = (
    2,
    31,
)  # older ones ignore GIT_CONFIG_COUNT, which makes hostile repositories harmless
LEAST_ROOM, COMFORTABLE_ROOM = GIB // 5, 2 * GIB
_GIT_SECONDS = 5.0
# Security releases of git, newest first: what they fix, and the first fixed patch level of each 2.x
# series. Newer series than the last were fixed before they came out; older ones than the first got
# no fix. From git's release notes; for 2.52 to 2.55 in the newest, the first release after August
# 2026.
_GIT_FIXES: tuple[tuple[str, Mapping[int, int]], ...] = (
    (
        "November 2026 (CVE-2026-111760, a .git file that runs code)",
        {50: 2, 51: 3, 52: 1, 53: 1, 54: 2, 55: 1, 56: 1},
    ),
    (
        "July 2025 (CVE-2025-48384, a submodule path that runs code)",
        {43: 7, 44: 4, 45: 4, 46: 4, 47: 3, 48: 2, 49: 1, 50: 1},
    ),
    (
        "January 2025 (CVE-2024-50349, credential prompts)",
        {40: 4, 41: 3, 42: 4, 43: 6, 44: 3, 45: 3, 46: 3, 47: 2, 48: 1},
    ),
    (
        "May 2024 (CVE-2024-32002, clones that run code)",
        {39: 4, 40: 2, 41: 1, 42: 2, 43: 4, 44: 1, 45: 1},
    ),
)


def python(
    version: tuple[int, ...] = sys.version_info[:3],
    find: Callable[[str], object | None] = importlib.util.find_spec,
) -> Check:
    """The running interpreter, and the modules that some builds leave out."""
    shown = f"{'.'.join(map(str, version))} ({sys.executable})"
    if version < OLDEST_PYTHON:
        return failed(
            "python", f"{shown} is too old", "install reviewer under Python 3.11 or newer"
        )
    lacking = [f"{name} ({what})" for name, what in _MODULES.items() if find(name) is None]
    if lacking:
        return failed(
            "python",
            f"{shown} was built without {', '.join(lacking)}",
            "use a complete build of Python",
        )
    return ok("python", shown)


def git() -> Check:
    """Whether git is installed, new enough to be used safely, and which security releases its
    version number lacks."""
    try:
        program = invocation.find_git()
        out = invocation.run(
            program,
            "version",
            cwd=Path(program).parent,
            env=invocation.environment(()),
            timeout=_GIT_SECONDS,
        )
    except GitFailed as error:
        return failed("git", error.message, "install git, and check that `git version` works")
    return judge_git(out.decode("utf-8", "replace").strip(), program)


def judge_git(output: str, program: str) -> Check:
    """The check for `output`, that of `git version`."""
    match = re.match(r"git version (\d+)\.(\d+)(?:\.(\d+))?", output)
    if match is None:
        return warning(
            "git",
            f"{program} prints {output!r}, which is not a git version",
            "install git from an official package",
        )
    version = (int(match[1]), int(match[2]), int(match[3] or 0))
    shown = f"{'.'.join(map(str, version))} ({program})"
    if version < OLDEST_GIT:
        return failed(
            "git",
            f"{shown} cannot be stopped from running programs of a repository",
            "install git 2.31 or newer",
        )
    lacking = [name for name, fixed in _GIT_FIXES if _lacks(version, fixed)]
    if lacking:
        others = f" and {len(lacking) - 1} older ones" if len(lacking) > 1 else ""
        return warning(
            "git",
            f"{shown} lacks the security release of {lacking[0]}{others}, by its version number",
            "update git; a distribution may have backported the fixes: see its changelog",
        )
    return ok("git", shown)


def _lacks(version: tuple[int, int, int], fixed: Mapping[int, int]) -> bool:
    major, minor, patch = version
    if major != 2 or minor > max(fixed):
        return False
    return minor not in fixed or patch < fixed[minor]


def directories(environ: Mapping[str, str] = os.environ) -> list[Check]:
    """Whether the cache and state directories are ours, writable, and closed to other users."""
    return [
        directory("cache directory", temporary.cache_dir(environ), "REVIEWER_CACHE_DIR"),
        directory("state directory", registry.folder(environ).parent, "REVIEWER_STATE_DIR"),
    ]


def directory(name: str, path: Path, variable: str) -> Check:
    """Check one directory. A missing one is not created: the nearest existing parent must be
    writable."""
    elsewhere = f"make it writable, or set {variable} to a directory of yours"
    existing = nearest(path)
    try:
        mode = existing.stat()
        if not stat.S_ISDIR(mode.st_mode):
            return failed(name, f"{existing} is not a directory", elsewhere)
        with tempfile.TemporaryFile(dir=existing):
            pass
        open_to_others = list(exposed(path)) if existing == path else []
    except OSError as error:
        return failed(name, f"{existing}: {error.strerror or error}", elsewhere)
    if existing == path and not is_ours(mode):
        return failed(
            name, f"{path} belongs to another user", f"set {variable} to a directory of yours"
        )
    if open_to_others:
        return warning(name, f"other users can read {open_to_others[0]}", f"chmod -R go-rwx {path}")
    return ok(name, str(path) if existing == path else f"{path} (will be created)")


def exposed(path: Path) -> Iterable[Path]:
    """The entries of `path` that are open to group or others; none when `path` itself is closed to
    them. `path` is among them when others may write to it."""
    info = path.stat()
    if not open_to(info, 0o077):
        return
    if open_to(info, 0o022):
        yield path
    for entry in sorted(path.iterdir()):
        if not entry.is_symlink() and open_to(entry.lstat(), 0o077):
            yield entry


def nearest(path: Path) -> Path:
    """`path`, or its nearest existing parent."""
    return next(
        (place for place in (path, *path.parents) if os.path.lexists(place)), Path(path.anchor)
    )


def disk(
    environ: Mapping[str, str] = os.environ,
    free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
) -> Check:
    """Whether there is space for models, history and scratch repositories."""
    places = {
        "the cache": nearest(temporary.cache_dir(environ)),
        "the state": nearest(registry.folder(environ)),
        "temporary files": Path(tempfile.gettempdir()),
    }
    try:
        room = {name: free(path) for name, path in places.items()}
    except OSError as error:
        return failed(
            "disk",
            f"{error.filename or 'it'}: {error.strerror or error}",
            "check that the directory exists",
        )
    name = min(room, key=lambda key: room[key])
    shown = f"{room[name] / GIB:.1f} GiB free for {name} ({places[name]})"
    measured = {"freeBytes": float(room[name])}
    if room[name] < LEAST_ROOM:
        return failed(
            "disk",
            shown,
            "free some space, or set REVIEWER_CACHE_DIR, REVIEWER_STATE_DIR and TMPDIR",
            measured,
        )
    if room[name] < COMFORTABLE_ROOM:
        return warning(
            "disk",
            f"{shown}: not enough for a model",
            "free some space before `reviewer model pull`",
            measured,
        )
    return ok("disk", shown, measured)
