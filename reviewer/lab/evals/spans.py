"""Byte positions of Python syntax nodes in their file, and edits to them."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Edit:
    """`seen` and `became` are shown in a description in place of the bytes themselves."""

    start: int
    end: int
    new: bytes = b""
    seen: bytes = b""
    became: bytes = b""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """A node, its parent and its field there, the statements beside it, and the enclosing function
    (for a function: itself)."""

    node: ast.AST
    above: ast.AST | None = None
    field: str = ""
    body: tuple[ast.stmt, ...] = ()
    function: Function | None = None


class Source:
    """The bytes of a file and the positions of nodes in it: columns of the syntax tree count UTF-8
    bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.starts = [0, *(match.end() for match in re.finditer(b"\n", data))]

    def line_of(self, offset: int) -> int:
        """1-based."""
        return bisect_right(self.starts, offset)

    def span(self, node: Any) -> tuple[int, int]:
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[
            node.end_lineno - 1
        ] + node.end_col_offset

    def text(self, node: ast.AST) -> bytes:
        start, end = self.span(node)
        return self.data[start:end]

    def token(self, pattern: bytes, left: ast.AST, right: ast.AST) -> tuple[int, int] | None:
        """The position of an operator between two nodes; comments between them are skipped."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = re.sub(rb"#[^\n]*", lambda found: b"#" * len(found[0]), self.data[start:end])
        match = re.search(pattern, gap)
        return (start + match.start(), start + match.end()) if match else None

    def lines(self, node: ast.stmt) -> tuple[int, int] | None:
        """The complete lines of a statement, with a trailing comment; None if it shares them with
        another."""
        start, end = self.span(node)
        first = self.starts[node.lineno - 1]
        after = self.data.find(b"\n", end) + 1 or len(self.data)
        rest = self.data[end:after].strip()
        if self.data[first:start].strip() or (rest and not rest.startswith(b"#")):
            return None
        return first, after
