"""The outline of Terraform and OpenTofu: variables, locals, outputs, modules, resources and data,
each under the name by which expressions refer to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewer.languages.base import Language
from reviewer.languages.outline import Def, Import, Outline, split_lines

_BLOCK = re.compile(
    r"(variable|output|module|resource|data|locals)\s*(?:\"([\w-]{1,120})\")?\s*"
    r"(?:\"([\w-]{1,120})\")?\s*\{"
)
_ASSIGNED = re.compile(r"\s*([\w-]{1,120})\s*=(?!=)")
_SOURCE = re.compile(r"\s*source\s*=\s*\"(\.{1,2}/[^\"]{1,200})\"")
_HEREDOC = re.compile(r"<<-?\s*(\w{1,60})\s*$")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?')
_MAX_LINE = 2000


def outline(source: bytes, language: Language) -> Outline:
    _, lines = split_lines(source)
    defs: list[Def] = []
    imports: list[Import] = []
    for match, start, end in _blocks(lines):
        kind, first, second = match[1], match[2], match[3]
        if kind == "locals":
            defs += _locals(lines, start, end)
        elif kind == "variable" and first:
            defs.append(_def(f"var.{first}", "value", start, end))
        elif kind == "output" and first:
            defs.append(_def(f"output.{first}", "value", start, end))
        elif kind == "module" and first:
            defs.append(_def(f"module.{first}", "class", start, end))
            imports += _sources(lines, start, end, first)
        elif first and second:
            name = f"{first}.{second}" if kind == "resource" else f"data.{first}.{second}"
            defs.append(_def(name, "class", start, end))
    return Outline(language, True, lines, tuple(defs), (), tuple(imports))


def _def(name: str, kind: str, start: int, end: int) -> Def:
    return Def(name, "class" if kind == "class" else "value", start, end, start, start)


def _blocks(lines: Sequence[str]) -> Iterator[tuple[re.Match[str], int, int]]:
    """The blocks at the top of a file with their first and last lines, 1-based."""
    opened: tuple[re.Match[str], int] | None = None
    for number, depth, after, line in _depths(lines):
        match = _BLOCK.match(line) if not depth else None
        if match and not opened:
            opened = match, number
        if opened and not after:
            yield *opened, number
            opened = None


def _depths(lines: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
    """(number, open brackets before, open brackets after, line) of each line of code."""
    depth = 0
    until = ""
    comment = False
    for number, line in enumerate(lines, 1):
        text = line[:_MAX_LINE]
        if until:
            until = "" if text.strip() == until else until
            continue
        bare = text.lstrip()
        if comment or bare.startswith("/*"):
            comment = "*/" not in bare
            continue
        code = re.split(r"#|//", _STRING.sub('""', text), maxsplit=1)[0]
        after = max(0, depth + sum(map(code.count, "{[(")) - sum(map(code.count, "}])")))
        yield number, depth, after, text
        depth = after
        if heredoc := _HEREDOC.search(text):
            until = heredoc[1]


def _locals(lines: Sequence[str], start: int, end: int) -> Iterator[Def]:
    """The names that a block of locals defines, each up to the next one."""
    starts: list[tuple[int, str]] = []
    for number, depth, _, line in _depths(lines[start - 1 : end]):
        match = _ASSIGNED.match(line) if depth == 1 else None
        if match:
            starts.append((start + number - 1, match[1]))
    ends = [*(at for at, _ in starts[1:]), end]
    for (at, name), following in zip(starts, ends, strict=bool(starts)):
        yield _def(f"local.{name}", "value", at, max(at, following - 1))


def _sources(lines: Sequence[str], start: int, end: int, name: str) -> Iterator[Import]:
    for number in range(start, end + 1):
        if match := _SOURCE.match(lines[number - 1][:_MAX_LINE]):
            yield Import(f"module.{name}", match[1], "", 0, number, number)
