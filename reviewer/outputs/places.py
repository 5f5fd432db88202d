"""Places in the form that other programs' formats need: names as bytes or URI, lines of the new
side, exact edits."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from reviewer.events import Finding, Patch, Quote, SameCause, SkippedFile, UnreviewedFile
from reviewer.fixes import patch as patches
from reviewer.types import FileDiff, Hunk

HasFileName = Finding | Quote | SameCause | SkippedFile | UnreviewedFile


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Replaces the lines `old`, which begin at line `start` (1-based), with `new`. Lines include
    their "\\n"; the last line of a file may lack it. Without `old`, `new` is inserted before line
    `start`."""

    path: bytes
    start: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]


def raw_name(named: HasFileName) -> bytes:
    """The path as git stores it."""
    if named.file_name_base64 is not None:
        return base64.b64decode(named.file_name_base64)
    return named.file_name.encode("utf-8", "surrogateescape")


def uri(path: bytes) -> str:
    """A relative URI that decodes to these bytes. Nothing in it can pass for a scheme or a host:
    `:` is encoded, and so is a leading `/`."""
    rest = path.lstrip(b"/")
    return "%2F" * (len(path) - len(rest)) + quote(rest, safe="/")


def new_lines(finding: Finding) -> tuple[int, int] | None:
    """(first, last) line in the new file; None for the whole file and for removed lines."""
    if finding.start_line is None or finding.side == "old":
        return None
    return finding.start_line, max(finding.start_line, finding.end_line or 0)


def old_note(finding: Finding) -> str:
    """Where the removed lines of a finding were; "" for all other findings."""
    if finding.side != "old" or finding.start_line is None:
        return ""
    last = finding.end_line or finding.start_line
    lines = (
        f"lines {finding.start_line}–{last}"
        if last > finding.start_line
        else f"line {finding.start_line}"
    )
    return f"{lines} of the base"


def patch_bytes(patch: Patch) -> bytes:
    return (
        base64.b64decode(patch.diff_base64)
        if patch.diff_base64 is not None
        else patch.diff.encode()
    )


def patched_files(patch: Patch) -> tuple[FileDiff, ...]:
    """The files that the patch changes; none if it cannot be read exactly, since an edit at a
    guessed place does harm."""
    files, problem = patches.read(patch_bytes(patch))
    return () if problem else files


def edits(file: FileDiff) -> Iterator[LineEdit]:
    """One edit for each run of changed lines."""
    for hunk in file.hunks:
        at, first, old, new = patches.start(hunk), 0, list[bytes](), list[bytes]()
        for kind, data in [*_rows(hunk), ("context", b"")]:
            if kind == "context":
                if old or new:
                    yield LineEdit(_path(file), first + 1, tuple(old), tuple(new))
                old, new = [], []
                at += 1
                continue
            first = first if old or new else at
            if kind == "removed":
                old.append(data)
                at += 1
            else:
                new.append(data)


def line_edits(file: FileDiff) -> Iterator[LineEdit]:
    """One edit for each hunk, from its first changed line to its last. It replaces existing lines
    if the file has any: a hunk that only adds lines includes a neighbour."""
    for hunk in file.hunks:
        rows = _rows(hunk)
        changed = [index for index, (kind, _) in enumerate(rows) if kind != "context"]
        if not changed:
            continue
        low, high = changed[0], changed[-1] + 1
        if not any(kind == "removed" for kind, _ in rows[low:high]):
            low, high = (low - 1, high) if low else (low, min(high + 1, len(rows)))
        start = patches.start(hunk) + sum(kind != "added" for kind, _ in rows[:low])
        old = tuple(data for kind, data in rows[low:high] if kind != "added")
        new = tuple(data for kind, data in rows[low:high] if kind != "removed")
        yield LineEdit(_path(file), start + 1, old, new)


def _rows(hunk: Hunk) -> list[tuple[str, bytes]]:
    return [(line.kind, line.data + b"\n" * line.newline) for line in hunk.lines]


def _path(file: FileDiff) -> bytes:
    return file.path.encode("utf-8", "surrogateescape")
