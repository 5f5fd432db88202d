"""Reads from a clone what imports need: commits, files, and where two states of a file differ."""

from __future__ import annotations

import os
from pathlib import Path

from reviewer.errors import GitFailed, UsageError
from reviewer.lab.evals.imports.base import LeftOut
from reviewer.lab.evals.plumbing import commit, git, git_dir_of
from reviewer.text import one_line
from reviewer.workspace import files

MAX_BYTES = 4 << 20


def find(clones: Path, name: str) -> Path | None:
    """The clone of `owner/name` below a folder of clones."""
    if not files.is_safe(name):
        return None
    for place in (clones / name, clones / name.replace("/", "+"), clones / name.rpartition("/")[2]):
        for path in (place, place / "repo"):
            if git_dir_of(path) is not None:
                return path.resolve()
    return None


def named(path: Path | None) -> tuple[Path, Path]:
    """(clone, its git directory) for a path from the user. Raises UsageError."""
    git_dir = git_dir_of(path) if path else None
    if path is None or git_dir is None:
        raise UsageError(f"--clone: no git repository at {one_line(str(path))}")
    return path.resolve(), git_dir


def given(git_dir: Path, option: str, revision: str | None) -> str:
    """The full id of a revision from the user. Raises UsageError."""
    found = commit(git_dir, revision or "")
    if found is None:
        raise UsageError(
            f"{option}: no commit {one_line(revision or '')} in {one_line(str(git_dir))}"
        )
    return found


def required(git_dir: Path, revision: str) -> str:
    """The full id of a commit that a row names. Raises LeftOut."""
    found = commit(git_dir, revision)
    if found is None:
        raise LeftOut("commit not in the clone")
    return found


def names(git_dir: Path, *args: str) -> list[str]:
    """The NUL-separated names that a git command prints."""
    return [os.fsdecode(name) for name in git(git_dir, *args).split(b"\0") if name]


def text(git_dir: Path, revision: str, path: str) -> str | None:
    """A file of a commit as text; None when it is absent, too large or not UTF-8."""
    if not files.is_safe(path):
        return None
    try:
        size = git(git_dir, "cat-file", "-s", f"{revision}:{path}")
        data = (
            git(git_dir, "cat-file", "blob", f"{revision}:{path}")
            if int(size) <= MAX_BYTES
            else None
        )
        return None if data is None else data.decode("utf-8")
    except (GitFailed, UnicodeDecodeError):
        return None
