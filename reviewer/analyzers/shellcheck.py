"""Bugs in shell scripts, found by shellcheck (extra `analyzers`)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from reviewer.analyzers import delta, external, isolate, own_parsers, registry, tree
from reviewer.analyzers.base import UNCERTAIN, AnalyzerResult, Limits, old_name
from reviewer.languages import SHELL, is_template
from reviewer.types import Change, Evidence

# A comment can disable a check for the command below it or, at the top of a file, for all of it. We
# honour only the former.
_DISABLE = re.compile(rb"#(?=\s*shellcheck\s[^\n]*disable=)")
_AT_ONCE = 16  # files: some scripts take seconds
# Bytes of a script whose data flow is not followed: that takes three times as long, and at 160 kB
# seven times the memory.
_LARGE = 100 << 10
_DISABLED = re.compile(rb"#\s*shellcheck\s[^\n]*disable=(\S+)")


def check(change: Change, limits: Limits) -> AnalyzerResult:
    sides = tree.changed(change, registry.ANALYZERS["shellcheck"].reads)
    program = registry.program("shellcheck")
    if not (sides.new or sides.large) or program is None:
        return AnalyzerResult("shellcheck")
    other = SHELL.syntax.dialect  # no script for a shell
    old, new = (
        {
            path: _DISABLE.sub(b"##", data)
            for path, data in side.items()
            if not (other and other.search(data))
        }
        for side in (sides.old, sides.new)
    )
    found = isolate.merged(
        isolate.sided(part, partial(_found, program, extended), limits, at_once=_AT_ONCE)
        for extended, part in _by_size(change, tree.Sides(old, new))
    )
    found = dataclasses.replace(
        found,
        old=_first_syntax_error(found.old),
        new=_first_syntax_error(_of_scripts(found.new, sides.new)),
    )
    lines = delta.split(sides.new)
    hits = isolate.introduced(change, sides, found, syntax="syntax-error")
    suppressed = dict.fromkeys(hit for hit in hits if _is_disabled(hit, lines))
    kept = [hit for hit in hits if hit not in suppressed]
    kept = [certain for hit in kept for certain in _certain(hit, sides.new, change, limits)]
    return isolate.result("shellcheck", kept, found.lost, sides.large, suppressed)


def _by_size(change: Change, sides: tree.Sides) -> Iterator[tuple[bool, tree.Sides]]:
    """Whether the data flow is followed, and the scripts for which it is or is not: alike on both
    sides, or they could not be compared."""
    large: set[str] = set()
    for file in change.files:
        names = (old_name(file), file.path)
        if any(
            len(side.get(name, b"")) > _LARGE
            for side, name in zip((sides.old, sides.new), names, strict=True)
        ):
            large.update(names)
    for extended in (True, False):
        old, new = (
            {path: data for path, data in side.items() if (path in large) != extended}
            for side in (sides.old, sides.new)
        )
        yield extended, tree.Sides(old, new)


def _found(
    program: Path, extended: bool, scratch: Path, names: Sequence[str], limits: Limits
) -> list[Evidence]:
    argv: list[str | Path] = [
        program,
        "--norc",
        f"--extended-analysis={str(extended).lower()}",
        "--format=json1",
        "--severity=warning",
        "--color=never",
        *names,
    ]
    return external.readable(external.run(argv, cwd=scratch, limits=limits, ok=(0, 1)), _read)


def _read(report: Any) -> list[Evidence]:
    found = []
    for item in report["comments"]:
        syntax = item["level"] == "error" and item["code"] < 2000
        found.append(
            Evidence(
                source="shellcheck",
                rule="syntax-error" if syntax else f"SC{item['code']}",
                path=item["file"],
                start=item["line"],
                end=max(item["line"], item["endLine"]),
                message=f"The script does not parse: {item['message']}"
                if syntax
                else item["message"],
            )
        )
    return found


def _of_scripts(hits: Sequence[Evidence], sources: Mapping[str, bytes]) -> list[Evidence]:
    """The hits without those of templates that do not parse: one error comes as several hits, some
    of them lines away."""
    templates = {
        hit.path
        for hit in hits
        if hit.rule == "syntax-error"
        and is_template(hit.path, sources[hit.path], hit.start or 1, hit.end or 1)
    }
    return [hit for hit in hits if hit.path not in templates]


def _certain(
    hit: Evidence, sources: Mapping[str, bytes], change: Change, limits: Limits
) -> Iterator[Evidence]:
    """The hit, unless the shell itself reads the script; a hint if that cannot be told: shellcheck
    may be older than the script."""
    if hit.rule != "syntax-error":
        yield hit
        return
    parses = own_parsers.parses(SHELL, sources[hit.path], hit.path, limits, change.root)
    if parses is None:
        yield dataclasses.replace(hit, rule=UNCERTAIN)
    elif not parses:
        yield hit


def _first_syntax_error(hits: Iterable[Evidence]) -> list[Evidence]:
    seen: set[str] = set()
    kept = []
    for hit in hits:
        if hit.rule != "syntax-error" or hit.path not in seen:
            kept.append(hit)
        if hit.rule == "syntax-error":
            seen.add(hit.path)
    return kept


def _is_disabled(hit: Evidence, lines: delta.Lines) -> bool:
    """Whether comments on the line, or directly above it, disable the rule."""
    content = lines(hit.path)
    number = hit.start or 1
    above = number - 2
    while above > 0 and content[above].lstrip().startswith(b"#"):
        above -= 1
    named = [
        match[1].decode("ascii", "replace")
        for line in content[above + 1 : number]
        for match in _DISABLED.finditer(line)
    ]
    return any(hit.rule in names.split(",") for names in named)
