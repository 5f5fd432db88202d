"""What stands before the hunks of a file: names, modes, ids, renames."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from reviewer.diff import names
from reviewer.diff.hunks import is_header
from reviewer.diff.names import refuse
from reviewer.types import FileDiff, FileStatus, Hunk

_INDEX = re.compile(rb"index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: ([0-7]{6}))?\s*", re.DOTALL)
_FULL_ID = 40  # abbreviated ids are useless
_EMPTY = (  # the ids of an empty file, in both of git's object formats
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
_MOVES: tuple[tuple[bytes, FileStatus, str], ...] = (
    (b"rename from ", "renamed", "source"),
    (b"rename old ", "renamed", "source"),
    (b"rename to ", "renamed", "target"),
    (b"rename new ", "renamed", "target"),
    (b"copy from ", "copied", "source"),
    (b"copy to ", "copied", "target"),
)
_STRAY = 8  # lines that git reads over between a `diff --git` line and the names


@dataclass(slots=True)
class Header:
    name: bytes | None = None  # of the `diff --git` line, without its prefixes
    is_git: bool = False
    old: bytes | None = None  # the name of the `---` line
    new: bytes | None = None
    marked: bool = False  # it has such lines: hunks must follow
    old_mode: str | None = None
    new_mode: str | None = None
    moded: int = 0  # how many of `old mode` and `new mode` it has
    ids: tuple[str, str] | None = None
    status: FileStatus = "modified"
    source: bytes | None = None  # rename or copy from
    target: bytes | None = None
    binary: bool = False


def is_plain(lines: list[bytes], at: int) -> bool:
    """Whether the header of a file in a patch of `diff -u` begins here."""
    return (
        lines[at].startswith(b"--- ") and at + 1 < len(lines) and lines[at + 1].startswith(b"+++ ")
    )


def read_plain(lines: list[bytes], at: int) -> tuple[Header, int]:
    return Header(
        old=names.marked(lines[at][4:], at),
        new=names.marked(lines[at + 1][4:], at + 1),
        marked=True,
    ), at + 2


def read_git(lines: list[bytes], at: int) -> tuple[Header, int]:
    """The header that begins with a `diff --git` line, and the index after it."""
    header = Header(name=names.of_git_line(lines[at][len(b"diff --git ") :], at), is_git=True)
    first, at = lines[at], at + 1
    while at < len(lines) and lines[at] == first:  # git reads over it
        at += 1
    while at < len(lines) and not is_header(lines[at]):
        line = lines[at]
        if line.startswith(b"GIT binary patch"):
            header.binary = True
            return header, _after_binary(lines, at + 1)
        if line.startswith(b"--- "):
            header.old, header.marked = names.marked(line[4:], at), True
        elif line.startswith(b"+++ "):
            header.new, header.marked = names.marked(line[4:], at), True
        elif not _extended(header, line, at):
            behind = _after_stray(lines, at)
            if behind is None or header.marked:
                break
            at = behind
            continue
        at += 1
    return header, at


def _after_stray(lines: list[bytes], at: int) -> int | None:
    """The index of the `---` line behind a few lines that say nothing; None if there is none."""
    for place in range(at, min(at + _STRAY, len(lines))):
        if is_plain(lines, place):
            return place
        if not lines[place] or lines[place].startswith((b"diff ", b"-- ", b"From ")):
            return None
    return None


def _extended(header: Header, line: bytes, at: int) -> bool:
    """Take one extended header line; False if it is not one."""
    for key, status, end in _MOVES:
        if line.startswith(key):
            header.status = status
            setattr(header, end, names.one(line[len(key) :], at))
            return True
    if line.startswith(b"index "):
        if match := _INDEX.fullmatch(line):
            header.ids = match[1].decode(), match[2].decode()
            if match[3]:
                header.old_mode = header.new_mode = match[3].decode()
    elif line.startswith(b"new file mode "):
        header.status, header.new_mode = "added", _mode(line)
    elif line.startswith(b"deleted file mode "):
        header.status, header.old_mode = "deleted", _mode(line)
    elif line.startswith(b"old mode "):
        header.old_mode, header.moded = _mode(line), header.moded + 1
    elif line.startswith(b"new mode "):
        header.new_mode, header.moded = _mode(line), header.moded + 1
    elif line.startswith((b"Binary files ", b"Files ")) and line.rstrip(b"\r").endswith(b" differ"):
        header.binary = True
    else:
        return line.startswith((b"similarity index ", b"dissimilarity index "))
    return True


def _mode(line: bytes) -> str:
    return line.split()[-1].decode("ascii", "replace")


def _after_binary(lines: list[bytes], at: int) -> int:
    """The index after the one or two blocks (`literal N` or `delta N`, data, a blank line) of a
    binary patch."""
    if at >= len(lines) or not lines[at].startswith((b"literal ", b"delta ")):
        refuse(at, "should begin the data of a binary patch")
    while at < len(lines) and lines[at].startswith((b"literal ", b"delta ")):
        while at < len(lines) and lines[at].strip():
            at += 1
        at += 1
    return min(at, len(lines))


def check(header: Header, hunks: tuple[Hunk, ...], at: int) -> None:
    """Raises GitFailed for a file of which the patch does not show what changed; `at` is the index
    after its header."""
    if header.status == "added" and any(hunk.old_count for hunk in hunks):
        refuse(at - 1, "ends the header of a new file, and its hunks have old lines")
    if header.status == "deleted" and any(hunk.new_count for hunk in hunks):
        refuse(at - 1, "ends the header of a deleted file, and its hunks have new lines")
    if not hunks and not header.binary and not _is_complete(header):
        refuse(at, "should be a hunk header: the patch does not show what changed in this file")


def _is_complete(header: Header) -> bool:
    """Whether a file without hunks needs none. A deletion does not (`git diff -D`)."""
    if header.marked:
        return False
    if header.status == "deleted":
        return True
    if header.status == "added":
        return header.ids is None or any(empty.startswith(header.ids[1]) for empty in _EMPTY)
    if header.ids is not None and header.ids[0] != header.ids[1]:
        return False
    return header.moded == 2 or (header.source is not None and header.target is not None)


def file_of(header: Header, hunks: tuple[Hunk, ...], at: int) -> FileDiff:
    """`at`: the index after the header."""
    status = header.status
    if not header.is_git:  # a patch of `diff -u` shows it by /dev/null or by an empty side
        if header.old is None or (hunks and hunks[0].old_count == 0 and hunks[0].old_start == 0):
            status = "added"
        elif header.new is None or (hunks and hunks[0].new_count == 0 and hunks[0].new_start == 0):
            status = "deleted"
    old, new = _both_names(header, at)
    if not old or not new or b"/" in (old[-1:], new[-1:]):
        refuse(at - 1, "ends a file header without a name")
    old_id, new_id = (
        None if header.ids is None or len(part) < _FULL_ID else part
        for part in header.ids or ("", "")
    )
    return FileDiff(
        path=os.fsdecode(old if status == "deleted" else new),
        old_path=None if status == "added" else os.fsdecode(old),
        status=status,
        old_mode=None if status == "added" else header.old_mode or "100644",
        new_mode=None if status == "deleted" else header.new_mode or "100644",
        old_id=None if status == "added" else old_id,
        new_id=None if status == "deleted" else new_id,
        hunks=hunks,
    )


def _both_names(header: Header, at: int) -> tuple[bytes, bytes]:
    if header.source is not None and header.target is not None:
        return header.source, header.target
    if header.name is not None:
        for marked in (header.old, header.new):
            if marked is not None and not (
                marked == header.name or marked.endswith(b"/" + header.name)
            ):
                refuse(at - 1, "names a different file than its header")
        return header.name, header.name
    if header.old and header.new:
        old, new = names.stripped(header.old, header.new)
        # `diff -u before.py after.py` has no prefixes, and means the second file
        return (old, new) if header.is_git or new != header.new else (new, new)
    only = header.new or header.old
    if not only:
        refuse(at, "follows a file header without a name")
    return names.plain(only), names.plain(only)
