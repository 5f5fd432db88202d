"""Regular expressions: what they accept, anchors, and how long they take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, was_and_is
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact

_CALLS = re.compile(
    r"(?:^|\.)(?:re|regex|_re)\.\w+$|Must?Compile(?:POSIX)?$|Regex(?:p|::new)?$|new RegExp$|RegExp$"
    r"|Pattern\.(?:compile|matches)$|preg_\w+$|\.(?:replaceAll|matches|replaceFirst)$|Regexp\.new$"
    r"|regexp\.\w+$"
)
_TEXT = re.compile(r"[rbuRBU]{0,2}(['\"`/])(.{1,400})\1", re.DOTALL)
_NESTED = re.compile(r"\([^()]{0,80}[+*][^()]{0,20}\)[+*]")


def ask(view: View) -> Iterator[Idea]:
    known = set()
    pairs = {id(pair.new): pair.old for pair in view.altered("string", "regex")}
    patterns = {
        part
        for fact in view.new.facts
        if fact.role == "call" and _CALLS.search(fact.name)
        for part in fact.parts[:2]
        if _TEXT.match(part)
    }
    for fact in view.of("regex", "string"):
        if (fact.role == "regex" or fact.text in patterns) and fact.text not in known:
            known.add(fact.text)
            yield from _pattern(fact, pairs.get(id(fact)), view)


def _pattern(fact: Fact, old: Fact | None, view: View) -> Iterator[Idea]:
    found = _TEXT.search(fact.text)
    pattern = found[2] if found else fact.text
    line, shown = at(fact, view), code(fact.text)
    if len(pattern) < 3 or re.fullmatch(r"[\w\s]*", pattern):
        return
    if old is not None:
        was, now = was_and_is(old.text, fact.text)
        yield Idea(
            line,
            f"The pattern was {was} and is {now}: which text does one match and not the other?",
            86,
        )
    elif _NESTED.search(pattern):
        yield Idea(
            line, f"Can a long text without a match make {shown} try exponentially many ways?", 62
        )
    elif pattern.endswith("$") and not pattern.endswith("\\$") and view.language.name == "python":
        yield Idea(
            line,
            f"`$` also matches before a final newline: may {shown} accept a text that ends in one?",
            64,
        )
    elif "^" in pattern[:2] and "|" in pattern and "(" not in pattern[:3]:
        yield Idea(line, f"Do the anchors of {shown} hold for every alternative?", 62)
    else:
        yield Idea(
            line,
            f"Which text does {shown} accept by mistake, or miss (empty, more lines, non-ASCII)?",
            54,
        )
