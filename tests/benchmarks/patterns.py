"""Every regular expression of the program on text that is made to be slow for it: python
tests/benchmarks/patterns.py [CHARACTERS [PREFIX]]

The texts are repetitions of the pattern's own parts, behind its own beginnings, once whole and once
with an end that fits nothing. Prints each pattern for which twice the text takes more than three
times as long (CPU time). That is a hint, not a verdict: a pattern is used as its module uses it
(match, finditer), but nothing tells that it is only given short text, for example. Ends with 1 when
anything takes longer than LIMIT.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import reviewer

LEAST, LIMIT = 0.002, 2.0  # seconds
RATIO = 3.0
MAX_PARTS, MAX_BEGINNINGS = 24, 5
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_ANYTHING = 'x-a 1"=:/.\t~'
_CATEGORIES = {"SPACE": " ", "DIGIT": "1", "WORD": "a"}


def modules() -> Iterator[ModuleType]:
    for each in pkgutil.walk_packages(reviewer.__path__, "reviewer."):
        if "__main__" not in each.name and not each.name.endswith(".embedded"):
            yield importlib.import_module(each.name)


def patterns() -> dict[re.Pattern[Any], tuple[str, str]]:
    """All that stand in modules or in records there: (name, how it is used)."""
    found: dict[re.Pattern[Any], tuple[str, str]] = {}
    for module in modules():
        assert module.__file__
        source = Path(module.__file__).read_text("utf-8")
        for name, value in vars(module).items():
            used = set(re.findall(rf"\b{re.escape(name)}\.(\w+)\(", source))
            how = used.pop() if len(used) == 1 else "finditer"
            for each in _inside(value, 4):
                found.setdefault(each, (f"{module.__name__}.{name}", how))
    return found


def _inside(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth:
        if isinstance(value, dict):
            value = tuple(value.values())
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            value = [getattr(value, field.name, None) for field in dataclasses.fields(value)]
        for each in value if isinstance(value, list | tuple | set | frozenset) else ():
            yield from _inside(each, depth - 1)


def texts(items: Any) -> list[str]:
    """A few texts that the parsed pattern matches, more or less."""
    made = [""]
    for operation, value in items:
        made = [one + other for one in made for other in _one(str(operation), value)[:3]][:6]
    return made


def _one(operation: str, value: Any) -> list[str]:
    match operation:
        case "LITERAL":
            return [chr(value)]
        case "NOT_LITERAL" | "ANY":
            return ["x" if value != ord("x") else "y"]
        case "IN":
            return _members(value)
        case "SUBPATTERN":
            return texts(value[3])
        case "ATOMIC_GROUP":
            return texts(value)
        case "BRANCH":
            return [text for branch in value[1] for text in texts(branch)[:1]]
        case _ if operation in _REPEATS:
            return [text * max(value[0], 1) for text in texts(value[2])[:3]]
    return [""]


def _members(parts: Any) -> list[str]:
    made, negated = [], False
    for operation, value in parts:
        kind = str(operation)
        negated |= kind == "NEGATE"
        if kind == "LITERAL":
            made.append(chr(value))
        elif kind == "RANGE":
            made.append(chr(value[0]))
        elif kind == "CATEGORY":
            name = str(value).removeprefix("CATEGORY_")
            made.append(_CATEGORIES.get(name, "x" if name == "NOT_SPACE" else "-"))
    return [each for each in _ANYTHING if each not in made][:2] if negated else made[:3]


def parts(items: Any) -> Iterator[str]:
    """What the pattern begins with, and what it repeats or chooses between."""
    items = list(items)
    for at, (operation, value) in enumerate(items):
        yield from texts(items[: at + 1])
        kind = str(operation)
        if kind in _REPEATS:
            yield from (*texts(value[2]), *texts(items[at : at + 2]), *texts(items[at:]))
            yield from parts(value[2])
        elif kind in ("SUBPATTERN", "ATOMIC_GROUP"):
            yield from parts(value[3] if kind == "SUBPATTERN" else value)
        elif kind == "BRANCH":
            for branch in value[1]:
                yield from parts(branch)
        elif kind in ("LITERAL", "IN"):
            yield from _one(kind, value)


def slowest(pattern: re.Pattern[Any], how: str, size: int) -> tuple[float, float, str]:
    """(seconds for twice the size, their ratio to those for the size, the text)."""
    known = {each for each in parts(_parser.parse(pattern.pattern)) if 0 < len(each) < 60}
    bases = sorted(known, key=lambda each: (len(each), each))[:MAX_PARTS]
    worst = (0.0, 0.0, "")
    for beginning in ("", *bases[:MAX_BEGINNINGS]):
        for base in bases:
            for end in ("", "\0!"):
                few, many = (
                    _seconds(pattern, how, beginning + base * (count // len(base)) + end)
                    for count in (size, 2 * size)
                )
                if few > LEAST and many / few > RATIO and many > worst[0]:
                    worst = (many, many / few, f"{beginning!r} {base!r} {end!r}")
    return worst


def _seconds(pattern: re.Pattern[Any], how: str, text: str) -> float:
    given = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
    began = time.process_time()
    if how in ("match", "fullmatch"):
        getattr(pattern, how)(given)
    else:
        for _ in pattern.finditer(given):
            pass
    return time.process_time() - began


def main(size: int, prefix: str) -> int:
    slow, all_of_them = 0, patterns()
    for pattern, (name, how) in sorted(all_of_them.items(), key=lambda each: each[1]):
        if name.startswith(prefix):
            seconds, ratio, text = slowest(pattern, how, size)
            slow += seconds > LIMIT
            if seconds:
                shown = f"{pattern.pattern!r:.90}"
                print(f"{seconds:6.2f} s {ratio:4.1f} x  {name} ({how}): {shown} on {text}")
    print(f"{len(all_of_them)} patterns, {size} and {2 * size} characters")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 2000,
            sys.argv[2] if len(sys.argv) > 2 else "",
        )
    )
