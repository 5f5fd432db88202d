"""On which line of a TOML file each key is, which `tomllib` does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]  # as in the places of validation errors: ("path", 0, "glob")
DEEPEST = 4  # parts of a key that are told apart; no setting has as many
# All that can hold a bracket or a line end without meaning one; then the brackets and line ends
# that mean something.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*|[\[{]|[\]}]|\n",
    re.DOTALL,
)
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY = re.compile(
    rf"[ \t]*+(?P<open>\[{{0,2}})[ \t]*(?P<key>{_PART}(?:[ \t]*\.[ \t]*{_PART})*)"
    r"[ \t]*(?P<end>=|\])"
)


def lines(text: str) -> dict[Path, int]:
    """The line, from 1, on which each key and each table begins. `text` is valid TOML."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, start in _statements(text):
        statement = _KEY.match(text, start)
        if statement is None:
            continue
        parts = _parts(statement["key"])
        if statement["end"] == "=":
            place = table + parts
        else:
            place = table = _resolved(parts, counts, array=statement["open"] == "[[")
        for size in range(1, len(place) + 1):
            found.setdefault(place[:size], number)
    return found


def line_of(place: Path, known: Mapping[Path, int]) -> int:
    """The line of a place, or of the innermost that is known around it."""
    return next(
        (known[place[:size]] for size in range(len(place), 0, -1) if place[:size] in known), 1
    )


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """(line, offset) of each line that is not inside of a value."""
    depth, number = 0, 1
    yield 1, 0
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case "\n":
                number += 1
                if depth == 0:
                    yield number, token.end()
            case inside:
                number += inside.count("\n")


def _resolved(parts: Path, counts: dict[Path, int], *, array: bool) -> Path:
    """The path of a table's header, with the numbers of the arrays of tables that it is in."""
    place: Path = ()
    for position, part in enumerate(parts):
        place += (part,)
        if array and position == len(parts) - 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place += (counts[place],)
    return place


def _parts(key: str) -> Path:
    """A dotted key, quoted or not, as its first parts."""
    first = [part[0] for part, _ in zip(re.finditer(_PART, key), range(DEEPEST), strict=False)]
    parts: list[str] = []
    inner: Any = tomllib.loads(f"{'.'.join(first)} = 0")
    while isinstance(inner, dict):
        ((part, inner),) = inner.items()
        parts.append(part)
    return tuple(parts)
