"""A patch as it is edited by hand: the lines that a person edits, and the patch made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HUNK = re.compile(rb"@@ -(\d{1,9})(?:,\d{1,9})? \+\d{1,9}(?:,\d{1,9})? @@.*", re.DOTALL)


def replacement(patch: bytes) -> bytes | None:
    """The lines that stand in the file where a patch with one hunk is applied, with those around
    them; None for any other patch, whose text is edited as it is."""
    split = _only_hunk(patch)
    return None if split is None else b"".join(line + b"\n" for line in _side(split[1], b"-"))


def with_replacement(patch: bytes, new: bytes) -> bytes:
    """The patch with other lines in the place of what `replacement` returned for it."""
    split = _only_hunk(patch)
    if split is None:
        raise ValueError("the patch has not one hunk")
    head, body = split
    before, after = _side(body, b"+"), new.removesuffix(b"\n").split(b"\n") if new else []
    first = _alike(before, after)
    last = _alike(before[first:][::-1], after[first:][::-1])
    rows = [
        *(b" " + line for line in before[:first]),
        *(b"-" + line for line in before[first : len(before) - last]),
        *(b"+" + line for line in after[first : len(after) - last]),
        *(b" " + line for line in before[len(before) - last :]),
    ]
    return recounted(b"\n".join([*head, *rows]) + b"\n")


def _only_hunk(patch: bytes) -> tuple[list[bytes], list[bytes]] | None:
    """(what is above the hunk and its header, its body), where that is all there is, and the end of
    the file is not in question."""
    lines = patch.removesuffix(b"\n").split(b"\n")
    starts = [at for at, line in enumerate(lines) if line.startswith(b"@@ ")]
    if len(starts) != 1:
        return None
    head, body = lines[: starts[0] + 1], lines[starts[0] + 1 :]
    return (head, body) if all(line[:1] in (b" ", b"+", b"-") for line in body) else None


def _side(body: Sequence[bytes], other: bytes) -> list[bytes]:
    return [line[1:] for line in body if line[:1] != other]


def _alike(first: Sequence[bytes], second: Sequence[bytes]) -> int:
    """How many lines the two begin with."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (one, two) in pairs if one != two), min(len(first), len(second)))


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
