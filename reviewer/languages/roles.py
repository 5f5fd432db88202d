"""What each mention of a name is for, read from the syntax tree: a call, an access to a member, a
type, a value, an import; or, where it may be anything else, a definition."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from reviewer.languages import arity
from reviewer.languages import role_kinds as kinds_of
from reviewer.languages.base import Language
from reviewer.languages.outline import Outline

if TYPE_CHECKING:
    from ast_grep_py import SgNode

Role = Literal["call", "member", "write", "type", "value", "import", "key", "def", "local"]
USES: frozenset[Role] = frozenset(("call", "member", "write", "type", "value", "import"))

_MOST = 300  # mentions in one file
_DEEP = 40  # levels that are looked up
_LONG = 120  # characters of a qualifier
_LONG_IMPORT = 2000


_JOINT = re.compile(r"[\s.:>?!&\\-]+$")


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of `name`. `before` is what it is a member of, as written; of a definition, the
    dotted name of what is around it. `count`: how many arguments a call passes, or the fewest and
    the most that a definition takes (None where it cannot be told). `types`: the lines that define
    the variable `before`."""

    name: str
    line: int
    role: Role
    before: str = ""
    count: tuple[int, int] | None = None
    scope: str = ""
    types: tuple[str, ...] = ()


def mentions(
    root: SgNode, source: str, outline: Outline, names: Collection[str]
) -> Iterator[Mention]:
    """Every mention of one of `names` in code. What stands in a string or a comment is none, but a
    preprocessor's text that has the name may define it."""
    if not names:
        return
    either = "|".join(sorted(map(re.escape, names)))
    types = cache(lambda variable: _definitions_of(variable, root, outline))
    for leaf in root.find_all(regex=rf"^:?(?:{either})$")[:_MOST]:
        if (
            leaf.text().startswith(":") and not leaf.children()
        ):  # Ruby's symbols: `attr_reader :name`
            yield Mention(leaf.text()[1:], leaf.range().start.line + 1, "def")
        elif _is_code(leaf):
            yield _mention(leaf, source, outline, types)
    word = re.compile(rf"(?<![\w$])(?:{either})(?![\w$])")
    for text in _raw(root):
        for found in word.finditer(text.text()):
            yield Mention(found[0], text.range().start.line + 1, "def")


def _is_code(leaf: SgNode) -> bool:
    kind = leaf.kind()
    return not (leaf.children() or "string" in kind or "comment" in kind or "content" in kind)


def _raw(root: SgNode) -> list[SgNode]:
    try:
        return root.find_all(kind="preproc_arg")
    except RuntimeError:  # the grammar has no such kind
        return []


def _mention(
    leaf: SgNode, source: str, outline: Outline, types: Callable[[str], tuple[str, ...]]
) -> Mention:
    language = outline.language
    name, line, at = leaf.text(), leaf.range().start.line + 1, leaf.range()
    owner = outline.innermost(line)
    scope = owner.name if owner else ""
    role, node = _role(leaf, language)
    if role == "import":
        return Mention(name, line, role, _statement(leaf, language))
    if role in ("def", "local"):
        around = scope.rpartition(".")[0] if _last(scope) == name else scope
        taken = arity.taken(source[at.end.index : at.end.index + arity.LONG])
        return Mention(name, line, role, around, taken, scope)
    before = ""
    if node is not None:
        first = max(node.range().start.index, at.start.index - _LONG)
        before = _JOINT.sub("", source[first : at.start.index])
    count = arity.passed(_call(leaf, node)) if role == "call" else None
    variable = re.search(r"\w+$", before)
    if variable is None or variable[0] in language.scopes.receivers:
        return Mention(name, line, role, before, count, scope)
    return Mention(name, line, role, before, count, scope, types(variable[0]))


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]


def _role(leaf: SgNode, language: Language) -> tuple[Role, SgNode | None]:
    """The role, and the node in which the name is a member of something, where it is."""
    above = leaf.ancestors()[:_DEEP]
    kinds = [node.kind() for node in above]
    if _import(above, language) is not None:
        return _imported(leaf, above), None
    if "ERROR" in kinds or "using_declaration" in kinds or not above:
        return "def", None
    if "token_tree" in kinds:
        return _in_macro(leaf), None
    member, rest = _member(leaf, above)
    if member is not None:
        around = rest[0] if rest else None
        outer = [member, *rest]
        while len(outer) > 1 and outer[1].kind() == "qualified_identifier":
            outer = outer[1:]
        if len(outer) > 1 and _in(outer[0], outer[1], ("declarator",)):
            return "def", None  # C++: what stands outside of its class
        if around is not None and _is_first(member, around) and around.kind() in kinds_of.WRITES:
            return "write", member
        return "call" if _is_called(member, around, language) else "member", member
    return _plain(leaf, above, kinds, language), None


def _member(leaf: SgNode, above: list[SgNode]) -> tuple[SgNode | None, list[SgNode]]:
    at = 0
    while at < len(above) and above[at].kind() in kinds_of.WRAPPERS:
        at += 1
    if at == len(above) or above[at].kind() not in kinds_of.MEMBERS:
        at = 0
    node = above[at]
    if node.kind() not in kinds_of.MEMBERS or _is_first(leaf, node):
        return None, above
    arguments = node.field("arguments")
    inside = arguments is not None and leaf.range().start.index >= arguments.range().start.index
    return (None, above) if inside else (node, above[at + 1 :])


def _is_first(leaf: SgNode, node: SgNode) -> bool:
    return leaf.range().start.index == node.range().start.index


def _is_called(member: SgNode, around: SgNode | None, language: Language) -> bool:
    if member.kind() in language.shapes.calls and member.field("arguments"):
        return True
    return around is not None and around.kind() in language.shapes.calls and _heads(member, around)


def _heads(node: SgNode, call: SgNode) -> bool:
    """Whether `node` is what is called."""
    called = next(
        (found for key in kinds_of.CALLED if (found := call.field(key)) is not None), None
    )
    if called is None:
        return _is_first(node, call) or node.range().start.index <= call.range().start.index + 4
    return _is_first(node, called)


def _import(above: list[SgNode], language: Language) -> SgNode | None:
    """The import statement around a name; one that exports from another file is one, too."""
    known = (*kinds_of.IMPORTS, *(language.grammar.imports if language.grammar else ()))
    for node in above:
        if node.kind() == "export_statement":
            return node if node.field("source") else None
        if node.kind() in known:
            return node
    return None


def _statement(leaf: SgNode, language: Language) -> str:
    node = _import(leaf.ancestors()[:_DEEP], language)
    return node.text()[:_LONG_IMPORT] if node is not None else ""


def _imported(leaf: SgNode, above: list[SgNode]) -> Role:
    first = above[0]
    alias = first.field("alias")
    if alias is not None and _is_first(leaf, alias):
        return "local"
    if first.kind() == "import_clause":
        return "local"  # the name of a default import is the importer's own
    return "import"


def _in_macro(leaf: SgNode) -> Role:
    """In the text of a Rust macro: what is no call and no member may be a definition."""
    after, before = leaf.next(), leaf.prev()
    if before is not None and before.kind() in (".", "::", "fn", "struct", "enum", "const"):
        return "key" if before.kind() in (".", "::") else "def"
    return "key" if after is not None and after.text()[:1] in ("(", ":") else "def"


def _plain(leaf: SgNode, above: list[SgNode], kinds: list[str], language: Language) -> Role:
    if kinds[0] == "variable_name":  # PHP: `$name`
        leaf, above, kinds = above[0], above[1:], kinds[1:]
    node, kind, own = above[0], kinds[0], leaf.kind()
    shapes = language.shapes
    if kind in kinds_of.JSX:
        return "type"
    after = leaf.next()
    labels = kind.endswith("argument") and after is not None and after.kind() in (":", "=")
    if labels or kind == "value_argument_label":
        return "key"
    if kind in shapes.calls and _heads(leaf, node):
        return "call"
    if kind in shapes.indexes or kind in shapes.binary or kind in shapes.raises:
        return "value"
    if language.grammar and kind in language.grammar.bodied and not node.field("body"):
        return "type"
    if _in(leaf, node, kinds_of.TYPE_FIELDS) or kind in kinds_of.TYPES:
        return "type"
    if (
        kind in kinds_of.VALUES
        or kind in kinds_of.MEMBERS
        or _in(leaf, node, kinds_of.VALUE_FIELDS)
    ):
        file_scope = kind in kinds_of.VALUES and not shapes.functions.intersection(kinds)
        # `DEFINE(name);` outside of all functions may define it.
        return "def" if file_scope and language.scopes.headers else "value"
    if language.grammar and kind in language.grammar.classes:
        return "def"
    if own == "type_identifier" and not _in(leaf, node, ("name", "declarator", "alias")):
        return "def" if "parameter" in kind and kind.startswith("type") else "type"
    if kind in ("literal_element", "field_initializer", "keyed_element"):
        return "key"
    if kind == "expression_list":
        left = len(above) > 1 and above[1].field("left")
        return "local" if left and _is_first(node, left) else "value"
    if (
        own in kinds_of.PLAIN
        and shapes.functions.intersection(kinds)
        and not _names_it(leaf, above, language)
    ):
        return "local"
    return "def"


def _in(leaf: SgNode, node: SgNode, fields: tuple[str, ...]) -> bool:
    start = leaf.range().start.index
    return any((found := node.field(key)) and found.range().start.index == start for key in fields)


def _names_it(leaf: SgNode, above: list[SgNode], language: Language) -> bool:
    """Whether the name is that of a function or class, or of a parameter that makes a member."""
    grammar = language.grammar
    assert grammar is not None, "there is no tree without it"
    node = above[0]
    if node.kind() in ("function_declarator", "pointer_declarator"):
        return True
    if node.kind() in (*grammar.functions, *grammar.classes) and node.kind() not in grammar.values:
        return True
    return node.kind() == "property_promotion_parameter" or any(
        child.kind() == "accessibility_modifier" for child in node.children()
    )


def _call(leaf: SgNode, member: SgNode | None) -> SgNode | None:
    """The node that holds the arguments of a call."""
    node = member if member is not None else leaf
    for around in (node, *node.ancestors()[:3]):
        arguments = arity.arguments(around)
        if arguments is not None:
            return arguments
    return None


def _definitions_of(variable: str, root: SgNode, outline: Outline) -> tuple[str, ...]:
    """The lines that define a variable, also those that only may."""
    found = []
    for leaf in root.find_all(regex=rf"^{re.escape(variable)}$")[:_MOST]:
        if _is_code(leaf) and _role(leaf, outline.language)[0] in ("def", "local"):
            found.append(outline.lines[leaf.range().start.line][:200])
    return tuple(dict.fromkeys(found))[:8]
