"""Unified diffs as values: patch bytes in, `FileDiff`s with exact line maps out.

The counts of a hunk header are followed strictly, and bytes are split at `\\n` only, so no content
can pose as a header. Reads git's own patches and those of `diff -u`; a combined diff (`@@@`) is
rejected.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, replace
from typing import NoReturn

from reviewer.errors import GitFailed
from reviewer.types import FileDiff, FileStatus, Hunk, Line

_HUNK = re.compile(
    rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(?: (.*))?", re.DOTALL
)
_INDEX = re.compile(rb"index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: ([0-7]{6}))?\s*", re.DOTALL)
_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_QUOTED = re.compile(rb'\\([0-3][0-7]{2}|[abtnvfr"\\])')
_PREFIXES = (b"a/", b"b/", b"c/", b"i/", b"o/", b"w/", b"1/", b"2/")
_FULL_ID = 40  # abbreviated ids are useless


@dataclass(frozen=True, slots=True)
class Section:
    """One file of a patch. `binary`: it changed, but has no lines to show. `size`: bytes of its
    hunks."""

    file: FileDiff
    binary: bool
    size: int


@dataclass(slots=True)
class _Header:
    names: tuple[bytes, bytes] | None = None  # of the `diff --git` line, without their prefixes
    old: bytes | None = None  # the name of the `---` line
    new: bytes | None = None
    old_mode: str | None = None
    new_mode: str | None = None
    old_id: str | None = None
    new_id: str | None = None
    status: FileStatus = "modified"
    source: bytes | None = None  # rename or copy from
    target: bytes | None = None
    binary: bool = False


def blob_id(data: bytes) -> str:
    """git's id for the content of a file, as in index lines."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def parse(patch: bytes) -> tuple[FileDiff, ...]:
    """The files of a patch, in order. Raises GitFailed, with the line, when it is malformed or
    truncated."""
    return tuple(section.file for section in sections(patch))


def sections(patch: bytes) -> tuple[Section, ...]:
    """As `parse`, with what a patch records about a file besides its hunks."""
    lines = patch.split(b"\n")
    if not lines[-1]:
        lines.pop()
    found: list[Section] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith((b"diff --cc ", b"diff --combined ", b"@@@ ")):
            _refuse(at, "is a combined diff of a merge; compare two commits instead (git diff A B)")
        if line.startswith(b"diff --git "):
            header, at = _git_header(lines, at)
        elif line.startswith(b"--- ") and at + 1 < len(lines) and lines[at + 1].startswith(b"+++ "):
            header = _Header(old=_marked_name(line[4:]), new=_marked_name(lines[at + 1][4:]))
            at += 2
        elif _HUNK.fullmatch(line):
            _refuse(at, "starts a hunk without a file header")
        else:
            at += 1  # a mail header, a commit message, `Index:` and the like
            continue
        start = at
        hunks, at = _hunks(lines, at)
        size = sum(map(len, lines[start:at])) + at - start
        found.append(Section(_file(header, hunks, start), header.binary, size))
    return tuple(found)


def _refuse(at: int, why: str) -> NoReturn:
    raise GitFailed(f"cannot read the patch: line {at + 1} {why}")


def _hunks(lines: list[bytes], at: int) -> tuple[tuple[Hunk, ...], int]:
    hunks: list[Hunk] = []
    old_end = new_end = 0
    while at < len(lines) and (match := _HUNK.fullmatch(lines[at])):
        hunk, at = _hunk(lines, at, match)
        if hunk.old_start < old_end or hunk.new_start < new_end:
            _refuse(at - 1, "ends a hunk that overlaps the one before it")
        old_end, new_end = hunk.old_start + hunk.old_count, hunk.new_start + hunk.new_count
        hunks.append(hunk)
    return tuple(hunks), at


def _hunk(lines: list[bytes], at: int, match: re.Match[bytes]) -> tuple[Hunk, int]:
    old_start, old_count, new_start, new_count = (
        1 if part is None else int(part) for part in match.groups()[:4]
    )
    old, new = old_start, new_start
    old_end, new_end = old_start + old_count, new_start + new_count
    out: list[Line] = []
    at += 1
    while old < old_end or new < new_end:
        if at >= len(lines):
            _refuse(at, "is missing: the patch ends inside a hunk")
        raw = lines[at]
        mark = raw[:1]
        if mark == b"+":
            out.append(Line("added", None, new, raw[1:]))
            new += 1
        elif mark == b"-":
            out.append(Line("removed", old, None, raw[1:]))
            old += 1
        elif mark in (b" ", b""):  # mail programs strip the blank of an empty context line
            out.append(Line("context", old, new, raw[1:]))
            old += 1
            new += 1
        elif mark == b"\\" and out:
            out[-1] = replace(out[-1], newline=False)
        else:
            _refuse(at, "does not belong in a hunk")
        if old > old_end or new > new_end:
            _refuse(at, "is one more than the hunk header announces")
        at += 1
    if out and at < len(lines) and lines[at].startswith(b"\\ "):
        out[-1] = replace(out[-1], newline=False)
        at += 1
    return Hunk(old_start, old_count, new_start, new_count, match[5] or b"", tuple(out)), at


def _git_header(lines: list[bytes], at: int) -> tuple[_Header, int]:
    header = _Header(names=_names(lines[at][len(b"diff --git ") :]))
    at += 1
    while at < len(lines):
        line = lines[at]
        if line.startswith(b"GIT binary patch"):
            header.binary = True
            at = _after_binary(lines, at + 1)
            break
        if line.startswith(b"--- ") and at + 1 < len(lines) and lines[at + 1].startswith(b"+++ "):
            header.old, header.new = _marked_name(line[4:]), _marked_name(lines[at + 1][4:])
            at += 2
            break
        if not _extended(header, line):
            break
        at += 1
    return header, at


def _extended(header: _Header, line: bytes) -> bool:
    """Take one extended header line; False if it is not one."""
    for key, status in ((b"rename", "renamed"), (b"copy", "copied")):
        if line.startswith(key + b" from "):
            header.source, header.status = _name(line[len(key) + 6 :]), status  # type: ignore[assignment]
            return True
        if line.startswith(key + b" to "):
            header.target = _name(line[len(key) + 4 :])
            return True
    if match := _INDEX.fullmatch(line):
        header.old_id, header.new_id = (
            None if len(part) < _FULL_ID else part.decode() for part in match.groups()[:2]
        )
        if match[3]:
            header.old_mode = header.new_mode = match[3].decode()
    elif line.startswith(b"new file mode "):
        header.status, header.new_mode = "added", _mode(line)
    elif line.startswith(b"deleted file mode "):
        header.status, header.old_mode = "deleted", _mode(line)
    elif line.startswith(b"old mode "):
        header.old_mode = _mode(line)
    elif line.startswith(b"new mode "):
        header.new_mode = _mode(line)
    elif line.startswith(b"Binary files "):
        header.binary = True
    else:
        return line.startswith((b"similarity index ", b"dissimilarity index "))
    return True


def _mode(line: bytes) -> str:
    return line.split()[-1].decode("ascii", "replace")


def _after_binary(lines: list[bytes], at: int) -> int:
    """The index after the one or two blocks (`literal N` or `delta N`, data, a blank line) of a
    binary patch."""
    while at < len(lines) and lines[at].startswith((b"literal ", b"delta ")):
        while at < len(lines) and lines[at].strip():
            at += 1
        at += 1
    return min(at, len(lines))


def _unquote(quoted: bytes) -> tuple[bytes, bytes]:
    """The C-style quoted name at the start of `quoted`, and the rest."""
    match = re.match(rb'"((?:[^"\\]|\\.)*)"', quoted, re.DOTALL)
    if match is None:
        raise GitFailed("cannot read the patch: a quoted file name has no end")
    name = _QUOTED.sub(
        lambda found: bytes([_ESCAPES.get(found[1]) or int(found[1], 8) & 255]), match[1]
    )
    return name, quoted[match.end() :]


def _name(text: bytes) -> bytes:
    return _unquote(text)[0] if text.startswith(b'"') else text


def _marked_name(text: bytes) -> bytes | None:
    """The name in a `---` or `+++` line, which may have a time after a tab; None for /dev/null."""
    name = _unquote(text)[0] if text.startswith(b'"') else text.split(b"\t", 1)[0]
    return None if name == b"/dev/null" else name


def _names(rest: bytes) -> tuple[bytes, bytes] | None:
    """Both names of a `diff --git` line without their prefixes; None when it is ambiguous, which
    happens only for renames."""
    if rest.startswith(b'"'):
        old, rest = _unquote(rest)
        new = _name(rest[1:])
    else:
        middle = len(rest) // 2
        old, new = rest[:middle], _name(rest[middle + 1 :])
        if rest[middle : middle + 1] != b" ":
            return None
    old, new = _strip(old, new)
    return (old, new) if old == new else None


def _strip(old: bytes, new: bytes) -> tuple[bytes, bytes]:
    """Both names without the prefix (`a/`, `b/`, the two directories of `diff -ur`), if they have
    one."""
    if old == new:
        return old, new  # --no-prefix
    old_rest, new_rest = old.partition(b"/")[2], new.partition(b"/")[2]
    if old_rest and (
        old_rest == new_rest or (old.startswith(_PREFIXES) and new.startswith(_PREFIXES))
    ):
        return old_rest, new_rest
    return new, new  # `diff -u before.py after.py`


def _plain(name: bytes) -> bytes:
    return name[2:] if name.startswith(_PREFIXES) else name


def _file(header: _Header, hunks: tuple[Hunk, ...], at: int) -> FileDiff:
    status, source, target = header.status, header.source, header.target
    if target is not None and source is not None:
        old, new = source, target
    elif header.names is not None:
        old, new = header.names
        if header.new is not None and not (header.new == new or header.new.endswith(b"/" + new)):
            _refuse(at - 1, "names a different file than its header")
    elif header.old is not None and header.new is not None:
        old, new = _strip(header.old, header.new)
    elif header.new is not None or header.old is not None:
        old = new = _plain(header.new or header.old or b"")
    else:
        _refuse(at, "follows a file header without a name")
    if (
        header.names is None and status == "modified"
    ):  # a plain patch shows it by /dev/null or by an empty side
        if header.old is None or (hunks and hunks[0].old_count == 0 and hunks[0].old_start == 0):
            status = "added"
        elif header.new is None or (hunks and hunks[0].new_count == 0 and hunks[0].new_start == 0):
            status = "deleted"
    return FileDiff(
        path=os.fsdecode(old if status == "deleted" else new),
        old_path=None if status == "added" else os.fsdecode(old),
        status=status,
        old_mode=None if status == "added" else header.old_mode or "100644",
        new_mode=None if status == "deleted" else header.new_mode or "100644",
        old_id=None if status == "added" else header.old_id,
        new_id=None if status == "deleted" else header.new_id,
        hunks=hunks,
    )
