"""The types of variables, parameters and fields, as far as their declarations say: by a type, or by
what makes the value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reviewer.languages.base import Grammar
from reviewer.languages.outline import Outline

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_MAX_TEXT = 300
_MAX_TYPES = 20_000  # of one file
_NAME = re.compile(r"[$@]?[A-Za-z_][\w$]*")
_DOTTED = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|\\)[A-Za-z_][\w$]*){0,6}")
_SEPARATOR = re.compile(r"::|\\|->|\?\.|!\.")
# What stands before a type without being one, and what holds a value and acts like it.
_BEFORE = re.compile(
    r"(?:[:\s&*?]|'\w+\s|\b(?:mut|dyn|impl|const|final|struct|class|enum|readonly|volatile)\b)+"
)
_WRAPPED = re.compile(r"(?:\w+::)?(\w+)<(.{1,200})>$", re.DOTALL)
_WRAPPERS = frozenset(
    ("Box", "Rc", "Arc", "Ref", "RefMut", "unique_ptr", "shared_ptr", "Readonly", "Promise", "Task")
)
_NONE = frozenset(["null", "undefined", "nil", "None", "void", "NULL"])
_WORDS = """
    var let val auto any unknown never object string number boolean bool int long short char double
    float byte void usize isize i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 str error rune uint int8 int16
    int32 int64 uint8 uint16 uint32 uint64 float32 float64 size_t unsigned signed mixed array self
    static callable iterable dynamic map
"""
_PLAIN = frozenset(_WORDS.split())
_TYPES = ("type_annotation", "user_type", "nullable_type", "optional_type", "type_identifier")
_LEAD = re.compile(r"(?:(?:await|try[!?]?)\s+|[&*(])*")
_NEW = re.compile(r"new\s+([A-Za-z_$][\w.$:\\]{0,200})")
_LITERAL = re.compile(r"((?:\w{1,100}(?:\.|::))?\w{1,100})(?:<[^<>]{0,100}>)?\s*\{")
_CALL = re.compile(
    r"([A-Za-z_$][\w$]*(?:(?:\.|::|->|\?\.|!\.)[A-Za-z_$][\w$]*){0,6})"
    r"(?:(?:::)?<[^<>()]{0,100}>)?\s*\("
)
_MADE = re.compile(r"([A-Z]\w{0,100}(?:(?:\.|::)[A-Z]\w{0,100})?)(?:\.|::)new\b")
_THIS = re.compile(r"(?:\$?this|self)\s*(?:\.|->)\s*([A-Za-z_]\w{0,100})$|@(\w{1,100})$")
_KEPT = re.compile(r"(?:(?:private|protected|public|readonly|override)\s)")
_FIELDS = ("class_parameter", "property_promotion_parameter")
_NAMED = (
    "identifier",
    "simple_identifier",
    "field_identifier",
    "variable_name",
    "pattern",
    "property_element",
)


def types_of(root: SgNode, grammar: Grammar, outline: Outline) -> dict[str, str]:
    """`scope:variable` to its type, or to the `callee()` whose result it is; the scope of a field
    is its class. `outline` needs definitions only."""
    found: dict[str, str] = {}
    rules: list[Any] = [{"kind": kind} for kind in grammar.declares]
    for node in root.find_all(any=rules) if rules else ():
        if len(found) >= _MAX_TYPES:
            break
        owner = outline.innermost(node.range().start.line + 1)
        scope = owner.name if owner else ""
        for name, kind in _declared(node):
            field = _THIS.match(name)
            if field or node.kind() in _FIELDS or _KEPT.match(_text(node)):
                around = _class_around(outline, scope)
                name = (field[1] or field[2]) if field else name.lstrip("$")
                found.setdefault(f"{around}:{name}", kind)
            else:
                sign = "$@" if owner and owner.kind == "class" else "@"
                found[f"{scope}:{name.lstrip(sign)}"] = kind
    return found


def _class_around(outline: Outline, scope: str) -> str:
    while scope:
        item = outline.by_name.get(scope)
        if item is not None and item.kind == "class":
            return scope
        scope = scope.rpartition(".")[0]
    return scope


def _declared(node: SgNode) -> Iterator[tuple[str, str]]:
    """The names that a declaration makes, each with its type; those without one are left out."""
    said = _said(node)
    for target, value in _targets(node):
        name = _text(target).strip()
        kind = said or (_made(_text(value)) if value is not None else "")
        if kind and (_NAME.fullmatch(name) or _THIS.match(name)):
            yield name, kind


def _said(node: SgNode) -> str:
    kind = node.field("type")
    if kind is None:
        kinds = (
            "type_annotation",
            "user_type",
            "nullable_type",
            "optional_type",
            "type_identifier",
        )
        kind = next((each for each in node.children() if each.kind() in kinds), None)
    return _type(_text(kind)) if kind is not None else ""


def _targets(node: SgNode) -> Iterator[tuple[SgNode, SgNode | None]]:
    """What a declaration gives a type to, and the value of each."""
    value = node.field("value") or node.field("right")
    declarators = node.field_children("declarator")
    if node.kind() == "variable_declaration":  # of C#
        declarators = [each for each in node.children() if each.kind() == "variable_declarator"]
    for each in declarators:
        yield _innermost(each), each.field("value") or _last(each, "=")
    if declarators:
        return
    named = node.field("name") or node.field("pattern") or node.field("property")
    left = named or node.field("left")
    if left is not None and left.kind() == "expression_list":
        left = left.child(0)
        value = value.child(0) if value is not None else None
    several = [each for each in node.children() if each.kind() == "field_identifier"]
    if left is None or len(several) > 1:
        for each in several or [each for each in node.children() if each.kind() in _NAMED][-1:]:
            yield each, value or _last(node, "=") or _after(node)
        return
    yield left, value or _last(node, "=")


def _innermost(declarator: SgNode) -> SgNode:
    """The name in `*p = x`, which C nests."""
    for _ in range(6):
        inner = declarator.field("declarator") or declarator.field("name")
        inner = inner or next(
            (each for each in declarator.children() if each.kind() in _NAMED), None
        )
        if inner is None:
            break
        declarator = inner
    return declarator


def _last(node: SgNode, sign: str) -> SgNode | None:
    """What follows `=` at the end of a declaration."""
    children = node.children()
    return children[-1] if len(children) > 1 and children[-2].kind() == sign else None


def _after(node: SgNode) -> SgNode | None:
    """The value beside a declaration, in Kotlin."""
    equals = node.next()
    return equals.next() if equals is not None and equals.kind() == "=" else None


def _text(node: SgNode) -> str:
    return node.text()[:_MAX_TEXT]


def _type(text: str) -> str:
    """`Pool` of `*Pool`, `Pool | null`, `Arc<Pool>`, `const ns::Pool&`; "" for what is no class."""
    plain = text
    for _ in range(4):
        before = _BEFORE.match(plain)
        plain = plain[before.end() if before else 0 :].rstrip("?!&* \n")
        known = [part for part in map(str.strip, plain.split("|")) if part and part not in _NONE]
        wrapped = _WRAPPED.match(known[0]) if len(known) == 1 else None
        if wrapped is None or wrapped[1] not in _WRAPPERS:
            break
        plain = wrapped[2]
    if len(known) != 1 or plain.endswith("[]"):
        return ""
    match = _DOTTED.match(known[0])
    name = _SEPARATOR.sub(".", match[0]) if match else ""
    return "" if name in _PLAIN else name


def _made(text: str) -> str:
    """The type of a value: `Pool` of `new Pool(…)`, `&Pool{…}`, `Pool.new`; else `callee()`."""
    lead = _LEAD.match(text)
    plain = text[lead.end() if lead else 0 :]
    if match := _NEW.match(plain):
        return _type(match[1])
    if match := _MADE.match(plain):
        return _SEPARATOR.sub(".", match[1])
    match = _LITERAL.match(plain)
    if match and (match[1][:1].isupper() or "." in match[1] or text.startswith("&")):
        return _type(match[1])
    if match := _CALL.match(plain):
        return f"{_SEPARATOR.sub('.', match[1])}()"
    return ""
