"""Which uses of a class make an object of it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from reviewer.context.arity import of_definition
from reviewer.context.bases import bases
from reviewer.languages.outline import Def, Outline, Ref

# NAME stands for the class: `new NAME(`, `NAME(1)`, `NAME{1}`, `NAME.new`, `NAME::new`,
# `make_unique<NAME>(1)`, `NAME pool = new(1)`.
_MADE = (
    r"\bnew\s+(?:[\w$\\]+(?:\.|::|\\))*NAME\b"
    r"|\bNAME(?:<[^<>\n]{0,200}>|\[[^\[\]\n]{0,100}\])?(?:\s?\(|\{)"
    r"|\bNAME(?:\.|::)(?:new|init|NAME)\b"
    r"|<\s*(?:\w+::)*NAME\s*>\s*\("
    r"|\bNAME\s+\w+\s*=\s*new\s*\("
)
# In a language with headers a variable is made so: `NAME pool(1);`, `NAME pool{1};`.
_DECLARED = r"|\bNAME\s\w{1,60}\s?(?:\([^()\n]{0,300}\)|\{[^{}\n]{0,300}\})\s?[;,]"


def constructed(outline: Outline, ref: Ref) -> Ref | None:
    """The use as a call, if it makes an object, or if it extends the class, whose constructor then
    calls that of the class; None if it does neither."""
    name = ref.name.rpartition(".")[2]
    owner = outline.innermost(ref.line)
    if owner and owner.kind == "class" and ref.line <= owner.header:
        return replace(ref, call=True) if name in bases(outline, owner) else None
    made = _pattern(name, outline.language.scopes.headers).search(outline.lines[ref.line - 1])
    return replace(ref, call=True) if made else None


def makers(outline: Outline, item: Def, passed: int | None) -> list[Def]:
    """The constructors of a class that take so many arguments; all of them if none does, or if it
    is unknown."""
    own = item.name.rpartition(".")[2]
    names = (own, outline.language.scopes.constructor)
    found = [
        each
        for each in outline.members_of(item.name)
        if each.kind != "class" and each.name.rpartition(".")[2] in names
    ]
    return [each for each in found if of_definition(outline, each) == passed] or found


@lru_cache(maxsize=256)
def _pattern(name: str, headers: bool) -> re.Pattern[str]:
    ways = _MADE + _DECLARED if headers else _MADE
    return re.compile(ways.replace("NAME", re.escape(name)))
