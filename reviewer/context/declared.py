"""The type that a variable is declared with, read from the text of the function around it."""

from __future__ import annotations

import re

from reviewer.context.mentions import KEYWORDS
from reviewer.languages.outline import Outline, Ref

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


def declared(outline: Outline, ref: Ref) -> list[str]:
    """Words that may be the type of the receiver of `ref`, the likeliest first."""
    head, _, rest = ref.name.partition(".")
    owner = outline.by_name.get(ref.scope)
    if owner is None or not rest or "." in rest or head == "?":
        return []
    last = min(ref.line, owner.start + _MAX_LINES)
    text = "\n".join(line[:_MAX_LINE] for line in outline.lines[owner.start - 1 : last])
    types = (
        match[1]
        for pattern in _DECLARED
        for match in re.finditer(pattern.replace("NAME", re.escape(head)), text)
    )
    known = {head, *KEYWORDS}
    return [name for name in dict.fromkeys(types) if name not in known][:_MAX_TYPES]
