"""The mutation operators of `mutants`: for a node of the syntax tree, the byte spans to change.

An operator is a plain function. It yields nothing if it does not apply, or if the result would be a
defect that no one would write or that every type checker catches.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from reviewer.lab.evals.spans import Edit, Source, Where
from reviewer.lab.evals.symbols import (
    BOUNDARY,
    OPPOSITE,
    ORDERED,
    and_or,
    arithmetic,
    boundary,
    comparison,
    last_name,
    within,
)


def dropped_not(where: Where, source: Source) -> Iterator[Edit]:
    node = where.node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        start, end = source.span(node)
        after = re.compile(rb"not\s*").match(source.data, start, end)
        if after:
            yield Edit(start, after.end(), b"", source.text(node), source.data[after.end() : end])


def negated_condition(where: Where, source: Source) -> Iterator[Edit]:
    """Negate a condition that no other operator negates."""
    test = where.node
    if not (isinstance(where.above, ast.If | ast.IfExp) and where.field == "test"):
        return
    if isinstance(test, ast.UnaryOp | ast.NamedExpr | ast.Constant | ast.IfExp | ast.Lambda) or (
        isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in OPPOSITE
    ):
        return
    start, end = source.span(test)
    text = source.data[start:end]
    yield Edit(start, end, b"not (%s)" % text if isinstance(test, ast.BoolOp) else b"not " + text)


def off_by_one(where: Where, source: Source) -> Iterator[Edit]:
    """Shift a bound of a slice or of `range`, or a number in an ordering comparison, by one."""
    node = where.node
    bounds: list[ast.expr | None] = []
    if isinstance(node, ast.Slice):
        bounds = [node.lower, node.upper]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        bounds = list(node.args[:2])
    elif isinstance(node, ast.Compare) and all(type(each) in BOUNDARY for each in node.ops):
        bounds = [each for each in node.comparators if isinstance(each, ast.Constant)]
    for bound in bounds:
        if isinstance(bound, ast.Constant) and type(bound.value) is int:
            yield within(source, source.span(bound), b"%d" % (bound.value + 1), node)
        elif isinstance(bound, ast.Name | ast.Attribute | ast.Call):
            end = source.span(bound)[1]
            yield within(source, (end, end), b" - 1", node)


def dropped_plus_one(where: Where, source: Source) -> Iterator[Edit]:
    """Drop `+ 1` or `- 1`."""
    node = where.node
    if (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add | ast.Sub)
        and _is_one(node.right)
    ):
        sign = source.token(rb"[+-]", node.left, node.right)
        start, end = source.span(node)
        if sign:
            kept = source.data[start : sign[0]].rstrip()
            yield Edit(start + len(kept), end, b"", source.text(node), kept)


def swapped_arguments(where: Where, source: Source) -> Iterator[Edit]:
    """Swap two adjacent arguments that could plausibly trade places: named values, not literals."""
    node = where.node
    if not isinstance(node, ast.Call) or last_name(node.func) in ORDERED:
        return
    for one, other in zip(node.args, node.args[1:], strict=False):
        first, second = source.text(one), source.text(other)
        if isinstance(one, _NAMED) and isinstance(other, _NAMED) and first != second:
            start, (after, end) = source.span(one)[0], source.span(other)
            gap = source.data[source.span(one)[1] : after]
            yield within(source, (start, end), second + gap + first, node)


def missing_await(where: Where, source: Source) -> Iterator[Edit]:
    if isinstance(where.node, ast.Await):
        start, end = source.span(where.node)
        after = re.compile(rb"await\s*").match(source.data, start, end)
        if after:
            yield Edit(
                start, after.end(), b"", source.text(where.node), source.data[after.end() : end]
            )


def dropped_check(where: Where, source: Source) -> Iterator[Edit]:
    """Drop a guard: an `if` without `else` that raises, returns, continues or breaks."""
    node = where.node
    if isinstance(node, ast.If) and not node.orelse and len(node.body) <= _GUARD:
        ends = isinstance(node.body[-1], ast.Raise | ast.Return | ast.Continue | ast.Break)
        if ends and not source.text(node).startswith(b"elif"):
            yield from _removed(where, source, node, b"if %s:" % source.text(node.test))


def removed_call(where: Where, source: Source) -> Iterator[Edit]:
    node = where.node
    if isinstance(node, ast.Expr):
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(call, ast.Call):
            yield from _removed(where, source, node)


def default_value(where: Where, source: Source) -> Iterator[Edit]:
    node = where.node
    if isinstance(node, ast.arguments):
        for value in [*node.defaults, *node.kw_defaults]:
            if isinstance(value, ast.Constant) and isinstance(value.value, int):
                new = (
                    str(not value.value) if isinstance(value.value, bool) else str(value.value + 1)
                )
                yield Edit(*source.span(value), new.encode())


def flag(where: Where, source: Source) -> Iterator[Edit]:
    """Flip a Boolean that is passed, returned or stored."""
    node = where.node
    if (
        isinstance(node, ast.Constant)
        and type(node.value) is bool
        and not isinstance(where.above, ast.arguments)
    ):
        yield Edit(*source.span(node), str(not node.value).encode())


def broadened_exception(where: Where, source: Source) -> Iterator[Edit]:
    node = where.node
    if (
        isinstance(node, ast.ExceptHandler)
        and node.type is not None
        and last_name(node.type) not in _BROAD
    ):
        yield Edit(*source.span(node.type), b"Exception")


def missing_copy(where: Where, source: Source) -> Iterator[Edit]:
    node = where.node
    start, end = source.span(node) if isinstance(node, ast.expr) else (0, 0)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        bounds = (node.slice.lower, node.slice.upper, node.slice.step)
        opening = source.token(rb"\[", node.value, node.slice)
        if opening and isinstance(node.ctx, ast.Load) and not any(bounds):
            yield Edit(opening[0], end, b"", source.text(node), source.data[start : opening[0]])
    elif isinstance(node, ast.Call) and not node.keywords:
        name = last_name(node.func)
        if isinstance(node.func, ast.Attribute) and name == "copy" and not node.args:
            kept = (
                source.data[start : source.span(node.func)[1] - len(name)]
                .rstrip()
                .removesuffix(b".")
                .rstrip()
            )
            yield Edit(start + len(kept), end, b"", source.text(node), kept)
        elif (
            name in _COPIES
            and len(node.args) == 1
            and isinstance(node.args[0], ast.Name | ast.Attribute)
        ):
            yield Edit(start, end, source.text(node.args[0]))


def dropped_return(where: Where, source: Source) -> Iterator[Edit]:
    """Compute the value but do not return it."""
    node = where.node
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Call | ast.Await):
        start, end = source.span(node)
        after = re.compile(rb"return\s*").match(source.data, start, end)
        if after:
            yield Edit(start, after.end(), b"", source.text(node), source.data[after.end() : end])


def wrong_variable(where: Where, source: Source) -> Iterator[Edit]:
    """Use the next parameter that may have the same type instead."""
    node, function = where.node, where.function
    if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and function is not None):
        return
    if where.field == "func" or isinstance(where.above, ast.Compare | ast.arguments):
        return
    parameters = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    annotations = {
        each.arg: ast.dump(each.annotation) if each.annotation else "" for each in parameters
    }
    names = [name for name in annotations if name not in ("self", "cls")]
    if node.id not in names:
        return
    rotated = names[names.index(node.id) + 1 :] + names[: names.index(node.id)]
    other = next((name for name in rotated if annotations[name] == annotations[node.id]), None)
    if other:
        yield Edit(*source.span(node), other.encode())


def _removed(where: Where, source: Source, node: ast.stmt, seen: bytes = b"") -> Iterator[Edit]:
    """Remove the statement with its lines, if other statements remain that do something."""
    rest = [each for each in where.body if each is not node and not _is_docstring(each)]
    place = source.lines(node)
    if rest and place:
        yield Edit(*place, b"", seen or source.text(node), gone=True)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == 1


_GUARD = 3  # statements in the body of a check
_NAMED = (ast.Name, ast.Attribute, ast.Subscript)
_BROAD = {"Exception", "BaseException"}
_COPIES = {"list", "dict", "set", "copy", "deepcopy"}
Operator = Callable[[Where, Source], Iterator[Edit]]
# If two operators would make the same mutant, the first one listed gets it.
ALL: dict[str, Operator] = {
    "comparison": comparison,
    "boundary": boundary,
    "arithmetic": arithmetic,
    "and-or": and_or,
    "dropped-not": dropped_not,
    "negated-condition": negated_condition,
    "off-by-one": off_by_one,
    "dropped-one": dropped_plus_one,
    "swapped-arguments": swapped_arguments,
    "missing-await": missing_await,
    "dropped-check": dropped_check,
    "removed-call": removed_call,
    "default-value": default_value,
    "flag": flag,
    "broadened-exception": broadened_exception,
    "missing-copy": missing_copy,
    "dropped-return": dropped_return,
    "wrong-variable": wrong_variable,
}
