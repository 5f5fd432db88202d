"""What a JavaScript or TypeScript module exports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LONG = 200  # characters of what is exported under a name of its own
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_ONE = re.compile(r"(?:module\.)?exports\.([A-Za-z_$][\w$]*)")
_ALL = ("module.exports", "exports")
_DECLARED = (
    *("function_declaration", "generator_function_declaration", "class_declaration"),
    *("abstract_class_declaration", "interface_declaration", "enum_declaration"),
    *("type_alias_declaration", "lexical_declaration", "variable_declaration", "internal_module"),
    *("function_signature", "ambient_declaration", "module"),
)


@dataclass(frozen=True, slots=True)
class Exports:
    """`stars`: the modules all of whose exports are exported, too. `known`: nothing else is
    exported, nor under a name that only the running program knows."""

    names: frozenset[str] = frozenset()
    stars: tuple[str, ...] = ()
    known: bool = True


def exports_of(root: SgNode) -> Exports:
    """The exports of a module, of both kinds."""
    names: set[str] = set()
    stars: list[str] = []
    known = True
    for node in root.find_all(kind="export_statement"):
        kinds = [child.kind() for child in node.children()]
        source = node.field("source")
        if "default" in kinds:
            names.add("default")
        elif "*" in kinds and source is not None:
            stars.append(source.text()[1:-1])
        elif "=" in kinds or "as" in kinds:
            known = False  # `export = value`, `export as namespace X`
        else:
            names.update(_declared(node))
    counted = 0
    for node in root.find_all(kind="assignment_expression"):
        left, right = node.field("left"), node.field("right")
        target = left.text() if left is not None and _short(left) else ""
        if match := _ONE.fullmatch(target):
            names.add(match[1])
            counted += 1
        elif target in _ALL and right is not None:
            keys = list(_keys(right))
            known = known and right.kind() == "object" and None not in keys
            names.update(key for key in keys if key)
            counted += 1
    mentioned = len(root.find_all(kind="identifier", regex="^exports$"))
    mentioned += len(root.find_all(kind="property_identifier", regex="^exports$"))
    return Exports(frozenset(names), tuple(stars), known and mentioned <= counted)


def _declared(statement: SgNode) -> Iterator[str]:
    for child in statement.children():
        if child.kind() == "namespace_export":  # `* as name`
            yield child.text()[:_LONG].rpartition(" ")[2]
        elif child.kind() == "export_clause":
            for part in child.named_children():
                name = part.field("alias") or part.field("name")
                if name is not None and _short(name):
                    yield name.text().strip("'\"")
        elif child.kind() in _DECLARED:
            yield from _names(child)


def _names(declaration: SgNode) -> Iterator[str]:
    name = declaration.field("name")
    if name is not None:
        yield from _NAME.findall(name.text()[:_LONG])
        return
    for child in declaration.named_children():
        if child.kind() in _DECLARED:  # `declare function f(): void`
            yield from _names(child)
        elif child.kind() == "variable_declarator" and (name := child.field("name")) is not None:
            if name.kind() == "identifier":
                yield name.text()
            else:  # a pattern: too many names do no harm
                yield from _NAME.findall(name.text())


def _keys(value: SgNode) -> Iterator[str | None]:
    """The keys of an object; None for one that is not plain."""
    for child in value.named_children():
        key = child.field("key") or child.field("name")
        if child.kind() == "shorthand_property_identifier":
            yield child.text()
        elif key is not None and _short(key) and _NAME.fullmatch(key.text().strip("'\"")):
            yield key.text().strip("'\"")
        elif child.kind() != "comment":
            yield None


def _short(node: SgNode) -> bool:
    span = node.range()
    return span.end.index - span.start.index < _LONG
