"""The classes that a class extends, read from its header: for languages whose names are compared,
not resolved."""

from __future__ import annotations

import re

from reviewer.context.mentions import KEYWORDS
from reviewer.languages.outline import Def, Outline

_MOST = 6
_MAX_HEADER = 4000
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
# What is implemented for a type: `impl<T> fmt::Display for Cart`.
_FOR = re.compile(r"\b([A-Za-z_]\w*)(?:<[^<>]{0,200}>)?\s+for\s+[&\w:]*$")
_CLOSING = {"<": ">", "(": ")", "[": "]"}
_WORDS = KEYWORDS | frozenset(("by", "with", "permits", "where", "final", "sealed", "virtual"))


def bases(outline: Outline, item: Def) -> tuple[str, ...]:
    """The last parts of their names, in order."""
    header = " ".join(outline.lines[item.start - 1 : item.header])[:_MAX_HEADER]
    own = item.name.rpartition(".")[2]
    before, _, after = header.partition(own)
    found = _FOR.search(before)
    names = [found[1]] if found else []
    plain = _bare(re.split(r"[{;]|\bwhere\b", after, maxsplit=1)[0])
    names += [name for name in _NAME.findall(plain) if name not in _WORDS]
    names += _embedded(outline, item)
    return tuple(name for name in dict.fromkeys(names) if name != own)[:_MOST]


def stands_alone(outline: Outline, item: Def) -> bool:
    """Whether a plain name can mean it: it is no member of a class, or one of an enumeration whose
    members stand on their own."""
    if "." not in item.name:
        return True
    owner = outline.parent(item.name)
    if owner is None or owner.kind == "function":
        return False
    header = outline.lines[owner.start - 1]
    return "namespace " in header or (outline.language.scopes.headers and "enum" in header)


def _bare(text: str) -> str:
    """The text without what stands in brackets: parameters of types and of constructors."""
    kept: list[str] = []
    closing: list[str] = []
    for sign in text:
        if sign in _CLOSING:
            closing.append(_CLOSING[sign])
        elif closing and sign == closing[-1]:
            closing.pop()
        elif not closing:
            kept.append(sign)
    return re.sub(r"\w+\s*(?:::|\.)\s*(?=\w)", "", "".join(kept))


def _embedded(outline: Outline, item: Def) -> list[str]:
    """Go: a field without a name of its own."""
    found = []
    for field in outline.members_of(item.name):
        line = outline.lines[field.start - 1].partition("`")[0].strip().lstrip("*")
        name = field.name.rpartition(".")[2]
        if field.kind == "value" and line.rpartition(".")[2] == name and name[:1].isupper():
            found.append(name)
    return found
