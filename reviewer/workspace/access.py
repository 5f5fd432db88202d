"""What later stages may read from the two sides of a change: contents, files that use a word, all
names."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from reviewer.types import Grep, ListFiles, Read, Side
from reviewer.workspace import encodings, files, objects
from reviewer.workspace.invocation import Repository, git, limited_git
from reviewer.workspace.records import GITLINK

_CHUNK_BYTES = 8 << 20

_GREP = (
    "grep",
    "-l",
    "-z",
    "-w",
    "-F",
    "--text",
    "--no-textconv",
    "--no-color",
    "--full-name",
    "--no-recurse-submodules",
    "-f",
    "-",
)


def readers(
    repository: Repository,
    old: str,
    new: str,
    *,
    from_worktree: bool,
    limit: int,
    codecs: Mapping[str, tuple[str | None, str | None]],
) -> Read:
    """`codecs`: the encodings of the old and the new content, by path, of what is read as
    UTF-8."""
    old_side, new_side = (
        objects.reader(repository, old, limit),
        objects.reader(repository, new, limit),
    )

    def read(path: str, side: Side) -> bytes | None:
        data = raw(path, side)
        if data is None or path not in codecs:
            return data and encodings.as_text(data)
        return encodings.as_utf8(data, codecs[path][side == "new"])

    def raw(path: str, side: Side) -> bytes | None:
        if side == "new" and from_worktree:
            return files.read(repository.root, path, limit)
        return (old_side if side == "old" else new_side)(path)

    return read


def contents(
    repository: Repository, sizes: Mapping[str, int], timeout: float
) -> Callable[[], Iterator[bytes]]:
    """The blobs with these ids and sizes, a few MiB at a time."""

    def read() -> Iterator[bytes]:
        run_git = limited_git(repository, timeout)
        chunk: list[str] = []
        total = 0
        for name, size in sizes.items():
            if chunk and total + size > _CHUNK_BYTES:
                yield from (encodings.as_text(data) for _, data in objects.contents(run_git, chunk))
                chunk, total = [], 0
            chunk.append(name)
            total += size
        yield from (encodings.as_text(data) for _, data in objects.contents(run_git, chunk))

    return read


def grep(repository: Repository, new: str, index: Path | None) -> Grep:
    """Search the worktree files that `index` lists or, without one, the tree `new`."""

    def search(words: Sequence[str]) -> tuple[str, ...]:
        patterns = [
            os.fsencode(word) for word in words if word.strip() and not {"\n", "\0"} & set(word)
        ]
        if not patterns:
            return ()
        where = () if index else (new,)
        out = git(
            repository,
            *_GREP,
            *where,
            "--",
            stdin=b"\n".join(patterns) + b"\n",
            scratch=True,
            index=index,
            codes=(0, 1),
        )
        names = os.fsdecode(out).split("\0")[:-1]
        return tuple(names if index else (name.removeprefix(f"{new}:") for name in names))

    return search


def lister(repository: Repository, old: str, new: str) -> ListFiles:
    @functools.cache
    def list_files(side: Side) -> tuple[str, ...]:
        out = git(
            repository,
            "ls-tree",
            "-r",
            "-z",
            "--full-tree",
            old if side == "old" else new,
            scratch=True,
        )
        rows = (line.split(b"\t", 1) for line in out.split(b"\0") if line)
        return tuple(
            os.fsdecode(path) for meta, path in rows if not meta.startswith(GITLINK.encode())
        )

    return list_files
