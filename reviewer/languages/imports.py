"""The imports of a file, read from its syntax tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.languages.base import Grammar
from reviewer.languages.outline import Import

if TYPE_CHECKING:
    from ast_grep_py import SgNode


def imports_of(root: SgNode, text: str, grammar: Grammar) -> tuple[Import, ...]:
    """What the import statements below `root` bind, and the imports of `text` that are calls."""
    nodes = [node for kind in grammar.imports for node in root.find_all(kind=kind)]
    nodes.sort(key=lambda node: node.range().start.index)
    statements = [item for node in nodes for item in _imported(node, grammar)]
    return (*statements, *_required(text, grammar))


def _imported(node: SgNode, grammar: Grammar) -> list[Import]:
    span = node.range()
    first, last = (
        span.start.line + 1,
        max(span.start.line + 1, span.end.line + (1 if span.end.column else 0)),
    )
    match = grammar.bound.match(node.text()[:5000]) if grammar.bound else None
    if not match:
        return [Import("", "", "", 0, first, last)]
    imports = []
    for item in match["names"].replace("{", ",").replace("}", ",").split(","):
        words = [word for word in item.split() if word not in ("as", "type")]
        if words:
            imports.append(Import(words[-1], match["module"], words[0], 0, first, last))
    return imports or [Import("", match["module"], "", 0, first, last)]


def _required(text: str, grammar: Grammar) -> list[Import]:
    """Imports that are calls: `const { a, b: c } = require('./d')`."""
    imports = []
    for match in grammar.required.finditer(text) if grammar.required else ():
        line = text.count("\n", 0, match.start()) + 1
        last = line + match[0].count("\n")
        names = match["names"]
        for item in names.strip("{}").split(","):
            attr, _, name = (part.strip() for part in item.partition(":"))
            if attr:
                found = attr if names.startswith("{") else ""
                imports.append(Import(name or attr, match["module"], found, 0, line, last))
    return imports
