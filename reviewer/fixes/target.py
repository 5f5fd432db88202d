"""Decides which files a fix may change, and opens them safely: in a folder that was checked step by
step, never through a link, never inside git's own files."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from reviewer import disk
from reviewer.fixes import folder
from reviewer.fixes.folder import Folder
from reviewer.workspace import files

MAX_BYTES = 64 << 20
_IGNORED = re.compile(
    "[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]"
)  # HFS+ ignores these in names
_SHORT_GIT = re.compile(r"git~\d+")
_SHORT = {
    "gitmod": ".gitmodules",
    "gi7eba": ".gitmodules",
    "gitatt": ".gitattributes",
    "gi7d29": ".gitattributes",
}
_SHORT_NAME = re.compile(r"(gitmod|gi7eba|gitatt|gi7d29)~\d+")
# Files that run by themselves, or that configure git, this program or a coding agent: they may be
# changed only when named explicitly.
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
    """The file must not be written. The message is a clause to follow the file's name."""


@dataclass(frozen=True, slots=True)
class FileState:
    """A regular file as it is now: what a rewrite must keep, and what reveals a later change."""

    data: bytes
    mode: int  # permission bits
    owner: tuple[int, int]
    links: int


def refuse_name(path: str, allow: Sequence[str], platform: str = sys.platform) -> None:
    """Raises Unsafe for a path outside the worktree, inside a git directory (in any spelling), that
    the platform reads as another one, or of a protected file that is not in `allow`."""
    if not all(disk.is_name(part, platform) for part in path.split("/")):
        raise Unsafe("has a name that Windows reads as another one; fix it on another system")
    if not files.is_safe(path):
        raise Unsafe("is outside the worktree, or inside a git directory")
    parts = [_plain(part) for part in re.split(r"[/\\]", path)]
    if any(part in ("", ".", "..", ".git") or _SHORT_GIT.fullmatch(part) for part in parts):
        raise Unsafe("is outside the worktree, or inside a git directory")
    inner = range(len(parts))
    protected = parts[-1] in _PROTECTED_NAMES or any(
        tuple(parts[at : at + len(each)]) == each for each in _PROTECTED_FOLDERS for at in inner
    )
    if protected and path not in allow:
        raise Unsafe(
            "is run or read by other programs; to change it anyway, pass its name to --allow"
        )


def _plain(part: str) -> str:
    """`part` as Windows and macOS read it: without case, invisible characters, streams, trailing
    dots and spaces, and with the short names that matter in their long form."""
    part = _IGNORED.sub("", part).split(":")[0].casefold()
    part = part.rstrip(". ")
    short = _SHORT_NAME.fullmatch(part)
    return _SHORT[short[1]] if short else part


@contextmanager
def parent(root: Path, path: str) -> Iterator[tuple[Folder, str]]:
    """(the folder that holds `path`, name in it). Each step is taken without following a link and
    must not be a repository of its own.

    Raises Unsafe, also when a folder does not exist.
    """
    *steps, name = path.split("/")
    with ExitStack() as stack:
        try:
            place = stack.enter_context(folder.opened(root, steps, _refuse_repository))
        except folder.NotPlain:
            raise Unsafe("does not exist, or is reached through a symbolic link") from None
        yield place, name


def _refuse_repository(place: Folder) -> None:
    if _exists(place, ".git") or all(_exists(place, part) for part in ("HEAD", "objects", "refs")):
        raise Unsafe("is inside another repository or submodule")


def _exists(place: Folder, name: str) -> bool:
    try:
        place.info(name)
    except OSError:
        return False
    return True


def read(place: Folder, name: str) -> FileState:
    """The regular file `name` in the folder. Raises Unsafe when it is not a regular file or cannot
    be read."""
    try:
        descriptor = place.open(name, os.O_RDONLY)
    except FileNotFoundError:
        raise Unsafe("no longer exists") from None
    except OSError as exc:
        raise Unsafe(f"is a symbolic link or cannot be opened: {exc.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode):
            raise Unsafe("is not a regular file")
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Unsafe(f"is larger than {MAX_BYTES >> 20} MiB")
    return FileState(data, stat.S_IMODE(info.st_mode), (info.st_uid, info.st_gid), info.st_nlink)


def current(root: Path, path: str) -> FileState:
    """The file as it is now. Raises Unsafe."""
    with parent(root, path) as (place, name):
        return read(place, name)
