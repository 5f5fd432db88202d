"""Divisions by what may be 0, differences that may go below it, sizes that may overflow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import is_literal, last_name

_DIVIDES = ("/", "%", "//", "/=", "%=", "//=")
_PATHS = re.compile(r"(?i)path|dir|root|folder|home|base|tmp|file|url|['\"]")
_UNSIGNED = ("c", "cpp", "rust", "go", "objc")
_SIZES = re.compile(r"(?i)len|size|count|offset|pos|end|start|avail|remain|left|cap\b|used|num")
_ALLOCATES = re.compile(r"(?i)alloc|make\b|resize|reserve|with_capacity|memcpy|memmove|read\b")


def ask(view: View) -> Iterator[Idea]:
    for fact in view.of("binary", "assign"):
        if fact.name in _DIVIDES and len(fact.parts) == 2:
            yield from _divides(fact, view)
        elif fact.name in ("-", "-=") and view.language.name in _UNSIGNED:
            yield from _subtracts(fact, view)
    for fact in view.of("call"):
        if _ALLOCATES.search(last_name(fact.name)) and view.language.name in _UNSIGNED:
            sizes = [part for part in fact.parts if re.search(r"[\w)\]] ?[*+] ?[\w(]", part)]
            if sizes:
                yield Idea(
                    at(fact, view),
                    f"Can {code(sizes[-1])} overflow, or be more than {code(fact.name)} has room"
                    " for?",
                    58,
                )


def _divides(fact: Fact, view: View) -> Iterator[Idea]:
    left, right = fact.parts
    if is_literal(right) or re.fullmatch(r"[A-Z_\d.]+", right) or right.startswith(("{", "(")):
        return
    if _PATHS.search(left) or _PATHS.search(right):
        return
    word = "remainder" if "%" in fact.name else "result"
    yield Idea(
        at(fact, view),
        f"{code(right)} may be 0 here: what is the {word} of {code(fact.text)} then?",
        58,
    )


def _subtracts(fact: Fact, view: View) -> Iterator[Idea]:
    left, right = fact.parts
    if _SIZES.search(left) and not left.isdigit() and not (right == "1" and "len" not in left):
        yield Idea(
            at(fact, view),
            f"Can {code(right)} be larger than {code(left)}, so that {code(fact.text)} goes below"
            " zero?",
            48,
        )
