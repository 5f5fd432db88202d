"""What `use`, `mod` and `extern crate` of Rust bind. Paths that climb out of an inline module are
shortened by its depth, so that `self` and `super` count from the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from reviewer.languages.base import Bound

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TOKEN = re.compile(r"[\w#]+|::|[{},*]")
_USE = re.compile(r"(?:pub\s*(?:\([^()]{0,100}\))?\s*)?use\s+")
_PATH = re.compile(r"path\s*=\s*\"([^\"]{1,300})\"")
_COMMENT = re.compile(r"//[^\n]*")
_MAX_TEXT = 20_000
_MAX_DEPTH = 40


def bound(node: SgNode) -> Iterable[Bound]:
    kind = node.kind()
    if kind == "use_declaration":
        text = _COMMENT.sub("", node.text()[:_MAX_TEXT])
        match = _USE.match(text)
        inside = sum(each.kind() == "mod_item" for each in node.ancestors())
        return _tree(text[match.end() :], inside) if match else ()
    name = node.field("name")
    if name is None or (kind == "mod_item" and node.field("body") is not None):
        return ()
    if kind == "mod_item":
        before = node.prev()
        said = _PATH.search(before.text()[:400]) if before is not None else None
        return (Bound(name.text(), f'"{said[1]}"' if said else f"self::{name.text()}"),)
    alias = node.field("alias")
    return (Bound((alias or name).text(), name.text()),)


def _tree(text: str, inside: int) -> Iterator[Bound]:
    """The leaves of `a::{b, c as d, e::{self, *}}`."""
    stack: list[tuple[str, ...]] = []
    prefix: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    alias: str | None = None
    renaming = False
    for word in [*_TOKEN.findall(text), ","]:
        if word == "{":
            if len(stack) >= _MAX_DEPTH:
                return
            stack.append(prefix)
            prefix = path
        elif word in (",", "}"):
            if path != prefix:
                yield from _leaf(path, alias, inside)
            alias, renaming = None, False
            if word == "}" and stack:
                prefix = stack.pop()
                path = prefix
            else:
                path = prefix
        elif word == "as":
            renaming = True
        elif renaming:
            alias, renaming = word, False
        elif word != "::":
            path = (*path, word.removeprefix("r#"))


def _leaf(path: tuple[str, ...], alias: str | None, inside: int) -> Iterator[Bound]:
    climbs = 0
    while climbs < min(inside, len(path)) and path[climbs] == "super":
        climbs += 1
    if climbs:
        path = ("self", *path[climbs:])
    *module, last = path
    if last == "self" and module:
        yield Bound(alias or module[-1], "::".join(module))
    elif last == "*":
        yield Bound("*", "::".join(module), "*")
    elif module:
        yield Bound(alias or last, "::".join(module), last)
    else:
        yield Bound(alias or last, last)
