"""Small parts of source text: parameters, names, the sides of an assignment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.languages.shapes import Shapes

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_BLANK = re.compile(r"\s+")
_ASSIGNS = re.compile(r"(?<![=!<>])(?::=|[-+*/%&|^]{1,2}=|(?:<<|>>|\?\?|//)=|=)(?![=>~])")
_TRAILING = re.compile(r",(?=[)\]}]|$)")
_STRING = re.compile(r"'(?:[^'\\]|\\.){0,400}'|\"(?:[^\"\\]|\\.){0,400}\"|`(?:[^`\\]|\\.){0,400}`")
TOKEN = re.compile(r"\w+|[^\w\s]")
NAME = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: str
    default: str | None
    text: str


def one_line(text: str) -> str:
    return _BLANK.sub(" ", text).strip()


def canonical(text: str) -> str:
    """The text without what formatters alter: quotes, blanks, trailing commas."""
    return _TRAILING.sub("", _BLANK.sub("", text.replace("'", '"').rstrip(";")))


def differ(old: str, new: str, most: int = 70) -> tuple[str, str]:
    """Both texts from a little before where they differ, each at most `most` characters."""
    if max(len(old), len(new)) <= most:
        return old, new
    same = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    start = old.rfind(" ", 0, max(0, same - 12)) + 1
    tail = 0
    shorter = min(len(old), len(new)) - same
    while tail < shorter and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    end = max(0, tail - 12)

    def part(text: str) -> str:
        inner = text[start : len(text) - end]
        return ("… " if start else "") + inner + (" …" if end else "")

    return part(old), part(new)


def tokens(text: str) -> list[str]:
    return TOKEN.findall(text)


def last_name(text: str) -> str:
    """`total` of `self.cart.total`; "" if the text does not end in a name."""
    found = re.search(r"[A-Za-z_$][\w$]*[!?]?$", text.strip())
    return found[0].rstrip("!?") if found else ""


def is_name(text: str) -> bool:
    """Whether this is a variable or a field, not a computed value."""
    return (
        re.fullmatch(r"[*&$]?[A-Za-z_$][\w$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*)*", text)
        is not None
    )


def is_literal(text: str) -> bool:
    return (
        re.fullmatch(
            r"[-+]?[\d.][\w.]*|[a-zA-Z]{0,2}['\"`].*|None|null|nil|NULL|nullptr|undefined|True|False|true|false"
            r"|[\[({][\])}]",
            text,
        )
        is not None
    )


def bare(text: str) -> str:
    """The text without the contents of its strings."""
    return _STRING.sub('""', text)


def closed(text: str) -> str:
    """The text without parentheses around all of it."""
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for at, char in enumerate(text):
            depth += (char == "(") - (char == ")")
            if not depth and at < len(text) - 1:
                return text
        text = text[1:-1].strip()
    return text


def clauses(text: str) -> list[str]:
    """The parts of a condition that are joined by and/or."""
    parts = re.split(r"\s*(?:&&|\|\||\band\b|\bor\b)\s*", closed(text))
    return [closed(part) for part in parts if part]


def split_top(text: str) -> tuple[str, str, str] | None:
    """(target, operator, value) of an assignment."""
    found = _ASSIGNS.search(text)
    if not found:
        return None
    return text[: found.start()].strip(), found[0], text[found.end() :].strip(" ;")


def parameters(node: SgNode, shapes: Shapes, source: Callable[..., str]) -> tuple[Parameter, ...]:
    """The parameters of a function."""
    listed = node.field("parameters") or next(_lists(node, shapes), None)
    if listed is None:
        return ()
    found = []
    for child in listed.children():
        if child.is_named() and child.kind() not in shapes.comments:
            text = one_line(source(child, 300))
            found.append(_parameter(child, text, source))
    return tuple(item for item in found if item.name)


def _lists(node: SgNode, shapes: Shapes) -> Iterator[SgNode]:
    level = [node]
    for _ in range(3):
        level = [child for item in level for child in item.children()]
        yield from (item for item in level if item.kind() in shapes.parameters)


def _parameter(node: SgNode, text: str, source: Callable[..., str]) -> Parameter:
    named = node.field("name") or node.field("pattern") or node.field("declarator")
    left, equals, default = text.partition("=")
    left = left.strip()
    if named is not None:
        name = last_name(re.split(r"[\[(=:]", one_line(source(named, 100)))[0])
        type_ = left.replace(name, "", 1).strip(" :?")
    elif ":" in left:
        name, _, type_ = left.partition(":")
        name = last_name(name)
    else:
        name, type_ = last_name(left), left[: -len(last_name(left)) or None].strip()
    return Parameter(name, type_.strip(), default.strip() if equals else None, text)
