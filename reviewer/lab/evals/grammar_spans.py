"""Byte positions of the syntax nodes of ast-grep grammars, and edits to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from reviewer.lab.evals.spans import Edit

if TYPE_CHECKING:
    from ast_grep_py import SgNode

BLOCKS = {"statement_block", "statement_list", "program"}


class Text:
    """A file, and the byte positions of syntax nodes in it, which count characters."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        text = data.decode("utf-8")
        wide = len(text) != len(data)
        self._bytes = [0, *accumulate(len(each.encode()) for each in text)] if wide else None

    def span(self, node: SgNode) -> tuple[int, int]:
        place = node.range()
        start, end = place.start.index, place.end.index
        return (self._bytes[start], self._bytes[end]) if self._bytes else (start, end)

    def of(self, node: SgNode) -> bytes:
        start, end = self.span(node)
        return self.data[start:end]

    def lines(self, node: SgNode) -> tuple[int, int] | None:
        """The complete lines of a statement; None if it shares them with another."""
        start, end = self.span(node)
        first = self.data.rfind(b"\n", 0, start) + 1
        after = self.data.find(b"\n", end) + 1 or len(self.data)
        rest = self.data[end:after].strip().removeprefix(b";").strip()
        if self.data[first:start].strip() or (rest and not rest.startswith(b"//")):
            return None
        return first, after


@dataclass(frozen=True, slots=True)
class Spot:
    """A node in a function, the parameters of that function as (name, type), and whether the node
    is a default value of one."""

    node: SgNode
    parameters: tuple[tuple[str, str], ...] = ()
    is_default: bool = False


def within(text: Text, place: tuple[int, int], new: bytes, whole: SgNode) -> Edit:
    """An edit, displayed with the node around it."""
    start, end = text.span(whole)
    became = text.data[start : place[0]] + new + text.data[place[1] : end]
    return Edit(*place, new, text.data[start:end], became)


def removed(spot: Spot, text: Text, seen: bytes = b"") -> Iterator[Edit]:
    """Remove the statement with its lines, if other statements remain beside it."""
    above = spot.node.parent()
    place = text.lines(spot.node)
    if above is not None and len(statements(above)) > 1 and place:
        yield Edit(*place, b"", seen or text.of(spot.node), gone=True)


def statements(block: SgNode) -> list[SgNode]:
    """The statements of a block, or the one that stands without."""
    if block.kind() not in BLOCKS and block.kind() != "block":
        return [block]
    inner = [each for each in block.children() if each.is_named() and each.kind() != "comment"]
    if len(inner) == 1 and inner[0].kind() == "statement_list":
        return statements(inner[0])
    return inner


def called(node: SgNode) -> str:
    """What a call calls, as written: `slices.Clone`, `name.slice`."""
    name = node.field("function")
    return "" if name is None else name.text()


def arguments(node: SgNode) -> list[SgNode]:
    inside = node.field("arguments")
    return [each for each in inside.children() if each.is_named()] if inside is not None else []


def last(node: SgNode) -> SgNode | None:
    return next((each for each in reversed(node.children()) if each.is_named()), None)
