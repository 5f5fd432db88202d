"""Where files go that are ours alone: temporary ones, not into the worktree, which Python itself
falls back to, and those of the cache."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from reviewer.errors import GitFailed

_NAMED = ("TMPDIR", "TEMP", "TMP")
_USUAL: tuple[str, ...] = ()  # on Windows, they would be folders of a drive that everybody writes
if sys.platform != "win32":
    _USUAL = ("/tmp", "/var/tmp", "/usr/tmp")  # noqa: S108 - names of files in them are made unique


def folder() -> Path:
    """A writable directory, if possible outside the worktree around the working directory.

    Raises GitFailed when there is none.
    """
    named = [value for name in _NAMED if (value := os.environ.get(name))]
    places = [
        place
        for place in (Path(each).absolute() for each in (*named, *_USUAL))
        if os.access(place, os.W_OK | os.X_OK) and place.is_dir()
    ]
    if not places:
        raise GitFailed(
            "no folder for temporary files is writable; set TMPDIR to one outside the repository"
        )
    top = _worktree(Path.cwd())
    outside = (place for place in places if not place.resolve().is_relative_to(top))
    return next(outside, places[0])


def _worktree(directory: Path) -> Path:
    """The top of the worktree around `directory`, or `directory` itself."""
    around = (directory, *directory.parents)
    return next((each for each in around if os.path.lexists(each / ".git")), directory)


def cache_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """REVIEWER_CACHE_DIR, or else the user's cache directory for this program."""
    if chosen := environ.get("REVIEWER_CACHE_DIR"):
        return Path(chosen).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("gemma-reviewer", appauthor=False)
