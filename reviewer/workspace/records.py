"""The differences between two trees: git's raw records with exact names, and the hunks.

Contents are compared in trees of our own in which files have numbers for names: no name has to be
quoted, no attribute applies, and a chunk of files costs one git process.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reviewer import diff
from reviewer.types import FileStatus
from reviewer.workspace import encodings, objects
from reviewer.workspace.invocation import GitRunner, Repository

GITLINK = "160000"
_RENAME_LIMIT = "-l1000"  # files on either side for which contents are compared
_STATUS: dict[str, FileStatus] = {
    "A": "added",
    "D": "deleted",
    "M": "modified",
    "T": "type_changed",
    "R": "renamed",
    "C": "copied",
}
_PATCH = (
    "diff-tree",
    "-r",
    "-p",
    "--text",
    "--full-index",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "-U3",
    "--inter-hunk-context=0",
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "--ignore-submodules=dirty",
    "-O" + os.devnull,
)
_RAW = (
    "diff-tree",
    "-r",
    "-z",
    "--raw",
    "--no-abbrev",
    "--no-ext-diff",
    "--ignore-submodules=none",
    "-O" + os.devnull,
)


@dataclass(frozen=True, slots=True)
class Record:
    """One changed file; modes and ids are None on the side that lacks it, and so is `old_path`."""

    path: str
    old_path: str | None
    status: FileStatus
    old_mode: str | None
    new_mode: str | None
    old_id: str | None
    new_id: str | None


def changed(run_git: GitRunner, old: str, new: str, paths: Sequence[str]) -> list[Record]:
    """All differences between two trees (or commits), without rename detection, in git's order."""
    return _parse(run_git(*_RAW, "--no-renames", "--end-of-options", old, new, "--", *paths))


def with_renames(
    repository: Repository, run_git: GitRunner, records: Sequence[Record]
) -> list[Record]:
    """The records with each rename that git detects merged into one, at the place of the new name.
    Every blob must be present: git stops at a missing one."""
    gone = [record for record in records if record.status == "deleted"]
    come = [record for record in records if record.status == "added"]
    if not gone or not come:
        return list(records)
    old = _tree(
        repository, run_git, ((record.old_mode, record.old_id, record.path) for record in gone)
    )
    new = _tree(
        repository, run_git, ((record.new_mode, record.new_id, record.path) for record in come)
    )
    pairs = {
        record.path: record
        for record in _parse(run_git(*_RAW, "-M", _RENAME_LIMIT, "--end-of-options", old, new))
        if record.status == "renamed"
    }
    sources = {record.old_path for record in pairs.values()}
    return [
        pairs.get(record.path, record) if record.status == "added" else record
        for record in records
        if not (record.status == "deleted" and record.path in sources)
    ]


def binaries(run_git: GitRunner, ids: Sequence[str]) -> set[str]:
    """The blobs that git treats as binary, found without loading them here."""
    tree = _flat(run_git, dict(enumerate(ids)))
    out = run_git(
        "diff-tree",
        "-r",
        "-z",
        "--numstat",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--end-of-options",
        _flat(run_git, {}),
        tree,
    )
    rows = (row.split(b"\t") for row in out.split(b"\0") if row)
    return {ids[int(name)] for added, _, name in rows if added == b"-"}


def compare(
    run_git: GitRunner, records: Sequence[Record], stand_ins: Mapping[str, str]
) -> list[diff.Section | None]:
    """The hunks of each record, None for equal contents. `stand_ins`: other blobs to compare
    instead."""
    old = {
        at: stand_ins.get(record.old_id, record.old_id)
        for at, record in enumerate(records)
        if record.old_id and record.old_mode != GITLINK
    }
    new = {
        at: stand_ins.get(record.new_id, record.new_id)
        for at, record in enumerate(records)
        if record.new_id and record.new_mode != GITLINK
    }
    patch = run_git(*_PATCH, "--end-of-options", _flat(run_git, old), _flat(run_git, new))
    found = {int(section.file.path): section for section in diff.sections(patch)}
    return [found.get(at) for at in range(len(records))]


def blobs(record: Record) -> list[str]:
    """The blobs of a record, old one first."""
    sides = ((record.old_mode, record.old_id), (record.new_mode, record.new_id))
    return [name for mode, name in sides if name is not None and mode != GITLINK]


def texts(
    repository: Repository,
    run_git: GitRunner,
    records: Sequence[Record],
    stand_ins: dict[str, str],
) -> Iterator[tuple[str, bytes]]:
    """(id, content) of all blobs. Each in UTF-16 or UTF-32, which git would not split into lines,
    gets a stand-in in UTF-8."""
    names = dict.fromkeys(name for record in records for name in blobs(record))
    for name, data in objects.contents(run_git, names):
        if codec := encodings.wide(data):
            stand_ins[name] = objects.store(repository.scratch, encodings.as_utf8(data, codec))
        yield name, data


def _parse(out: bytes) -> list[Record]:
    fields = iter(os.fsdecode(out).split("\0"))
    records = []
    for meta in fields:
        if not meta:
            break
        old_mode, new_mode, old_id, new_id, letter = meta[1:].split(" ")
        status = _STATUS[letter[0]]
        path = next(fields)
        record = Record(path, path, status, old_mode, new_mode, old_id, new_id)
        if letter[0] in "RC":
            record = replace(record, path=next(fields))
        if status == "added":
            record = replace(record, old_path=None, old_mode=None, old_id=None)
        elif status == "deleted":
            record = replace(record, new_mode=None, new_id=None)
        records.append(record)
    return records


def _tree(
    repository: Repository, run_git: GitRunner, rows: Iterable[tuple[str | None, str | None, str]]
) -> str:
    """A tree with these (mode, id, path) entries."""
    index = Path(tempfile.mkdtemp(prefix="pairs-", dir=repository.scratch)) / "index"
    listed = b"".join(
        f"{mode} {name}\t".encode() + os.fsencode(path) + b"\0" for mode, name, path in rows
    )
    run_git("update-index", "-z", "--index-info", stdin=listed, index=index)
    return run_git("write-tree", "--missing-ok", index=index).decode("ascii").strip()


def _flat(run_git: GitRunner, names: dict[int, str]) -> str:
    """A tree in which each blob is named by its number; numbers sort like the files they stand
    for."""
    listed = "".join(
        f"100644 blob {name}\t{number:08d}\0" for number, name in names.items()
    ).encode()
    return run_git("mktree", "-z", "--missing", stdin=listed).decode("ascii").strip()
