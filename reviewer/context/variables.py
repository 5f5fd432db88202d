"""The class of a receiver, by the type that its variable or field is declared with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from reviewer.context.index import Index
from reviewer.context.receivers import class_around, receivers
from reviewer.languages.outline import Def, Outline, Ref

_MAX_LINKS = 4  # of `a.b.c.name`
# The type that a signature says is returned: `) -> Pool`, `): Pool`, `) (*Pool, error)`.
_AFTER = re.compile(
    r"\)\s*(?:(?:(?:async|throws|rethrows)\s+)*->|:)?\s*\(?\s*(?:[&*?]|mut\s|dyn\s)*"
    r"(?:(?:Promise|Result|Option|Task|Box|Arc|Rc)<)?\s*([A-Za-z_][\w.:]{0,200})"
)
_BEFORE = re.compile(r"([A-Za-z_][\w.:]{0,200})(?:<[^<>]{0,100}>)?[\s*&?]+$")
_WORDS = """
    public private protected static final def function func fn override async throws where
"""
_NO_TYPE = frozenset(_WORDS.split())


class Named(Protocol):
    """A definition in a file."""

    @property
    def path(self) -> str: ...

    @property
    def outline(self) -> Outline: ...

    @property
    def item(self) -> Def: ...


class Finder(Protocol):
    """What a name means in a file, the likeliest first."""

    def __call__(self, path: str, outline: Outline, ref: Ref) -> Sequence[Named]: ...


@dataclass(frozen=True, slots=True)
class Owner:
    """A class by its dotted name in a file; "" is a class from outside of the repository."""

    path: str
    name: str


OUTSIDE = Owner("", "")


def owner_of(index: Index, find: Finder, path: str, outline: Outline, ref: Ref) -> Owner | None:
    """The class of the receiver of `ref`: what stands before the last dot. None if no declaration
    says it, and for a method's own object."""
    first, *fields, _ = ref.name.split(".")
    if len(fields) > _MAX_LINKS or first == "?":
        return None
    owner: Owner | None
    if first in receivers(outline, ref.scope):
        if not fields:
            return None
        owner = _around(find, path, outline, ref)
    else:
        owner = _class(find, path, outline, ref, _declared(outline, ref.scope, first))
    for part in fields:
        there = index.outline(owner.path) if owner and owner.path else None
        if owner is None or there is None:
            return owner
        kind = there.types.get(f"{owner.name}:{part}", "")
        use = Ref(part, _line(there, owner.name), owner.name, False)
        owner = _class(find, owner.path, there, use, kind)
    return owner


def type_word(outline: Outline, ref: Ref) -> str:
    """The word that other files are searched for to find the class of a receiver; "" if none is
    needed."""
    first, _, rest = ref.name.partition(".")
    kind = _declared(outline, ref.scope, first).removesuffix("()") if rest else ""
    word = kind.rpartition(".")[2]
    known = kind.partition(".")[0] in outline.by_import or word in outline.named
    return "" if known or word in outline.language.common else word


def _around(find: Finder, path: str, outline: Outline, ref: Ref) -> Owner | None:
    """The class whose method a use stands in; another file may define it."""
    name = class_around(outline, ref.scope)
    item = outline.by_name.get(name)
    if not name or (item and item.kind == "class" and not item.part):
        return Owner(path, name) if name else None
    return _class(find, path, outline, ref, name)


def _line(outline: Outline, name: str) -> int:
    item = outline.by_name.get(name)
    return item.start if item else 1


def _declared(outline: Outline, scope: str, name: str) -> str:
    """The type of a variable that a use in `scope` sees; of a field only where a method names it
    without a receiver."""
    while scope:
        item = outline.by_name.get(scope)
        is_class = item is not None and item.kind == "class"
        if (outline.language.scopes.bare or not is_class) and (
            kind := outline.types.get(f"{scope}:{name}")
        ):
            return kind
        scope = scope.rpartition(".")[0]
    return outline.types.get(f":{name}", "")


def _class(find: Finder, path: str, outline: Outline, use: Ref, kind: str) -> Owner | None:
    """The class that a type (or `callee()`) written in a file means."""
    if not kind:
        return None
    called = kind.endswith("()")
    name = kind.removesuffix("()")
    found = find(path, outline, Ref(name, use.line, use.scope, called))
    if not found:
        head = name.partition(".")[0]
        library = not called and head in outline.language.common
        return OUTSIDE if library or head in outline.by_import else None
    first = found[0]
    if first.item.kind == "class":
        return Owner(first.path, first.item.name)
    if not called or first.item.kind != "function":
        return None
    around, _, last = first.item.name.rpartition(".")
    said = returned(first.outline, first.item)
    if said in ("Self", "self", "this") or last == first.outline.language.scopes.constructor:
        return Owner(first.path, around)
    if not said:
        return None
    there = Ref(said, first.item.start, first.item.name, False)
    types = find(first.path, first.outline, there)
    classes = (each for each in types if each.item.kind == "class")
    return next((Owner(each.path, each.item.name) for each in classes), None)


def returned(outline: Outline, item: Def) -> str:
    """The type that a function returns, as its signature says it; "" if it does not."""
    header = " ".join(outline.lines[item.start - 1 : item.header])[:2000]
    name = item.name.rpartition(".")[2]
    before, _, after = header.partition(f"{name}(")
    close = _closing(after)
    match = _AFTER.match(after, close) if close >= 0 else None
    if match and match[1] not in _NO_TYPE:
        return match[1].replace("::", ".")
    match = _BEFORE.search(before[-300:])
    return match[1].replace("::", ".") if match and match[1] not in _NO_TYPE else ""


def _closing(text: str) -> int:
    """Where the parenthesis closes that is open at the start; -1 if it does not."""
    depth = 1
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return at
    return -1
