"""How git runs for cases: on a named git directory, with our own configuration only, and without
network access."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reviewer.workspace import invocation

SECONDS = 300.0
# Names are written to a worktree here, so every spelling of `.git` is rejected; the rest keeps git
# from changing content.
_CONFIG = (
    ("core.protectNTFS", "true"),
    ("core.protectHFS", "true"),
    ("core.attributesFile", os.devnull),
    ("core.autocrlf", "false"),
    ("core.logAllRefUpdates", "false"),
    ("gc.auto", "0"),
    ("advice.detachedHead", "false"),
)
_SOMEBODY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (
        ("NAME", "case"),
        ("EMAIL", "case@example.org"),
        ("DATE", "2026-01-01T00:00:00Z"),
    )
}  # the same content has the same commits everywhere


def git(
    git_dir: Path,
    *args: str,
    stdin: bytes = b"",
    index: Path | None = None,
    worktree: Path | None = None,
    codes: Sequence[int] = (0,),
) -> bytes:
    """Run git on `git_dir` and return what it printed. Raises GitFailed."""
    extra = {
        "GIT_DIR": str(git_dir),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **_SOMEBODY,
    }
    if index:
        extra["GIT_INDEX_FILE"] = str(index)
    if worktree:
        extra["GIT_WORK_TREE"] = str(worktree)
    env = invocation.environment(_CONFIG, **extra)
    cwd = worktree or (git_dir if git_dir.is_dir() else git_dir.parent)
    return invocation.run(
        invocation.find_git(),
        *args,
        cwd=cwd,
        env=env,
        stdin=stdin,
        codes=codes,
        timeout=SECONDS,
        max_bytes=1 << 30,
    )


def line(git_dir: Path, *args: str, index: Path | None = None, stdin: bytes = b"") -> str:
    """The one line that git prints."""
    return os.fsdecode(git(git_dir, *args, index=index, stdin=stdin)).rstrip("\n")


def commit(git_dir: Path, revision: str) -> str | None:
    """The full id of the commit that a revision names; None when there is none."""
    if "\0" in revision:  # no argument can hold one
        return None
    out = git(
        git_dir,
        "rev-parse",
        "--verify",
        "-q",
        "--end-of-options",
        revision + "^{commit}",
        codes=(0, 1, 128),
    )
    return out.decode("ascii").strip() or None


def git_dir_of(path: Path) -> Path | None:
    """The absolute git directory of a clone, bare or not. None when `path` is not a readable clone.
    Parent directories are not searched."""
    path = path.absolute()
    try:
        if (path / ".git").exists():
            return path / ".git"
        return path if (path / "HEAD").is_file() and (path / "objects").is_dir() else None
    except OSError:
        return None


def placed(home: Path, name: str) -> Path:
    """Where a clone named in a case is; `~` expands to a user's home directory if it exists."""
    try:
        return Path(home, Path(name).expanduser())
    except RuntimeError:
        return Path(home, name)
