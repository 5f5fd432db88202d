"""Arguments that a call no longer passes, passes in another order, or that its sibling passes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, named, was_and_is
from reviewer.questions.compare import Pair, View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import bare, is_name, last_name

_KEYWORD = re.compile(r"(\w+)\s?=(?!=)")
_TALK = named(
    "print* log* debug info warn* error* echo format write* printf fprintf sprintf"
    " snprintf fail* infof errorf Err Ok Some append push len",
    ignore_case=True,
)


def ask(view: View) -> Iterator[Idea]:
    for pair in view.altered("call"):
        if re.search(r"(?:Error|Exception|Warning)$", pair.new.name) and _wording(
            pair.old.text, pair.new.text
        ):
            continue
        if not _TALK.fullmatch(last_name(pair.new.name)):
            yield from _altered(pair, view)
    yield from _siblings(view)


def _wording(one: str, two: str) -> bool:
    """Whether only texts differ."""
    return bare(one) == bare(two)


def _altered(pair: Pair, view: View) -> Iterator[Idea]:
    old, new = pair.old.parts, pair.new.parts
    lost = list(Counter(old) - Counter(new))
    more = list(Counter(new) - Counter(old))
    line, name = at(pair.new, view), last_name(pair.new.name)
    needs = (name,)
    if not name:
        return
    if sorted(old) == sorted(new) and old != new and len(new) > 1:
        yield Idea(
            line,
            f"The arguments of {code(pair.new.text)} changed places: does {code(name)} take them"
            " in this order?",
            86,
            needs,
        )
    elif len(new) < len(old) and lost:
        yield Idea(
            line,
            f"{code(name)} no longer gets {code(lost[0], 50)}: does its own default mean the"
            " same here?",
            84,
            needs,
        )
    elif len(lost) == len(more) == 1 and len(old) == len(new):
        if view.only_named(lost[0], more[0]):
            return
        was, now = was_and_is(lost[0], more[0])
        yield Idea(
            line,
            f"{code(name)} gets {now} instead of {was}: is it of the same kind, for every input?",
            58,
            needs,
        )
    elif len(new) > len(old) and more:
        yield Idea(
            line,
            f"{code(name)} now also gets {code(more[0], 50)}: does it treat that as meant?",
            42,
            needs,
        )


def _siblings(view: View) -> Iterator[Idea]:
    """Calls of one function in one place, of which one lacks what the others pass."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in view.new.facts:
        if fact.role == "call" and fact.parts and is_name(fact.name):
            groups.setdefault((fact.owner, fact.name), []).append(fact)
    fresh = {id(fact) for fact in view.fresh}
    for (_, name), calls in groups.items():
        keywords = [
            {found[1] for part in call.parts if (found := _KEYWORD.match(part))} for call in calls
        ]
        common = Counter(word for words in keywords for word in words)
        if not 2 <= len(calls) <= 6 or _TALK.fullmatch(last_name(name)):
            continue
        for call, words in zip(calls, keywords, strict=True):
            missing = [
                w for w, number in common.items() if number == len(calls) - 1 and w not in words
            ]
            if (
                missing
                and words
                and all(common[w] > 1 for w in words)
                and any(id(item) in fresh for item in calls)
            ):
                yield Idea(
                    at(call, view),
                    f"The other calls of {code(last_name(name))} here pass {code(missing[0])}:"
                    " why does"
                    " this one not?",
                    66,
                    (last_name(name),),
                )
