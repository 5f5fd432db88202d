"""Corrects the hunk headers of a patch that was edited by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HUNK = re.compile(rb"@@ -(\d{1,9})(?:,\d{1,9})? \+\d{1,9}(?:,\d{1,9})? @@.*", re.DOTALL)


def recounted(patch: bytes) -> bytes:
    """`patch` with hunk headers that match the hunks. Lines outside any hunk are dropped, and so
    are hunks and files that do not change any more, which no reader of patches takes."""
    out: list[bytes] = []
    head: list[bytes] = []  # of a file no hunk of which is kept so far
    lines = patch.removesuffix(b"\n").split(b"\n")
    at = moved = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith(b"diff --git "):
            moved, head = 0, []
        match = _HUNK.fullmatch(line)
        at += 1
        if match is None:
            if line.startswith((b"diff --git ", b"index ", b"--- ", b"+++ ")):
                head.append(line)
            continue
        body: list[bytes] = []
        while at < len(lines) and lines[at][:1] in (b" ", b"-", b"+", b"\\", b""):
            body.append(lines[at] or b" ")
            at += 1
        if all(line[:1] in (b" ", b"\\") for line in body):
            continue
        old, new = _count(body, b"+"), _count(body, b"-")
        before = int(match[1]) - (old > 0) if int(match[1]) else 0
        numbers = (before + (old > 0), old, before + moved + (new > 0), new)
        out += [*head, b"@@ -%d,%d +%d,%d @@" % numbers, *body]
        head = []
        moved += new - old
    return b"\n".join(out) + b"\n"


def _count(body: Sequence[bytes], other: bytes) -> int:
    """Lines on one side of a hunk: all but those of the other side."""
    return sum(line[:1] not in (other, b"\\") for line in body)
