"""Facts about statements: branches, loops, handlers of errors, functions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.questions.facts import Fact, Function, Role
from reviewer.questions.parts import closed, one_line, parameters
from reviewer.questions.source import MAX_TEXT, Around, Source

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CHOICES = frozenset(("conditional_expression", "ternary_expression", "conditional"))
_ELIFS = frozenset(("elif_clause", "else_if_clause", "elsif"))
_MODIFIERS = frozenset(("if_modifier", "unless_modifier"))
_COMMENT = re.compile(r"\s(?:#|//)\s.*")
_LOOPS_OVER = re.compile(
    r"(?:async )?for\w*\s*\(?\s*(?:const|let|var|auto&?|mut)?\s*([\w$, &*]{1,60}?)"
    r"\s*(?::=|=|:| in | of )"
)
_CALLED = re.compile(r"[\w$~]+(?=\W*$)")


def fact(role: Role, source: Source, node: SgNode, around: Around, text: str = "") -> Fact:
    """A fact about a whole node."""
    span = node.range()
    return Fact(
        role,
        span.start.line + 1,
        span.end.line + 1,
        one_line(text or source.of(node)),
        owner=around.owner,
        inside=around.inside,
        within=around.within,
    )


def branch(source: Source, node: SgNode, around: Around) -> Fact | None:
    """A condition, if it is on changed lines."""
    kind = node.kind()
    condition = node.field("condition") or _condition(source, node, kind)
    if condition is None or not source.touched(condition):
        return None
    body, ends = source.statements(node.field("consequence") or source.block(node))
    if kind in _MODIFIERS:
        first = next(iter(source.named(node)), None)
        body, ends = source.statements(first)
    elif kind == "guard_statement":
        ends = "return"
    span = condition.range()
    return Fact(
        "branch",
        span.start.line + 1,
        span.end.line + 1,
        closed(source.line(condition)),
        _word(source, node, kind, around),
        body=body,
        ends=ends,
        inside=around.inside,
        owner=around.owner,
        within=around.within,
        last=node.range().end.line + 1,
    )


def _word(source: Source, node: SgNode, kind: str, around: Around) -> str:
    """if, elif, unless, while, guard; `?` for a choice between two values."""
    first = source.of(node, 8)
    if kind in _CHOICES:
        return "?"
    if kind == "guard_statement":
        return "guard"
    if first.startswith("while") or "while" in kind:
        return "while"
    if first.startswith("unless") or kind.startswith("unless"):
        return "unless"
    return "elif" if kind in _ELIFS or around.inside == "else" else "if"


def _condition(source: Source, node: SgNode, kind: str) -> SgNode | None:
    named = source.named(node)
    if kind == "conditional_expression" and len(named) == 3 and " if " in source.of(node):
        return named[1]  # Python: value if condition else value
    if not named:
        return None
    return named[-1] if kind in _MODIFIERS else named[0]


def loop(source: Source, node: SgNode, around: Around) -> Fact | None:
    """A loop, if its head is on changed lines."""
    body = source.block(node)
    span = node.range()
    end = min(source.head_end(node, body), span.end.line + 1)
    if not source.has_changed(span.start.line + 1, end):
        return None
    first, ends = source.statements(body)
    text = source.before(node, body)
    over = _LOOPS_OVER.match(text)
    return Fact(
        "loop",
        span.start.line + 1,
        end,
        text,
        over[1].strip() if over else "",
        body=first,
        ends=ends,
        owner=around.owner,
        within=around.within,
        last=span.end.line + 1,
    )


def handler(source: Source, node: SgNode, around: Around) -> Fact | None:
    """A handler of errors, if its head is on changed lines."""
    block = source.block(node)
    span = node.range()
    end = source.head_end(node, block)
    if not source.has_changed(span.start.line + 1, end):
        return None
    body, ends = source.statements(block)
    text = _COMMENT.sub("", source.before(node, block)).rstrip(" :{")
    return Fact(
        "catch",
        span.start.line + 1,
        span.end.line + 1,
        text or "catch",
        body=body,
        ends=ends,
        inside=around.inside,
        owner=around.owner,
        within=around.within,
        last=span.end.line + 1,
    )


def function(source: Source, node: SgNode) -> Function:
    """A function that the change touches; its name is "" for an anonymous one."""
    body = source.block(node)
    span = node.range()
    end = body.range().start.index if body is not None else span.end.index
    head = one_line(source.text[span.start.index : min(end, span.start.index + MAX_TEXT)])
    name = node.field("name") or node.field("declarator")
    found = _CALLED.search(source.of(name, 200).split("(")[0]) if name else None
    return Function(
        found[0] if found else "",
        span.start.line + 1,
        span.end.line + 1,
        parameters(node, source.shapes, source.of),
        head,
    )
