"""The imports of a file, read from its syntax tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reviewer.languages.base import Grammar
from reviewer.languages.outline import Import

if TYPE_CHECKING:
    from ast_grep_py import SgNode


def imports_of(root: SgNode, grammar: Grammar) -> tuple[Import, ...]:
    """What the import statements below `root`, and the calls that import, bind; by their lines."""
    rules: list[Any] = [{"kind": kind} for kind in grammar.imports]
    if grammar.required:
        rules.append(grammar.required)
    nodes = root.find_all(any=rules) if rules else []
    nodes.sort(key=lambda node: node.range().start.index)
    return tuple(item for node in nodes for item in _read(node, grammar))


def _read(node: SgNode, grammar: Grammar) -> Iterator[Import]:
    span = node.range()
    first = span.start.line + 1
    last = max(first, span.end.line + (1 if span.end.column else 0))
    if grammar.bound is None:
        yield Import("", "", "", 0, first, last)
    for item in grammar.bound(node) if grammar.bound else ():
        yield Import(item.name, item.module, item.attr, item.level, first, last)
