"""Outline of files in other languages, by ast-grep: definitions and references by name, nothing
resolved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from reviewer.context.outline import Def, Import, Outline, Ref, join, split_lines

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_JS_FUNCTIONS = (
    "function_declaration",
    "generator_function_declaration",
    "method_definition",
    "variable_declarator",
    "abstract_method_signature",
    "function_signature",
)
_JS_CLASSES = (
    "class_declaration",
    "abstract_class_declaration",
    "interface_declaration",
    "enum_declaration",
    "type_alias_declaration",
    "internal_module",
)
_JS = (_JS_FUNCTIONS, _JS_CLASSES, ("call_expression", "new_expression"), ("import_statement",))
_C_TYPES = (
    "struct_specifier",
    "enum_specifier",
    "union_specifier",
    "class_specifier",
    "namespace_definition",
)
_C = (
    ("function_definition", "preproc_function_def"),
    _C_TYPES,
    ("call_expression",),
    ("preproc_include",),
)
# By our name of the language: ast-grep's name, then kinds of functions, classes, calls, imports.
# ast-grep ends the process on a language it does not know, so nothing outside this table reaches
# it.
_LANGUAGES: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "javascript": ("javascript", _JS),
    "typescript": ("typescript", _JS),
    "tsx": ("tsx", _JS),
    "go": (
        "go",
        (
            ("function_declaration", "method_declaration"),
            ("type_spec",),
            ("call_expression",),
            ("import_declaration",),
        ),
    ),
    "java": (
        "java",
        (
            ("method_declaration", "constructor_declaration"),
            (
                "class_declaration",
                "interface_declaration",
                "enum_declaration",
                "record_declaration",
            ),
            ("method_invocation", "object_creation_expression"),
            ("import_declaration",),
        ),
    ),
    "rust": (
        "rust",
        (
            ("function_item", "function_signature_item", "macro_definition"),
            ("struct_item", "enum_item", "trait_item", "impl_item", "mod_item", "type_item"),
            ("call_expression", "macro_invocation"),
            ("use_declaration",),
        ),
    ),
    "c": ("c", _C),
    "cpp": ("cpp", _C),
    "ruby": ("ruby", (("method", "singleton_method"), ("class", "module"), ("call",), ())),
    "php": (
        "php",
        (
            ("function_definition", "method_declaration"),
            ("class_declaration", "interface_declaration", "trait_declaration", "enum_declaration"),
            (
                "function_call_expression",
                "member_call_expression",
                "scoped_call_expression",
                "object_creation_expression",
            ),
            ("namespace_use_declaration",),
        ),
    ),
    "kotlin": (
        "kotlin",
        (
            ("function_declaration",),
            ("class_declaration", "object_declaration"),
            ("call_expression",),
            ("import_header",),
        ),
    ),
    "csharp": (
        "csharp",
        (
            ("method_declaration", "constructor_declaration"),
            (
                "class_declaration",
                "interface_declaration",
                "struct_declaration",
                "record_declaration",
                "enum_declaration",
            ),
            ("invocation_expression", "object_creation_expression"),
            ("using_directive",),
        ),
    ),
    "swift": (
        "swift",
        (
            ("function_declaration", "init_declaration"),
            ("class_declaration", "protocol_declaration"),
            ("call_expression",),
            ("import_declaration",),
        ),
    ),
    "scala": (
        "scala",
        (
            ("function_definition",),
            ("class_definition", "object_definition", "trait_definition"),
            ("call_expression",),
            ("import_declaration",),
        ),
    ),
    "lua": ("lua", (("function_declaration",), (), ("function_call",), ())),
    "shell": ("bash", (("function_definition",), (), ("command",), ())),
}
SUPPORTED = frozenset(_LANGUAGES)
_ANONYMOUS = {"arrow_function", "function_expression", "generator_function", "class"}
# Fields that lead from a call to the name that is called, and from a definition to its name.
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
_NAME_FIELDS = ("name", "declarator", "type")
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
_LAST_NAME = re.compile(r"([A-Za-z_$][\w$]*)[^\w$]*$")
_GENERICS = re.compile(r"<[^<>]{0,200}>")
_JS_FROM = re.compile(
    r"import\s+(?:type\s+)?(?P<names>[^'\"]{0,4000}?)\s*from\s*['\"](?P<module>[^'\"]{1,300})['\"]"
)
_MAX_TEXT = 400


def outline(source: bytes, language: str) -> Outline:
    """Definitions, calls and imports of a file in a language of `SUPPORTED`."""
    from ast_grep_py import SgRoot

    text, lines = split_lines(source)
    name, kinds = _LANGUAGES[language]
    functions, classes, calls, imports = _valid(name, kinds)
    root = SgRoot(text.replace("\0", " "), name).root()
    defs = _definitions(_all(root, [*functions, *classes]), frozenset(classes))
    made = Outline(language, True, lines, defs, (), ())
    refs: list[Ref] = []
    for node in _all(root, calls):
        called, line = _called(node)
        owner = made.innermost(line)
        if called:
            refs.append(Ref(called, line, owner.name if owner else "", True))
    refs.sort(key=lambda ref: (ref.line, ref.name))
    found = [item for node in _all(root, imports) for item in _imported(node)]
    return Outline(language, True, lines, defs, tuple(refs), tuple(found))


@cache
def _valid(name: str, kinds: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """`kinds` without those that this version's grammar does not have (they would be an error)."""
    from ast_grep_py import SgRoot

    root = SgRoot("", name).root()

    def known(kind: str) -> bool:
        try:
            root.find(kind=kind)
        except RuntimeError:
            return False
        return True

    return tuple(tuple(kind for kind in group if known(kind)) for group in kinds)


def _all(root: SgNode, kinds: Sequence[str]) -> list[SgNode]:
    rules: list[Any] = [{"kind": kind} for kind in kinds]
    return root.find_all(any=rules) if rules else []


def _definitions(nodes: Sequence[SgNode], classes: frozenset[str]) -> tuple[Def, ...]:
    """Definitions in source order, each named after those around it."""
    spans = []
    for node in nodes:
        if (
            node.kind() == "variable_declarator"
        ):  # `const f = () => …` defines a function, `const x = 1` does not
            value = node.field("value")
            if value is None or value.kind() not in _ANONYMOUS:
                continue
        if name := _defined(node):
            span = node.range()
            spans.append((span.start.index, -span.end.index, name, node))
    spans.sort(key=lambda item: item[:3])
    around: list[tuple[int, str]] = []  # (end, dotted name)
    defs: list[Def] = []
    for start, minus_end, name, node in spans:
        while around and around[-1][0] <= start:
            around.pop()
        dotted = join(around[-1][1] if around else "", name)
        around.append((-minus_end, dotted))
        defs.append(_definition(node, dotted, "class" if node.kind() in classes else "function"))
    return tuple(sorted(defs, key=lambda item: (item.start, -item.end)))


def _definition(node: SgNode, name: str, kind: Literal["class", "function"]) -> Def:
    span = node.range()
    first = span.start.line + 1
    # A node that ends with its newline (a C macro) ends on the line before.
    last = max(first, span.end.line + (1 if span.end.column else 0))
    inner = node.field("value") if node.kind() == "variable_declarator" else node
    body = inner.field("body") if inner is not None else None
    header = first
    if body is not None:
        brace = (child := body.child(0)) is not None and child.kind() == "{"
        header = min(last, max(first, body.range().start.line + (1 if brace else 0)))
    return Def(name, kind, first, last, header, header)


def _defined(node: SgNode) -> str:
    if node.kind() in (
        "struct_specifier",
        "enum_specifier",
        "union_specifier",
        "class_specifier",
    ) and not node.field("body"):
        return ""  # `struct point p;` uses the type, it does not define it
    name = _down(node, _NAME_FIELDS)
    receiver = node.field("receiver")  # Go: func (s *Server) Do()
    if name and receiver is not None and (owner := _LAST_NAME.search(_text(receiver))):
        return f"{owner[1]}.{name}"
    return name


def _called(node: SgNode) -> tuple[str, int]:
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
        if node.kind() in _NAMES:
            break
    name = _GENERICS.sub("", _text(node)).replace("::", ".").replace(":", ".").strip()
    return name if re.fullmatch(r"[\w$.~?!]+", name) else ""


def _text(node: SgNode) -> str:
    """The text of a node, its tail when it is long: nested nodes would be copied once per level."""
    span = node.range()
    return node.text() if span.end.index - span.start.index <= _MAX_TEXT else ""


def _imported(node: SgNode) -> list[Import]:
    span = node.range()
    first, last = (
        span.start.line + 1,
        max(span.start.line + 1, span.end.line + (1 if span.end.column else 0)),
    )
    found = _JS_FROM.match(node.text()[:5000])
    if not found:
        return [Import("", "", "", 0, first, last)]
    made = []
    for item in found["names"].replace("{", ",").replace("}", ",").split(","):
        words = [word for word in item.split() if word not in ("as", "type")]
        if words:
            made.append(Import(words[-1], found["module"], words[0], 0, first, last))
    return made or [Import("", found["module"], "", 0, first, last)]
