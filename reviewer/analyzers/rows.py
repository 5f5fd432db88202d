"""Line numbers of tools, turned into git's: a lone carriage return ends a line for Python's tools,
and none for git."""

from __future__ import annotations

import re
from collections.abc import Callable

Rows = Callable[[int], int]  # from a tool's line number to git's, both 1-based

_LONE = re.compile(rb"\r(?!\n)")
_END = re.compile(rb"\r\n?|\n")


def same(row: int) -> int:
    """The rows of a tool that counts as git does."""
    return row


def universal(source: bytes) -> Rows:
    """The rows of a tool that ends a line at "\\n", "\\r" and "\\r\\n", for this source."""
    if not _LONE.search(source):
        return same
    rows = [1]
    for end in _END.finditer(source):
        rows.append(rows[-1] + end[0].endswith(b"\n"))
    return lambda row: rows[min(max(row, 1), len(rows)) - 1]
