"""Code that a check of the version keeps every Python 3 from running, and names that are used only
where a check says that they exist."""

from __future__ import annotations

import ast
import contextlib
import itertools
import operator
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
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
_TABLES = frozenset(("globals", "locals", "vars", "dir", "__builtins__", "__dict__"))
_BUILTINS = frozenset(("builtins", "__builtin__", "__builtins__", "modules"))
_STATEMENT = re.compile(rb"^(?=[^\s#)\]}])(?!(?:else|elif|except|finally)\b)", re.MULTILINE)
_BREAK = re.compile(rb"\r\n?|\n")
_MOST_TESTS = 50  # of one condition: each is looked at with all that follow
_MOST = 5000  # statements that are parsed one by one


def dead_names(source: bytes) -> set[tuple[int, str]]:
    """(line, name) of each use of a name that no Python 3 reaches, or that is reached only where
    the name exists."""
    row = rows.universal(source)
    found: set[tuple[int, str]] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for before, tree in _trees(source):
                found |= {(row(before + line), name) for line, name in _unreached(tree)}
        except (RecursionError, MemoryError):
            pass
    return found


def _trees(source: bytes) -> Iterator[tuple[int, ast.AST]]:
    """The syntax tree, after 0 lines; for a source that is newer than this Python, the trees of
    those statements that it knows, each after so many lines."""
    try:
        yield 0, parse_python(source)
        return
    except (SyntaxError, ValueError):
        cuts = [match.start() for match in _STATEMENT.finditer(source)]
    if len(cuts) > _MOST:
        return
    before = 0
    for start, end in itertools.pairwise([0, *cuts, len(source)]):
        with contextlib.suppress(SyntaxError, ValueError):
            yield before, parse_python(source[start:end])
        before += len(_BREAK.findall(source, start, end))


def _unreached(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of each use of a name in dead code, or below a check that the name exists. Each
    node is looked at once, whatever lies around it."""
    nothing: frozenset[str] = frozenset()
    todo = [(tree, False, nothing)]
    while todo:
        node, dead, names = todo.pop()
        if isinstance(node, ast.Name) and (dead or node.id in names):
            yield node.lineno, node.id
        known: dict[int, tuple[bool, frozenset[str]]] = {}  # by child
        for test, holds, parts in _branches(node):
            never, proved = _holds(test) is (not holds), _proved(test, holds)
            for part in parts if never or proved else ():
                was_dead, before = known.get(id(part), (dead, names))
                known[id(part)] = (was_dead or never, before | proved)
        for child in ast.iter_child_nodes(node):
            todo.append((child, *known.get(id(child), (dead, names))))


def _branches(node: ast.AST) -> Iterator[tuple[ast.expr, bool, Sequence[ast.AST]]]:
    """A condition, whether it holds, and what is reached only then."""
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            yield test, True, body
            yield test, False, orelse
        case ast.IfExp(test=test, body=then, orelse=other):
            yield test, True, [then]
            yield test, False, [other]
        case ast.BoolOp(op=op, values=values) if len(values) <= _MOST_TESTS:
            for at, value in enumerate(values[:-1], 1):
                yield value, isinstance(op, ast.And), values[at:]


def _proved(test: ast.expr, holds: bool) -> set[str]:
    """The names that exist if a condition holds, or if it does not."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _proved(inner, not holds)
        case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) is holds:
            return {name for value in values for name in _proved(value, holds)}
        case ast.Compare(
            left=ast.Constant(value=str(name)),
            ops=[ast.In() | ast.NotIn() as op],
            comparators=[table],
        ) if isinstance(op, ast.In) is holds and _last_name(table) in _TABLES:
            return {name}
        case ast.Call(func=ast.Name(id="hasattr"), args=[owner, ast.Constant(value=str(name))]) if (
            holds and _last_name(owner) in _BUILTINS
        ):
            return {name}
    return set()


def _last_name(node: ast.expr) -> str:
    """The name that `a.b(c)[d]` ends with: `b`."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


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
