"""Claims about a Python file, looked up in its syntax tree."""

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
from reviewer.verify.facts import Fact, Kind, Looked
from reviewer.verify.python_callee import Place, last
from reviewer.verify.python_flow import unreachable


def decide(
    title: str, sentence: str, path: str, data: bytes, lines: tuple[int, int], index: Index
) -> Looked | None:
    """The first kind of claim that is recognised decides: a finding is about one thing."""
    tree = tree_of(data)
    if tree is None:
        return None
    place = Place(path, tree, symbol_at(path, data, lines[0]), *lines)
    if match := words.claimed(words.ATTRIBUTE, title, sentence):
        if words.NOTHING.search(f"{title} {sentence}"):
            return None  # about a value that is not there, whatever its class has
        return _looked(
            "attribute", python_calls.no_attribute(place, match["owner"], match["name"], index)
        )
    if match := words.claimed(words.UNDEFINED, title, sentence):
        fact = python_names.undefined(place.tree, match["name"], place.start, place.end)
        if fact is None or not (fact.holds or _imports_hold(place, match["name"], index)):
            return None
        return "undefined", fact, place.path
    if match := words.claimed(words.UNUSED, title, sentence):
        fact = python_names.unused(place.tree, match["name"], place.start, place.end)
        return ("unused", fact, place.path) if fact else None
    if words.claimed(words.ARGUMENTS, title, ""):
        return _of_call("arguments", f"{title} {sentence}", place, index, python_calls.bad_call)
    if words.claimed(words.AWAIT, title, ""):
        return _of_call("await", f"{title} {sentence}", place, index, python_calls.not_awaited)
    if words.claimed(words.UNREACHABLE, title, ""):
        fact = unreachable(place.tree, place.start, place.end)
        return ("unreachable", fact, place.path) if fact else None
    return None


def _imports_hold(place: Place, name: str, index: Index) -> bool:
    """Whether an import that binds `name` finds it, as far as this repository has the module: the
    change may have removed what is imported."""
    outline = index.outline(place.path)
    item = outline.by_import.get(name) if outline else None
    if item is None:
        return True
    target = resolve(index, place.path, name, "")
    if target is None or target.path in index.removed:
        return target is None and item.level == 0  # a module from elsewhere
    found = index.outline(target.path) if target.name else None
    return not target.name or (found is not None and target.name in found.by_name)


def _of_call(
    kind: Kind,
    said: str,
    place: Place,
    index: Index,
    decide: Callable[[Place, str, Index], tuple[Fact, str] | None],
) -> Looked | None:
    """Decide about the one function that is called on these lines and named in what is said."""
    if words.HEDGED.search(said):
        return None
    called = {
        last(node.func)
        for node in ast.walk(place.tree)
        if isinstance(node, ast.Call) and place.start <= node.lineno <= place.end
    }
    named = called & set(re.findall(r"[A-Za-z_]\w*", said))
    return _looked(kind, decide(place, named.pop(), index)) if len(named) == 1 else None


def _looked(kind: Kind, decided: tuple[Fact, str] | None) -> Looked | None:
    return (kind, *decided) if decided else None
