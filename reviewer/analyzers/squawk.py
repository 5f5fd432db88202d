"""Migrations of PostgreSQL that fail, lose data or lock a table, found by squawk (extra
`analyzers`)."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from reviewer.analyzers import delta, external, isolate, postgres, registry, tree
from reviewer.analyzers.base import UNCERTAIN, AnalyzerResult, Limits
from reviewer.analyzers.severity import rating
from reviewer.types import Change, Evidence

_AT_ONCE = 100  # files
_SPECIAL = re.compile(r"[\[\]]")  # in a pattern, beside what no scratch file has in its name
_CONFIG = "squawk.toml"
# Rules that mean nothing where the table is made, or emptied, in the same migration.
_OF_FULL_TABLES = (
    "adding-required-field",
    "require-concurrent-index-creation",
    "changing-column-type",
)
_NAME = rb"\"?(?:\w+\"?\.\"?)?(\w+)"
_TABLE = re.compile(
    rb"(?i)\b(?:alter\s+table(?:\s+if\s+exists)?(?:\s+only)?|on(?:\s+only)?)\s+" + _NAME
)
_NEW_OR_EMPTY = re.compile(
    rb"(?i)\b(?:create\s+(?:\w+\s+){0,6}(?:table|view)(?:\s+if\s+not\s+exists)?|truncate(?:\s+table)?(?:\s+only)?"
    rb"|delete\s+from(?=\s+[\w.\"]+\s*;)|rename\s+to)\s+" + _NAME
)
# A comment can have rules ignored for the statement below it, or for the whole file. We honour only
# the former.
_WHOLE_FILE = re.compile(rb"(?i)squawk(?=-ignore-file)")


def check(change: Change, limits: Limits) -> AnalyzerResult:
    sides = tree.changed(change, registry.ANALYZERS["squawk"].reads)
    program = registry.program("squawk")
    if not (sides.new or sides.large) or program is None:
        return AnalyzerResult("squawk")
    migrations = postgres.migrations(change, sides.new)
    old, new = (
        {path: _WHOLE_FILE.sub(b"squawk;", data) for path, data in side.items()}
        for side in (sides.old, {path: sides.new[path] for path in migrations})
    )
    if not new:
        return AnalyzerResult("squawk")
    found = isolate.sided(tree.Sides(old, new), partial(_found, program), limits, at_once=_AT_ONCE)
    moot = _moot(found.new, new)
    kept = [hit for number, hit in enumerate(found.new) if number not in moot]
    found = dataclasses.replace(found, new=kept)
    hits = isolate.introduced(
        change, dataclasses.replace(sides, old=old, new=new), found, syntax=UNCERTAIN
    )
    return isolate.result("squawk", hits, found.lost)


def _found(program: Path, scratch: Path, names: Sequence[str], limits: Limits) -> list[Evidence]:
    tree.write(scratch, {_CONFIG: b""})  # else it looks for one in the folders above
    argv: list[str | Path] = [
        program,
        f"--config={_CONFIG}",
        "--no-error-on-unmatched-pattern",
        "--reporter=json",
        *(_SPECIAL.sub(r"[\g<0>]", name) for name in names),  # which it takes for patterns
    ]
    return external.readable(external.run(argv, cwd=scratch, limits=limits, ok=(0, 1)), _read)


def _read(report: Any) -> list[Evidence]:
    return [
        Evidence(
            source="squawk",
            rule=UNCERTAIN if item["rule_name"] == "syntax-error" else item["rule_name"],
            path=item["file"],
            start=item["line"] + 1,
            end=max(item["line"], item["line_end"]) + 1,
            message=item["message"].strip().rstrip(".!") + ".",
            fix=f"{item['help'].rstrip('.')}." if item["help"] else "",
        )
        for item in report
        if item["rule_name"] == "syntax-error" or rating("squawk", item["rule_name"])
    ]


def _made(source: bytes) -> dict[bytes, int]:
    """Where in a file each table is first made or emptied."""
    found: dict[bytes, int] = {}
    for each in _NEW_OR_EMPTY.finditer(source):
        found.setdefault(each[1].lower(), each.start())
    return found


def _moot(hits: Iterable[Evidence], sources: Mapping[str, bytes]) -> set[int]:
    """Which of the hits, by their place in `hits`, mean nothing in their migration."""
    made = cache(lambda path: _made(sources[path]))
    lines = delta.split(sources)
    starts = cache(lambda path: [0, *itertools.accumulate(len(line) + 1 for line in lines(path))])
    moot = set()
    for number, hit in enumerate(hits):
        if hit.rule not in _OF_FULL_TABLES:
            continue
        own, first = lines(hit.path), (hit.start or 1) - 1
        begins = next((n for n in range(first, 0, -1) if b";" in own[n - 1]), 0)
        named = _TABLE.search(b"\n".join(own[begins : hit.end]))
        before = starts(hit.path)[begins]
        if named and made(hit.path).get(named[1].lower(), before) < before:
            moot.add(number)
    return moot
