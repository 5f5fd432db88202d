"""The outline of a Dockerfile: its stages, arguments and variables."""

from __future__ import annotations

import re

from reviewer.languages.base import Language
from reviewer.languages.outline import Def, Outline, split_lines

_FROM = re.compile(
    r"\s*FROM\s+(?:--\S{1,100}\s+)*\S{1,300}(?:\s+AS\s+([\w.-]{1,100}))?", re.IGNORECASE
)
_VARIABLE = re.compile(r"\s*(?:ARG|ENV)\s+([A-Za-z_]\w{0,100})", re.IGNORECASE)


def outline(source: bytes, language: Language) -> Outline:
    _, lines = split_lines(source)
    stages: list[tuple[int, str]] = []
    values: list[Def] = []
    for number, line in enumerate(lines, 1):
        if match := _FROM.match(line):
            stages.append((number, match[1] or ""))
        elif match := _VARIABLE.match(line):
            values.append(Def(match[1], "value", number, number, number, number))
    ends = [*(number - 1 for number, _ in stages[1:]), len(lines)]
    defs = [
        Def(name, "class", start, end, start, start)
        for (start, name), end in zip(stages, ends, strict=bool(stages))
        if name
    ]
    ordered = sorted([*defs, *values], key=lambda item: (item.start, -item.end))
    return Outline(language, True, lines, tuple(ordered), (), ())
