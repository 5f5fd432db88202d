"""Changed signatures and their users."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reviewer.questions.base import Idea, code
from reviewer.questions.compare import View
from reviewer.questions.facts import Function
from reviewer.questions.parts import NAME

_RECEIVERS = ("self", "cls", "this", "_", "args", "kwargs")
_HEAD = 40  # lines
_CALLED_BY_OTHERS = re.compile(
    r"__\w+__$|(?:Unm|M)arshal\w*$|equals$|hashCode$|toString$|toJSON$|String$|Error$|Close$|close$|drop$|clone$|compareTo$|fmt$"
)


def ask(view: View) -> Iterator[Idea]:
    before: dict[str, Function] = {item.name: item for item in view.old.functions if item.name}
    repeated = Counter(item.name for item in view.new.functions)
    for function in view.new.functions:
        if not function.name or repeated[function.name] > 2:
            continue
        old = before.get(function.name)
        if old is not None and old.parameters != function.parameters:
            yield from _signature(old, function, view)
        if (
            old is not None
            and _result(old)
            and _result(function)
            and _result(old) != _result(function)
        ):
            yield Idea(
                head_line(function, view),
                f"{code(function.name)} now gives {code(_result(function))}"
                f" instead of {code(_result(old))}: do its callers and"
                " overrides follow?",
                56,
                (function.name,),
            )
    yield from _gone(view, before)


def _gone(view: View, before: dict[str, Function]) -> Iterator[Idea]:
    changed = set(view.old.changed)
    now = {item.name for item in view.new.functions}
    for name, item in before.items():
        if item.start in changed and item.end in changed and name not in now:
            if _CALLED_BY_OTHERS.match(name):
                yield Idea(
                    item.start,
                    f"{code(name)} is gone: what does the language or the framework do without it?",
                    78,
                    (name,),
                    "old",
                )
            elif view.words[name]:
                yield Idea(
                    item.start,
                    f"{code(name)} is gone: is what it did still done wherever it was used?",
                    70,
                    (name,),
                    "old",
                )


def _signature(old: Function, new: Function, view: View) -> Iterator[Idea]:
    was = [item.name for item in old.parameters if item.name not in _RECEIVERS]
    now = [item.name for item in new.parameters if item.name not in _RECEIVERS]
    line, name = head_line(new, view), code(new.name)
    lost = [item for item in was if item not in now]
    more = [item for item in new.parameters if item.name in now and item.name not in was]
    if lost and not more:
        yield Idea(
            line,
            f"{name} no longer takes {code(lost[0])}: does every caller and override follow?",
            72,
            (new.name,),
        )
    elif lost and more:
        yield Idea(
            line,
            f"{name} takes {code(more[0].name)} instead of {code(lost[0])}: does every caller"
            " pass the right thing?",
            66,
            (new.name,),
        )
    elif sorted(was) == sorted(now) and was != now:
        yield Idea(
            line,
            f"The parameters of {name} changed places: which caller passes them by position?",
            84,
            (new.name,),
        )
    elif more:
        item = more[0]
        if now.index(item.name) < len(now) - len(more) and item.default is None:
            text, risk = (
                f"{code(item.name)} was put in the middle of the parameters of {name}: which"
                " caller passes by position?",
                74,
            )
        else:
            text, risk = (
                f"{name} now takes {code(item.name)}: which caller that should pass it does not?",
                52,
            )
        yield Idea(line, text, risk, (new.name,))


def _result(function: Function) -> str:
    found = re.search(r"->\s*([^:{]+?)\s*:?$|\)\s*:\s*([^={]+?)\s*(?:=>)?$", function.head)
    return next(filter(None, found.groups()), "") if found else ""


def head_line(function: Function, view: View, word: str = "") -> int:
    """The first changed line of a function's head that has the word."""
    lines = view.new.between(function.start, min(function.end, function.start + _HEAD))
    found = (n for n in lines if not word or word in NAME.findall(view.new.lines[n - 1]))
    return next(found, function.start)
