"""Conversions that lose something, and units that do not match."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code, named
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import is_literal, last_name

_PARSES = named(
    "int float parseInt parseFloat Number Atoi ParseInt atoi strtol strtoul stoi Decimal"
    " fromisoformat strptime loads parse BigInt to_i valueOf"
)
_TEXTS = named("encode decode fromhex b64decode unquote from_utf8 from_utf8_lossy")
_GROUPS = named("set dict frozenset dict.fromkeys OrderedDict Object.fromEntries")
_NARROW = re.compile(
    r"\b(?:u?int(?:8|16|32)(?:_t)?|[iu](?:8|16|32)|byte|short|char|unsigned|int)\b"
)
_UNITS = (
    (
        "time",
        re.compile(
            r"(?:_|\b)(ms|msec|secs?|us|ns|mins)$|_(s)$|(?:_|\b|(?<=[a-z]))(Ms|Secs?|[Mm]illis|[Mm]illiseconds|[Ss]econds|[Mm]inutes|[Hh]ours|[Nn]anos)$"
        ),
    ),
    ("money", re.compile(r"(?i)(?:_|\b)(cents|dollars|euros|pence)$")),
    ("size", re.compile(r"(?i)(?:_|\b)(bytes|kb|mb|kib|mib|chars|bits|tokens|words|lines)$")),
)
_SAME = {
    "ms": "ms",
    "msec": "ms",
    "millis": "ms",
    "milliseconds": "ms",
    "sec": "s",
    "secs": "s",
    "seconds": "s",
}


def ask(view: View) -> Iterator[Idea]:
    for fact in view.of("call"):
        yield from _converted(fact, view)
    for fact in view.of("cast"):
        if _NARROW.search(fact.text) and view.language.name in (
            "c",
            "cpp",
            "rust",
            "java",
            "csharp",
            "go",
        ):
            yield Idea(
                at(fact, view), f"Can the value be too large or negative for {code(fact.text)}?", 50
            )
    for fact in view.of("binary", "assign", "call"):
        yield from _units(fact, view)


def _converted(fact: Fact, view: View) -> Iterator[Idea]:
    name, line, text = last_name(fact.name), at(fact, view), code(fact.text)
    given = fact.parts[0] if fact.parts else ""
    if (
        _PARSES.fullmatch(name)
        and given
        and not is_literal(given)
        and not re.search(r"^\w+\(.*\)$", given)
    ):
        if name in ("parse", "loads", "valueOf") and "." not in fact.name:
            return
        yield Idea(
            line,
            f"What if {code(given, 40)} is empty, signed, fractional or no such value at all: is"
            f" {text} right?",
            46,
        )
    elif _TEXTS.fullmatch(name) and "." in fact.name:
        yield Idea(
            line, f"Can {text} fail or alter the text, for other encodings or broken bytes?", 40
        )
    elif (
        _GROUPS.fullmatch(fact.name)
        and given
        and not given.startswith(("{", "[", "("))
        and fact.inside != "loop"
    ):
        what = (
            "order or duplicates" if "et" in name.lower() else "an earlier value under the same key"
        )
        yield Idea(
            line,
            f"{text} loses {what}, and takes what the argument gives when iterated: is that meant?",
            46,
        )
    elif name in ("resolve", "realpath", "canonicalize", "EvalSymlinks") and re.search(
        r"(?i)path|file|dir", fact.name
    ):
        yield Idea(line, f"{text} follows links: is the name that the link has still needed?", 50)
    elif name in ("now", "utcnow", "today", "fromtimestamp") and not fact.parts:
        yield Idea(line, f"Is the time zone of {text} the one that it is compared with?", 40)


def _units(fact: Fact, view: View) -> Iterator[Idea]:
    words = [last_name(part) for part in fact.parts[:2]]
    if fact.role == "call" and len(fact.parts) >= 1:
        pairs = [part.split("=", 1) for part in fact.parts if "=" in part]
        words = next(
            (
                [a.strip(), last_name(b)]
                for a, b in pairs
                if _unit(a.strip()) and _unit(last_name(b))
            ),
            [],
        )
    if len(words) < 2:
        return
    one, two = _unit(words[0]), _unit(words[1])
    if one and two and one[0] == two[0] and one[1] != two[1] and fact.name not in ("*", "/", "//"):
        yield Idea(
            at(fact, view),
            f"{code(words[0])} and {code(words[1])} are in different units: is {code(fact.text)}"
            " converted?",
            76,
        )


def _unit(word: str) -> tuple[str, str] | None:
    for kind, pattern in _UNITS:
        if found := pattern.search(word):
            unit = next(filter(None, found.groups())).lower()
            return kind, _SAME.get(unit, unit)
    return None
