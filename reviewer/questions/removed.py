"""What a change takes away: checks, errors, awaits, locks, clean-up, steps of the work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, code, gone_at, named
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import canonical, clauses, is_literal, last_name

_CLEANS = named(
    "close free unlock release flush commit rollback cancel dispose destroy shutdown stop"
    " join wait done fsync unref decref cleanup clear reset remove* delete* unregister"
    " unsubscribe *_free *_close *_unlock",
    ignore_case=True,
)
_GUARDS = re.compile(
    r"(?i)valid|check|verif|escape|sanit|quote|encode|decode|strip|trim|lower|upper"
    r"|normal|copy|clone|lock|acquire|ensure|require|authori|permit|assert|limit|clamp"
    r"|sort|unique|dedup|super|notify|emit|invalidate|resolve|abspath|realpath"
)
_TALK = re.compile(r"(?i)log|debug|print|warn|info|trace|format|errorf|echo|sprintf")


def ask(view: View) -> Iterator[Idea]:
    whole = _functions_gone(view)
    until = 0  # facts come in the order of their lines
    for fact in view.lost:
        if fact.owner and fact.owner in whole:
            continue  # the function itself is gone: asked under signatures
        if fact.line <= until:
            continue  # inside of what is gone
        if idea := _lost(fact, view):
            if fact.role in ("branch", "loop", "catch", "case"):
                until = max(until, fact.last)
            if not _still(fact, view):
                yield idea


def _functions_gone(view: View) -> set[str]:
    """Functions of the old side that are on removed lines as a whole."""
    changed = set(view.old.changed)
    return {
        item.name
        for item in view.old.functions
        if item.start in changed
        and item.end in changed
        and item.name
        and item.name not in {new.name for new in view.new.functions}
    }


def _still(fact: Fact, view: View) -> bool:
    """Whether the new side says the same in other words: the condition as part of another one, the
    call under another name."""
    if fact.role == "branch":
        parts = [canonical(part) for part in clauses(fact.text)]
        return all(part in view.said for part in parts)
    if fact.role == "call" and fact.parts:
        return fact.parts in view.passed
    return False


def _lost(fact: Fact, view: View) -> Idea | None:
    line, text = gone_at(fact, view), code(fact.text)
    found = _described(fact, text)
    if found is None:
        return None
    sentence, risk = found
    if fact.role in ("assign", "entry"):  # read by whom?
        word = last_name(fact.parts[0].strip("'\""))
        risk = risk + 12 if view.words[word] else risk - 14
    return Idea(line, sentence, risk, side="old")


def _described(fact: Fact, text: str) -> tuple[str, int] | None:
    match fact.role:
        case "branch":
            return _branch(fact, text)
        case "raise":
            return f"The error {text} is no longer raised: who notices now?", 78
        case "await":
            return f"{text} is no longer awaited: what runs before it has ended?", 88
        case "hold":
            return f"{text} is gone: what is no longer protected or closed?", 86
        case "final":
            return "The clean-up is gone: what stays open or changed after an error?", 84
        case "catch":
            return f"{text} is gone: where does that error go now?", 82
        case "assert":
            return f"{text} is gone: what happens now where it would have failed?", 60
        case "case":
            return f"The case {text} is gone: where does such a value go now?", 76
        case "leave" if not fact.text.startswith("yield"):
            return f"{text} is gone: what runs now that was skipped before?", 72
        case "loop":
            return f"The loop {text} is gone: is each item still treated?", 58
        case "call":
            return _call(fact, text)
        case "return" if fact.parts != ("",):
            return f"{text} is gone: what does the caller get in that case now?", 52
        case "mark":
            return f"{text} is gone: what did it do for what it stands on?", 78
        case "assign" if re.search(r"\.|->|\[", fact.parts[0]) or is_literal(fact.parts[1]):
            return (
                f"{code(fact.parts[0])} is no longer set to {code(fact.parts[1], 40)} here: who"
                " still reads it?",
                66,
            )
        case "entry":
            return f"The entry {text} is gone: who still reads it?", 54
    return None


def _branch(fact: Fact, text: str) -> tuple[str, int]:
    if fact.name == "?":
        return f"The choice by {text} is gone: is the other value right in both cases?", 72
    if fact.ends:
        then = f" ({code(fact.body, 50)})" if fact.body else ""
        return f"The check {text}{then} is gone: what happens now when it holds?", 93
    return f"The case {text} is gone: what happens now when it holds?", 70


def _call(fact: Fact, text: str) -> tuple[str, int] | None:
    name = last_name(fact.name)
    if not name or _TALK.search(fact.name):
        return None
    if _CLEANS.fullmatch(name) and fact.inside in ("statement", "hold", "await", ""):
        return f"{text} is no longer called: what stays open, locked or behind?", 84
    if _GUARDS.search(name):
        return f"{text} is no longer called: what did it keep out or put right?", 76
    if fact.inside == "statement":
        return f"{text} is no longer called: is its effect still needed?", 62
    return None
