"""Line numbers of tools, turned into git's: a lone carriage return ends a line for Python's tools,
and none for git."""

from __future__ import annotations

import re
from collections.abc import Callable

Rows = Callable[[int], int]  # from a tool's line number to git's, both 1-based

_SCRIPT_END = re.compile(rb"\r\n?|\n|\xe2\x80[\xa8\xa9]")
_LONE = re.compile(rb"\r(?!\n)")
_END = re.compile(rb"\r\n?|\n")


def same(row: int) -> int:
    """The rows of a tool that counts as git does."""
    return row


def universal(source: bytes) -> Rows:
    """The rows of a tool that ends a line at "\\n", "\\r" and "\\r\\n", for this source."""
    return _ending(source, _END) if _LONE.search(source) else same


def script(source: bytes) -> Rows:
    """The rows of a tool for JavaScript, to which U+2028 and U+2029 end a line, too."""
    ends = _LONE.search(source) or b"\xe2\x80\xa8" in source or b"\xe2\x80\xa9" in source
    return _ending(source, _SCRIPT_END) if ends else same


def _ending(source: bytes, ends: re.Pattern[bytes]) -> Rows:
    rows = [1]
    for end in ends.finditer(source):
        rows.append(rows[-1] + end[0].endswith(b"\n"))
    return lambda row: rows[min(max(row, 1), len(rows)) - 1]
