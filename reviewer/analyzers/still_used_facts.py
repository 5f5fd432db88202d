"""What the files of a change, and those that may use what it removes, define and mention."""

from __future__ import annotations

import importlib.metadata
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import reviewer
from reviewer.analyzers import external, isolate, tree
from reviewer.analyzers.base import AnalyzerError, Limits
from reviewer.languages import Language, Links
from reviewer.languages.roles import Mention

_AT_ONCE = 200  # files
_HERE = Path(__file__).parent


class Definition(NamedTuple):
    name: str  # dotted within the file
    kind: str
    start: int
    end: int
    header: str  # its first lines

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def owner(self) -> str:
        """The last name of what is around it."""
        return self.name.rpartition(".")[0].rpartition(".")[2]


class Imported(NamedTuple):
    name: str
    module: str
    attr: str
    level: int
    line: int


@dataclass(frozen=True, eq=False)
class Facts:
    """One side of a file."""

    path: str
    language: Language
    source: str
    defs: tuple[Definition, ...]
    imports: tuple[Imported, ...] = ()
    exports: frozenset[str] | None = None  # None: unknown
    stars: tuple[str, ...] = ()  # modules whose exports are exported, too
    mentions: Mapping[str, tuple[Mention, ...]] = field(default_factory=dict)  # by name

    @property
    def links(self) -> Links:
        assert self.language.links is not None, "no other files are read"
        return self.language.links

    @cached_property
    def package(self) -> str | None:
        """The package that the file says it is in; None if it says none."""
        found = self.links.package.search(self.source) if self.links.package else None
        return found[1] if found else None

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(item.name for item in self.defs)

    def count(self, name: str) -> int:
        """How many definitions have the dotted name."""
        return self._counts[name]

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(item.name for item in self.defs)

    def of(self, name: str) -> tuple[Mention, ...]:
        return self.mentions.get(name, ())


class Wanted(NamedTuple):
    path: str
    language: Language
    source: str
    names: Sequence[str]


def read(wanted: Mapping[str, Wanted], limits: Limits) -> tuple[dict[str, Facts], dict[str, str]]:
    """The facts of each file, and why the parser fails on some, by key."""
    results, lost = isolate.each(
        list(wanted),
        lambda part, left: _examine({key: wanted[key] for key in part}, left),
        limits,
        at_once=_AT_ONCE,
    )
    found: dict[str, Facts] = {}
    for part in results:
        found |= part
    return found, lost


def _examine(wanted: Mapping[str, Wanted], limits: Limits) -> dict[str, Facts]:
    files = [[key, each.path, each.source, list(each.names)] for key, each in wanted.items()]
    places = [
        str(Path(reviewer.__file__).parents[1]),
        str(importlib.metadata.distribution("ast-grep-py").locate_file("")),
    ]
    with tree.scratch() as scratch:
        output = external.run(
            [sys.executable, "-I", _HERE / "still_used_child.py", *places],
            cwd=scratch,
            limits=limits,
            ok=(0,),
            stdin=json.dumps({"files": files}).encode("ascii"),
        )
    rows = [json.loads(line) for line in output.split(b"\n") if line]
    if len(rows) != len(files):
        raise AnalyzerError("its report cannot be read")
    return {row["key"]: _facts(wanted[row["key"]], row) for row in rows if "defs" in row}


def _facts(wanted: Wanted, row: Mapping[str, Any]) -> Facts:
    names, stars, known = row["exports"] or ((), (), False)
    mentions: dict[str, list[Mention]] = {}
    for name, line, role, before, count, scope, types in row["mentions"]:
        counted = tuple(count) if count else None
        mention = Mention(name, line, role, before, counted, scope, tuple(types))
        mentions.setdefault(name, []).append(mention)
    return Facts(
        wanted.path,
        wanted.language,
        wanted.source,
        tuple(Definition(*item) for item in row["defs"]),
        tuple(Imported(*item) for item in row["imports"]),
        frozenset(names) if known else None,
        tuple(stars),
        {name: tuple(found) for name, found in mentions.items()},
    )
