"""One side of a file while it is read: its text, its changed lines, and what a node's block"
" does."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.languages.shapes import Shapes
from reviewer.questions.parts import one_line

if TYPE_CHECKING:
    from ast_grep_py import SgNode

MAX_TEXT = 1200  # characters of one node that are read
_COMMENT_LINES = re.compile(r"\n[ \t]*(?:#|//)[^\n]*(?=\n)")
_RAISES = re.compile(r"(?:raise|throw|panic|die|exit)\b")
_LEAVES = re.compile(r"(?:return|continue|break)\b")
_DEEP = 4  # blocks within blocks


@dataclass(frozen=True, slots=True)
class Around:
    """What is around a node: the function, and the role of what directly contains it."""

    owner: str = ""
    inside: str = ""
    within: int = -1  # the function, as an index


@dataclass(frozen=True, slots=True)
class Source:
    text: str
    shapes: Shapes
    changed: tuple[int, ...]  # lines, ascending

    def of(self, node: SgNode, most: int = MAX_TEXT) -> str:
        """The text of a node, without whole lines of comment."""
        span = node.range()
        text = self.text[span.start.index : min(span.end.index, span.start.index + most)]
        return _COMMENT_LINES.sub("\n", text) if "\n" in text else text

    def line(self, node: SgNode, most: int = MAX_TEXT) -> str:
        return one_line(self.of(node, most))

    def before(self, node: SgNode, inner: SgNode | None) -> str:
        """The text of a node up to a part of it, on one line."""
        text = self.of(node)
        if inner is not None:
            text = text[: max(0, inner.range().start.index - node.range().start.index)]
        return one_line(text).rstrip(" :{")

    def touched(self, node: SgNode) -> bool:
        span = node.range()
        return self.has_changed(span.start.line + 1, span.end.line + 1)

    def has_changed(self, start: int, end: int) -> bool:
        at = bisect_left(self.changed, start)
        return at < len(self.changed) and self.changed[at] <= end

    def head_end(self, node: SgNode, body: SgNode | None) -> int:
        """The last line of what stands before a body."""
        first = node.range().start.line + 1
        if body is None:
            return node.range().end.line + 1
        start = body.range().start
        on_line = self.text[start.index : start.index + 1] == "{"
        return max(first, start.line + (1 if on_line else 0))

    def block(self, node: SgNode) -> SgNode | None:
        """The body of a node."""
        body = node.field("body")
        blocks = self.shapes.blocks
        return body or next((child for child in node.children() if child.kind() in blocks), None)

    def statements(self, block: SgNode | None) -> tuple[str, str]:
        """The first statement of a block, and what its last one does (return, raise, leave)."""
        found = [block] if block is not None else []
        for _ in range(_DEEP):
            if len(found) == 1 and found[0].kind() in self.shapes.blocks:
                found = self.named(found[0])
        return (self.line(found[0], 200), self._ends(found[-1])) if found else ("", "")

    def named(self, node: SgNode) -> list[SgNode]:
        return [
            child
            for child in node.children()
            if child.is_named() and child.kind() not in self.shapes.comments
        ]

    def _ends(self, node: SgNode) -> str:
        shapes, kind = self.shapes, node.kind()
        while kind in shapes.blocks:
            inner = self.named(node)
            if not inner:
                return ""
            node, kind = inner[-1], inner[-1].kind()
        text = self.of(node, 12)
        if kind in shapes.returns or (kind in shapes.transfers and text.startswith("return")):
            return "return"
        if kind in shapes.raises or _RAISES.match(text):
            return "raise"
        return "leave" if kind in shapes.leaves | shapes.transfers or _LEAVES.match(text) else ""
