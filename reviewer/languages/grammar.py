"""Outline of a file from its ast-grep grammar: definitions and references by name, nothing
resolved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from reviewer.languages.base import Grammar, Language
from reviewer.languages.imports import imports_of
from reviewer.languages.outline import Def, Kind, Outline, Ref, join, split_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

# Fields that lead from a call to the called name, and from a definition to its name.
_CALL_FIELDS = (
    "function",
    "name",
    "method",
    "constructor",
    "type",
    "macro",
    "property",
    "field",
    "suffix",
)
_NAME_FIELDS = ("name", "declarator", "left", "key", "type")
_NAMES = (
    "identifier",
    "type_identifier",
    "simple_identifier",
    "property_identifier",
    "field_identifier",
    "name",
    "constant",
    "command_name",
    "navigation_expression",
    "qualified_identifier",
    "scoped_identifier",
    "dot_index_expression",
    "method_index_expression",
)
# Nodes whose whole text is a dotted name: `Reply.prototype.send`.
_DOTTED = ("member_expression",)
_SCAFFOLD = re.compile(r"^(?:this|module\.exports|exports)\.|\.prototype(?=\.)")
_LAST_NAME = re.compile(r"([A-Za-z_$][\w$]*)[^\w$]*$")
_GENERICS = re.compile(r"<[^<>]{0,200}>")
_MAX_TEXT = 400


def outline(source: bytes, language: Language) -> Outline:
    """Definitions, references and imports of a file in a language with a grammar."""
    from ast_grep_py import SgRoot

    assert language.grammar is not None, f"{language.name} has no grammar"
    text, lines = split_lines(source)
    grammar = _valid(language.grammar)
    root = SgRoot(text.replace("\0", " "), grammar.name).root()
    kinds = (*grammar.functions, *grammar.classes, *grammar.values)
    defs = _definitions(_all(root, kinds), grammar)
    outer = Outline(language, True, lines, defs, (), ())
    refs: list[Ref] = []
    for group, call in ((grammar.calls, True), (grammar.uses, False)):
        for node in _all(root, group):
            named, line = _named(node)
            owner = outer.innermost(line)
            if named:
                refs.append(Ref(named, line, owner.name if owner else "", call))
    refs.sort(key=lambda ref: (ref.line, ref.name))
    return Outline(language, True, lines, defs, tuple(refs), imports_of(root, text, grammar))


@cache
def _valid(grammar: Grammar) -> Grammar:
    """The grammar without kinds that the installed version lacks (they would be an error)."""
    from ast_grep_py import SgRoot

    root = SgRoot("", grammar.name).root()

    def known(kinds: Sequence[str]) -> tuple[str, ...]:
        return tuple(kind for kind in kinds if _is_known(root, kind))

    return replace(
        grammar,
        functions=known(grammar.functions),
        classes=known(grammar.classes),
        values=known(grammar.values),
        calls=known(grammar.calls),
        uses=known(grammar.uses),
        imports=known(grammar.imports),
    )


def _is_known(root: SgNode, kind: str) -> bool:
    try:
        root.find(kind=kind)
    except RuntimeError:
        return False
    return True


def _all(root: SgNode, kinds: Sequence[str]) -> list[SgNode]:
    rules: list[Any] = [{"kind": kind} for kind in kinds]
    return root.find_all(any=rules) if rules else []


def _definitions(nodes: Sequence[SgNode], grammar: Grammar) -> tuple[Def, ...]:
    """Definitions in source order, each named after those around it. Values inside a function are
    its own business, and left out."""
    spans = []
    for node in nodes:
        kind = _meaning(node, grammar)
        if kind and (name := _defined(node, grammar)):
            span = node.range()
            spans.append((span.start.index, -span.end.index, name, kind, node))
    spans.sort(key=lambda item: item[:3])
    around: list[tuple[int, str, bool]] = []  # (end, dotted name, inside a function)
    defs: list[Def] = []
    for start, minus_end, name, kind, node in spans:
        while around and around[-1][0] <= start:
            around.pop()
        inside = bool(around) and around[-1][2]
        if kind == "value" and inside:
            continue
        dotted = join(around[-1][1] if around else "", name)
        around.append((-minus_end, dotted, inside if kind == "class" else kind == "function"))
        defs.append(_definition(node, dotted, kind, grammar))
    return tuple(sorted(defs, key=lambda item: (item.start, -item.end)))


def _meaning(node: SgNode, grammar: Grammar) -> Kind | None:
    """What kind of definition a node makes; None if it makes none."""
    kind = node.kind()
    if kind in grammar.assigned and _value(node, grammar) is not None:
        return "function"
    if kind in grammar.values:
        return "value"
    if kind in grammar.assigned:
        return None
    return "class" if kind in grammar.classes else "function"


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
    header = first
    if body is not None:
        brace = (child := body.child(0)) is not None and child.kind() == "{"
        header = min(last, max(first, body.range().start.line + (1 if brace else 0)))
    return Def(name, kind, first, last, header, header)


def _defined(node: SgNode, grammar: Grammar) -> str:
    if node.kind() in grammar.bodied and not node.field("body"):
        return ""  # `struct point p;` uses the type, it does not define it
    name = _down(node, _NAME_FIELDS)
    receiver = node.field("receiver")  # Go: func (s *Server) Do()
    if name and receiver is not None and (owner := _LAST_NAME.search(_text(receiver))):
        return f"{owner[1]}.{name}"
    return name


def _named(node: SgNode) -> tuple[str, int]:
    line = node.range().start.line + 1
    inner: SgNode | None = node
    for _ in range(6):
        if inner is None or inner.is_leaf():
            break
        step = next(
            (found for key in _CALL_FIELDS if (found := inner.field(key)) is not None), None
        )
        step = step or next((child for child in inner.children() if child.kind() in _NAMES), None)
        if step is None:
            break
        inner, line = step, step.range().start.line + 1
    name = _LAST_NAME.search(_text(inner)) if inner is not None else None
    return (name[1] if name else ""), line


def _down(node: SgNode, fields: Sequence[str]) -> str:
    """The name at the end of the chain of naming fields (C's declarators nest)."""
    for _ in range(8):
        step = next((found for key in fields if (found := node.field(key)) is not None), None)
        step = step or next((child for child in node.children() if child.kind() in _NAMES), None)
        if step is None or node.is_leaf():
            break
        node = step
        if node.kind() in _NAMES or node.kind() in _DOTTED:
            break
    plain = _SCAFFOLD.sub("", _GENERICS.sub("", _text(node)))
    name = plain.replace("::", ".").replace(":", ".").strip()
    return name if re.fullmatch(r"[\w$.~?!]+", name) else ""


def _text(node: SgNode) -> str:
    """The text of a node, only its tail if it is long: nested nodes would be copied once per
    level."""
    span = node.range()
    return node.text() if span.end.index - span.start.index <= _MAX_TEXT else ""
