"""Reads objects by full id: single files in-process through GitPython, many at once through one git
process.

GitPython gets the scratch repository, never the reviewed one, and cannot start a process: it would
run git with the caller's complete environment.
"""

from __future__ import annotations

import contextlib
import functools
import os
import struct
import threading
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.diff import blob_id
from reviewer.workspace import files
from reviewer.workspace.files import is_safe
from reviewer.workspace.invocation import EMPTY_TREE, GitRunner, Repository, limited_git

if TYPE_CHECKING:
    from git import Repo

_lock = threading.RLock()  # neither the import below nor the object database is thread-safe
_MAX_TREE = 64 << 20


def reader(repository: Repository, commit: str | None, limit: int) -> Callable[[str], bytes | None]:
    """A function from path to content in `commit` (also a tree id). It returns None for a path that
    is absent, a submodule, larger than `limit` bytes, or missing in a partial clone."""
    if commit in (None, EMPTY_TREE):
        return lambda path: None
    state: list[Repo] = []  # opened at the first call: the import alone takes 0.2 s

    @functools.lru_cache(maxsize=4096)
    def entries(tree: bytes) -> dict[str, tuple[bytes, int]]:
        return _entries(_content(repository, state[0], tree, _MAX_TREE) or b"")

    def read(path: str) -> bytes | None:
        if not is_safe(path):
            return None
        with _lock:
            if not state:
                state.append(_open(repository))
            found = _root(repository, state[0], str(commit)), 0o040000
            for part in path.split("/"):
                if found[1] != 0o040000 or part not in (below := entries(found[0])):
                    return None
                found = below[part]
            return (
                _content(repository, state[0], found[0], limit)
                if found[1] & 0o170000 in (0o100000, 0o120000)
                else None
            )

    return read


def _open(repository: Repository) -> Repo:
    """GitPython's view of the scratch repository."""
    with _no_git_variables():
        import git
        import gitdb

        git.Git.GIT_PYTHON_GIT_EXECUTABLE = os.devnull
        with warnings.catch_warnings():
            # GitPython prefers `git cat-file` processes to in-process reading; those would not be
            # hardened.
            warnings.simplefilter("ignore", DeprecationWarning)
            return git.Repo(repository.scratch, odbt=gitdb.GitDB, expand_vars=False)


@contextlib.contextmanager
def _no_git_variables() -> Iterator[None]:
    """GitPython reads GIT_* variables, and runs `git version` at import unless it is given a fake
    git."""
    saved = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GIT_")}
    os.environ |= {"GIT_PYTHON_REFRESH": "quiet", "GIT_PYTHON_GIT_EXECUTABLE": os.devnull}
    try:
        yield
    finally:
        for name in ("GIT_PYTHON_REFRESH", "GIT_PYTHON_GIT_EXECUTABLE"):
            del os.environ[name]
        os.environ |= saved


def _root(repository: Repository, repo: Repo, name: str) -> bytes:
    """The binary id of the tree of a commit, or of a tree itself."""
    data = _content(repository, repo, bytes.fromhex(name), _MAX_TREE) or b""
    return bytes.fromhex(data[5:45].decode("ascii") if data.startswith(b"tree ") else name)


def _entries(tree: bytes) -> dict[str, tuple[bytes, int]]:
    """Binary id and mode by name. Parsed here because GitPython rejects a directory for one odd
    name in it."""
    found: dict[str, tuple[bytes, int]] = {}
    at = 0
    while (end := tree.find(b"\0", at)) >= 0:
        mode, _, name = tree[at:end].partition(b" ")
        at = end + 21
        if mode and not mode.strip(b"01234567"):
            found[os.fsdecode(name)] = tree[end + 1 : at], int(mode, 8)
    return found


def _content(repository: Repository, repo: Repo, name: bytes, limit: int) -> bytes | None:
    from gitdb.exc import ODBError

    loose = repository.common_dir / "objects" / name[:1].hex() / name[1:].hex()
    if files.kind_and_size(loose.parent, loose.name)[0] in ("special", "link", "directory"):
        return None  # opening it could take for ever
    try:
        return None if repo.odb.info(name).size > limit else bytes(repo.odb.stream(name).read())
    except (
        ODBError,
        OSError,
        ValueError,
        LookupError,
        AssertionError,
        MemoryError,
        zlib.error,
        struct.error,
    ):
        pass  # damaged, missing, or of an unknown kind: git decides
    run_git = limited_git(repository, repository.timeout)
    size = sizes(run_git, [name.hex()]).get(name.hex())
    return None if size is None or size > limit else next(contents(run_git, [name.hex()]))[1]


def read_one(run_git: GitRunner, commit: str, path: str, limit: int) -> bytes | None:
    """A file of a commit, read without GitPython; None if it is absent, not a file, or larger than
    `limit` bytes."""
    name = os.fsencode(f"{commit}:{path}") + b"\0"
    row = run_git("cat-file", "--batch-check", "-z", stdin=name).split()
    if row[-1:] == [b"missing"] or row[-2:-1] != [b"blob"] or int(row[-1]) > limit:
        return None
    return next(contents(run_git, [row[-3].decode("ascii")]))[1]


def store(scratch: Path, data: bytes) -> str:
    """Write a blob into the scratch repository, and return its id."""
    name = blob_id(data)
    place = scratch / "objects" / name[:2] / name[2:]
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(zlib.compress(b"blob %d\0" % len(data) + data, 1))
    return name


def sizes(run_git: GitRunner, ids: Iterable[str]) -> dict[str, int]:
    """Bytes of each blob by id; missing blobs are left out."""
    out = run_git("cat-file", "--batch-check", stdin="".join(f"{name}\n" for name in ids).encode())
    rows = (line.split(b" ") for line in out.splitlines())
    return {row[0].decode(): int(row[2]) for row in rows if len(row) == 3}


def contents(run_git: GitRunner, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """(id, content) of the blobs that exist here, all read in one process: the caller limits their
    sizes."""
    wanted = "".join(f"{name}\n" for name in ids).encode()
    out = run_git("cat-file", "--batch", stdin=wanted) if wanted else b""
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        name, _, size = out[at:end].split(b" ")
        at = end + 1 + int(size)
        yield name.decode(), out[end + 1 : at]
        at += 1
