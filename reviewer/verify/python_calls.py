"""Certain facts about calls and attributes in a Python file: whether a call fits its definition,
whether an attribute exists."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from reviewer.context.index import Index
from reviewer.context.resolve import resolve
from reviewer.verify.facts import Fact
from reviewer.verify.python_callee import (
    ClaimSite,
    calls_of,
    definition,
    last_name,
    resolve_call,
    sole_definition,
)
from reviewer.verify.python_scopes import Function, bindings

_PLAIN = frozenset(("int", "str", "float", "bool", "bytes", "None", "list", "dict", "set", "tuple"))


def bad_call(site: ClaimSite, callee: str, index: Index) -> tuple[Fact, str] | None:
    """(whether the calls of `callee` on these lines violate its signature, the file of the
    definition)."""
    verdicts = []
    for call in calls_of(site, callee):
        found = resolve_call(site, call, index)
        if found is None:
            return None
        function, bound, path = found
        problem = _misfit(call, function.args, bound)
        if problem is None:
            return None
        verdicts.append((problem, function.lineno, path))
    if not verdicts or len({bool(problem) for problem, _, _ in verdicts}) != 1:
        return None
    problem, line, path = verdicts[0]
    return Fact(bool(problem), problem or f"the call fits the definition of `{callee}`", line), path


def not_awaited(site: ClaimSite, callee: str, index: Index) -> tuple[Fact, str] | None:
    """(whether the call of `callee` here creates a coroutine that is never awaited, the file that
    shows it)."""
    calls = list(calls_of(site, callee))
    if len(calls) != 1:
        return None
    call = calls[0]
    if any(isinstance(node, ast.Await) and node.value is call for node in ast.walk(site.tree)):
        return Fact(False, f"the call of `{callee}` is awaited", call.lineno), site.path
    found = resolve_call(site, call, index)
    if found is None:
        return None
    function, _, path = found
    if isinstance(function, ast.AsyncFunctionDef):
        thrown = any(
            isinstance(node, ast.Expr) and node.value is call for node in ast.walk(site.tree)
        )
        generator = any(isinstance(node, ast.Yield) for node in ast.walk(function))
        holds = thrown and not generator
        return (
            (Fact(True, f"`{callee}` is async and its result is dropped", function.lineno), path)
            if holds
            else None
        )
    if _returns_no_awaitable(function):
        return Fact(False, f"`{callee}` is not async", function.lineno), path
    return None


def no_attribute(site: ClaimSite, owner: str, name: str, index: Index) -> tuple[Fact, str] | None:
    """(whether the class or module `owner`, as named here, has no `name`, the file that shows
    it)."""
    target = resolve(index, site.path, owner, site.scope)
    found = definition(target, index) if target else None
    if found is None or target is None:
        return None
    node = found.node
    if not isinstance(node, ast.Module | ast.ClassDef):
        return None
    good = [item for item in bindings(node, name) if item.certain]
    good_lines = [item.line for item in good] or [*_set_in_init(node, name)]
    if good_lines:
        return Fact(False, f"`{owner}` has `{name}`", good_lines[0]), found.path
    if (
        isinstance(node, ast.Module)
        or _is_open(node, found.tree, name)
        or list(bindings(node, name))
    ):
        return None
    if owner in ("self", "cls") or hasattr(type, name):
        return None  # a subclass may have it, or every class does
    return Fact(True, f"`{owner}` has no `{name}`", node.lineno), found.path


def _misfit(call: ast.Call, arguments: ast.arguments, bound: bool) -> str | None:
    """Why a call does not fit a signature, "" if it does; None if that depends on values."""
    if any(isinstance(item, ast.Starred) for item in call.args) or any(
        item.arg is None for item in call.keywords
    ):
        return None
    positional = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
    required = set(positional[: len(positional) - len(arguments.defaults)])
    only = {item.arg for item in arguments.posonlyargs}
    if bound:
        if not positional:
            return None
        required.discard(positional.pop(0))
    if len(call.args) > len(positional) and not arguments.vararg:
        return (
            f"{len(call.args)} positional arguments are given, at most {len(positional)} are taken"
        )
    given = set(positional[: len(call.args)])
    named = {item.arg for item in arguments.kwonlyargs}
    for keyword in call.keywords:
        name = keyword.arg or ""
        if name in given:
            return f"`{name}` is given twice"
        if name not in (set(positional) - only) | named and not arguments.kwarg:
            return f"there is no parameter `{name}`"
        given.add(name)
    kw_defaults = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    missing = sorted(
        (required | {item.arg for item, default in kw_defaults if default is None}) - given
    )
    return f"`{missing[0]}` is required and not given" if missing else ""


def _returns_no_awaitable(function: Function) -> bool:
    if isinstance(function.returns, ast.Name | ast.Constant):
        annotation = (
            function.returns.id
            if isinstance(function.returns, ast.Name)
            else str(function.returns.value)
        )
        if annotation in _PLAIN:
            return True
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    nested = {
        id(part)
        for node in ast.walk(function)
        if isinstance(node, inner) and node is not function
        for part in ast.walk(node)
    }
    values = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and id(node) not in nested
    ]
    simple = (
        ast.Constant,
        ast.BinOp,
        ast.Compare,
        ast.JoinedStr,
        ast.List,
        ast.Dict,
        ast.Tuple,
        ast.Set,
    )
    return not function.decorator_list and all(
        value is None or isinstance(value, simple) for value in values
    )


def _set_in_init(node: ast.Module | ast.ClassDef, name: str) -> Iterator[int]:
    """Lines in the body of `__init__` that set the attribute."""
    constructor = sole_definition(node, "__init__") if isinstance(node, ast.ClassDef) else None
    for statement in constructor.body if isinstance(constructor, ast.FunctionDef) else ():
        targets = (
            statement.targets
            if isinstance(statement, ast.Assign)
            else (
                [statement.target]
                if isinstance(statement, ast.AnnAssign) and statement.value
                else []
            )
        )
        for target in targets:
            if (
                isinstance(target, ast.Attribute)
                and target.attr == name
                and last_name(target.value) == "self"
            ):
                yield statement.lineno


def _is_open(node: ast.ClassDef, tree: ast.Module, name: str) -> bool:
    """Whether the class or its instances may have attributes that its body does not show."""
    if node.bases or node.keywords or node.decorator_list:
        return True
    if any(
        item for special in ("__getattr__", "__getattribute__") for item in bindings(node, special)
    ):
        return True
    return any(
        (isinstance(part, ast.Attribute) and part.attr == name and isinstance(part.ctx, ast.Store))
        or (isinstance(part, ast.Name) and part.id in ("setattr", "vars"))
        or (isinstance(part, ast.Attribute) and part.attr == "__dict__")
        for part in ast.walk(tree)
    )
