"""Operations on text whose input may not look as expected."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, named
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import last_name

_SPLITS = named("split rsplit partition rpartition splitn Split SplitN explode split_once")
_STRIPS = named("strip lstrip rstrip trim TrimLeft TrimRight Trim")
_REPLACES = named("replace replaceAll Replace ReplaceAll gsub str_replace")
TALKS = named(
    "log* debug info warn* error print* trace critical exception",
    ignore_case=True,
)
_STRING = re.compile(r"[rbf]?['\"`].*")


def ask(view: View) -> Iterator[Idea]:
    looping = {fact.owner for fact in view.new.facts if fact.role == "loop"}
    for fact in view.of("call"):
        yield from _called(fact, looping, view)
    yield from _swapped(view)


def _called(fact: Fact, looping: set[str], view: View) -> Iterator[Idea]:
    name, line = last_name(fact.name), at(fact, view)
    text, given = code(fact.text), fact.parts[0] if fact.parts else ""
    literal = _STRING.match(given) is not None
    if _SPLITS.fullmatch(name) and literal:
        yield Idea(
            line,
            f"What does {text} give when {code(given)} occurs twice, at an end, or not at all?",
            48,
        )
    elif _STRIPS.fullmatch(name) and literal and len(given) > 3:
        yield Idea(
            line, f"{text} takes away any of these characters, not this text: is that meant?", 70
        )
    elif _REPLACES.fullmatch(name) and len(fact.parts) == 2:
        chained = ".replace(" in fact.name or "\\" in fact.text
        inside = fact.owner in looping
        yield Idea(
            line,
            f"Can {text} hit a text that an earlier replacement or escape put there, or more places"
            " than meant?",
            58 if chained or inside else 44,
        )
    elif (
        name in ("format", "sprintf", "Sprintf")
        and literal
        and fact.inside in ("call", "assign")
        and "%" in given
    ):
        yield Idea(
            line, f"Do the values of {text} fit its placeholders, also when long or empty?", 34
        )


def _swapped(view: View) -> Iterator[Idea]:
    """Another method of the same object, with the same arguments."""
    gone: dict[tuple[str, tuple[str, ...]], Fact] = {}
    for fact in view.gone("call"):
        base, dot, name = fact.name.rpartition(".")
        if dot and not TALKS.fullmatch(name):
            gone.setdefault((base, fact.parts[:1]), fact)
    for fact in view.of("call"):
        base, dot, name = fact.name.rpartition(".")
        if not fact.parts:
            continue
        old = gone.get((base, fact.parts[:1])) if dot else None
        if old is not None and old.name != fact.name:
            yield Idea(
                at(fact, view),
                f"{code(old.text)} became {code(fact.text)}: for which input do the two differ?",
                74,
                (name,),
            )
