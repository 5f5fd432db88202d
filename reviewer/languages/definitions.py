"""The definitions in a file, from its ast-grep tree and what its grammar says of the kinds of
nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from reviewer.languages.base import Grammar
from reviewer.languages.outline import Def, Kind, join

if TYPE_CHECKING:
    from ast_grep_py import SgNode

# Fields that lead from a definition to its name; a node may have several of the same field.
_NAME_FIELDS = ("name", "declarator", "left", "pattern", "key", "type")
_NAMES = frozenset(
    (
        "identifier",
        "type_identifier",
        "simple_identifier",
        "property_identifier",
        "field_identifier",
        "private_property_identifier",
        "name",
        "constant",
        "word",
        "simple_symbol",
        "instance_variable",
        "destructor_name",
        "navigation_expression",
        "qualified_identifier",
        "scoped_identifier",
        "scope_resolution",
        "dot_index_expression",
        "method_index_expression",
        # Their whole text is a dotted name: `Reply.prototype.send`.
        "member_expression",
    )
)
# What may stand between a definition and its names.
_WRAPPERS = frozenset(
    (
        "variable_declaration",
        "variable_declarator",
        "multi_variable_declaration",
        "variable_list",
        "assignment_statement",
        "variable_name",
        "string_content",
        "string",
        "encapsed_string",
    )
)
# Kinds of values that may also be local variables.
_STATEMENTS = frozenset(
    (
        "assignment",
        "assignment_statement",
        "declaration",
        "property_declaration",
        "val_definition",
        "var_definition",
        "variable_declarator",
    )
)
_SCAFFOLD = re.compile(r"^(?:this|self|module\.exports|exports)\.|^[@:#]+|\.prototype(?=\.)")
_NAME = re.compile(r"[\w$.~?!]+")
_NOT_NAMES = frozenset(("module.exports", "exports"))
_LAST_NAME = re.compile(r"([A-Za-z_$][\w$]*)[^\w$]*$")
_GENERICS = re.compile(r"<[^<>]{0,200}>|\[[^\[\]]{0,200}\]")
_MAX_TEXT = 400
_MAX_SIGNATURE = 12  # lines of a function without a body
_MAX_NAMES = 40  # of one definition: `int a, b, c;`


@dataclass(frozen=True, slots=True)
class _Found:
    """A node that defines `name`. `member` if it belongs to the class around it, however deep in a
    method it stands."""

    start: int
    end: int
    name: str
    kind: Kind
    node: SgNode
    member: bool = False


def definitions(root: SgNode, grammar: Grammar) -> tuple[Def, ...]:
    """Definitions in source order, each named after those around it. Values inside a function are
    its own business, and left out."""
    kinds = (*grammar.functions, *grammar.classes, *grammar.values)
    found = [item for node in _all(root, kinds) for item in _founds(node, grammar)]
    for rules, member in ((grammar.members, True), (grammar.tops, False)):
        wanted: list[Any] = list(rules)
        nodes = root.find_all(any=wanted) if wanted else []
        found += [item for node in nodes for item in _named(node, "value", member=member)]
    found.sort(key=lambda item: (item.start, -item.end))
    return tuple(sorted(_nested(found, grammar), key=lambda item: (item.start, -item.end)))


def _all(root: SgNode, kinds: Sequence[str]) -> list[SgNode]:
    return root.find_all(any=[{"kind": kind} for kind in kinds]) if kinds else []


def _nested(found: Iterable[_Found], grammar: Grammar) -> Iterator[Def]:
    around: list[tuple[int, str, Kind]] = []  # (end, dotted name, kind)
    known: set[str] = set()
    # Several names of one node do not stand inside each other.
    for (start, _), same in groupby(found, key=lambda item: (item.start, -item.end)):
        while around and around[-1][0] <= start:
            around.pop()
        here: list[tuple[int, str, Kind]] = []
        for item in same:
            scopes = [(name, kind) for _, name, kind in around]
            if item.member:
                while scopes and scopes[-1][1] != "class":
                    scopes.pop()
                if not scopes:
                    continue
            elif item.kind == "class":
                while scopes and scopes[-1][1] == "value":  # `typedef struct tag {…} name;`
                    scopes.pop()
            elif item.kind == "value" and _is_local(item.node, scopes):
                continue
            dotted = join(scopes[-1][0] if scopes else "", item.name)
            if (item.member and dotted in known) or any(name == dotted for _, name, _ in here):
                continue
            known.add(dotted)
            here.append((item.end, dotted, item.kind))
            yield _definition(item.node, dotted, item.kind, grammar)
        around += here[-1:]


def _is_local(node: SgNode, scopes: Sequence[tuple[str, Kind]]) -> bool:
    """Whether a value is the business of the code around it: of a function, also of one that
    another value is made by."""
    kinds = {kind for _, kind in scopes}
    return "function" in kinds or ("value" in kinds and node.kind() in _STATEMENTS)


def _founds(node: SgNode, grammar: Grammar) -> Iterator[_Found]:
    kind = node.kind()
    if kind in grammar.bodied and not node.field("body"):
        return  # `struct point p;` uses the type, it does not define it
    if kind in grammar.assigned and _value(node, grammar) is not None:
        yield from _named(node, "function")
    elif kind in grammar.values and _is_reached(node, grammar):
        made = node.field("type") if grammar.bodied else None
        has_body = made is not None and made.kind() in grammar.bodied and made.field("body")
        if not has_body:
            yield from _named(node, "value")
        elif made is not None and node.field("declarator"):
            # `typedef struct {…} name;` defines a type, `struct tag {…} name;` a value besides it.
            alone = kind == "type_definition" and made.field("name") is None
            yield from _named(node, "class" if alone else "value")
    elif kind in grammar.functions and kind not in grammar.assigned:
        if title := grammar.titles.get(str(kind)):
            span = node.range()
            yield _Found(span.start.index, span.end.index, title, "function", node)
        else:
            yield from _named(node, "function")
    elif kind in grammar.classes:
        yield from _named(node, "class")


def _is_reached(node: SgNode, grammar: Grammar) -> bool:
    """Whether names lead to the entry of a table: not to one in a list, or in an argument."""
    holders = grammar.keyed.get(str(node.kind()))
    table = node.parent() if holders else None
    holder = table.parent() if table else None
    return not holders or (holder is not None and holder.kind() in holders)


def _named(node: SgNode, kind: Kind, *, member: bool = False) -> Iterator[_Found]:
    span = node.range()
    for name in islice(_names(node), None if kind == "value" else 1):
        yield _Found(span.start.index, span.end.index, name, kind, node, member)


def _value(node: SgNode, grammar: Grammar) -> SgNode | None:
    """The function that an assignment names; None if it holds anything else."""
    value = node.field("value") or node.field("right")
    return value if value is not None and value.kind() in grammar.anonymous else None


def _definition(node: SgNode, name: str, kind: Kind, grammar: Grammar) -> Def:
    span = node.range()
    first = span.start.line + 1
    # A node that includes its final newline (a C macro) ends on the line before.
    last = max(first, span.end.line + (1 if span.end.column else 0))
    if kind == "value":
        return Def(name, kind, first, last, last, last)
    inner = _value(node, grammar) if node.kind() in grammar.assigned else node
    body = inner.field("body") if inner is not None else None
    body = body or next((each for each in node.children() if each.kind() in grammar.bodies), None)
    header = first
    if body is not None:
        brace = (child := body.child(0)) is not None and child.kind() == "{"
        header = min(last, max(first, body.range().start.line + (1 if brace else 0)))
    elif kind == "function" and last - first < _MAX_SIGNATURE:
        header = last
    keyword = node.field("declaration_kind") or node
    return Def(name, kind, first, last, header, header, part=keyword.kind() in grammar.parts)


def _names(node: SgNode) -> Iterator[str]:
    for named in _steps(node):
        name = _down(named)
        receiver = node.field("receiver")  # Go: func (s *Server) Do()
        if name and receiver is not None:
            owner = _LAST_NAME.search(_GENERICS.sub("", _text(receiver)))
            yield f"{owner[1]}.{name}" if owner else name
        elif name:
            yield name


def _steps(node: SgNode) -> Sequence[SgNode]:
    """What leads from a definition to its names: several for `int a, b;`."""
    for key in _NAME_FIELDS:
        if (first := node.field(key)) is not None:
            if key == "type":
                return [first]
            several = [each for each in node.field_children(key) if each.is_named()]
            if key == "name":  # Swift calls types of parameters so, too
                several = [each for each in several if each.kind() == first.kind()]
            return several[:_MAX_NAMES] or [first]
    first = next((each for each in node.children() if each.kind() in _NAMES | _WRAPPERS), None)
    if first is None:
        return [node] if node.is_named_leaf() or node.kind() in _NAMES else ()
    if first.kind() in _NAMES:
        return [first]
    wrapped, below = first, first.children()
    inner = [each for each in below if each.kind() in _WRAPPERS] or [
        each for each in below if each.kind() in _NAMES
    ]
    return inner[:_MAX_NAMES] or [wrapped]


def _down(node: SgNode) -> str:
    """The name at the end of the chain of naming fields (C's declarators nest)."""
    for _ in range(8):
        if node.kind() in _NAMES:
            break
        step = next((found for key in _NAME_FIELDS if (found := node.field(key))), None)
        children = () if step else node.children()
        step = step or next((each for each in children if each.kind() in _NAMES), None)
        step = step or next((each for each in children if each.kind() in _WRAPPERS), None)
        # `(*name)(…)` in C
        step = step or next((each for each in children if "declarator" in each.kind()), None)
        if step is None:
            break
        node = step
    plain = _SCAFFOLD.sub("", _GENERICS.sub("", _text(node)))
    name = plain.replace("::", ".").replace(":", ".").strip()
    return name if _NAME.fullmatch(name) and name not in _NOT_NAMES else ""


def _text(node: SgNode) -> str:
    """The text of a node, only if it is short: nested nodes would be copied once per level."""
    span = node.range()
    return node.text() if span.end.index - span.start.index <= _MAX_TEXT else ""
