"""What a family of questions gives, and words that several families look for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import differ, one_line
from reviewer.text import cut
from reviewer.types import Side

_SHOWN = 70  # characters of code in a sentence
NUMBER = re.compile(
    r"(?i)(?:^|_|\b)(?:n|num|number|count|counts|total|size|len|length|limit|offset|index|idx|pos"
    r"|position|start|end|stop|step|port|timeout|delay|interval|ttl|age|min|max|width|height|depth"
    r"|level|price|amount|rate|ratio|score|weight|version|year|month|day|hour|seconds?|minutes?"
    r"|retries|attempts|budget|quota|capacity|threshold|seed|page|line|column|row|balance|quantity)"
    r"(?:$|_|\b)"
)
FLAG = re.compile(
    r"^(?:is|has|should|can|use|enable|allow|want|need|no|did|was|are|in|do)(?:_|[A-Z])|ed$"
)


def named(words: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Matches any of these names; `*` stands for the rest of a word. Use `fullmatch`."""
    parts = (re.escape(word).replace(r"\*", r"\w*") for word in words.split())
    return re.compile("|".join(parts), re.IGNORECASE if ignore_case else 0)


@dataclass(frozen=True, slots=True)
class Idea:
    """One thing to ask. `risk` orders: 0 to 100. `needs`: names of code that the answer may have to
    see."""

    line: int
    sentence: str
    risk: int
    needs: tuple[str, ...] = ()
    side: Side = "new"


class Family(Protocol):
    """The questions of one kind about a file."""

    def __call__(self, view: View) -> Iterator[Idea]: ...


def code(text: str, most: int = _SHOWN) -> str:
    """Code within a sentence, on one line and cut."""
    return f"`{cut(one_line(text).replace('`', chr(39)), most)}`"


def was_and_is(old: str, new: str) -> tuple[str, str]:
    """Old and new code within a sentence, where they differ."""
    one, two = differ(one_line(old), one_line(new))
    return code(one, 90), code(two, 90)


def at(fact: Fact, view: View) -> int:
    """The first changed line of a fact of the new side."""
    return next(iter(view.new.between(fact.line, fact.end)), fact.line)


def gone_at(fact: Fact, view: View) -> int:
    """The first removed line of a fact of the old side."""
    return next(iter(view.old.between(fact.line, fact.end)), fact.line)
