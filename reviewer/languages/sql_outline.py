"""The outline of SQL: tables, their columns, and views, as migrations create and change them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewer.languages.base import Language
from reviewer.languages.outline import Def, Kind, Outline, split_lines

_WORD = r"[\"`\[]?(\w{1,120})[\"`\]]?"
_QUALIFIED = rf"(?:[\"`\[]?\w{{1,120}}[\"`\]]?\.){{0,2}}{_WORD}"
_CREATED = re.compile(
    r"\s*create\s+(?:or\s+replace\s+)?(?:(?:global|local|temp|temporary|unlogged|materialized|recursive)\s+)?"
    rf"(table|view|function|procedure|type)\s+(?:if\s+not\s+exists\s+)?{_QUALIFIED}",
    re.IGNORECASE,
)
_ALTERED = re.compile(
    rf"\s*alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?{_QUALIFIED}", re.IGNORECASE
)
_ADDED = re.compile(
    rf"(?:.{{0,200}}\s|\s*)(?:add(?:\s+column)?|rename\s+(?:column\s+)?\w{{1,120}}\s+to)\s+"
    rf"(?:if\s+not\s+exists\s+)?{_WORD}\s*",
    re.IGNORECASE,
)
_COLUMN = re.compile(rf"\s*,?\s*{_WORD}\s+[A-Za-z]")
_TABLE_WORDS = "primary foreign unique constraint check index key exclude like period partition"
_NO_COLUMN = frozenset(_TABLE_WORDS.split())
_MAX_LINE = 2000


def outline(source: bytes, language: Language) -> Outline:
    _, lines = split_lines(source)
    defs = [item for start, end in _statements(lines) for item in _defined(lines, start, end)]
    return Outline(language, True, lines, tuple(defs), (), ())


def _statements(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last line, 1-based, of each statement, without the comments above it."""
    start = 0
    quoted = ""
    for number, line in enumerate(lines, 1):
        code = line[:_MAX_LINE].partition("--")[0].rstrip()
        if not start and code.strip():
            start = number
        for mark in ("$$", "$body$", "$function$"):  # bodies of PostgreSQL
            if code.lower().count(mark) % 2 and quoted in ("", mark):
                quoted = "" if quoted else mark
        if start and not quoted and code.endswith(";"):
            yield start, number
            start = 0
    if start:
        yield start, len(lines)


def _defined(lines: Sequence[str], start: int, end: int) -> Iterator[Def]:
    head = " ".join(line[:_MAX_LINE] for line in lines[start - 1 : min(end, start + 2)])
    if match := _CREATED.match(head):
        kind: Kind = "function" if match[1].lower() in ("function", "procedure") else "class"
        yield Def(match[2], kind, start, end, start, start)
        if match[1].lower() == "table":
            yield from _columns(lines, start, end, match[2])
    elif match := _ALTERED.match(head):
        for number in range(start, end + 1):
            text = lines[number - 1][:_MAX_LINE].partition("--")[0]
            added = _ADDED.match(text)
            if added and added[1].lower() not in _NO_COLUMN:
                yield Def(f"{match[1]}.{added[1]}", "value", number, number, number, number)


def _columns(lines: Sequence[str], start: int, end: int, table: str) -> Iterator[Def]:
    """The columns of a table: the lines directly inside its brackets that begin with a name and a
    type."""
    depth = 0
    for number in range(start, end + 1):
        text = lines[number - 1][:_MAX_LINE].partition("--")[0]
        match = _COLUMN.match(text) if depth == 1 else None
        if match and match[1].lower() not in _NO_COLUMN:
            yield Def(f"{table}.{match[1]}", "value", number, number, number, number)
        depth += text.count("(") - text.count(")")
