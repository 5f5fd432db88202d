"""Conditions that a change alters or adds: operators, limits, clauses, and what they let"
" through."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, was_and_is
from reviewer.questions.compare import Pair, View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import clauses, is_literal, last_name

_ORDER = frozenset(["<", "<=", ">", ">="])
_JOIN = frozenset(["and", "or", "&&", "||", "&", "|"])
_EQUAL = frozenset(["==", "!=", "===", "!==", "is", "in"]) | {"not in", "is not"}
_ENDS = {"return": "returns", "raise": "raises", "leave": "leaves the loop or block"}
_WALRUS = re.compile(r"\(?\s*(\w+) := (?:[^()]|\([^()]*\))*\)?")
_AFFIX = re.compile(
    r"(?i)([\w.\[\]()]+)\.(startswith|endswith|hasprefix|hassuffix|contains|includes)\("
)


def ask(view: View) -> Iterator[Idea]:
    told: set[int] = set()
    for pair in view.altered("binary"):
        for idea in _operator(pair, view):
            told.add(pair.new.line)
            yield idea
    for pair in view.altered("branch"):
        if pair.new.line not in told and not view.only_named(pair.old.text, pair.new.text):
            yield from _altered(pair, view)
    altered = {id(pair.new) for pair in view.altered("branch")}
    before: Fact | None = None
    for fact in view.of("branch"):
        if id(fact) not in altered:
            yield from _added(fact, view)
        if fact.name == "elif" and before is not None and before.owner == fact.owner:
            yield from _order(before, fact, view)
        before = fact if fact.name in ("if", "elif") else before


def _operator(pair: Pair, view: View) -> Iterator[Idea]:
    old, new = pair.old, pair.new
    line = at(new, view)
    before, after = was_and_is(old.text, new.text)
    was = f"{before} became {after}"
    if old.name != new.name and {old.name, new.name} <= _ORDER:
        yield Idea(line, f"{was}: what happens now at the boundary itself?", 90)
    elif old.name != new.name and ({old.name, new.name} <= _JOIN or {old.name, new.name} <= _EQUAL):
        yield Idea(line, f"{was}: for which value do the two differ, and is it handled?", 88)
    elif (
        old.name == new.name
        and new.name in _ORDER | _EQUAL
        and all(is_literal(part) for part in _differing(pair))
    ):
        yield Idea(line, f"{was}: which values are treated otherwise now?", 74)


def _differing(pair: Pair) -> list[str]:
    return [
        part
        for a, b in zip(pair.old.parts, pair.new.parts, strict=False)
        if a != b
        for part in (a, b)
    ]


def _altered(pair: Pair, view: View) -> Iterator[Idea]:
    old, new = (clauses(_WALRUS.sub(r"\1", item.text)) for item in (pair.old, pair.new))
    lost, more = list(Counter(old) - Counter(new)), list(Counter(new) - Counter(old))
    line = at(pair.new, view)
    was, now = was_and_is(pair.old.text, pair.new.text)
    if pair.old.name == "elif" or (lost and not more):
        text = " and ".join(code(part, 50) for part in lost[:2])
        yield Idea(
            line,
            f"The condition no longer asks {text}: what gets through now that did not before?",
            88,
        )
    elif more and not lost:
        text = " and ".join(code(part, 50) for part in more[:2])
        yield Idea(
            line,
            f"The condition now also asks {text}: which case that it should handle falls out?",
            64,
        )
    elif [_positive(part) for part in lost] == [_positive(part) for part in more]:
        yield Idea(
            line,
            f"{code(pair.old.text)} became {code(pair.new.text)}: is it the right way round?",
            90,
        )
    else:
        yield Idea(
            line,
            f"The condition was {was} and is {now}: for which input do they differ, and is the new"
            " answer right?",
            66,
        )


def _order(first: Fact, second: Fact, view: View) -> Iterator[Idea]:
    """Two conditions of one chain that may both hold."""
    one, two = (
        re.split(r"\W", re.sub(r"^(?:not |!)", "", fact.text), maxsplit=1)[0]
        for fact in (first, second)
    )
    alike = "isinstance" in first.text or (re.search(r"==| in ", first.text) and one == two)
    if not alike and first.text != second.text:
        yield Idea(
            at(second, view),
            f"When both {code(first.text, 50)} and {code(second.text, 50)} hold, is it right"
            " that the"
            " first one decides?",
            51,
        )


def _positive(clause: str) -> str:
    return re.sub(r"^(?:not\s+|!+)|\bnot (?=in\b)|(?<=is )not ", "", clause).replace("!=", "==")


def _added(fact: Fact, view: View) -> Iterator[Idea]:
    line, text = at(fact, view), fact.text
    if re.fullmatch(r"(?:\w+ [!=]= nil|TYPE_CHECKING|.*__main__.*|true|True|1)", text):
        return
    parts = clauses(text)
    affix = next((part for part in parts if _AFFIX.search(part)), "")
    if affix:
        yield Idea(
            line,
            f"Which value passes {code(affix)} without being meant, or is meant and fails it?",
            56,
        )
    elif "isinstance(" in text or "instanceof" in text or "hasattr(" in text:
        yield Idea(
            line,
            f"Which other type, subclass or None can reach {code(text)}, and is it treated right?",
            41,
        )
    elif re.search(r"['\"][^'\"]*['\"] (?:not )?in \w", text):
        yield Idea(line, f"Can {code(text)} hold for a text that only contains that by chance?", 50)
    elif len(set(re.findall(r"&&|\|\||\band\b|\bor\b", text))) > 1:
        yield Idea(
            line, f"Is {code(text, 110)} grouped as meant, and right for each combination?", 54
        )
    elif fact.ends and fact.name in ("if", "unless", "guard"):
        yield Idea(
            line,
            f"When {code(text)} holds, this {_ENDS[fact.ends]}: is there an input for which it"
            " should"
            " go on?",
            48 if fact.ends == "raise" else 44,
        )
    elif len(parts) > 1:
        yield Idea(line, f"Which case that needs this falls out of {code(text)}?", 42)
    elif fact.name == "?":
        none = re.search(r"\b(?:None|null|nil|undefined)\b", text)
        yield Idea(
            line, f"Is each of the two values right, depending on {code(text)}?", 46 if none else 34
        )
    elif last_name(text) != "":
        yield Idea(line, f"What happens when {code(text)} does not hold?", 30)
