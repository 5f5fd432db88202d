"""Findings that the configuration leaves out: the `[[ignore]]` tables of the user, and those of the
repository at the base revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.config import PROTECTED, REPOSITORY_FILE, Ignore
from reviewer.events import Finding
from reviewer.findings.identity import path_of
from reviewer.findings.places import at_each_place, part
from reviewer.findings.rules import rule_name
from reviewer.findings.source import Source
from reviewer.globs import Globs


@dataclass(frozen=True, slots=True)
class Split:
    """A finding without the places that are left out (None: nothing is left of it), and why they
    are, "" if none is."""

    left: Finding | None
    why: str = ""


class Ignores:
    """`[[ignore]]` tables, ready to be matched. `rule` is a glob over `ruff/F401` or
    `model/security`, so `ruff`, `F401` and `ruff/S*` will do; `path` is one over the file."""

    def __init__(self, tables: Sequence[Ignore]) -> None:
        self._tables = [(table, _globs(table.rule), _globs(table.path)) for table in tables]

    def split(self, finding: Finding, source: Source) -> Split:
        """Every place is decided alone, as for dismissals."""
        if not self._tables:
            return Split(finding)
        reasons = {each.id: self._why(each) for each in at_each_place(finding)}
        standing = [name for name, why in reasons.items() if not why]
        first = next((why for why in reasons.values() if why), "")
        return Split(part(finding, standing, source) if standing else None, first)

    def _why(self, finding: Finding) -> str:
        name, path = rule_name(finding), path_of(finding)
        for table, rule, files in self._tables:
            if table.of_repository and name.partition("/")[0] in PROTECTED:
                continue
            if (rule is None or rule.match(name)) and (files is None or files.match(path)):
                return f"{_origin(table)}: {table.reason}"
        return ""


def said(table: Ignore) -> str:
    """`ruff/F401 in tests/**`"""
    if table.path is None:
        return table.rule or ""
    return f"{table.rule or 'everything'} in {table.path}"


def _origin(table: Ignore) -> str:
    home = REPOSITORY_FILE if table.of_repository else "your settings"
    return f"by {home} ({said(table)})"


def _globs(pattern: str | None) -> Globs | None:
    return None if pattern is None else Globs([pattern])
