"""Indexes, keys and slices that may not be there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, named
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import last_name

_TYPES = re.compile(r"^(?:[A-Z]\w*|list|dict|set|tuple|type|frozenset|map|Array)$")
_FINDS = named("find rfind indexOf lastIndexOf index search findIndex strpos IndexOf")
_LOOK = 40  # lines before it that may check it


def ask(view: View) -> Iterator[Idea]:
    stored = {fact.parts[0] for fact in view.of("assign")}
    for fact in view.of("index"):
        if fact.text not in stored:
            yield from _indexed(fact, view)
    for fact in view.of("call"):
        if _FINDS.fullmatch(last_name(fact.name)) and fact.inside in (
            "assign",
            "binary",
            "index",
            "call",
        ):
            if re.search(r"\.(?:find|index|search)$", fact.name) and len(fact.parts) == 0:
                continue
            yield Idea(
                at(fact, view),
                f"What does the code do with the result of {code(fact.text)} when nothing is"
                " found?",
                50,
            )
    yield from _lookups(view)


def _indexed(fact: Fact, view: View) -> Iterator[Idea]:
    base, inner = fact.parts
    if _TYPES.match(last_name(base)) or not inner or re.match(r"[\w.]+, ", inner):
        return
    known = view.new.near(fact, _LOOK, 0)
    if re.search(rf"lambda {re.escape(base)}\b|\b{re.escape(base)} =>", known):
        return  # a sort key and the like
    checked = f"len({base})" in known or f"{base}.length" in known or f"{base}.len()" in known
    line, whole = at(fact, view), code(fact.text)
    if fact.name == "slice":
        if re.fullmatch(r"\d*:", inner) and fact.inside == "loop":
            return
        risk = 44 if checked else 52 if "-" in inner or re.search(r"[+*]", inner) else 40
        yield Idea(
            line,
            f"{code(base)} may be empty or shorter than the bounds: is {whole} right then?",
            risk,
        )
    elif re.fullmatch(r"-?\d+", inner):
        split = re.search(r"split|match|group|argv|args|parts|groups|find", base)
        fewer = "be empty" if inner in ("0", "-1") else "have too few items"
        yield Idea(
            line,
            f"Can {code(base)} {fewer}, so that {whole} fails?",
            30 if checked else 56 if split else 47,
        )
    elif re.match(r"[frbu]?['\"]", inner):
        nested = re.search(r"\[['\"]", base) is not None
        yield Idea(
            line,
            f"Is {code(inner)} always in {code(base)}, or can {whole} fail?",
            48 if nested else 38,
        )
    elif re.search(r"[-+*]", inner):
        yield Idea(line, f"Can {code(inner)} lie outside of {code(base)} at either end?", 54)
    else:
        risk = 44 if view.language.name in ("c", "cpp", "go", "rust", "java") else 34
        yield Idea(line, f"Is {code(inner)} always a valid index or key of {code(base)}?", risk)


def _lookups(view: View) -> Iterator[Idea]:
    """`.get(k)` that became `[k]`."""
    gets = {
        fact.parts[0]: fact
        for fact in view.gone("call")
        if fact.name.endswith(".get") and fact.parts
    }
    for fact in view.of("index"):
        old = gets.get(fact.parts[1])
        if old is not None:
            yield Idea(
                at(fact, view),
                f"{code(old.text)} became {code(fact.text)}: what happens now without that key?",
                90,
            )
