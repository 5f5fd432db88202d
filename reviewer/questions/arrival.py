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


def _counts(item: Parameter) -> bool:
    return item.name not in _RECEIVERS and not item.text.startswith(("*", "...", "_"))
