"""Hunks and their line maps."""

from __future__ import annotations

import re
from dataclasses import replace

from reviewer.diff.names import refuse
from reviewer.types import Hunk, Line

# git reads no further than the second ` @@`, and as many zeros in front as there are.
_HEADER = re.compile(
    rb"@@ -0*(\d{1,9})(?:,0*(\d{1,9}))? \+0*(\d{1,9})(?:,0*(\d{1,9}))? @@(.*)", re.DOTALL
)
_NO_NEWLINE = b"\\ "  # and words in the language of whoever made the patch


def is_header(line: bytes) -> bool:
    """Whether the line can only be meant as the header of a hunk."""
    return line.startswith(b"@@ -")


def refuse_combined(line: bytes, at: int) -> None:
    """The hunks of a merge have as many old sides as parents, and no single line map."""
    if line.startswith((b"@@@ ", b"diff --cc ", b"diff --combined ")):
        refuse(at, "is a combined diff of a merge; compare two commits instead (git diff A B)")


def read(lines: list[bytes], at: int) -> tuple[tuple[Hunk, ...], int]:
    """The hunks from the line at index `at` on, and the index after them. Raises GitFailed for a
    hunk that cannot be read, and for lines right behind the last one that are part of none."""
    hunks: list[Hunk] = []
    old_end = new_end = 0
    while at < len(lines) and lines[at].startswith(b"@@"):
        refuse_combined(lines[at], at)
        match = _HEADER.fullmatch(lines[at])
        if match is None:
            refuse(at, "is a hunk header that cannot be read")
        hunk, at = _hunk(lines, at, match)
        # A side without lines names the line before it.
        old = hunk.old_start + (not hunk.old_count)
        new = hunk.new_start + (not hunk.new_count)
        if old < old_end or new < new_end:
            refuse(at - 1, "ends a hunk that overlaps the one before it")
        old_end, new_end = old + hunk.old_count, new + hunk.new_count
        hunks.append(hunk)
    if hunks and at < len(lines):
        _refuse_rest(lines[at], at)
    return tuple(hunks), at


def _refuse_rest(line: bytes, at: int) -> None:
    """git drops such lines without a word. A mail ends with `-- `."""
    if line.startswith(b"+") or (line.startswith(b"-") and not line.startswith(b"--")):
        refuse(at, "is one more than the hunk header announces")
    if line.lstrip(b" \t>").startswith(b"@@ -"):
        refuse(at, "is a hunk header that cannot be read")


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
            refuse(at, "is missing: the patch ends inside a hunk")
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
        elif raw.startswith(_NO_NEWLINE):
            _end_without_newline(out)
        else:
            refuse(at, "does not belong in a hunk")
        if old > old_end or new > new_end:
            refuse(at, "is one more than the hunk header announces")
        at += 1
    if at < len(lines) and lines[at].startswith(_NO_NEWLINE):
        _end_without_newline(out)
        at += 1
    if all(line.kind == "context" for line in out):
        refuse(at - 1, "ends a hunk that changes nothing")
    heading = match[5].rstrip(b"\r").removeprefix(b" ")
    return Hunk(old_start, old_count, new_start, new_count, heading, tuple(out)), at


def _end_without_newline(out: list[Line]) -> None:
    if out:
        out[-1] = replace(out[-1], newline=False)
