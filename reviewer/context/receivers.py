"""What receivers are called, and how likely a class is the type of one of which nothing but the
name is known."""

from __future__ import annotations

import re

from reviewer.languages.outline import Def, Outline

CALLED_SO = 0  # `route` for the class Route, or the object of that name
AROUND = 1  # the function around the use names the class
FILE = 2  # the file does, or defines it
ELSEWHERE = 3
TIERS = (CALLED_SO, AROUND, FILE, ELSEWHERE)

_MAX_AROUND = 400  # lines
_WORD = re.compile(r"[A-Za-z_$][\w$]*")


def receivers(outline: Outline, scope: str) -> tuple[str, ...]:
    """What a method calls the object that it is called on."""
    scopes, item = outline.language.scopes, outline.by_name.get(scope)
    if scopes.receiver and item:
        found = scopes.receiver.search(outline.lines[item.start - 1])
        return (found[1],) if found else ()
    return scopes.receivers


def class_around(outline: Outline, scope: str) -> str:
    """The name of the class around a scope, also if another file defines it."""
    around = scope
    while around:
        item = outline.by_name.get(around)
        if item is None or item.kind == "class":
            return around
        around = around.rpartition(".")[0]
    return scope.rpartition(".")[0]


class Receiver:
    """The receiver `name` of a use in `scope` of a file."""

    def __init__(self, outline: Outline, scope: str, name: str) -> None:
        self._outline = outline
        self._name = _plain(name)
        owner = outline.by_name.get(scope)
        around = owner is not None and owner.kind == "function"
        if owner and around and owner.end - owner.start <= _MAX_AROUND:
            text = "\n".join(outline.lines[owner.start - 1 : owner.end])
            self._around = frozenset(_WORD.findall(text))
        else:
            self._around = frozenset()

    def tier(self, owner: str, holder: Def | None, *, here: bool, common: bool) -> int | None:
        """One of `TIERS` for a member of `owner`, whose definition is `holder`, if known; None if
        the receiver cannot be it. `here`: in the same file. `common`: the member has a name that
        many classes have, which only the receiver proves."""
        if owner and _plain(owner) == self._name:
            return CALLED_SO
        if not owner or (holder is not None and holder.kind == "value"):
            return None  # a member of an object is reached by the name of the object
        if common:
            return None
        if owner in self._around:
            return AROUND
        return FILE if here or owner in self._outline.words else ELSEWHERE


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
