"""The definition that a call or a name in a Python file certainly refers to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.context.index import Index, Target
from reviewer.context.resolve import resolve
from reviewer.languages.python_parser import tree_of
from reviewer.verify.python_scopes import Function, bindings


@dataclass(frozen=True, slots=True)
class ClaimSite:
    """The lines that a claim is about. `scope` is the dotted name of the definition around them."""

    path: str
    tree: ast.Module
    scope: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class KnownDefinition:
    """A definition that is certain: the only one of its name in the body of its module or class."""

    path: str
    node: ast.stmt | ast.Module
    tree: ast.Module


def calls_of(site: ClaimSite, callee: str) -> Iterator[ast.Call]:
    for node in ast.walk(site.tree):
        if (
            isinstance(node, ast.Call)
            and site.start <= node.lineno <= site.end
            and last_name(node.func) == callee
        ):
            yield node


def last_name(node: ast.expr) -> str:
    return (
        node.id
        if isinstance(node, ast.Name)
        else node.attr
        if isinstance(node, ast.Attribute)
        else ""
    )


def resolve_call(
    site: ClaimSite, call: ast.Call, index: Index
) -> tuple[Function, bool, str] | None:
    """(the function that runs, whether its first parameter is bound, its file); None unless
    certain."""
    dotted = _dotted(call.func)
    if not dotted or _is_local(site, dotted.partition(".")[0]):
        return None
    target = resolve(index, site.path, dotted, site.scope)
    found = definition(target, index) if target else None
    if found is None or target is None:
        return None
    node = found.node
    if isinstance(node, ast.ClassDef):
        plain = not (
            node.bases or node.keywords or node.decorator_list or any(bindings(node, "__new__"))
        )
        constructor = sole_definition(node, "__init__") if plain else None
        usable = isinstance(constructor, ast.FunctionDef) and not constructor.decorator_list
        return (
            (constructor, True, found.path)
            if usable and isinstance(constructor, ast.FunctionDef)
            else None
        )
    if not isinstance(node, Function):
        return None
    method, decorators = "." in target.name, [last_name(item) for item in node.decorator_list]
    if method and not dotted.startswith("self."):
        return None  # the receiver may be the class or an instance
    if decorators not in ([], ["staticmethod"], ["classmethod"]) or (decorators and not method):
        return None
    return node, method and decorators != ["staticmethod"], found.path


def _is_local(site: ClaimSite, name: str) -> bool:
    """Whether a function around the site binds the name, as a parameter or variable."""
    if name == "self":
        return False
    around = [
        node
        for node in ast.walk(site.tree)
        if isinstance(node, Function | ast.Lambda)
        and node.lineno <= site.start <= (node.end_lineno or 0)
    ]
    return any(item for scope in around for item in bindings(scope, name))


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def definition(target: Target, index: Index) -> KnownDefinition | None:
    if target.path.endswith("/") or not target.path.endswith(".py"):
        return None
    source = index.read(target.path, "new")
    tree = tree_of(source) if source is not None else None
    if tree is None:
        return None
    node: ast.stmt | ast.Module = tree
    for part in filter(None, target.name.split(".")):
        inner = sole_definition(node, part) if isinstance(node, ast.Module | ast.ClassDef) else None
        if inner is None:
            return None
        node = inner
    return KnownDefinition(target.path, node, tree)


def sole_definition(scope: ast.Module | ast.ClassDef, name: str) -> ast.stmt | None:
    """The definition of `name` in the body of a scope, if nothing else there binds it."""
    found = list(bindings(scope, name))
    if len(found) != 1 or not found[0].certain:
        return None
    node = found[0].node
    return node if isinstance(node, Function | ast.ClassDef) else None
