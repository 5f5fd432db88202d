"""The places for mutants in a file that is read by an ast-grep grammar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewer.lab.evals.grammar_operators import ALL
from reviewer.lab.evals.grammar_spans import Spot, Text
from reviewer.lab.evals.spans import Edit
from reviewer.languages import GO, JAVASCRIPT, TSX, TYPESCRIPT, Language

if TYPE_CHECKING:
    from ast_grep_py import SgNode

LANGUAGES = (JAVASCRIPT, TYPESCRIPT, TSX, GO)
_MAX_BYTES = 1 << 20


def edits(data: bytes, language: Language) -> list[tuple[str, Edit]]:
    """Every edit that an operator makes in the functions of a file, with the operator's name; none
    if the file does not parse."""
    root = _parsed(data, language)
    if root is None:
        return []
    text = Text(data)
    return [
        (name, edit)
        for spot in _spots(root, language)
        for name, operator in ALL.items()
        for edit in operator(spot, text)
    ]


def parses(data: bytes, language: Language) -> bool:
    return _parsed(data, language) is not None


def _parsed(data: bytes, language: Language) -> SgNode | None:
    from ast_grep_py import SgRoot

    if language.grammar is None or len(data) > _MAX_BYTES:
        return None
    root = SgRoot(data.decode("utf-8"), language.grammar.name).root()
    return None if root.find(kind="ERROR") else root


def _spots(root: SgNode, language: Language) -> Iterator[Spot]:
    """Every node that runs when a function is called."""
    shapes = language.shapes
    left_alone = shapes.types | shapes.comments | shapes.asserts | {"string", "regex"}
    todo: list[tuple[SgNode, tuple[tuple[str, str], ...] | None]] = [(root, None)]
    while todo:
        node, parameters = todo.pop()
        kind = node.kind()
        if kind in shapes.functions:
            named = node.field("parameters")
            parameters = tuple(_parameters(named)) if named is not None else ()
        if parameters is not None:
            yield Spot(node, parameters, _is_default(node))
        todo += [(each, parameters) for each in node.children() if each.kind() not in left_alone]


def _parameters(node: SgNode) -> Iterator[tuple[str, str]]:
    """The plain parameters of a function, as (name, type)."""
    for each in node.children():
        kind = each.field("type")
        names = [part for part in each.children() if part.kind() == "identifier"]
        if each.kind() == "identifier":
            yield each.text(), ""
        for name in names:
            yield name.text(), kind.text() if kind is not None else ""


def _is_default(node: SgNode) -> bool:
    above = node.parent()
    if above is None or above.kind() not in _WITH_DEFAULT:
        return False
    value = above.field("value") or above.field("right")
    return value is not None and value.range() == node.range()


_WITH_DEFAULT = {"required_parameter", "optional_parameter", "assignment_pattern"}
