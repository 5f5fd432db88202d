"""Defaults and constants that a change alters or drops."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, gone_at, named, was_and_is
from reviewer.questions.compare import View
from reviewer.questions.parts import is_literal, last_name
from reviewer.questions.signatures import head_line

_GETS = named("get pop getattr getenv getOrDefault")


def ask(view: View) -> Iterator[Idea]:
    yield from _parameters(view)
    for pair in view.altered("call"):
        old, new = pair.old, pair.new
        if _GETS.fullmatch(last_name(new.name)) and len(old.parts) > len(new.parts):
            yield Idea(
                at(new, view),
                f"{code(old.text)} became {code(new.text)}: what happens when nothing is there?",
                90,
                (last_name(new.name),),
            )
    for fact in view.gone("binary"):
        if (
            fact.name in ("or", "||", "??", "?:")
            and is_literal(fact.parts[1])
            and fact.inside != "branch"
        ):
            yield Idea(
                gone_at(fact, view),
                f"The default of {code(fact.text)} is gone: what if {code(fact.parts[0])} is"
                " missing?",
                90,
                side="old",
            )
    for pair in view.altered("assign", "entry"):
        (target, was), (_, now) = pair.old.parts[:2], pair.new.parts[:2]
        if re.search(r"(?i)version", target):
            continue
        if (
            pair.old.parts[0] == pair.new.parts[0]
            and is_literal(was)
            and is_literal(now)
            and was != now
        ):
            before, after = was_and_is(was, now)
            yield Idea(
                at(pair.new, view),
                f"{code(target)} was {before} and is {after}: who relies on the old value?",
                72,
                (last_name(target),),
            )


def _parameters(view: View) -> Iterator[Idea]:
    before = {item.name: item for item in view.old.functions}
    for function in view.new.functions:
        old = before.get(function.name)
        known = {item.name: item for item in old.parameters} if old else {}
        for item in function.parameters:
            was = known.get(item.name)
            if was is None or was.default == item.default:
                continue
            line = head_line(function, view, item.name)
            if item.default is None:
                text = f"{code(item.name)} no longer has a default: does every caller pass it?"
            elif was.default is None:
                text = (
                    f"{code(item.name)} now has the default {code(item.default)}: does a caller"
                    " that"
                    " forgets it get the right thing?"
                )
            else:
                text = (
                    f"The default of {code(item.name)} was {code(was.default)} and is"
                    f" {code(item.default)}: what changes for callers that leave it out?"
                )
            yield Idea(line, text, 88 if was.default is not None else 60, (function.name,))
