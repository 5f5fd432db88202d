"""What the text says of a variable: the type it is declared with, and whether it is a local one."""

from __future__ import annotations

import re

from reviewer.context.mentions import KEYWORDS
from reviewer.languages.outline import Def, Outline, Ref

_MAX_LINES = 200  # of the function, above the use
_MAX_LINE = 400
_MAX_TYPES = 4
# The type of NAME: `NAME: &mut Type`, `NAME = new Type(`, `NAME *pkg.Type`, `Type<T> *NAME`.
_DECLARED = (
    r"(?<![\w$.])NAME\??\s?:(?!:)\s?(?:[&*]|mut\s|dyn\s){0,3}([A-Z_][\w$]*)",
    r"(?<![\w$.])NAME\s?:?=\s?(?:new\s|&)?([A-Z_][\w$]*)(?:(?:\.|::)new)?\s?[({]",
    r"(?<![\w$.])NAME\s\*?(?:\w{1,60}\.)?([A-Z][\w$]*)",
    r"(?<![\w$])([A-Za-z_][\w$]*)(?:<[^<>\n]{0,80}>)?[\s*&]{1,4}NAME(?![\w$(.:])",
)
_PARAMETER = r"(?<![\w$.@])NAME\s?(?:[,)=:?\]]|$|\s[*&\w\[])"
# `let NAME`, `Type NAME = 1`, `NAME := 1`; not `return NAME;`
_NO_TYPES = "return throw await yield case else in not goto new delete typeof puts echo print"
_BOUND = (
    r"\b(?:let|var|val|const|auto|mut|final|for|local)[ \t]+NAME\b"
    rf"|{''.join(f'(?<!{word})' for word in _NO_TYPES.split())}(?<=[\w>\]])[ \t*&]{{1,4}}"
    r"NAME\s?(?:[:=;]|\bin\b)"
    r"|(?<![\w$.@])NAME\s?:="
)
_ASSIGNED = r"(?<![\w$.@])NAME\s?(?:\|\|)?=(?![=~>])"
_WORD = re.compile(r"[A-Za-z_$][\w$]*")


def declared(outline: Outline, ref: Ref) -> list[str]:
    """Words that may be the type of the receiver of `ref`, the likeliest first."""
    head, _, rest = ref.name.partition(".")
    owner = outline.by_name.get(ref.scope)
    if owner is None or not rest or "." in rest or head == "?":
        return []
    text = _above(outline, owner, ref.line)
    types = (
        match[1]
        for pattern in _DECLARED
        for match in re.finditer(pattern.replace("NAME", re.escape(head)), text)
    )
    known = {head, *KEYWORDS}
    return [name for name in dict.fromkeys(types) if name not in known][:_MAX_TYPES]


def types_in(outline: Outline, item: Def) -> list[str]:
    """Words in the definition of a field or variable that may be its type, in order."""
    line = outline.lines[item.start - 1][:_MAX_LINE]
    own = item.name.rpartition(".")[2]
    found = (word for word in _WORD.findall(line) if word != own and word not in KEYWORDS)
    lower = outline.language.scopes.headers  # types of C are
    return [word for word in dict.fromkeys(found) if lower or word[:1].isupper()][:_MAX_TYPES]


def is_local(outline: Outline, ref: Ref, items: list[Def]) -> bool:
    """Whether a plain name is a parameter or a variable of the function around, rather than one of
    `items`."""
    owner = outline.by_name.get(ref.scope)
    if owner is None or owner.kind != "function" or "." in ref.name or ref.call:
        return False
    if any(item.kind == "class" for item in items):
        return False  # a type, also where it is one of the words of a parameter
    name = re.escape(ref.name)
    header = "\n".join(outline.lines[owner.start - 1 : owner.header])
    _, bracket, parameters = header.partition("(")
    text = _above(outline, owner, ref.line)
    if bracket and re.search(_PARAMETER.replace("NAME", name), parameters[: len(text)]):
        return True
    if re.search(_BOUND.replace("NAME", name), text):
        return True
    functions = all(item.kind != "value" for item in items)
    return functions and re.search(_ASSIGNED.replace("NAME", name), text) is not None


def _above(outline: Outline, owner: Def, line: int) -> str:
    last = min(line, owner.start + _MAX_LINES)
    return "\n".join(each[:_MAX_LINE] for each in outline.lines[owner.start - 1 : last])
