"""The files of a patch, in order."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, replace

from reviewer.diff import headers, hunks, names
from reviewer.diff.headers import Header
from reviewer.diff.names import refuse
from reviewer.types import FileDiff, FileStatus, Hunk

_GITLINK = "160000"
# How git shows a submodule with `diff.submodule=log` or `diff`; its commits or its files follow.
_SUBMODULE = re.compile(
    rb"Submodule (.+?) (?:[0-9a-f]{4,64}\.{2,3}[0-9a-f]{4,64}(?: \(([^()]*)\))?:?"
    rb"|contains (?:untracked|modified) content)\r?",
    re.DOTALL,
)
_SUBMODULE_STATUS: dict[bytes | None, FileStatus] = {
    b"new submodule": "added",
    b"submodule deleted": "deleted",
}
_IS_DIFF = re.compile(rb"diff -[^-]|diff --(?!git |cc |combined )")
_ONLY_IN = re.compile(rb"Only in ([^:]+): (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Section:
    """One file of a patch. `binary`: it changed, but has no lines to show. `size`: bytes of its
    hunks. `unseen`: it was added or deleted, and the patch has only its name."""

    file: FileDiff
    binary: bool
    size: int
    unseen: bool = False


def blob_id(data: bytes) -> str:
    """git's id for the content of a file, as in index lines."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def parse(patch: bytes) -> tuple[FileDiff, ...]:
    """The files of a patch, in order. Raises GitFailed, with the line, when it is malformed or
    truncated."""
    return tuple(section.file for section in sections(patch))


def sections(patch: bytes) -> tuple[Section, ...]:
    """As `parse`, with what a patch records about a file besides its hunks. A file that becomes a
    link (which git writes as a deletion and an addition) is one section; any other name that comes
    again, as in a series of patches, comes again here."""
    lines = patch.split(b"\n")
    if not lines[-1]:
        lines.pop()
    found: list[Section] = []
    of_directories = any(_IS_DIFF.match(line) for line in lines)
    at = 0
    while at < len(lines):
        line = lines[at]
        hunks.refuse_combined(line, at)
        if line.startswith(b"diff --git "):
            section, at = _section(lines, *headers.read_git(lines, at))
        elif headers.is_plain(lines, at):
            section, at = _section(lines, *headers.read_plain(lines, at))
        elif hunks.is_header(line):
            refuse(at, "starts a hunk without a file header")
        else:  # a mail header, a commit message, `Index:` and the like
            at += 1
            other = _without_hunks(line, of_directories)
            if other is None:
                continue
            section = other
        if found and (joined := _type_changed(found[-1], section)):
            found[-1] = joined
        else:
            found.append(section)
    return tuple(found)


def _section(lines: list[bytes], header: Header, at: int) -> tuple[Section, int]:
    start = at
    shown, at = hunks.read(lines, at)
    headers.check(header, shown, start)
    size = sum(map(len, lines[start:at])) + at - start
    return Section(headers.file_of(header, shown, start), header.binary, size), at


def _without_hunks(line: bytes, of_directories: bool) -> Section | None:
    """A line that by itself says that something changed; None for any other. `of_directories`:
    the patch is of `diff -r`."""
    if match := _SUBMODULE.fullmatch(line):
        status = _SUBMODULE_STATUS.get(match[2], "modified")
        return Section(_named(match[1], status, _GITLINK), False, 0)
    if of_directories and (match := _ONLY_IN.fullmatch(line)):
        directory = match[1].partition(b"/")[2]
        name = match[2].rstrip(b"\r")
        return Section(_named(directory + b"/" * bool(directory) + name), False, 0, unseen=True)
    if name := names.of_binary_line(line):
        return Section(_named(name), True, 0)
    return None


def _named(name: bytes, status: FileStatus = "modified", mode: str = "100644") -> FileDiff:
    path = os.fsdecode(name)
    return FileDiff(
        path=path,
        old_path=None if status == "added" else path,
        status=status,
        old_mode=None if status == "added" else mode,
        new_mode=None if status == "deleted" else mode,
        old_id=None,
        new_id=None,
        hunks=(),
    )


def _type_changed(gone: Section, come: Section) -> Section | None:
    """Both as one section, if the second puts something of another type in place of the first."""
    old, new = gone.file, come.file
    if (old.path, old.status, new.status) != (new.path, "deleted", "added") or (
        (old.old_mode or "")[:2] == (new.new_mode or "")[:2]
    ):
        return None
    first, second = old.hunks[:1], new.hunks[:1]
    hunk = Hunk(
        old_start=first[0].old_start if first else 0,
        old_count=first[0].old_count if first else 0,
        new_start=second[0].new_start if second else 0,
        new_count=second[0].new_count if second else 0,
        section=b"",
        lines=(*(first[0].lines if first else ()), *(second[0].lines if second else ())),
    )
    file = replace(
        new, old_path=old.path, status="type_changed", old_mode=old.old_mode, old_id=old.old_id,
        hunks=(hunk,) if hunk.lines else (),
    )  # fmt: skip
    return Section(file, gone.binary or come.binary, gone.size + come.size)
