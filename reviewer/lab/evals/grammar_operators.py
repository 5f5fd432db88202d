"""The mutation operators for languages that are read by an ast-grep grammar: the same defects as in
`operators`, found by the kinds and fields of syntax nodes.

An operator is a plain function. It yields nothing if it does not apply, or if the result would be a
defect that no one would write. That a compiler refuses a mutant is only known when it runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from reviewer.lab.evals.grammar_spans import (
    BLOCKS,
    Spot,
    Text,
    arguments,
    called,
    last,
    removed,
    statements,
    within,
)
from reviewer.lab.evals.spans import Edit

if TYPE_CHECKING:
    from ast_grep_py import SgNode


def comparison(spot: Spot, text: Text) -> Iterator[Edit]:
    yield from _symbol(spot.node, text, _OPPOSITE)


def boundary(spot: Spot, text: Text) -> Iterator[Edit]:
    yield from _symbol(spot.node, text, _BOUNDARY)


def and_or(spot: Spot, text: Text) -> Iterator[Edit]:
    yield from _symbol(spot.node, text, _LOGIC)


def arithmetic(spot: Spot, text: Text) -> Iterator[Edit]:
    if not _STRINGS.intersection(_operand_kinds(spot.node)):
        yield from _symbol(spot.node, text, _ARITHMETIC)


def _symbol(node: SgNode, text: Text, table: dict[str, str]) -> Iterator[Edit]:
    """Replace the operator of a binary expression or of an assignment."""
    sign = node.field("operator")
    if node.kind() in _BINARY and sign is not None and sign.text() in table:
        yield within(text, text.span(sign), table[sign.text()].encode(), node)


def _operand_kinds(node: SgNode) -> Iterator[str]:
    """The kinds of the operands of a chain of binary expressions."""
    while node.kind() in _BINARY:
        left, right = node.field("left"), node.field("right")
        if left is None or right is None:
            return
        yield from (each.kind() for each in (right, *right.children()))
        yield from (each.kind() for each in (left, *left.children()))
        node = left


def dropped_not(spot: Spot, text: Text) -> Iterator[Edit]:
    node = spot.node
    sign = node.field("operator")
    operand = node.field("argument") or node.field("operand")
    if node.kind() == "unary_expression" and sign and sign.text() == "!" and operand:
        start, end = text.span(node)
        kept = text.of(operand)
        yield Edit(start, text.span(operand)[0], b"", text.data[start:end], kept)


def negated_condition(spot: Spot, text: Text) -> Iterator[Edit]:
    """Negate a condition that no other operator negates."""
    test = spot.node.field("condition")
    if spot.node.kind() not in _CONDITIONAL or test is None:
        return
    if test.kind() == "parenthesized_expression":
        test = next((each for each in test.children() if each.is_named()), test)
    sign = test.field("operator")
    if sign is not None and sign.text() in {*_OPPOSITE, "!"}:
        return
    condition = text.of(test)
    plain = test.kind() in _PLAIN
    yield Edit(*text.span(test), b"!" + condition if plain else b"!(%s)" % condition)


def off_by_one(spot: Spot, text: Text) -> Iterator[Edit]:
    """Shift a bound of a slice, or a number in an ordering comparison, by one."""
    node = spot.node
    bounds: Sequence[SgNode | None] = ()
    sign = node.field("operator")
    if node.kind() == "slice_expression":
        bounds = [node.field("start"), node.field("end")]
    elif node.kind() == "call_expression" and called(node).endswith(_SLICES):
        bounds = arguments(node)[:2]
    elif node.kind() == "binary_expression" and sign and sign.text() in _BOUNDARY:
        right = node.field("right")
        bounds = [right] if right is not None and right.kind() in _NUMBERS else []
    for bound in bounds:
        if bound is None:
            continue
        start, end = text.span(bound)
        if re.fullmatch(r"\d{1,9}", bound.text()):
            yield within(text, (start, end), b"%d" % (int(bound.text()) + 1), node)
        elif bound.kind() in _PLAIN:
            yield within(text, (end, end), b" - 1", node)


def dropped_one(spot: Spot, text: Text) -> Iterator[Edit]:
    """Drop `+ 1` or `- 1`."""
    node = spot.node
    sign, left, right = (node.field(name) for name in ("operator", "left", "right"))
    if node.kind() != "binary_expression" or not (sign and left and right):
        return
    if sign.text() in ("+", "-") and right.text() == "1":
        yield Edit(text.span(left)[1], text.span(node)[1], b"", text.of(node), text.of(left))


def swapped_arguments(spot: Spot, text: Text) -> Iterator[Edit]:
    """Swap two adjacent arguments that could plausibly trade places: named values, not literals."""
    if spot.node.kind() not in ("call_expression", "new_expression"):
        return
    for one, other in pairwise(arguments(spot.node)):
        first, second = text.of(one), text.of(other)
        if one.kind() in _NAMED and other.kind() in _NAMED and first != second:
            start, (after, end) = text.span(one)[0], text.span(other)
            gap = text.data[text.span(one)[1] : after]
            yield within(text, (start, end), second + gap + first, spot.node)


def missing_await(spot: Spot, text: Text) -> Iterator[Edit]:
    node = spot.node
    if node.kind() == "await_expression" and (awaited := last(node)) is not None:
        yield Edit(text.span(node)[0], text.span(awaited)[0], b"", text.of(node), text.of(awaited))


def dropped_check(spot: Spot, text: Text) -> Iterator[Edit]:
    """Drop a guard: an `if` without `else` that returns, throws, continues or breaks."""
    node = spot.node
    body, test = node.field("consequence"), node.field("condition")
    if node.kind() != "if_statement" or node.field("alternative") or not (body and test):
        return
    guarded = statements(body)
    above = node.parent()
    if not guarded or len(guarded) > _GUARD or guarded[-1].kind() not in _LEAVES:
        return
    if above is not None and above.kind() in BLOCKS:
        yield from removed(spot, text, b"if %s" % text.of(test))


def removed_call(spot: Spot, text: Text) -> Iterator[Edit]:
    node = spot.node
    above = node.parent()
    if node.kind() != "expression_statement" or above is None or above.kind() not in BLOCKS:
        return
    called = next((each for each in node.children() if each.is_named()), None)
    if called is not None and called.kind() == "await_expression":
        called = last(called)
    if called is not None and called.kind() == "call_expression":
        yield from removed(spot, text)


def default_value(spot: Spot, text: Text) -> Iterator[Edit]:
    node = spot.node
    if spot.is_default:
        if node.kind() in ("true", "false"):
            yield Edit(*text.span(node), _OTHER[node.kind()])
        elif re.fullmatch(r"\d{1,9}", node.text()):
            yield Edit(*text.span(node), b"%d" % (int(node.text()) + 1))


def flag(spot: Spot, text: Text) -> Iterator[Edit]:
    """Flip a Boolean that is passed, returned or stored."""
    if spot.node.kind() in _OTHER and not spot.is_default:
        yield Edit(*text.span(spot.node), _OTHER[spot.node.kind()])


def missing_copy(spot: Spot, text: Text) -> Iterator[Edit]:
    """Use the value itself for `[...x]`, `{...x}`, `x.slice()`, `slices.Clone(x)` and
    `append([]T(nil), x...)`."""
    node = spot.node
    copied: bytes | None = None
    parts = [each for each in node.children() if each.is_named()]
    if node.kind() in ("array", "object") and [each.kind() for each in parts] == ["spread_element"]:
        inner = last(parts[0])
        copied = text.of(inner) if inner is not None and inner.kind() in _NAMED else None
    elif node.kind() == "call_expression":
        whole, given = text.of(node), arguments(node)
        if called(node) in ("slices.Clone", "maps.Clone", "bytes.Clone") and given:
            copied = text.of(given[0])
        elif not given and whole.endswith(b".slice()"):
            copied = whole.removesuffix(b".slice()")
        elif match := _APPENDED.fullmatch(whole):
            copied = match[1]
    if copied:
        yield Edit(*text.span(node), copied)


def dropped_return(spot: Spot, text: Text) -> Iterator[Edit]:
    """Compute the value but do not return it. Go does not compile without a `return`."""
    node = spot.node
    value = next((each for each in node.children() if each.is_named()), None)
    if node.kind() == "return_statement" and value is not None and value.kind() in _COMPUTED:
        kept = text.data[text.span(value)[0] : text.span(node)[1]]
        yield Edit(text.span(node)[0], text.span(value)[0], b"", text.of(node), kept)


def wrong_variable(spot: Spot, text: Text) -> Iterator[Edit]:
    """Use the next parameter of the same type instead."""
    node, names = spot.node, [name for name, _ in spot.parameters]
    above = node.parent()
    if node.kind() != "identifier" or node.text() not in names or above is None:
        return
    if above.kind() not in _USES:
        return
    types = dict(spot.parameters)
    at = names.index(node.text())
    rotated = names[at + 1 :] + names[:at]
    if other := next((name for name in rotated if types[name] == types[node.text()]), None):
        yield within(text, text.span(node), other.encode(), above)


_GUARD = 3  # statements in the body of a check
_BINARY = {"binary_expression", "augmented_assignment_expression", "assignment_statement"}
_CONDITIONAL = {"if_statement", "ternary_expression"}
_LEAVES = {"return_statement", "throw_statement", "continue_statement", "break_statement"}
_PLAIN = {"identifier", "call_expression", "member_expression", "selector_expression"}
_NAMED = {*_PLAIN, "subscript_expression", "index_expression"} - {"call_expression"}
_USES = {"arguments", "argument_list", "binary_expression", "return_statement", "expression_list"}
_NUMBERS = {"number", "int_literal"}
_STRINGS = {
    *("string", "template_string", "interpreted_string_literal", "raw_string_literal"),
    *("array", "object"),
}
_COMPUTED = {"call_expression", "await_expression"}
_SLICES = (".slice", ".substring", ".subarray")
_APPENDED = re.compile(rb"append\(\[\][\w.*]{1,80}(?:\(nil\)|\{\}), ([\w.]{1,200})\.\.\.\)")
_OTHER = {"true": b"false", "false": b"true"}
_OPPOSITE = {"==": "!=", "!=": "==", "===": "!==", "!==": "==="}
_BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_LOGIC = {"&&": "||", "||": "&&"}
_ARITHMETIC = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "%": "*",
    "<<": ">>",
    ">>": "<<",
    "&": "|",
    "|": "&",
    "+=": "-=",
    "-=": "+=",
    "*=": "/=",
    "/=": "*=",
    "|=": "&=",
    "&=": "|=",
}
Operator = Callable[[Spot, Text], Iterator[Edit]]
# If two operators would make the same mutant, the first one listed gets it.
ALL: dict[str, Operator] = {
    "comparison": comparison,
    "boundary": boundary,
    "arithmetic": arithmetic,
    "and-or": and_or,
    "dropped-not": dropped_not,
    "negated-condition": negated_condition,
    "off-by-one": off_by_one,
    "dropped-one": dropped_one,
    "swapped-arguments": swapped_arguments,
    "missing-await": missing_await,
    "dropped-check": dropped_check,
    "removed-call": removed_call,
    "default-value": default_value,
    "flag": flag,
    "missing-copy": missing_copy,
    "dropped-return": dropped_return,
    "wrong-variable": wrong_variable,
}
