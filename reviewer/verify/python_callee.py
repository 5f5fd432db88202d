"""Which definition a call or a name in a Python file is certain to mean."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.context.index import Index, Target
from reviewer.context.resolve import resolve
from reviewer.languages.python_parser import tree_of
from reviewer.verify.python_scopes import Function, bindings


@dataclass(frozen=True, slots=True)
class Place:
    """The lines of a file that a claim is about. `scope` is the dotted name of the definition
    around them."""

    path: str
    tree: ast.Module
    scope: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A definition that is certain: the only one of its name, in the body of its module or
    class."""

    path: str
    node: ast.stmt | ast.Module
    tree: ast.Module


def calls_of(place: Place, callee: str) -> Iterator[ast.Call]:
    for node in ast.walk(place.tree):
        if (
            isinstance(node, ast.Call)
            and place.start <= node.lineno <= place.end
            and last(node.func) == callee
        ):
            yield node


def last(node: ast.expr) -> str:
    return (
        node.id
        if isinstance(node, ast.Name)
        else node.attr
        if isinstance(node, ast.Attribute)
        else ""
    )


def called(place: Place, call: ast.Call, index: Index) -> tuple[Function, bool, str] | None:
    """(the function that runs, whether its first parameter is bound, its file); None unless that is
    certain."""
    dotted = _dotted(call.func)
    if not dotted or _is_local(place, dotted.partition(".")[0]):
        return None
    target = resolve(index, place.path, dotted, place.scope)
    found = definition(target, index) if target else None
    if found is None or target is None:
        return None
    node = found.node
    if isinstance(node, ast.ClassDef):
        plain = not (
            node.bases or node.keywords or node.decorator_list or any(bindings(node, "__new__"))
        )
        made = only(node, "__init__") if plain else None
        usable = isinstance(made, ast.FunctionDef) and not made.decorator_list
        return (made, True, found.path) if usable and isinstance(made, ast.FunctionDef) else None
    if not isinstance(node, Function):
        return None
    method, decorators = "." in target.name, [last(item) for item in node.decorator_list]
    if method and not dotted.startswith("self."):
        return None  # whether the receiver is the class or an instance is not known
    if decorators not in ([], ["staticmethod"], ["classmethod"]) or (decorators and not method):
        return None
    return node, method and decorators != ["staticmethod"], found.path


def _is_local(place: Place, name: str) -> bool:
    """Whether a function around the place binds the name itself: a parameter, a variable."""
    if name == "self":
        return False
    around = [
        node
        for node in ast.walk(place.tree)
        if isinstance(node, Function | ast.Lambda)
        and node.lineno <= place.start <= (node.end_lineno or 0)
    ]
    return any(item for scope in around for item in bindings(scope, name))


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def definition(target: Target, index: Index) -> Found | None:
    if target.path.endswith("/") or not target.path.endswith(".py"):
        return None
    source = index.read(target.path, "new")
    tree = tree_of(source) if source is not None else None
    if tree is None:
        return None
    node: ast.stmt | ast.Module = tree
    for part in filter(None, target.name.split(".")):
        inner = only(node, part) if isinstance(node, ast.Module | ast.ClassDef) else None
        if inner is None:
            return None
        node = inner
    return Found(target.path, node, tree)


def only(scope: ast.Module | ast.ClassDef, name: str) -> ast.stmt | None:
    """The definition of `name` in the body of a scope, when nothing else there binds it."""
    found = list(bindings(scope, name))
    if len(found) != 1 or not found[0].certain:
        return None
    node = found[0].node
    return node if isinstance(node, Function | ast.ClassDef) else None
