"""How many arguments a call passes, read from a syntax tree, and how many a definition takes, read
from the text behind its name. What cannot be told is None."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ast_grep_py import SgNode

LONG = 2000  # characters of a parameter list that are looked at
_OPEN, _CLOSE = "([{", ")]}"
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`]*`")
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_GENERICS = re.compile(r"\s*(?:<[^<>(){};]{0,200}>|\[[^\[\](){};]{0,200}\])?\s*\(")
# `= (a, b) =>`, `= function (a, b)`, `: async (a, b) =>`
_ASSIGNED = re.compile(r"\s*[=:]\s*(?:async\s*)?(?:function\b\s*\*?\s*\w*\s*)?\(")
_MANY = re.compile(r"\.\.\.|^\*|^&?\w*\.\.\.|\bvararg\b|\bparams\b|^\w+\s*:\s*$|^&\w")
_RECEIVER = re.compile(r"^(?:&\s*(?:'\w+\s+)?)?(?:mut\s+)?self\b|^this\s*:")
_ARGUMENTS = (
    *("arguments", "argument_list", "value_arguments", "token_tree"),
    *("call_suffix", "constructor_suffix"),
)
_UNCERTAIN = re.compile(r"spread|splat|variadic|pair|block|placeholder|ERROR|hash|unpack")
_CALLS = ("call_expression",)
_MARKS = ("...", "*", "&")  # before an argument that is several


def taken(after: str) -> tuple[int, int] | None:
    """The fewest and the most arguments that a definition takes, from the text behind its name."""
    start = _GENERICS.match(after) or _ASSIGNED.match(after)
    if start is None:
        return None
    inner = _inside(after, start.end() - 1)
    if inner is None:
        return None
    parts = _parts(_COMMENT.sub(" ", inner))
    if parts == ["void"]:
        parts = []
    if parts and _RECEIVER.match(parts[0]):
        parts = parts[1:]
    if any(_MANY.search(part) or part.startswith("this ") for part in parts):
        return None
    needed = sum(not _is_optional(part) for part in parts)
    return needed, len(parts)


def _is_optional(part: str) -> bool:
    return (
        re.search(r"(?<![<>=!])=(?![=>])", part) is not None or re.match(r"\w+\?", part) is not None
    )


def _inside(text: str, start: int) -> str | None:
    """What stands between the bracket at `start` and its partner; no second list may follow."""
    plain = _STRING.sub(lambda found: "x" * len(found[0]), text)
    depth = 0
    for at in range(start, len(plain)):
        if plain[at] in _OPEN:
            depth += 1
        elif plain[at] in _CLOSE:
            depth -= 1
            if not depth:
                return None if plain[at + 1 :].lstrip()[:1] == "(" else plain[start + 1 : at]
    return None


def _parts(text: str) -> list[str]:
    """The text between the commas that stand in no brackets."""
    parts, depth, last = [], 0, 0
    for at, sign in enumerate(text):
        if sign in _OPEN or sign == "<":
            depth += 1
        elif sign in _CLOSE or (sign == ">" and text[at - 1 : at] not in ("-", "=")):
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[last:at].strip())
            last = at + 1
    parts.append(text[last:].strip())
    return [part for part in parts if part]


def arguments(node: SgNode) -> SgNode | None:
    """The node that holds the arguments of the call `node`, where it is one."""
    found = node.field("arguments")
    if found is not None:
        return found
    return next((child for child in node.children() if child.kind() in _ARGUMENTS), None)


def passed(node: SgNode | None) -> tuple[int, int] | None:
    """How many arguments the list `node` has, twice."""
    if node is None:
        return None
    if node.kind() in ("call_suffix", "constructor_suffix"):
        lists = node.children()
        if len(lists) != 1 or lists[0].kind() != "value_arguments":
            return None  # a lambda may follow
        node = lists[0]
    parts = [child for child in node.named_children() if "comment" not in child.kind()]
    if node.kind() == "token_tree" or any(_is_uncertain(part) for part in parts):
        return None
    if len(parts) == 1 and parts[0].kind() in _CALLS:
        return None  # Go passes all that it returns
    return len(parts), len(parts)


def _is_uncertain(part: SgNode) -> bool:
    kind = part.kind()
    if kind in ("argument", "value_argument"):  # `name: value`, `...values`
        children = part.children()
        return any(child.kind() in _MARKS for child in children) or any(
            child.is_named() and _is_uncertain(child) for child in children
        )
    return _UNCERTAIN.search(kind) is not None
