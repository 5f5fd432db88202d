"""Loops: their bounds, their end, and what leaves them early."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, was_and_is
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact

_OFFSET = re.compile(r"\brange\([^)]*,|;[^;]*[<>]|\.\.=?|\blen\(|\.length\b|\.size\(\)|until")


def ask(view: View) -> Iterator[Idea]:
    altered = set()
    for pair in view.altered("loop"):
        altered.add(id(pair.new))
        was, now = was_and_is(pair.old.text, pair.new.text)
        yield Idea(
            at(pair.new, view),
            f"The loop was {was} and is {now}: which items are new, and which are missed?",
            78,
        )
    for fact in view.of("loop"):
        if id(fact) not in altered:
            yield from _loop(fact, view)
    for fact in view.of("branch"):
        if fact.name == "while" and not any(pair.new is fact for pair in view.pairs):
            yield Idea(
                at(fact, view),
                f"Does every way through the loop bring {code(fact.text)} closer to its end?",
                50,
            )


def _loop(fact: Fact, view: View) -> Iterator[Idea]:
    if (
        fact.ends in ("return", "leave")
        and fact.body
        and not fact.body.startswith(("if", "for", "continue"))
    ):
        yield Idea(
            at(fact, view),
            f"{code(fact.text)} may end in its first round: are the other items left out on"
            " purpose?",
            58,
        )
    elif _OFFSET.search(fact.text) and not re.fullmatch(r"for \w+ in range\(\w+\)", fact.text):
        yield Idea(
            at(fact, view),
            f"Are the first and the last round of {code(fact.text)} right, also for none and one?",
            50,
        )
