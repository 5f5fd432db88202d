"""Sorts changed files into reviewed, skipped and unreviewed, cheapest check first: name, size,
content."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reviewer.diff import Section
from reviewer.types import FileDiff, SkipReason, UnreviewedReason
from reviewer.workspace import classify, encodings, files, objects
from reviewer.workspace.classify import Facts
from reviewer.workspace.encodings import Encodings, Found
from reviewer.workspace.invocation import GitRunner, GitTimeout, Repository
from reviewer.workspace.limits import Limits
from reviewer.workspace.records import (
    GITLINK,
    Record,
    binaries,
    blobs,
    compare,
    texts,
    with_renames,
)
from reviewer.workspace.snapshot import BINARY_PROBE

_CHUNK_BYTES = 8 << 20  # of contents held in memory at a time
_CHUNK_FILES = 1000
_LINE_BYTES = 16 << 20  # of a skipped file whose lines are checked
_TEXT_REASONS = ("lockfile", "generated", "minified", "binary")
_PROBE_BYTES = 64 << 20  # larger blobs are not even checked for being binary

Attributes = Mapping[str, Mapping[str, str]]


@dataclass(slots=True)
class SortedFiles:
    files: list[FileDiff] = field(default_factory=list)
    skipped: dict[str, SkipReason] = field(default_factory=dict)
    unreviewed: dict[str, UnreviewedReason] = field(default_factory=dict)
    # Of `skipped`: what is text, for the checks of single lines.
    skipped_lines: list[FileDiff] = field(default_factory=list)
    texts: dict[str, int] = field(default_factory=dict)  # ids and sizes, of both sides
    encodings: dict[str, Encodings] = field(default_factory=dict)  # of files in others than UTF-8

    def knows(self, path: str) -> bool:
        return path in self.skipped or path in self.unreviewed


def by_name(
    records: Sequence[Record], attributes: Attributes, limits: Limits, out: SortedFiles
) -> list[Record]:
    kept = []
    for record in records:
        if out.knows(record.path):
            continue
        reason: SkipReason | None
        if limits.excluded(record.path):
            out.skipped[record.path] = "excluded"
        elif not files.is_safe(record.path):  # no checkout can hold it, so it is never written
            out.unreviewed[record.path] = "special_file"
        elif (record.new_mode or record.old_mode) == GITLINK:
            out.skipped[record.path] = "submodule"
        elif record.old_id == record.new_id and record.status == "modified":
            out.skipped[record.path] = "mode_only"
        elif reason := classify.by_name(record.path, attributes.get(record.path, {})):
            out.skipped[record.path] = reason
        else:
            kept.append(record)
    return kept


def by_size(
    repository: Repository,
    run_git: GitRunner,
    records: Sequence[Record],
    limits: Limits,
    out: SortedFiles,
) -> tuple[list[Record], dict[str, int]]:
    """The records that are present and not too large, renames paired up, and the size of every blob
    in them."""
    ids = {name: None for record in records for name in blobs(record)}
    sizes = objects.sizes(run_git, ids)
    large = [
        record
        for record in records
        if any(sizes.get(name, 0) > limits.max_file_bytes for name in blobs(record))
    ]
    binary, spoilt = _binaries(run_git, large, sizes)
    kept = []
    for record in records:
        if any(name not in sizes for name in blobs(record)):  # a partial clone or a damaged one
            out.unreviewed[record.path] = "unreadable"
        elif all(sizes[name] <= limits.max_file_bytes for name in blobs(record)):
            kept.append(record)
        elif set(blobs(record)) <= binary and not (
            record.old_id is None and record.new_id in spoilt
        ):
            out.skipped[record.path] = "binary"
        elif blobs(record)[-1] in binary:  # one zero byte in a text must not hide the rest
            out.unreviewed[record.path] = "hidden_by_change"
        else:
            out.unreviewed[record.path] = "too_large"
    return with_renames(repository, run_git, kept), sizes


def _binaries(
    run_git: GitRunner, records: Sequence[Record], sizes: Mapping[str, int]
) -> tuple[set[str], set[str]]:
    """The blobs of these records that are binary, also for us, and those of new files that are text
    but for a few zero bytes."""
    ids = {name: None for record in records for name in blobs(record)}
    probed = [name for name in ids if sizes.get(name, _PROBE_BYTES + 1) <= _PROBE_BYTES]
    binary = binaries(run_git, probed) if probed else set()
    spoilt: set[str] = set()
    for one in sorted(binary & {blobs(record)[-1] for record in records}):
        for name, data in objects.contents(run_git, [one]):  # one after the other: they are large
            if encodings.wide(data):
                binary.remove(name)
            elif classify.is_spoilt(data):
                spoilt.add(name)
    return binary, spoilt


def large_binaries(
    repository: Repository,
    run_git: GitRunner,
    base: str,
    paths: Sequence[str],
    limits: Limits,
    out: SortedFiles,
) -> None:
    """Sort large files of the worktree that have a zero byte at their beginning: text at the
    base, or text but for a few such bytes, is not hidden by them."""
    if not paths:
        return
    rows = run_git("ls-tree", "-z", "--full-tree", base, "--", *paths).split(b"\0")[:-1]
    before = {
        os.fsdecode(path): meta.split(b" ")[2].decode("ascii")
        for meta, path in (row.split(b"\t", 1) for row in rows)
    }
    sizes = objects.sizes(run_git, before.values())
    probed = [name for name, size in sizes.items() if size <= _PROBE_BYTES]
    text = set(probed) - (binaries(run_git, probed) if probed else set())
    for path in paths:
        head = files.peek(repository.root, path, BINARY_PROBE) or b""
        if limits.excluded(path):
            out.skipped[path] = "excluded"
        elif before.get(path) in text or (path not in before and classify.is_spoilt(head)):
            out.unreviewed[path] = "hidden_by_change"
        else:
            out.skipped[path] = "binary"


def by_content(
    repository: Repository,
    run_git: GitRunner,
    records: Sequence[Record],
    sizes: Mapping[str, int],
    attributes: Attributes,
    limits: Limits,
    taken: frozenset[str],
    out: SortedFiles,
) -> None:
    """Read, classify and compare, a chunk at a time. `taken`: paths whose content is from the
    worktree."""
    size = 0
    chunks = list(_chunks(records, sizes))
    for at, chunk in enumerate(chunks):
        try:
            stand_ins: dict[str, str] = {}
            known: dict[str | None, Facts] = {
                name: classify.facts(data)
                for name, data in texts(repository, run_git, chunk, stand_ins)
            }
            kept = _judge(chunk, known, attributes, taken, out)
            found = compare(run_git, kept, stand_ins)
        except GitTimeout:
            late = (
                record.path for rest in chunks[at:] for record in rest if not out.knows(record.path)
            )
            out.unreviewed |= dict.fromkeys(late, "timeout")
            return
        for record, section in zip(kept, found, strict=True):
            size += section.size if section else 0
            if size > limits.max_diff_bytes:
                out.unreviewed[record.path] = "too_large"
            else:
                codecs = out.encodings.get(record.path, (None, None))
                out.files.append(_file(record, section, taken, codecs))
                out.texts |= {name: sizes[name] for name in blobs(record)}


def lines_of_skipped(
    repository: Repository,
    run_git: GitRunner,
    records: Sequence[Record],
    limits: Limits,
    out: SortedFiles,
) -> int:
    """Compare the text files that were skipped for what they are, and return how many could not be:
    nobody reads them, so nobody sees what is hidden in them."""
    skipped = [one for one in records if one.new_id and out.skipped.get(one.path) in _TEXT_REASONS]
    sizes = objects.sizes(run_git, dict.fromkeys(name for one in skipped for name in blobs(one)))
    small = [
        one
        for one in skipped
        if all(sizes.get(name, _LINE_BYTES + 1) <= _LINE_BYTES for name in blobs(one))
    ]
    left, late = limits.max_diff_bytes, len(skipped) - len(small)
    for chunk in _chunks(small, sizes):
        try:
            stand_ins: dict[str, str] = {}
            binary = {
                name
                for name, data in texts(repository, run_git, chunk, stand_ins)
                if classify.is_binary(data)
            }
            wanted = [one for one in chunk if not binary & set(blobs(one))]
            found = compare(run_git, wanted, stand_ins)
        except GitTimeout:
            late += len(chunk)
            continue
        for record, section in zip(wanted, found, strict=True):
            left -= section.size if section else 0
            if left < 0:
                late += 1
            elif section is not None:
                out.skipped_lines.append(_file(record, section, frozenset()))
                out.texts |= {name: sizes[name] for name in blobs(record)}
    return late


def _chunks(records: Sequence[Record], sizes: Mapping[str, int]) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    total = 0
    for record in records:
        size = sum(sizes[name] for name in blobs(record))
        if chunk and (total + size > _CHUNK_BYTES or len(chunk) == _CHUNK_FILES):
            yield chunk
            chunk, total = [], 0
        chunk.append(record)
        total += size
    if chunk:
        yield chunk


def _judge(
    records: Sequence[Record],
    known: Mapping[str | None, Facts],
    attributes: Attributes,
    taken: frozenset[str],
    out: SortedFiles,
) -> list[Record]:
    kept = []
    sides: dict[str, tuple[Found, Found]] = {}
    for record in records:
        found = attributes.get(record.path, {})
        old, new = known.get(record.old_id), known.get(record.new_id)
        # only what is still to be added becomes a pointer: a file is committed as it is
        from_worktree = record.path in taken
        reason = classify.by_content(record.path, found, old, new, from_worktree=from_worktree)
        if reason == "hidden_by_change":
            out.unreviewed[record.path] = reason
        elif reason is not None:
            out.skipped[record.path] = reason
        else:
            kept.append(record)
            sides[record.path] = (
                old.encoding if old else encodings.NOTHING,
                new.encoding if new else encodings.NOTHING,
            )
    out.encodings |= encodings.agreed(sides)
    return kept


def _file(
    record: Record,
    section: Section | None,
    taken: frozenset[str],
    codecs: Encodings = (None, None),
) -> FileDiff:
    hunks = section.file.hunks if section else ()
    file = FileDiff(
        path=record.path,
        old_path=record.old_path,
        status=record.status,
        old_mode=record.old_mode,
        new_mode=record.new_mode,
        old_id=record.old_id,
        new_id=None if record.path in taken else record.new_id,
        hunks=hunks,
    )
    return encodings.shown(file, codecs)
