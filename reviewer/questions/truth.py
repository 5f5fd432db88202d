"""Truth tests and defaults by `or`, where 0 or something empty may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import FLAG, NUMBER, Idea, at, code
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import Parameter, clauses, is_name, last_name

_VALUE = ("assign", "return", "call", "index", "entry", "await", "binary", "")
_OPTIONAL = re.compile(r"Optional|\bNone\b|\?|\bnull\b|\bundefined\b")
_NO_VALUE = re.compile(r"\b(?:bool|boolean|Callable|Path|Callback|Match|Logger|Client)\b")
_RESULT = re.compile(r"\.get\(|\.pop\(|\bgetattr\(|\.group\(|\blen\(|\bint\(|environ|\.find\w*\(")
_BOOLEAN = re.compile(
    r"^(?:not |!)|[=<>]|\b(?:is|in|instanceof|typeof)\b|^(?:True|False|true|false)$"
)


def ask(view: View) -> Iterator[Idea]:
    shapes = view.language.shapes
    if shapes.picks:
        for fact in view.of("binary"):
            if fact.name in shapes.picks and fact.inside in _VALUE:
                yield from _picked(fact, view)
    if shapes.falsy:
        for fact in view.of("branch"):
            for part in clauses(fact.text):
                yield from _tested(fact, part, view)


def _picked(fact: Fact, view: View) -> Iterator[Idea]:
    left, right = fact.parts
    if _BOOLEAN.search(left) or _BOOLEAN.search(right) or FLAG.search(last_name(left)):
        return
    if fact.inside == "binary" and not re.fullmatch(r"[\d.]+|['\"].*|\[\]|\{\}", right):
        return
    if len(left) > 60 or re.fullmatch(r"(?:False|false|None|null)", right):
        return
    falsy = view.language.shapes.falsy or "empty"
    numeric = NUMBER.search(last_name(left)) or re.fullmatch(r"[\d.]+", right)
    what = "0" if numeric else falsy
    yield Idea(
        at(fact, view),
        f"{code(left)} may be {what} here: does {code(fact.text)} then give what is wanted?",
        68 if numeric else 46,
    )


def _tested(fact: Fact, part: str, view: View) -> Iterator[Idea]:
    subject = re.sub(r"^(?:not\s+|!+)", "", part).strip()
    name = last_name(subject)
    if not is_name(subject) or FLAG.search(name) or name.isupper():
        return
    risk, what = _reason(name, subject, fact, view)
    if risk:
        yield Idea(
            at(fact, view),
            f"{code(part)} takes {what} for a missing value: is that right for every caller?",
            risk,
        )


def _reason(name: str, subject: str, fact: Fact, view: View) -> tuple[int, str]:
    """How risky a truth test is, and the value that it may take for a missing one."""
    falsy = view.language.shapes.falsy
    known = _parameter(name, fact, view)
    if known and _NO_VALUE.search(known.type):
        return 0, ""
    numeric = NUMBER.search(name) or (known and re.search(r"\b(?:int|float|number)\b", known.type))
    optional = known and (known.default in ("None", "null") or _OPTIONAL.search(known.type))
    if numeric:
        return (64 if known else 52), "0"
    if optional:
        return 46, falsy
    return (48, falsy) if _RESULT.search(view.set_to.get(subject, "")) else (0, "")


def _parameter(name: str, fact: Fact, view: View) -> Parameter | None:
    function = view.new.function(fact)
    return next((p for p in function.parameters if p.name == name), None) if function else None
