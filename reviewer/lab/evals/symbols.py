"""Mutation operators that replace a symbol in comparisons, arithmetic and logic, and the helpers
that all operators share."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from reviewer.lab.evals.spans import Edit, Source, Where


def comparison(where: Where, source: Source) -> Iterator[Edit]:
    yield from _compared(where, source, OPPOSITE)


def boundary(where: Where, source: Source) -> Iterator[Edit]:
    yield from _compared(where, source, BOUNDARY)


def _compared(
    where: Where, source: Source, table: dict[type[ast.cmpop], tuple[bytes, bytes]]
) -> Iterator[Edit]:
    node = where.node
    if not isinstance(node, ast.Compare):
        return
    for left, operator, right in zip(
        [node.left, *node.comparators], node.ops, node.comparators, strict=False
    ):
        if type(operator) in table:
            pattern, new = table[type(operator)]
            yield from replaced(source, pattern, left, right, new, node)


def arithmetic(where: Where, source: Source) -> Iterator[Edit]:
    node = where.node
    if isinstance(node, ast.BinOp):
        left, right, extra = node.left, node.right, b""
    elif isinstance(node, ast.AugAssign):
        left, right, extra = node.target, node.value, b"="
    else:
        return
    above = where.above
    if isinstance(above, ast.Call) and last_name(above.func) in ORDERED:
        return  # `int | str` there is a type
    if type(node.op) in _ARITHMETIC and not any(_is_text(each) for each in (left, right)):
        old, new = _ARITHMETIC[type(node.op)]
        yield from replaced(source, re.escape(old + extra), left, right, new + extra, node)


def and_or(where: Where, source: Source) -> Iterator[Edit]:
    node = where.node
    if isinstance(node, ast.BoolOp):
        old, new = (b"and", b"or") if isinstance(node.op, ast.And) else (b"or", b"and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield from replaced(source, rb"\b%s\b" % old, left, right, new, node)


def replaced(
    source: Source, pattern: bytes, left: ast.AST, right: ast.AST, new: bytes, whole: ast.AST
) -> Iterator[Edit]:
    place = source.token(pattern, left, right)
    if place:
        yield within(source, place, new, whole)


def within(source: Source, place: tuple[int, int], new: bytes, whole: ast.AST) -> Edit:
    """An edit, displayed with the node around it."""
    start, end = source.span(whole)
    became = source.data[start : place[0]] + new + source.data[place[1] : end]
    return Edit(*place, new, source.text(whole), became)


def _is_text(node: ast.expr) -> bool:
    """Whether another operator on this operand would be an immediate type error."""
    literal = isinstance(node, ast.Constant) and not isinstance(node.value, int | float | complex)
    return literal or isinstance(
        node, ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp | ast.Dict
    )


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name."""
    return (
        node.id
        if isinstance(node, ast.Name)
        else node.attr
        if isinstance(node, ast.Attribute)
        else ""
    )


ORDERED = {
    "isinstance",
    "issubclass",
    "hasattr",
    "getattr",
    "setattr",
    "delattr",
    "cast",
    "partial",
    "super",
}
OPPOSITE: dict[type[ast.cmpop], tuple[bytes, bytes]] = {
    ast.Eq: (rb"==", b"!="),
    ast.NotEq: (rb"!=", b"=="),
    ast.Is: (rb"\bis\b", b"is not"),
    ast.IsNot: (rb"\bis\s+not\b", b"is"),
    ast.In: (rb"\bin\b", b"not in"),
    ast.NotIn: (rb"\bnot\s+in\b", b"in"),
}
BOUNDARY: dict[type[ast.cmpop], tuple[bytes, bytes]] = {
    ast.Lt: (rb"<", b"<="),
    ast.LtE: (rb"<=", b"<"),
    ast.Gt: (rb">", b">="),
    ast.GtE: (rb">=", b">"),
}
_ARITHMETIC: dict[type[ast.operator], tuple[bytes, bytes]] = {
    ast.Add: (b"+", b"-"),
    ast.Sub: (b"-", b"+"),
    ast.Mult: (b"*", b"/"),
    ast.Div: (b"/", b"*"),
    ast.FloorDiv: (b"//", b"/"),
    ast.Mod: (b"%", b"//"),
    ast.Pow: (b"**", b"*"),
    ast.LShift: (b"<<", b">>"),
    ast.RShift: (b">>", b"<<"),
    ast.BitAnd: (b"&", b"|"),
    ast.BitOr: (b"|", b"&"),
}
