"""Reads the facts of one side of a file in one walk, which enters only what the change touches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from reviewer.languages.base import Language
from reviewer.languages.outline import MAX_BYTES, split_lines
from reviewer.languages.shapes import Shapes
from reviewer.questions import expressions, statements
from reviewer.questions.facts import NOTHING, Fact, Function, Role, Side
from reviewer.questions.source import Around, Source

if TYPE_CHECKING:
    from ast_grep_py import SgNode

MAX_FACTS = 4000  # of one side of a file
_TEST_CODE = re.compile(r"mod tests?\b")
_INLINE = frozenset(("arrow_function", "lambda_expression", "closure_expression"))
_SEE_THROUGH = frozenset(("parenthesized_expression", "expression_list"))


class Reader(Protocol):
    """The fact that a node of one role says, None if it says none."""

    def __call__(self, source: Source, node: SgNode, around: Around) -> Fact | None: ...


def _plain(role: Role) -> Reader:
    return lambda source, node, around: expressions.plain(role, source, node, around)


_READERS: dict[Role, Reader] = {
    "branch": statements.branch,
    "loop": statements.loop,
    "catch": statements.handler,
    "call": expressions.call,
    "binary": expressions.operation,
    "index": expressions.index,
    "assign": expressions.assignment,
    "return": _plain("return"),
    "raise": _plain("raise"),
    "await": _plain("await"),
    "assert": _plain("assert"),
    "final": _plain("final"),
    "hold": _plain("hold"),
    "cast": _plain("cast"),
    "leave": _plain("leave"),
    "entry": _plain("entry"),
    "case": _plain("case"),
    "mark": _plain("mark"),
}


def _roles(shapes: Shapes) -> dict[str, Role]:
    """The role of each kind of node."""
    kinds: dict[Role, frozenset[str]] = {
        "branch": shapes.branches,
        "loop": shapes.loops,
        "catch": shapes.catches,
        "call": shapes.calls,
        "binary": shapes.binary,
        "index": shapes.indexes,
        "assign": shapes.assigns,
        "return": shapes.returns,
        "raise": shapes.raises,
        "await": shapes.awaits,
        "assert": shapes.asserts,
        "final": shapes.finals,
        "hold": shapes.holds,
        "cast": shapes.casts,
        "leave": shapes.leaves,
        "entry": shapes.entries,
        "case": shapes.cases,
        "mark": shapes.marks,
    }
    return {kind: role for role, names in kinds.items() for kind in names}


def read(source: bytes | None, language: Language, changed: Sequence[int]) -> Side:
    """The facts on the `changed` lines (ascending) of one side of a file."""
    shapes = language.shapes
    grammar = language.tree
    if source is None or len(source) > MAX_BYTES:
        return NOTHING
    text, lines = split_lines(source)
    lined = tuple(changed)
    if not grammar or language.kind != "code" or not changed:
        return Side(lines, lined, (), ())
    from ast_grep_py import SgRoot

    text = text.replace("\0", " ")
    walk = _Walk(Source(text, shapes, lined), _roles(shapes))
    walk.all(SgRoot(text, grammar).root())
    return Side(lines, lined, tuple(walk.facts), tuple(walk.functions), tuple(walk.caught))


@dataclass
class _Walk:
    source: Source
    roles: dict[str, Role]
    facts: list[Fact] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    caught: list[tuple[int, int]] = field(default_factory=list)

    def all(self, root: SgNode) -> None:
        todo = [(root, Around())]
        while todo and len(self.facts) < MAX_FACTS:
            node, around = todo.pop()
            todo += reversed(list(self._enter(node, around)))

    def _enter(self, node: SgNode, around: Around) -> Iterator[tuple[SgNode, Around]]:
        """Note what a node says; gives the parts that are still to be read."""
        shapes, kind = self.source.shapes, node.kind()
        if kind in shapes.comments or kind in shapes.types or not self.source.touched(node):
            return
        if kind == "mod_item" and _TEST_CODE.search(self.source.of(node, 60)):
            return
        if kind in shapes.strings or kind in shapes.regexes:
            yield from self._string(node, around)
            return
        within = replace(around, inside=self._noted(node, kind, around))
        if kind in shapes.functions:
            found = statements.function(self.source, node)
            self.functions.append(found)
            nested = around.owner and kind in _INLINE
            owner = around.owner if nested else found.name or around.owner
            within = Around(owner, "", len(self.functions) - 1)
        other = node.field("alternative") if kind in shapes.branches else None
        start = other.range().start.index if other is not None else -1
        for child in node.children():
            if child.is_named():
                chained = start == child.range().start.index
                yield child, replace(within, inside="else") if chained else within

    def _noted(self, node: SgNode, kind: str, around: Around) -> str:
        """Note the fact of a node. Returns what its parts are inside of."""
        shapes, source = self.source.shapes, self.source
        if kind in shapes.catches:
            span = node.range()
            self.caught.append((span.start.line + 1, span.end.line + 1))
        role = self.roles.get(kind)
        if role is not None:
            if found := _READERS[role](source, node, around):
                self.facts.append(found)
            return role
        if kind in shapes.transfers:
            word = source.of(node, 12).split(None, 1)[0].rstrip(";")
            roles: dict[str, Role] = {"return": "return", "throw": "raise"}
            if found := expressions.plain(roles.get(word, "leave"), source, node, around):
                self.facts.append(found)
            return "statement"
        if kind == "expression_statement":
            return "statement"
        return "else" if kind == "else_clause" else around.inside if kind in _SEE_THROUGH else ""

    def _string(self, node: SgNode, around: Around) -> Iterator[tuple[SgNode, Around]]:
        shapes, kind = self.source.shapes, node.kind()
        if around.inside == "statement" and kind in shapes.strings:
            return  # a docstring
        spliced = [child for child in node.children() if child.kind() in shapes.spliced]
        role: Role = "regex" if kind in shapes.regexes else "string"
        parts = tuple(self.source.line(child, 100) for child in spliced)
        self.facts.append(replace(statements.fact(role, self.source, node, around), parts=parts))
        yield from ((child, replace(around, inside="string")) for child in spliced)
