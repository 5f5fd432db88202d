"""Patterns that are often wrong, though not wherever they stand: those that always are make
findings without a model (analyzers/rules/)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code
from reviewer.questions.compare import View

_FOR_TYPES = re.compile(r"^(?:\w+\.)?TYPE_CHECKING$")
_CHILD = re.compile(r"(?i)(?:child|proc(?:ess)?|cp|subprocess)\.(?:on|once)$")
_EMPTY = re.compile(r"\{\s*\}")
_TYPE = re.compile(r":.*")


def ask(view: View) -> Iterator[Idea]:
    for fact in view.of("branch"):
        if _FOR_TYPES.match(fact.text) and fact.body.startswith("assert "):
            yield Idea(
                at(fact, view),
                f"{code(fact.body)} never runs here: can what it rules out arrive at run time?",
                62,
            )
    for fact in view.of("call"):
        if _CHILD.search(fact.name) and fact.parts and fact.parts[0].strip("'\"`") == "exit":
            yield Idea(
                at(fact, view),
                "The event `exit` may come before the output was read to its end, `close` comes"
                " after it: is the last output needed?",
                58,
            )
    if name := view.language.shapes.inherited:
        assigned = (fact.parts for fact in view.of("assign") if len(fact.parts) == 2)
        empty = {_TYPE.sub("", target) for target, value in assigned if _EMPTY.fullmatch(value)}
        for fact in view.of("binary"):
            if fact.name == "in" and fact.parts[1] in empty:
                yield Idea(
                    at(fact, view),
                    f"{code(fact.text)} is also true for {code(name)}, which every object inherits:"
                    " can a key have such a name?",
                    56,
                )
