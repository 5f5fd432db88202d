"""Facts about expressions: calls, operations, indexes, assignments, and what is said in one go."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.questions.facts import Fact, Role
from reviewer.questions.parts import one_line, split_top
from reviewer.questions.source import MAX_TEXT, Around, Source
from reviewer.questions.statements import fact

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_OPERATOR = re.compile(r"[^\s\w]+|\w+(?: \w+)?")
_SLICE = re.compile(r"[^\[\](){}'\"]*(?::(?!:)|\.\.)")
_DEFINES = re.compile(r"#\s*define (\w+) ")
_DECLARES = re.compile(
    r"^(?:(?:pub|let|const|var|val|mut|auto|final|static|local|private|public|readonly) )+"
)
_PART = 300  # characters of an operand or argument
_HEADS: tuple[Role, ...] = ("final", "hold", "case")  # only their first line counts


def call(source: Source, node: SgNode, around: Around) -> Fact:
    args = next((each for each in node.children() if each.kind() in source.shapes.arguments), None)
    text = source.of(node)
    if args is None:
        words = text.split()
        callee, given = (words[0] if words else ""), tuple(words[1:8])
    else:
        start = node.range().start.index
        callee = source.text[start : args.range().start.index][-MAX_TEXT:]
        inner = [args]
        while len(inner) == 1 and inner[0].kind() in source.shapes.arguments:
            if inner[0].kind() == "generator_expression":
                break
            inner = source.named(inner[0])
        given = tuple(_argument(source, each) for each in inner)
        text = f"{callee}({', '.join(given)})"
    found = fact("call", source, node, around, text)
    return replace(found, name=one_line(callee).rstrip("("), parts=given)


def _argument(source: Source, node: SgNode) -> str:
    text = source.line(node, _PART)
    if node.kind() == "generator_expression":
        return text[1:-1].strip()
    # A callback: its own statements count.
    return text.split("{")[0][:40] if node.kind() in source.shapes.functions else text


def operation(source: Source, node: SgNode, around: Around) -> Fact | None:
    children = node.children()
    if len(children) < 3:
        return None
    left, right = children[0], children[-1]
    low, high = left.range().end.index, right.range().start.index
    operator = one_line(source.text[low : min(high, low + 40)])
    if not _OPERATOR.fullmatch(operator):
        operator = source.line(children[1], 20)
    parts = source.line(left, _PART), source.line(right, _PART)
    return replace(fact("binary", source, node, around), name=operator, parts=parts)


def index(source: Source, node: SgNode, around: Around) -> Fact | None:
    named = source.named(node)
    if len(named) < 2:
        return None
    last = named[0].range().end.index
    inner = source.text[last : min(node.range().end.index, last + 200)].strip()
    inner = one_line(inner.removeprefix("?.").strip()[1:-1])
    slices = node.kind() == "slice_expression" or _SLICE.match(inner) is not None
    return replace(
        fact("index", source, node, around),
        name="slice" if slices else "",
        parts=(source.line(named[0], 200), inner),
    )


def assignment(source: Source, node: SgNode, around: Around) -> Fact | None:
    """None for a function that gets a name: its own statements count."""
    text = source.line(node)
    if node.kind() == "preproc_def":
        text = _DEFINES.sub(r"\1 = ", text)
    value = node.field("value") or node.field("right")
    sides = split_top(text)
    if sides is None or (value is not None and value.kind() in source.shapes.functions):
        return None
    target, operator, given = sides
    return replace(
        fact("assign", source, node, around, text),
        name=operator,
        parts=(_DECLARES.sub("", target).strip(), given),
    )


def plain(role: Role, source: Source, node: SgNode, around: Around) -> Fact | None:
    """A statement by its first word and the rest; an entry by its key and its value."""
    text = source.of(node)
    if role in _HEADS:
        text = text.split("\n", 1)[0]
        first = node.range().start.line + 1
        if not source.has_changed(first, first):
            return None
    name, _, value = one_line(text).partition(":" if role == "entry" else " ")
    parts = (name.strip(), value.strip()) if role == "entry" else (value.strip(" ;"),)
    return replace(
        fact(role, source, node, around, text),
        name=name.strip(),
        parts=parts,
        last=node.range().end.line + 1,
    )
