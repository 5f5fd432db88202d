"""Results that are misread: zero that means success, -1 that is true, memory that is freed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reviewer.questions.base import Idea, at, code, named
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import clauses, last_name

_ZERO = named(
    "strcmp strncmp strcasecmp strncasecmp memcmp stricmp os.system subprocess.call"
    " *.compareTo compareTo localeCompare bytes.Compare strings.Compare"
)
_FOUND = re.compile(r"\.(?:find|rfind|indexOf|lastIndexOf|findIndex|search)\([^()]{0,80}\)$")
_FREES = re.compile(r"^(?:free|\w+_free|kfree|g_free|delete|Curl_safefree|curl_free)$")
_TESTED = re.compile(r"(?:!|not )?(\w+)(?: (?:[!=]=|is|is not) (?:nil|NULL|None|null|0))?")
_LOOK = 25  # lines that are searched for a use of what was freed


def ask(view: View) -> Iterator[Idea]:
    for fact in view.of("branch"):
        for part in clauses(fact.text):
            if _ZERO.fullmatch(part.partition("(")[0]) and part.endswith(")"):
                yield Idea(
                    at(fact, view),
                    f"{code(part)} gives 0 for equal or success: is the condition the right way"
                    " round?",
                    80,
                )
            elif _FOUND.search(part) and (
                ".search(" not in part or view.language.kin == "javascript"
            ):
                yield Idea(
                    at(fact, view),
                    f"{code(part)} is true for -1 and false at position 0: is that meant?",
                    78,
                )
    for fact in view.of("call"):
        if _FREES.match(last_name(fact.name)) and fact.parts:
            yield from _freed(fact, view)
    tests: dict[int, list[Fact]] = {}
    for other in view.new.facts:
        if other.role == "branch" and other.ends:
            tests.setdefault(other.line, []).append(other)
    for fact in view.of("assign"):
        if (
            fact.inside == "branch"
            and fact.name == "="
            and view.language.name in ("c", "cpp", "javascript")
        ):
            yield Idea(
                at(fact, view),
                f"{code(fact.text)} stores within a condition: is the stored value the one that"
                " is tested later?",
                54,
            )
        yield from _checked(fact, tests, view)


def _freed(fact: Fact, view: View) -> Iterator[Idea]:
    name = fact.parts[-1].lstrip("&*")
    function = view.new.function(fact)
    if function is None or not re.fullmatch(r"[\w.>-]+", name):
        return
    for number in range(fact.end + 1, min(function.end, fact.end + _LOOK) + 1):
        line = view.new.lines[number - 1]
        if re.search(rf"(?<![\w.>]){re.escape(name)}\s*=[^=]|\breturn\b|\bgoto\b", line):
            return
        if re.search(rf"(?<![\w.>]){re.escape(name)}(?!\w)", line):
            yield Idea(
                at(fact, view),
                f"{code(name)} is freed here and named again below: can it be used after that?",
                84,
            )
            return


def _checked(fact: Fact, tests: Mapping[int, list[Fact]], view: View) -> Iterator[Idea]:
    """A result that is stored under one name and tested under another."""
    target = fact.parts[0].split(",")[-1].strip().lstrip("*&")
    if "(" not in fact.parts[1] or not re.fullmatch(r"\w+", target) or fact.inside == "branch":
        return
    for other in tests.get(fact.end + 1, ()):
        tested = _TESTED.fullmatch(other.text)
        if tested and tested[1] != target and _alike(tested[1], target):
            yield Idea(
                at(other, view),
                f"{code(target)} was just set and {code(other.text)} tests another name: is the"
                " right one tested?",
                76,
            )


def _alike(one: str, two: str) -> bool:
    return one[:3] == two[:3] or one[-3:] == two[-3:]
