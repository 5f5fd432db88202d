"""What the imports of JavaScript and TypeScript bind. An export under another name is read as an
import from the file itself, which is the module ""."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from reviewer.languages.base import Bound

if TYPE_CHECKING:
    from ast_grep_py import SgNode

# `require('./x')`, `import('./x')`, `jest.requireActual('./x')`; `module.exports = x`.
_CALLS = (
    r"^(?:require|import|(?:jest|vi)\.(?:requireActual|importActual))"
    r"\s*(?:<[^<>]{0,200}>)?\(\s*['\"`]"
)
REQUIRED = {
    "any": [
        {"kind": "call_expression", "regex": _CALLS},
        {"kind": "assignment_expression", "regex": r"^(?:module\.)?exports\b"},
    ]
}
_NAME = re.compile(r"[\w$]{1,200}")
_STRING = re.compile(r"['\"`]([^'\"`\s]{1,300})['\"`]")
_NAMED = ("class", "function_expression")
_WRAPPERS = (
    "await_expression",
    "parenthesized_expression",
    "member_expression",
    "as_expression",
    "non_null_expression",
)
_STRINGS = ("string", "template_string")


def bound(node: SgNode) -> Iterable[Bound]:
    kind = node.kind()
    if kind == "import_statement":
        return _import(node)
    if kind == "export_statement":
        return _export(node)
    if kind == "assignment_expression":
        return _assigned(node)
    return _called(node)


def _module(node: SgNode | None) -> str:
    match = _STRING.match(node.text()[:400]) if node is not None else None
    return match[1] if match else ""


def _import(node: SgNode) -> Iterator[Bound]:
    clause = next((child for child in node.children() if child.kind().endswith("_clause")), None)
    source = node.field("source")
    if clause is not None and clause.kind() == "import_require_clause":
        source = clause.find(kind="string")
    module = _module(source)
    if clause is None or not module:
        yield Bound("", module)
        return
    for child in clause.children():
        if child.kind() == "identifier":
            yield Bound(child.text(), module, "default" if source == node.field("source") else "")
        elif child.kind() == "namespace_import":
            yield Bound(_last(child), module)
        elif child.kind() == "named_imports":
            for there, here in _specifiers(child):
                yield Bound(here, module, there)


def _export(node: SgNode) -> Iterator[Bound]:
    module = _module(node.field("source"))
    children = node.children()
    kinds = {child.kind(): child for child in children}
    if clause := kinds.get("export_clause"):
        for there, here in _specifiers(clause):
            if module or there != here:
                yield Bound(here, module, there)
    elif space := kinds.get("namespace_export"):
        yield Bound(_last(space), module)
    elif module and "*" in kinds:
        yield Bound("*", module, "*")
    elif "default" in kinds:
        yield Bound("default", "", _default(node))


def _default(node: SgNode) -> str:
    """The name of what `export default` exports; "" if it has none."""
    value = node.field("value") or node.field("declaration")
    if value is None:
        return ""
    name = value if value.kind() == "identifier" else value.field("name")
    return name.text()[:200] if name is not None else ""


def _assigned(node: SgNode) -> Iterator[Bound]:
    """`module.exports = x`, `exports.a = b`."""
    left, right = node.field("left"), node.field("right")
    if left is None or right is None or left.kind() != "member_expression":
        return
    target, value = left.text()[:200], right.text()[:200]
    value = value if right.kind() == "identifier" else ""
    if target == "module.exports" and (value or right.kind() in _NAMED):
        own = right.field("name")
        yield Bound("default", "", value or (own.text()[:200] if own else ""))
    elif target.startswith(("exports.", "module.exports.")) and value:
        name = target.rpartition(".")[2]
        if name != value:
            yield Bound(name, "", value)


def _called(node: SgNode) -> Iterator[Bound]:
    """`const { a, b: c } = await import('./d')`, `const x = require('./y').z`."""
    passed = node.field("arguments")
    first = next((each for each in passed.children() if each.is_named()), None) if passed else None
    module = _module(first) if first is not None and first.kind() in _STRINGS else ""
    if not module:
        return
    around, attr = node.parent(), ""
    while around is not None and around.kind() in _WRAPPERS:
        last = around.field("property")
        attr = last.text()[:200] if last is not None and not attr else attr
        around = around.parent()
    declared = around is not None and around.kind() == "variable_declarator"
    name = around.field("name") if around is not None and declared else None
    if name is not None and name.kind() == "object_pattern":
        for there, here in _specifiers(name):
            yield Bound(here, module, there)
    elif name is not None and _NAME.fullmatch(name.text()[:300]):
        yield Bound(name.text(), module, attr)
    else:
        yield Bound("", module)


def _specifiers(node: SgNode) -> Iterator[tuple[str, str]]:
    """(name there, name here) of `{ a, b as c, type D }` or of `{ a, b: c, d = 1 }`."""
    for child in node.children():
        names = _NAME.findall(child.text()[:500]) if child.is_named() else []
        if names and names[0] in ("type", "typeof"):  # alone in the grammar of JavaScript
            names.pop(0)
        if names and child.kind() == "object_assignment_pattern":
            yield names[0], names[0]
        elif names and child.kind() == "pair_pattern":
            yield names[0], names[1] if len(names) > 1 else names[0]
        elif names and child.kind() not in ("comment", "rest_pattern"):
            yield names[0], names[-1]


def _last(node: SgNode) -> str:
    return node.text()[:500].split()[-1]
