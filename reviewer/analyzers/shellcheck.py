"""Bugs in shell scripts, found by shellcheck (extra `analyzers`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from reviewer.analyzers import delta, external, registry, tree
from reviewer.analyzers.base import AnalyzerError, AnalyzerResult, Limits, old_name
from reviewer.languages import SHELL, language_of
from reviewer.types import Change, Evidence

# A comment can disable a check for the command below it or, at the top of a file, for all of it. We
# honour only the former.
_DISABLE = re.compile(rb"#(?=\s*shellcheck\s[^\n]*disable=)")
_DISABLED = re.compile(rb"#\s*shellcheck\s[^\n]*disable=(\S+)")


def check(change: Change, limits: Limits) -> AnalyzerResult:
    sides = tree.changed(
        change,
        lambda path: language_of(path) is SHELL and not path.endswith(SHELL.syntax.dialects),
    )
    program = registry.program("shellcheck")
    if not sides.new or program is None:
        return AnalyzerResult("shellcheck")
    neutral = tree.Sides(
        *(
            {path: _DISABLE.sub(b"##", data) for path, data in side.items()}
            for side in (sides.old, sides.new)
        )
    )
    with tree.scratch() as scratch:
        refused = neutral.write(scratch)
        argv: list[str | Path] = [
            program,
            "--norc",
            "--format=json1",
            "--severity=warning",
            "--color=never",
            *sides.names,
        ]
        out = external.run(argv, cwd=scratch, limits=limits, ok=(0, 1), files=list(sides.new))
    found = _parse(out)
    lines = delta.split(sides.new)
    unparsed = {hit.path for hit in found["old"] if hit.rule == "syntax-error"}
    hits = delta.introduced(
        change,
        found["old"],
        found["new"],
        delta.split(sides.old),
        lines,
        frozenset(file.path for file in change.files if old_name(file) in unparsed),
    )
    kept = tuple(hit for hit in hits if not _is_disabled(hit, lines))
    return AnalyzerResult(
        "shellcheck",
        kept,
        "shellcheck: cannot check files with these names" if refused else None,
        refused,
    )


def _parse(output: bytes) -> dict[str, list[Evidence]]:
    try:
        comments = json.loads(output)["comments"]
    except (ValueError, KeyError):
        raise AnalyzerError("its report cannot be read") from None
    found: dict[str, list[Evidence]] = {"old": [], "new": []}
    for item in comments:
        side, _, path = item["file"].partition("/")
        syntax = item["level"] == "error" and item["code"] < 2000
        found[side].append(
            Evidence(
                source="shellcheck",
                rule="syntax-error" if syntax else f"SC{item['code']}",
                path=path,
                start=item["line"],
                end=max(item["line"], item["endLine"]),
                message=f"The script does not parse: {item['message']}"
                if syntax
                else item["message"],
            )
        )
    return {side: _first_syntax_error(hits) for side, hits in found.items()}


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
