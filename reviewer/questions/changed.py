"""Values that a change computes in another way, where no other family knows more."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, was_and_is
from reviewer.questions.compare import View
from reviewer.questions.parts import is_literal

_LONG = 600  # characters of both sides: more is no longer one question


def ask(view: View) -> Iterator[Idea]:
    for pair in view.altered("return", "assign", "entry"):
        old, new = pair.old, pair.new
        was, now = old.parts[-1], new.parts[-1]
        if view.only_named(was, now):
            continue
        if len(was) + len(now) > _LONG or was == now or (is_literal(was) and is_literal(now)):
            continue
        if new.role != "return" and old.parts[0] != new.parts[0]:
            continue
        before, after = was_and_is(was, now)
        what = "The result" if new.role == "return" else code(new.parts[0], 40)
        yield Idea(
            at(new, view),
            f"{what} was {before} and is {after}: for which input do the two differ, and is"
            " the new one right?",
            56,
        )
    for pair in view.altered("case", "hold", "await"):
        before, after = was_and_is(pair.old.text, pair.new.text)
        yield Idea(
            at(pair.new, view),
            f"{before} became {after}: what is treated otherwise now?",
            62,
        )
