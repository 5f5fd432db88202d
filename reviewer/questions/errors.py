"""Errors that are swallowed, discarded or caught too widely."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, named
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import last_name

_BROAD = re.compile(
    r"except$|catch(?: \(\w*\))?$|\b(?:Exception|BaseException|Throwable|Error)\b|\.\.\."
)
_FAILS = named(
    "close write flush sync remove unlink rename mkdir* send exec scan commit rollback"
    " set*deadline encode decode unmarshal marshal fprint*",
    ignore_case=True,
)


def ask(view: View) -> Iterator[Idea]:
    for fact in view.of("catch"):
        yield from _caught(fact, view)
    for fact in view.of("assign"):
        if (
            view.language.name == "go"
            and re.search(r"(?:^|, )_$", fact.parts[0])
            and "(" in fact.parts[1]
        ):
            yield Idea(
                at(fact, view), f"What if {code(fact.parts[1])} fails? Its error is dropped.", 62
            )
    for fact in view.of("call"):
        yield from _called(fact, view)
    for fact in view.of("raise"):
        around = any(first < fact.line <= last for first, last in view.new.caught)
        if (
            around
            and "(" in fact.text
            and " from " not in fact.text
            and view.language.name == "python"
        ):
            yield Idea(
                at(fact, view),
                f"{code(fact.text)} takes the place of the error that was caught: is its cause"
                " kept, and is it still caught by its type?",
                52,
            )
    for pair in view.altered("raise"):
        if pair.old.parts[0].split("(")[0] != pair.new.parts[0].split("(")[0]:
            yield Idea(
                at(pair.new, view),
                f"{code(pair.old.text)} became {code(pair.new.text)}: who catches the old error?",
                74,
            )


def _caught(fact: Fact, view: View) -> Iterator[Idea]:
    line, text = at(fact, view), code(fact.text)
    body = re.sub(r"^(?:return|continue|break|pass)\b", "", fact.body).strip(" ;")
    old = next((pair.old for pair in view.pairs if pair.new is fact), None)
    if old is not None:
        yield Idea(line, f"{code(old.text)} became {text}: which error goes elsewhere now?", 76)
    elif not body or body in ("None", "null", "nil", "False", "false", "[]", "{}", '""', "''"):
        what = f"continues with {code(fact.body)}" if fact.body else "continues"
        yield Idea(
            line,
            f"After {text} the code {what}: who learns that something failed, and is the state"
            " right?",
            66,
        )
    elif _BROAD.search(fact.text):
        yield Idea(line, f"Which error that should not be hidden does {text} catch as well?", 54)
    else:
        yield Idea(line, f"Which other error can come from inside, past {text}?", 36)


def _called(fact: Fact, view: View) -> Iterator[Idea]:
    name, line, text = last_name(fact.name), at(fact, view), code(fact.text)
    if view.language.name == "rust" and name in ("unwrap", "expect"):
        yield Idea(line, f"When does {text} panic?", 56)
    elif view.language.name == "go" and fact.inside == "statement" and _FAILS.fullmatch(name):
        yield Idea(line, f"What if {text} fails? Its error is not checked.", 44)
    elif name in ("gather", "all", "allSettled") and re.search(r"asyncio|Promise|anyio", fact.name):
        yield Idea(
            line,
            f"{text}: what becomes of the others when one fails, and can they be too many?",
            60,
        )
    elif name == "suppress" or (name == "rmtree" and "ignore_errors" in fact.text):
        yield Idea(line, f"{text} hides errors: which one would matter?", 54)
    elif re.search(r"^(?:malloc|calloc|realloc|strdup|fopen)$", fact.name):
        yield Idea(line, f"Is the result of {text} checked before it is used?", 56)
