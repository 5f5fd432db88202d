"""What each commit of the scope adds, also where a later commit or the worktree takes it out again:
a push publishes all of it.

A merge adds what none of its parents has. Files are told apart from binaries by their content, so
that no attribute hides one. Names and sizes come from one git process each, contents from one per
few MiB.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.errors import GitFailed
from reviewer.text import count, decode, one_line
from reviewer.types import Commit, CommitDiff, FileDiff, History, Hunk, Line, Scope
from reviewer.workspace import classify, encodings, objects, records
from reviewer.workspace.base import Base
from reviewer.workspace.invocation import EMPTY_TREE, GitRunner, Repository, git, limited_git
from reviewer.workspace.limits import Limits
from reviewer.workspace.records import GITLINK

MAX_COMMITS = 5000
MAX_BYTES = 256 << 20  # of the contents that one call of `read` compares
MAX_FILE_BYTES = 16 << 20  # of one file in one commit
_CONTEXT = 60  # lines: the name or the kind of a value may stand far above it
_CHUNK_BYTES = 8 << 20
_LARGE = 1 << 20  # asked about before they are loaded
_PROBE_BYTES = 64 << 20
_SCOPES = ("all", "committed", "range")  # the others hold no commit, or one that is the change
_RAW = (
    "diff-tree",
    "--stdin",
    "-r",
    "-z",
    "-c",
    "--raw",
    "--root",
    "--no-abbrev",
    "--no-renames",
    "--no-ext-diff",
    "--ignore-submodules=none",
    "-O" + os.devnull,
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file that a commit changed against all of its parents."""

    commit: Commit
    path: str
    before: tuple[str, ...]  # ids of its content in the parents that have it
    after: str


def history(
    repository: Repository, base: Base, scope: Scope, limits: Limits, paths: Sequence[str]
) -> History:
    """The commits of `scope`, oldest first. Those that cannot be read are counted in its
    `problem`."""
    if scope.kind not in _SCOPES or base.head is None or base.head == base.commit:
        return History()
    known = [] if base.commit in (None, EMPTY_TREE) else [f"^{base.commit}"]
    out = git(
        repository,
        "rev-list",
        "--topo-order",
        f"--max-count={MAX_COMMITS + 1}",
        "--format=%H%x00%P%x00%s",
        "--stdin",
        stdin="\n".join([base.head, *known]).encode(),
    )
    rows = [line.split(b"\0", 2) for line in out.split(b"\n") if b"\0" in line]
    commits = [
        Commit(row[0].decode("ascii"), one_line(decode(row[2])), bool(row[1])) for row in rows
    ]
    problems = []
    if len(commits) > MAX_COMMITS:
        commits = commits[:MAX_COMMITS]
        problems.append(f"only the newest {MAX_COMMITS:,} commits were searched for credentials")
    if repository.shallow:
        commits, cut = _with_parents(repository, commits)
        if cut:
            problems.append(
                f"this clone is shallow: {count(cut, 'commit')} could not be searched for"
                " credentials; `git fetch --unshallow` fetches the rest"
            )

    def read(wanted: Sequence[Commit]) -> Iterator[CommitDiff]:
        return _read(repository, wanted, limits, paths)

    return History(
        tuple(reversed(commits)), "; ".join(problems), read=read, excluded=limits.excluded
    )


def _with_parents(repository: Repository, commits: Sequence[Commit]) -> tuple[list[Commit], int]:
    """The commits whose parents are here, and the number of the others."""
    kept = []
    for commit in commits:
        body = b"" if commit.has_parents else git(repository, "cat-file", "commit", commit.id)
        if not body.partition(b"\n\n")[0].count(b"\nparent "):
            kept.append(commit)
    return kept, len(commits) - len(kept)


def _read(
    repository: Repository, wanted: Sequence[Commit], limits: Limits, paths: Sequence[str]
) -> Iterator[CommitDiff]:
    run_git = limited_git(repository, limits.timeout)
    entries = list(_entries(run_git, wanted, limits, paths))
    ids = dict.fromkeys(name for each in entries for name in (*each.before, each.after))
    sizes = objects.sizes(run_git, ids)
    found: dict[str, list[FileDiff]] = {commit.id: [] for commit in wanted}
    unread: dict[str, list[str]] = {commit.id: [] for commit in wanted}
    large = [name for name, size in sizes.items() if _LARGE < size <= _PROBE_BYTES]
    binary = records.binaries(run_git, large) if large else set()
    left = MAX_BYTES
    chunk: list[_Entry] = []
    total = 0

    def flush() -> None:
        names = dict.fromkeys(name for each in chunk for name in (*each.before, each.after))
        known = dict(objects.contents(run_git, names))
        for each in chunk:
            if (file := _file(each, known)) is not None:
                found[each.commit.id].append(file)
        chunk.clear()

    for each in entries:
        if each.after in binary:
            continue
        own = [sizes.get(name, _PROBE_BYTES) for name in (*each.before, each.after)]
        size = sum(own)
        if max(own) > MAX_FILE_BYTES or size > left:
            unread[each.commit.id].append(each.path)
            continue
        left -= size
        if total + size > _CHUNK_BYTES:
            flush()
            total = 0
        chunk.append(each)
        total += size
    flush()
    for commit in wanted:
        yield CommitDiff(commit, tuple(found[commit.id]), tuple(unread[commit.id]))


def _entries(
    run_git: GitRunner, wanted: Sequence[Commit], limits: Limits, paths: Sequence[str]
) -> Iterator[_Entry]:
    stdin = "".join(f"{commit.id}\n" for commit in wanted).encode()
    out = run_git(*_RAW, "--", *paths, stdin=stdin) if wanted else b""
    by_id = {commit.id: commit for commit in wanted}
    commit: Commit | None = None
    fields = iter(os.fsdecode(out).split("\0"))
    for field in fields:
        if not field:
            continue
        if not field.startswith(":"):
            commit = by_id.get(field)
            continue
        parents = len(field) - len(field.lstrip(":"))
        parts, path = field.lstrip(":").split(" "), next(fields)
        modes, names = parts[: parents + 1], parts[parents + 1 : 2 * parents + 2]
        if commit is None or len(names) != parents + 1:
            raise GitFailed("cannot read the history: git printed something unknown")
        if modes[-1] in ("000000", GITLINK) or limits.excluded(path):
            continue
        before = tuple(
            name
            for mode, name in zip(modes[:-1], names[:-1], strict=True)
            if mode not in ("000000", GITLINK)
        )
        yield _Entry(commit, path, before, names[-1])


def _file(entry: _Entry, known: dict[str, bytes]) -> FileDiff | None:
    """The lines that the commit adds and takes away; None for a binary."""
    data = known.get(entry.after, b"")
    if classify.is_binary(data):
        return None
    new = _lines(encodings.as_text(data))
    olds = [_lines(encodings.as_text(known.get(name, b""))) for name in entry.before]
    before, after = {line for old in olds for line in old}, set(new)
    hunks = [*_hunks(new, before, "added")]
    for old in olds[:1]:
        hunks += _hunks(old, after, "removed")
    return FileDiff(
        path=entry.path,
        old_path=entry.path if entry.before else None,
        status="modified" if entry.before else "added",
        old_mode="100644" if entry.before else None,
        new_mode="100644",
        old_id=entry.before[0] if entry.before else None,
        new_id=entry.after,
        hunks=tuple(hunks),
    )


def _lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _hunks(lines: Sequence[bytes], other: set[bytes], kind: str) -> Iterator[Hunk]:
    """The lines that the other side lacks, with those around them, as hunks with one side."""
    changed = [at for at, line in enumerate(lines) if line not in other]
    start = 0
    while start < len(changed):
        stop = start + 1
        while stop < len(changed) and changed[stop] - changed[stop - 1] <= 2 * _CONTEXT + 1:
            stop += 1
        first = max(0, changed[start] - _CONTEXT)
        last = min(len(lines), changed[stop - 1] + _CONTEXT + 1)
        mine = set(changed[start:stop])
        rows = tuple(_line(lines[at], at + 1, kind, at in mine) for at in range(first, last))
        old, new = (0, len(rows)) if kind == "added" else (len(rows), 0)
        yield Hunk(first + 1, old, first + 1, new, b"", rows)
        start = stop


def _line(data: bytes, number: int, kind: str, changed: bool) -> Line:
    if not changed:
        return Line("context", number, number, data)
    return (
        Line("added", None, number, data)
        if kind == "added"
        else Line("removed", number, None, data)
    )
