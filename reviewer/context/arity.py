"""Which of some overloads a call means, told by how many arguments it passes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewer.languages.arity import listed
from reviewer.languages.outline import Def, Outline, Ref


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
    return listed(text[match.start() :]) if match else None


def of_definition(outline: Outline, item: Def) -> int | None:
    """How many parameters the signature has."""
    text = "\n".join(outline.lines[item.start - 1 : item.header])
    name = item.name.rpartition(".")[2]
    at = text.find(f"{name}(")
    return listed(text[at:]) if at >= 0 else None
