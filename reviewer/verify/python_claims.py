"""Decides claims about a Python file from its syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from reviewer.context.index import Index
from reviewer.context.resolve import resolve
from reviewer.context.symbols import symbol_at
from reviewer.languages.python_parser import tree_of
from reviewer.verify import claim_words as words
from reviewer.verify import python_calls, python_names
from reviewer.verify.facts import ClaimKind, DecidedClaim, Fact
from reviewer.verify.python_callee import ClaimSite, last_name
from reviewer.verify.python_flow import unreachable


def decide(
    title: str, sentence: str, path: str, data: bytes, lines: tuple[int, int], index: Index
) -> DecidedClaim | None:
    """The first kind of claim that is recognised decides: a finding is about one thing."""
    tree = tree_of(data)
    if tree is None:
        return None
    site = ClaimSite(path, tree, symbol_at(path, data, lines[0]), *lines)
    if match := words.claimed(words.ATTRIBUTE, title, sentence):
        if words.NOTHING.search(f"{title} {sentence}"):
            return None  # about a null value, whatever its class defines
        return _with_kind(
            "attribute", python_calls.no_attribute(site, match["owner"], match["name"], index)
        )
    if match := words.claimed(words.UNDEFINED, title, sentence):
        fact = python_names.undefined(site.tree, match["name"], site.start, site.end)
        if fact is None or not (fact.holds or _imports_hold(site, match["name"], index)):
            return None
        return "undefined", fact, site.path
    if match := words.claimed(words.UNUSED, title, sentence):
        fact = python_names.unused(site.tree, match["name"], site.start, site.end)
        return ("unused", fact, site.path) if fact else None
    if words.claimed(words.ARGUMENTS, title, ""):
        return _of_call("arguments", f"{title} {sentence}", site, index, python_calls.bad_call)
    if words.claimed(words.AWAIT, title, ""):
        return _of_call("await", f"{title} {sentence}", site, index, python_calls.not_awaited)
    if words.claimed(words.UNREACHABLE, title, ""):
        fact = unreachable(site.tree, site.start, site.end)
        return ("unreachable", fact, site.path) if fact else None
    return None


def _imports_hold(site: ClaimSite, name: str, index: Index) -> bool:
    """Whether an import that binds `name` still finds it, as far as this repository has the module:
    the change may have removed it."""
    outline = index.outline(site.path)
    item = outline.by_import.get(name) if outline else None
    if item is None:
        return True
    target = resolve(index, site.path, name, "")
    if target is None or target.path in index.removed:
        return target is None and item.level == 0  # a module from outside the repository
    found = index.outline(target.path) if target.name else None
    return not target.name or (found is not None and target.name in found.by_name)


def _of_call(
    kind: ClaimKind,
    claim: str,
    site: ClaimSite,
    index: Index,
    decide: Callable[[ClaimSite, str, Index], tuple[Fact, str] | None],
) -> DecidedClaim | None:
    """Decide about the one function that is called on these lines and named in the claim."""
    if words.HEDGED.search(claim):
        return None
    called = {
        last_name(node.func)
        for node in ast.walk(site.tree)
        if isinstance(node, ast.Call) and site.start <= node.lineno <= site.end
    }
    named = called & set(re.findall(r"[A-Za-z_]\w*", claim))
    return _with_kind(kind, decide(site, named.pop(), index)) if len(named) == 1 else None


def _with_kind(kind: ClaimKind, decided: tuple[Fact, str] | None) -> DecidedClaim | None:
    return (kind, *decided) if decided else None
