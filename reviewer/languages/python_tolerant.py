"""Outline of a Python file that does not parse, by indentation, line by line. A guess, but a
deterministic one."""

from __future__ import annotations

import re

from reviewer.languages.base import Language
from reviewer.languages.outline import Def, Import, Outline, Ref, join

_DEFINITION = re.compile(r"([ \t\f]*)(?:async[ \t]+)?(def|class)[ \t]+([^\W\d]\w*)")
_CALL = re.compile(r"(?<![\w.])([^\W\d]\w{0,99}(?:\.\w{1,100}){0,8})[ \t]{0,8}\(")
_FROM = re.compile(r"[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+\(?[ \t]*([\w, \t*]+)")
_MAX_LINE = 2000  # longer lines are data


def scan(lines: tuple[str, ...], language: Language) -> Outline:
    """Definitions end at the next line that is not indented deeper; calls and `from … import …` are
    recognised by pattern."""
    defs: list[Def] = []
    refs: list[Ref] = []
    imports: list[Import] = []
    open_: list[tuple[int, str, str, int]] = []  # (indent, kind, dotted name, first line)
    last = 0  # last line that is not blank

    def close(indent: int) -> None:
        while open_ and open_[-1][0] >= indent:
            _, kind, name, start = open_.pop()
            defs.append(
                Def(name, "class" if kind == "class" else "function", start, last, start, start)
            )

    for number, line in enumerate(lines, 1):
        code = line[:_MAX_LINE].lstrip()
        if not code or code[0] == "#":
            continue
        indent = _width(line[:_MAX_LINE])
        if (
            code[0] not in ")]}"
        ):  # the closing bracket of a signature may be indented like its `def`
            close(indent)
        last = number
        scope = open_[-1][2] if open_ else ""
        if definition := _DEFINITION.match(line[:_MAX_LINE]):
            open_.append((indent, definition[2], join(scope, definition[3]), number))
            continue
        if statement := _FROM.match(line[:_MAX_LINE]):
            imports += _names(statement, number)
            continue
        refs += [Ref(match[1], number, scope, True) for match in _CALL.finditer(line[:_MAX_LINE])]
    close(-1)
    return Outline(
        language,
        False,
        lines,
        tuple(sorted(defs, key=lambda item: (item.start, -item.end))),
        tuple(refs),
        tuple(imports),
    )


def _names(match: re.Match[str], line: int) -> list[Import]:
    dots, module, names = match.groups()
    imports = []
    for item in names.split(","):
        words = item.split()
        if words:
            imports.append(Import(words[-1], module, words[0], len(dots), line, line))
    return imports


def _width(line: str) -> int:
    lead = line[: len(line) - len(line.lstrip())]
    return len(lead.expandtabs(8))
