"""Certain facts about names in a Python file: where they are bound, where they are read.

Every function here returns None ("cannot tell") unless the answer holds for every run of the file.
"""

from __future__ import annotations

import ast
import builtins

from reviewer.languages.python_parser import tree_of
from reviewer.verify.facts import Fact
from reviewer.verify.python_scopes import (
    FUNCTIONS,
    Binding,
    Use,
    bindings,
    owner,
    scopes,
    uses,
)

_DYNAMIC = frozenset(("globals", "locals", "vars", "exec", "eval", "setattr", "__import__"))
_TYPE_PARAMETERS = ("TypeVar", "ParamSpec", "TypeVarTuple")  # nodes of Python 3.12 and later
_IMPLICIT = frozenset(
    (
        "__file__",
        "__name__",
        "__doc__",
        "__package__",
        "__spec__",
        "__loader__",
        "__path__",
        "__class__",
        "__qualname__",
        "__module__",
        "__annotations__",
        "__builtins__",
    )
)


def in_docstring(source: bytes | None, quote: str) -> bool:
    """Whether `quote` is part of a string that is a statement of its own: a promise, not code."""
    tree = tree_of(source) if source is not None else None
    return tree is not None and any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        and quote in node.value.value
        for node in ast.walk(tree)
    )


def undefined(tree: ast.Module, name: str, start: int, end: int) -> Fact | None:
    """Whether `name`, read on the lines `start` to `end`, is never bound."""
    found = [
        use
        for use in uses(tree, name)
        if start <= use.node.lineno <= end and isinstance(use.node.ctx, ast.Load)
    ]
    if not found or _is_dynamic(tree, name):
        return None
    facts = [_undefined(tree, name, use) for use in found]
    if any(fact is None for fact in facts) or len({fact.holds for fact in facts if fact}) != 1:
        return None
    return facts[0]


def _undefined(tree: ast.Module, name: str, use: Use) -> Fact | None:
    line, inner = use.node.lineno, len(use.scopes) - 1
    for depth in range(inner, -1, -1):
        scope = use.scopes[depth]
        if isinstance(scope, ast.ClassDef) and depth != inner:
            continue
        found = list(bindings(scope, name))
        if not found:
            continue
        # Reads in this scope, or in a function defined in it, run after the statements before it.
        before = line if depth == inner else getattr(use.scopes[depth + 1], "lineno", line)
        late = depth == 0 and any(
            isinstance(item, (*FUNCTIONS, ast.Lambda)) for item in use.scopes[1:]
        )
        good = [
            item
            for item in found
            if item.certain and (late or item.end < before or _is_parameter(item))
        ]
        return (
            Fact(False, f"`{name}` is bound in line {good[0].line}", good[0].line) if good else None
        )
    if hasattr(builtins, name):
        return Fact(False, f"`{name}` is a builtin", None)
    if name in _IMPLICIT or _catches_name_errors(tree):
        return None
    return Fact(True, f"`{name}` is bound nowhere in the file", None)


def unused(tree: ast.Module, name: str, start: int, end: int) -> Fact | None:
    """Whether the only binding of `name` in its scope, on the lines `start` to `end`, is never
    read."""
    here = [
        (scope, item)
        for scope in scopes(tree)
        for item in bindings(scope, name)
        if start <= item.line <= end
        or (_is_parameter(item) and start <= getattr(scope, "lineno", 0) <= end)
    ]
    if len(here) != 1 or _is_dynamic(tree, name):
        return None
    scope, binding = here[0]
    if len(list(bindings(scope, name))) != 1 or isinstance(scope, ast.ClassDef):
        return None
    for use in uses(tree, name):
        if isinstance(use.node.ctx, ast.Load) and owner(use, name) is scope:
            return Fact(False, f"`{name}` is read in line {use.node.lineno}", use.node.lineno)
    if scope is tree or name.startswith("_") or _in_strings(tree, name):
        return None  # other modules or a quoted annotation may use it
    return Fact(True, f"`{name}` is bound in line {binding.line} and never read", binding.line)


def _is_parameter(binding: Binding) -> bool:
    return isinstance(binding.node, ast.arg)


def _is_dynamic(tree: ast.Module, name: str) -> bool:
    """Whether the file can bind, unbind or read names dynamically."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            return True
        if isinstance(node, ast.Name) and (
            node.id in _DYNAMIC or (node.id == name and isinstance(node.ctx, ast.Del))
        ):
            return True
        if isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
            return True
        if isinstance(node, ast.ExceptHandler) and node.name == name:
            return True
        if type(node).__name__ in _TYPE_PARAMETERS and getattr(node, "name", "") == name:
            return True
    return False


def _catches_name_errors(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "NameError" for node in ast.walk(tree))


def _in_strings(tree: ast.Module, name: str) -> bool:
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and name in node.value
        for node in ast.walk(tree)
    )
