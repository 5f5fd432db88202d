"""Scratch copies of the reviewed state: the worktree is never touched to prove a fix."""

from __future__ import annotations

import contextlib
import os
import posixpath
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reviewer import temporary, text
from reviewer.errors import GitFailed
from reviewer.fixes.build import Built
from reviewer.types import Change
from reviewer.workspace import encodings, files, invocation

MAX_FILES = 50_000
MAX_BYTES = 1 << 30  # of a whole copy
_MAX_FILE = 64 << 20
_WORKTREE = ("all", "uncommitted")  # scopes in which the reviewed state is the worktree
_APPLY = ("apply", "--whitespace=nowarn", "--no-recount", "-p1")


class TooLarge(Exception):
    """The repository has too many files or bytes to be copied."""


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """An empty directory, removed afterwards; its real path."""
    with tempfile.TemporaryDirectory(
        prefix="reviewer-", dir=temporary.folder(), ignore_cleanup_errors=True
    ) as name:
        yield Path(name).resolve()


def applied_by_git(built: Built, timeout: float) -> str | None:
    """Apply the patch with git to copies of its files. Return why the result differs from the
    intended content, None when it does not. git sees no repository, configuration or attributes
    there."""
    with folder() as top:
        root = top / "copy"
        root.mkdir()
        for file in built.files:
            target = root / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.old)
        env = invocation.environment(
            (),
            GIT_CEILING_DIRECTORIES=str(top),
            GIT_CONFIG_GLOBAL=os.devnull,
            GIT_CONFIG_NOSYSTEM="1",
        )
        try:
            invocation.run(
                invocation.find_git(),
                *_APPLY,
                "-",
                cwd=root,
                env=env,
                timeout=timeout,
                stdin=built.diff,
            )
        except GitFailed as exc:
            return exc.message
        if any((root / file.path).read_bytes() != file.new for file in built.files):
            return "git apply gives other content than was meant"
    return None


def copy(change: Change, root: Path, patched: Built | None) -> None:
    """Write every file of the reviewed state below `root`, patched files as the fix leaves them.

    Contents come from the change; only the worktree knows which files are executable or links.
    Links that lead out of the repository are left out. Raises TooLarge, and OSError with a
    `strerror` for the user.
    """
    new = {file.path: file.new for file in patched.files} if patched else {}
    names = change.list_files("new")
    total = 0
    if len(names) > MAX_FILES:
        raise TooLarge
    for path in names:
        data = new.get(path)
        if data is None:
            data = _content(change, path)
        if data is None or not files.is_safe(path):
            continue
        total += len(data)
        if total > MAX_BYTES:
            raise TooLarge
        _put(change, root, path, data)


def _content(change: Change, path: str) -> bytes | None:
    data = change.read(path, "new")
    if data is None and change.scope.kind in _WORKTREE:
        # too large to be reviewed, but tests may need it
        return files.read(change.root, path, _MAX_FILE)
    return data and encodings.from_utf8(data, change.encodings.get(path))


def _put(change: Change, root: Path, path: str, data: bytes) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if change.scope.kind in _WORKTREE and files.kind_and_size(change.root, path)[0] == "link":
        if _stays_inside(path, os.fsdecode(data)):
            with contextlib.suppress(OSError):  # Windows lets few users make links
                target.symlink_to(os.fsdecode(data))
        return
    try:
        with target.open("xb") as file:
            file.write(data)
    except FileExistsError:
        name = text.one_line(path)
        raise OSError(
            0, f"{name} and another file have one name here, where case does not count"
        ) from None
    if data.startswith(b"#!") or _is_executable(change, path):
        target.chmod(0o755)


def _stays_inside(path: str, to: str) -> bool:
    return not to.startswith("/") and not posixpath.normpath(
        posixpath.join(posixpath.dirname(path), to)
    ).startswith("..")


def _is_executable(change: Change, path: str) -> bool:
    if files.kind_and_size(change.root, path)[0] != "file":
        return False
    return bool((change.root / path).stat().st_mode & 0o100)
