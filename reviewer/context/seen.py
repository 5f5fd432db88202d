"""Which definitions a use can see: none that a local variable hides, or that its file keeps to
itself."""

from __future__ import annotations

import re

from reviewer.languages import is_test
from reviewer.languages.outline import Def, Outline, Ref

_MAX_LINES = 200  # of the function, above the use
_MAX_LINE = 400
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


def is_maker(outline: Outline, item: Def) -> bool:
    """Whether it is a constructor, which has no name of its own that could be used."""
    *_, owner, name = ("", *item.name.split("."))
    return item.kind == "function" and name in (owner, outline.language.scopes.constructor)


def is_visible(path: str, home: str, outline: Outline, item: Def) -> bool:
    """Whether the file `path` may use a definition of the file `home`."""
    scopes = outline.language.scopes
    if scopes.hidden and scopes.hidden.search(outline.lines[item.start - 1][:_MAX_LINE]):
        return is_test(path)
    near = path.rpartition("/")[0] == home.rpartition("/")[0]
    return near or not scopes.capital or not item.name.rpartition(".")[2][:1].islower()


def _above(outline: Outline, owner: Def, line: int) -> str:
    last = min(line, owner.start + _MAX_LINES)
    return "\n".join(each[:_MAX_LINE] for each in outline.lines[owner.start - 1 : last])
