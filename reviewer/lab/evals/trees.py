"""One side of a case as plain files: from the case itself, or from a folder whose links are never
followed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from reviewer.text import one_line
from reviewer.workspace import files

MAX_FILES = 20_000
MAX_BYTES = 256 << 20  # of one side


class BadTree(Exception):
    """This side cannot be a git tree; the reason is one line."""


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    mode: str  # git's octal string: a file, an executable file or a link
    data: bytes  # the target of a link


def check_path(path: str) -> str:
    """Returns the path. Raises BadTree if it is absolute, or leads outside the tree or into a git
    directory."""
    if not files.is_safe(path):
        raise BadTree(
            f"{one_line(path)!r} is not a path inside a repository: use a relative path with /,"
            " without .. and .git"
        )
    return path


def of_texts(texts: Mapping[str, str]) -> list[Entry]:
    """A side given in the case itself."""
    return [
        Entry(check_path(path), "100644", texts[path].encode("utf-8")) for path in sorted(texts)
    ]


def of_folder(root: Path) -> list[Entry]:
    """A side given as a folder; a missing one is empty. Raises BadTree for content that git cannot
    store, or too much of it."""
    if not os.path.lexists(root):
        return []
    if root.is_symlink() or not root.is_dir():
        raise BadTree(f"{one_line(root.name)} is not a real folder (a link?)")
    found: list[Entry] = []
    size = 0
    for path in _names(root):
        mode = os.lstat(root / path).st_mode
        data = files.read(root, check_path(path), MAX_BYTES)
        if data is None:
            raise BadTree(f"{one_line(path)} in {root.name} is not a readable file")
        size += len(data)
        kind = "120000" if stat.S_ISLNK(mode) else "100755" if mode & 0o100 else "100644"
        found.append(Entry(path, kind, data))
        if len(found) > MAX_FILES or size > MAX_BYTES:
            raise BadTree(f"{root.name} has more than {MAX_FILES:,} files or {MAX_BYTES >> 20} MiB")
    return found


def _names(root: Path) -> Iterator[str]:
    """Every file below `root`, in the same order on every machine; a link to a folder counts as a
    file."""
    names: list[str] = []
    for folder, below, here in os.walk(root, onerror=_unread):
        links = [name for name in below if os.path.islink(os.path.join(folder, name))]  # noqa: PTH114, PTH118
        below[:] = [name for name in below if name not in links]
        names += [(Path(folder) / name).relative_to(root).as_posix() for name in (*here, *links)]
    yield from sorted(names, key=os.fsencode)


def _unread(exc: OSError) -> NoReturn:
    raise BadTree(f"{one_line(Path(exc.filename).name)} is not a readable folder: {exc.strerror}")


def digest(entries: Iterable[Entry]) -> str:
    """sha256 over paths, modes and contents."""
    made = hashlib.sha256()
    for entry in entries:
        content = hashlib.sha256(entry.data).hexdigest()
        made.update(os.fsencode(f"{entry.mode} {content} {entry.path}") + b"\0")
    return made.hexdigest()
