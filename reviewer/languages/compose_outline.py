"""The outline of a compose file: services, networks, volumes, configs and secrets."""

from __future__ import annotations

import re

from reviewer.languages.base import Language
from reviewer.languages.outline import Def, Outline, split_lines

_SECTION = re.compile(r"(services|networks|volumes|configs|secrets):\s*(?:#.*)?$")
_ITEM = re.compile(r"( {1,8})([\w.-]{1,100}):")


def outline(source: bytes, language: Language) -> Outline:
    _, lines = split_lines(source)
    starts: list[tuple[int, str, bool]] = []  # (line, name, whether it is a service)
    stops: list[int] = []  # lines that end what is open
    section = ""
    indent = 0
    for number, line in enumerate(lines, 1):
        if line[:1].strip() and not line.startswith("#"):
            match = _SECTION.match(line)
            section, indent = match[1] if match else "", 0
            stops.append(number)
        elif section and (item := _ITEM.match(line)) and len(item[1]) == (indent or len(item[1])):
            indent = len(item[1])
            starts.append((number, item[2], section == "services"))
            stops.append(number)
    defs = []
    following = iter([*stops, len(lines) + 1])
    end = next(following)
    for number, name, is_service in starts:
        while end <= number:
            end = next(following)
        last = end - 1
        while last > number and not lines[last - 1].strip():
            last -= 1
        defs.append(Def(name, "class" if is_service else "value", number, last, number, number))
    return Outline(language, True, lines, tuple(defs), (), ())
