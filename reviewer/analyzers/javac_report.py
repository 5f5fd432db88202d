"""What the errors of javac say about the repository, and not about what is not here."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import PurePosixPath

from reviewer import text
from reviewer.analyzers import delta, javac_rules, javac_tool, javac_tree, rows
from reviewer.types import Evidence

_IMPORT = re.compile(r"^\s*import\s+(static\s+)?([\w.]+)(\.\*)?\s*;")
_WORD = re.compile(r"[\w$]+")
_PREFIX = "compiler.err."
_STATIC = "import static"  # of a missing class: members may be of it
_ALL = "import .*"  # of a missing package: types may be of it
_SYNTAX = "(syntax)"  # the file is not read whole


@dataclass(frozen=True, slots=True)
class Found:
    """A hit, and what it is about: a name of a class of the repository."""

    hit: Evidence
    name: str
    owner: str


@dataclass(frozen=True)
class Side:
    """One side of the repository, and what javac says about it."""

    contents: Mapping[str, bytes]
    report: javac_tool.Report = field(default_factory=lambda: javac_tool.Report(0, ()))

    @cached_property
    def sources(self) -> dict[str, javac_tree.Source]:
        return {path: javac_tree.source(path, data) for path, data in self.contents.items()}

    @cached_property
    def types(self) -> dict[str, str]:
        """The files of all types, by full name."""
        return {name: path for path, each in self.sources.items() for name in each.names()}

    @cached_property
    def packages(self) -> frozenset[str]:
        return frozenset(each.package for each in self.sources.values())

    @cached_property
    def errors(self) -> list[tuple[str, javac_tool.Error]]:
        """The errors with the files that they are in, where that is certain, and git's lines."""
        by_name: dict[str, list[str]] = {}
        for path in self.contents:
            by_name.setdefault(PurePosixPath(path).name, []).append(path)
        lines = delta.split(self.contents)
        row_of = cache(lambda path: rows.universal(self.contents[path]))
        found = []
        for error in self.report.errors:
            paths = by_name.get(error.name, [])
            if len(paths) > 1:
                paths = [path for path in paths if _has(lines(path), error)]
            if len(paths) == 1:
                row = row_of(paths[0])
                found.append((paths[0], dataclasses.replace(error, line=row(error.line))))
        return found

    @cached_property
    def missing(self) -> dict[str, frozenset[str]]:
        """The simple names of the types that are not found, by file; also _STATIC, _ALL and
        _SYNTAX. Those of annotations that add nothing do not count."""
        names: dict[str, set[str]] = {}
        for path, error in self.errors:
            own = names.setdefault(path, set())
            key = error.key.removeprefix(_PREFIX)
            if javac_rules.is_syntax(key):
                own.add(_SYNTAX)
            own.add(javac_rules.missing_type(key, error.values))
            if key == "doesnt.exist" and (imported := _IMPORT.match(error.text)):
                own.add(imported[2].rpartition(".")[2])
                own.add(_STATIC if imported[1] else _ALL if imported[3] else "")
        return {path: frozenset(own - javac_tree.QUIET) for path, own in names.items()}

    @cached_property
    def unknown(self) -> frozenset[str]:
        """Simple names of types that are not here, or not whole."""
        found = javac_tree.partial(self.sources, self.missing)
        for path, names in self.missing.items():
            found |= names
            if _SYNTAX in names:
                found |= self.sources[path].headers.keys()
        return found


def hits(side: Side, other: Side) -> list[Found]:
    """What is wrong with one side, given the other one."""
    gone = {name.rpartition(".")[2] for name in other.types.keys() - side.types.keys()}
    found: dict[tuple[object, ...], Found] = {}
    for path, error in side.errors:
        if _SYNTAX in side.missing.get(path, ()):
            continue
        if (hit := _hit(side, other, gone, path, error)) is not None:
            found.setdefault((path, error.line, hit.hit.rule, hit.name), hit)
    return list(found.values())


def _hit(
    side: Side, other: Side, gone: set[str], path: str, error: javac_tool.Error
) -> Found | None:
    key = error.key.removeprefix(_PREFIX)
    if key == "doesnt.exist":
        package = error.values.strip()
        if package not in other.packages or package in side.packages:
            return None
        return _found(path, error, "undefined-symbol", f"There is no package `{package}`.", package)
    if name := javac_rules.missing_type(key, error.values):
        if name not in gone:
            return None
        return _found(path, error, "undefined-symbol", f"There is no class `{name}`.", name)
    meaning = javac_rules.meaning(key, error.values)
    if meaning is None:
        return None
    lacks = side.missing.get(path, frozenset())
    headers = side.sources[path].headers.keys()
    if meaning.whole_file and (lacks or headers & side.unknown):
        return None
    owner = meaning.owner
    if meaning.rule in ("undefined-symbol", "wrong-arguments"):
        if owner not in side.types and owner.rpartition(".")[0] not in side.types:
            return None
        is_own = side.types.get(owner, side.types.get(owner.rpartition(".")[0])) == path
        if is_own and (lacks & {_STATIC, _ALL} or headers & side.unknown):
            return None
    if side.unknown.intersection(_WORD.findall(error.values)):
        return None
    return _found(path, error, meaning.rule, meaning.message, meaning.name, owner)


def _found(
    path: str, error: javac_tool.Error, rule: str, message: str, name: str, owner: str = ""
) -> Found:
    line = error.line
    return Found(Evidence("javac", rule, path, line, line, text.one_line(message)), name, owner)


def _has(lines: Sequence[bytes], error: javac_tool.Error) -> bool:
    """Whether a file has the line that javac shows."""
    if not 0 < error.line <= len(lines):
        return False
    return text.decode(lines[error.line - 1]).strip() == error.text.strip()
