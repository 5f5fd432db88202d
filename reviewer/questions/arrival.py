"""What a change adds and nobody uses through to the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code
from reviewer.questions.compare import View
from reviewer.questions.facts import Function
from reviewer.questions.parts import NAME, Parameter, last_name
from reviewer.questions.signatures import head_line

_RECEIVERS = ("self", "cls", "this", "_", "args", "kwargs")
_EMPTY = re.compile(r"\.\.\.$|\bpass$|NotImplementedError|abstract|@overload|unimplemented!|todo!")
# A parameter that says what another value is in: a number without it means something else.
_MEANING = re.compile(
    r"(?i)(?:^|_)(?:currency|units?|tz|time_?zone|locale|lang|language|encoding|charset|scale"
    r"|precision|base|radix|dialect|format)$"
)
_LONG = 400  # lines of a function that are searched


def ask(view: View) -> Iterator[Idea]:
    before = {item.name: item for item in view.old.functions if item.name}
    for function in view.new.functions:
        if function.name:
            yield from _unused(function, before.get(function.name), view)
    yield from _unread(view)


def _unread(view: View) -> Iterator[Idea]:
    """Variables and fields that are set and never read."""
    fresh = [fact for fact in view.of("assign") if fact.owner and fact.name in ("=", ":=")]
    if not fresh:
        return
    for fact in fresh:
        target = re.sub(r":.*", "", fact.parts[0]).strip()
        name = last_name(target)
        if not re.fullmatch(r"(?:(?:self|this)\.)?\w+", target) or name.startswith("_"):
            continue
        if view.words[name] == 1:
            where = "in this file" if "." in target else "afterwards"
            yield Idea(
                at(fact, view),
                f"{code(target)} is set here and never read {where}: where should it arrive?",
                62 if "." not in target else 46,
                (name,),
            )


def _unused(function: Function, old: Function | None, view: View) -> Iterator[Idea]:
    known = {item.name for item in old.parameters} if old else set()
    added = [item for item in function.parameters if item.name not in known and _counts(item)]
    if not added or (old is None and not view.new.between(function.start, function.start)):
        return
    body = "\n".join(view.new.lines[function.start - 1 : min(function.end, function.start + _LONG)])
    above = view.new.lines[function.start - 2] if function.start > 1 else ""
    if above.lstrip().startswith("@"):
        return  # a hook or a handler: others decide what it takes
    if _EMPTY.search(body) or function.end - function.start < 2:
        return
    words = Counter(NAME.findall(body))
    for item in added:
        if words[item.name] < 2 and not item.name.startswith("_"):
            yield Idea(
                head_line(function, view, item.name),
                f"{code(function.name)} takes {code(item.name)} and never uses it: where should the"
                " value arrive?",
                82 if old is not None else 50,
                (function.name,),
            )
        elif _MEANING.search(item.name):
            yield from _parted(function, item.name, view)


def _parted(function: Function, name: str, view: View) -> Iterator[Idea]:
    """A value that is computed in the unit, currency or form that a new parameter names, and goes
    on without it."""
    for fact in view.of("assign"):
        target = fact.parts[0]
        inside = function.start <= fact.line <= function.end
        if not inside or name not in NAME.findall(fact.parts[1]) or not NAME.fullmatch(target):
            continue
        last = min(function.end, fact.end + _LONG)
        for number in range(fact.end + 1, last + 1):
            line = view.new.lines[number - 1]
            words = NAME.findall(line)
            if target in words and name not in words and "(" in line:
                yield Idea(
                    head_line(function, view, name),
                    f"{code(target)} is made with {code(name)} in line {fact.line} and goes on"
                    f" without it in line {number}, {code(line.strip())}: what does that take it"
                    " to be?",
                    78,
                    (words[0],),
                )
                return


def _counts(item: Parameter) -> bool:
    return item.name not in _RECEIVERS and not item.text.startswith(("*", "...", "_"))
