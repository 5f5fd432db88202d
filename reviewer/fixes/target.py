"""Which files a fix may change, and how they are reached: relative to checked directory
descriptors, never through a link, never into git's own files."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reviewer.workspace import files

MAX_BYTES = 64 << 20
SUPPORTED = {os.open, os.stat, os.rename, os.unlink} <= os.supports_dir_fd and hasattr(
    os, "O_NOFOLLOW"
)
UNSUPPORTED: Final = (
    "this system cannot open files relative to a directory; apply the patch with `git apply`"
)
_IGNORED = re.compile(
    "[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]"
)  # HFS+ reads names without these
_SHORT_GIT = re.compile(r"git~\d+")
_SHORT = {
    "gitmod": ".gitmodules",
    "gi7eba": ".gitmodules",
    "gitatt": ".gitattributes",
    "gi7d29": ".gitattributes",
}
_SHORT_NAME = re.compile(r"(gitmod|gi7eba|gitatt|gi7d29)~\d+")
# What runs by itself, or steers git, this program or a coding agent: only when named explicitly.
_PROTECTED_FOLDERS = (
    (".github", "workflows"),
    (".github", "actions"),
    (".gitlab",),
    (".circleci",),
    (".husky",),
    (".githooks",),
    (".claude",),
    (".cursor",),
    (".codex",),
    (".gemini",),
    (".vscode",),
    (".idea",),
    (".devcontainer",),
)
_PROTECTED_NAMES = frozenset(
    (
        ".gitattributes",
        ".gitmodules",
        ".gitlab-ci.yml",
        ".pre-commit-config.yaml",
        ".pre-commit-hooks.yaml",
        "lefthook.yml",
        ".lefthook.yml",
        "lefthook.yaml",
        ".travis.yml",
        "azure-pipelines.yml",
        "jenkinsfile",
        ".envrc",
        ".reviewer.toml",
        ".mcp.json",
        ".cursorrules",
        "agents.md",
        "claude.md",
        "gemini.md",
    )
)


class Unsafe(Exception):
    """The file must not be written: why, in a few words that follow its name."""


@dataclass(frozen=True, slots=True)
class State:
    """A regular file as it is: what has to be kept, and what tells whether somebody changed it."""

    data: bytes
    mode: int  # permission bits
    owner: tuple[int, int]
    links: int


def refuse_name(path: str, allow: Sequence[str]) -> None:
    """Raises Unsafe for a name that leads out of the worktree, into a git directory in any
    spelling, or to a file that is protected and not in `allow`."""
    if not files.is_safe(path):
        raise Unsafe("is outside the worktree, or inside a git directory")
    parts = [_plain(part) for part in re.split(r"[/\\]", path)]
    if any(part in ("", ".", "..", ".git") or _SHORT_GIT.fullmatch(part) for part in parts):
        raise Unsafe("is outside the worktree, or inside a git directory")
    inner = range(len(parts))
    protected = parts[-1] in _PROTECTED_NAMES or any(
        tuple(parts[at : at + len(folder)]) == folder
        for folder in _PROTECTED_FOLDERS
        for at in inner
    )
    if protected and path not in allow:
        raise Unsafe("is run or obeyed by other programs: if you mean it, name it with --allow")


def _plain(part: str) -> str:
    """The name that Windows and macOS make of `part`: without case, invisible characters, streams,
    final dots and blanks, and with the long form of the short names that matter."""
    part = _IGNORED.sub("", part).split(":")[0].casefold()
    part = part.rstrip(". ")
    short = _SHORT_NAME.fullmatch(part)
    return _SHORT[short[1]] if short else part


@contextlib.contextmanager
def parent(root: Path, path: str) -> Iterator[tuple[int, str]]:
    """(descriptor of the directory that holds `path`, name in it). Every step is opened without
    following a link and must not be a repository of its own; whatever is swapped later, the
    descriptor stays where it was opened.

    Raises Unsafe, also when a directory is not there.
    """
    if not SUPPORTED:
        raise Unsafe(f"cannot be written: {UNSUPPORTED}")
    *folders, name = path.split("/")
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            try:
                below = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
            except OSError:
                raise Unsafe("is not there, or is reached through a link") from None
            os.close(handle)
            handle = below
            if _there(handle, ".git") or all(
                _there(handle, part) for part in ("HEAD", "objects", "refs")
            ):
                raise Unsafe("is inside another repository or submodule")
        yield handle, name
    finally:
        os.close(handle)


def _there(handle: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=handle, follow_symlinks=False)
    except OSError:
        return False
    return True


def look(handle: int, name: str) -> State:
    """The regular file `name` in the directory `handle`. Raises Unsafe when it is none, or cannot
    be read."""
    try:
        found = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handle)
    except FileNotFoundError:
        raise Unsafe("is not there any more") from None
    except OSError as exc:
        raise Unsafe(f"is a link, or cannot be opened: {exc.strerror}") from None
    with os.fdopen(found, "rb") as file:
        info = os.fstat(found)
        if not stat.S_ISREG(info.st_mode):
            raise Unsafe("is no regular file")
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Unsafe(f"has more than {MAX_BYTES >> 20} MiB")
    return State(data, stat.S_IMODE(info.st_mode), (info.st_uid, info.st_gid), info.st_nlink)


def current(root: Path, path: str) -> State:
    """The file as it is now. Raises Unsafe."""
    with parent(root, path) as (handle, name):
        return look(handle, name)
