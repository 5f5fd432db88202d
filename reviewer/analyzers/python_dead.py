"""Code that only a Python runs that is gone, or that is still to come, according to a check of the
version around it."""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from reviewer.analyzers import rows
from reviewer.analyzers.python_version import NEWEST
from reviewer.languages import parse_python

_VERSIONS = tuple((3, minor, 0, "final", 0) for minor in range(NEWEST[1] + 1))
_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
_TWO = ("PY2", "IS_PY2", "PYTHON2", "PY27", "_PY2", "is_py2", "python2")
_THREE = ("PY3", "IS_PY3", "PYTHON3", "_PY3", "is_py3", "python3")


def dead_names(source: bytes) -> set[tuple[int, str]]:
    """(line, name) of each use of a name that no Python 3 reaches; nothing if the source does not
    parse."""
    row = rows.universal(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse_python(source)
        return {
            (row(node.lineno), node.id)
            for node in _below(_dead(tree))
            if isinstance(node, ast.Name)
        }
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def _below(parts: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of all parts, once each: parts may lie within others."""
    seen: set[int] = set()
    for part in parts:
        todo = [part]
        while todo:
            node = todo.pop()
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                todo += ast.iter_child_nodes(node)


def _dead(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If):
            holds = _holds(node.test)
            yield from node.body if holds is False else node.orelse if holds is True else ()
        elif isinstance(node, ast.IfExp):
            holds = _holds(node.test)
            yield from [node.body] if holds is False else [node.orelse] if holds is True else ()
        elif isinstance(node, ast.BoolOp):
            stops = isinstance(node.op, ast.Or)
            first = next(
                (at for at, value in enumerate(node.values) if _holds(value) is stops), None
            )
            yield from node.values[first + 1 :] if first is not None else ()


def _holds(test: ast.expr) -> bool | None:
    """Whether a condition is true, or false, in every Python 3; None if that cannot be told."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            holds = _holds(inner)
            return None if holds is None else not holds
        case ast.BoolOp(op=op, values=values):
            each = [_holds(value) for value in values]
            stops = isinstance(op, ast.Or)
            return stops if stops in each else None if None in each else not stops
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _TWO or name in _THREE:
            return name in _THREE
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(left, type(op), right)
    return None


def _compared(left: ast.expr, op: type[ast.cmpop], right: ast.expr) -> bool | None:
    if not _is_version(left):
        left, right, op = right, left, _FLIPPED.get(op, op)
    compare = _OPERATORS.get(op)
    if compare is None or not _is_version(left):
        return None
    try:
        limit = ast.literal_eval(right)
        results = {bool(compare(_value(left, version), limit)) for version in _VERSIONS}
    except (ValueError, TypeError, LookupError, SyntaxError, RecursionError):
        return None
    return results.pop() if len(results) == 1 else None


def _is_version(node: ast.expr) -> bool:
    """Whether an expression is `sys.version_info`, or a part of it."""
    while isinstance(node, ast.Subscript) or (
        isinstance(node, ast.Attribute) and node.attr in ("major", "minor")
    ):
        node = node.value
    return isinstance(node, ast.Name | ast.Attribute) and "version_info" in (
        node.id if isinstance(node, ast.Name) else node.attr
    )


def _value(node: ast.expr, version: tuple[object, ...]) -> object:
    match node:
        case ast.Attribute(attr="major" | "minor" as part):
            return version[part == "minor"]
        case ast.Subscript(slice=ast.Slice(lower=None, upper=upper, step=None)) if upper:
            return version[: ast.literal_eval(upper)]
        case ast.Subscript(slice=index):
            return version[ast.literal_eval(index)]
    return version
