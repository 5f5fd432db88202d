"""How many arguments a call passes and a signature takes, read from their text: enough to tell
overloads apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewer.languages.outline import Def, Outline, Ref

_OPEN = "([{"
_CLOSE = ")]}"
_MOST = 2000  # characters of an argument list
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")


def count(text: str) -> int | None:
    """The arguments between the first parenthesis of `text` and its partner; None if there is no
    partner."""
    start = text.find("(")
    if start < 0:
        return None
    depth = commas = angle = 0
    plain = _STRING.sub("x", text[start : start + _MOST])
    for at, sign in enumerate(plain):
        if sign in _OPEN:
            depth += 1
        elif sign in _CLOSE:
            depth -= 1
            if not depth:
                inside = plain[1:at].strip().rstrip(",")
                return commas + 1 if inside else 0
        elif sign == "<":
            angle += 1
        elif sign == ">" and angle:
            angle -= 1
        elif sign == "," and depth == 1 and not angle and plain[at + 1 :].strip()[:1] != ")":
            commas += 1
    return None


def fitting(outline: Outline, ref: Ref, there: Outline, items: Sequence[Def]) -> list[Def]:
    """Those of some overloads that take what the call `ref` passes; all of them if none does, or if
    it cannot be told."""
    functions = [item for item in items if item.kind == "function"]
    if len(functions) < 2 or not ref.call:
        return list(items)
    passed = of_call(outline, ref)
    kept = [item for item in items if passed is not None and of_definition(there, item) == passed]
    return kept or list(items)


def of_call(outline: Outline, ref: Ref) -> int | None:
    """How many arguments the call passes."""
    name = ref.name.rpartition(".")[2]
    text = "\n".join(outline.lines[ref.line - 1 : ref.line + 12])
    match = re.search(rf"\b{re.escape(name)}\s?\(", text)
    return count(text[match.start() :]) if match else None


def of_definition(outline: Outline, item: Def) -> int | None:
    """How many parameters the signature has."""
    text = "\n".join(outline.lines[item.start - 1 : item.header])
    name = item.name.rpartition(".")[2]
    at = text.find(f"{name}(")
    return count(text[at:]) if at >= 0 else None
