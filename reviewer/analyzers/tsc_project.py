"""The files that TypeScript's compiler gets to see of a change, and which of them it checks: those
that changed, and those that import them, directly or through others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from reviewer import text
from reviewer.analyzers import registry, sources
from reviewer.analyzers.base import Limits, old_name
from reviewer.analyzers.tsc_altered import Altered, altered
from reviewer.languages import JAVASCRIPT, is_test
from reviewer.languages.base import Modules
from reviewer.languages.project_files import ProjectFiles
from reviewer.types import Change

_MAX_IMPORTERS = 150  # files that are checked besides the changed ones
_MAX_TESTS = 12  # of the unchanged ones, those that name what was altered
_DEPTH = 4  # of files through which an importer gets what changed
_NAMED = re.compile(
    rb"(?:\bfrom|\bimport|\brequire)\s{0,20}\(?\s{0,20}[\"'`]([^\"'`\s]{1,300})[\"'`]"
)
_NO_CHECK = re.compile(rb"^[ \t]*//+[ \t]*@ts-nocheck", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Project:
    """Both sides by path, the names of the new side that are checked, and where the names lead that
    imports give to modules other than by a relative path: None for what is not in the
    repository, or not the same everywhere in it."""

    old: Mapping[str, bytes]
    new: Mapping[str, bytes]
    changed: tuple[str, ...]
    checked: tuple[str, ...]
    modules: Mapping[str, str | None]
    altered: Altered
    left: tuple[str, ...]  # files that import what changed and are not checked
    large: frozenset[str]


def belongs(path: str) -> bool:
    return registry.ANALYZERS["tsc"].reads(path) and "node_modules/" not in path


def gather(change: Change, limits: Limits) -> Project | None:
    """None if no file of TypeScript changed. Raises AnalyzerError if the time is up."""
    found = sources.gather(change, belongs, limits)
    if found is None:
        return None
    old, new = found.sides.old, found.sides.new
    every = frozenset((*old, *new))
    modules = resolver(change)
    named: dict[str, set[str | None]] = defaultdict(set)
    importers: dict[str, set[str]] = defaultdict(set)
    for side in (new, {path: data for path, data in old.items() if new.get(path) is not data}):
        for path, data in side.items():
            limits.check()
            for name in imports(data):
                module = modules.module(path, name, 0)
                if not name.startswith("."):
                    named[name].add(module if module in every else None)
                if module is not None:
                    importers[module].add(path)
    touched = {name for file in change.files for name in (file.path, old_name(file))}
    names = altered(change, new)
    near = [
        (steps, path)
        for steps, path in _near(touched & every, importers)
        if path in new and not _is_unchecked(new[path])
    ]
    code = [(steps, path) for steps, path in near if not is_test(path)]
    tests = [
        path for steps, path in near if steps == 1 and is_test(path) and names.is_in(new[path])
    ]
    return Project(
        old,
        new,
        found.changed,
        (
            *(path for path in found.changed if not _is_unchecked(old.get(path, b""))),
            *(path for _, path in code[:_MAX_IMPORTERS]),
            *tests[:_MAX_TESTS],
        ),
        {name: next(iter(found)) if len(found) == 1 else None for name, found in named.items()},
        names,
        tuple(path for steps, path in code[_MAX_IMPORTERS:] if steps == 1),
        found.sides.large,
    )


def resolver(change: Change) -> Modules:
    """Where imports lead among the files of both sides."""
    survey = JAVASCRIPT.modules
    assert survey is not None, "its imports can be followed"
    new = frozenset(change.list_files("new"))

    def read(path: str) -> bytes | None:
        return change.read(path, "new" if path in new else "old")

    return survey(ProjectFiles(new.union(change.list_files("old")), read))


def imports(source: bytes) -> Iterable[str]:
    """The modules that a source names."""
    return dict.fromkeys(text.decode(name) for name in _NAMED.findall(source))


def _near(start: Set[str], importers: Mapping[str, Set[str]]) -> Iterator[tuple[int, str]]:
    """The files that import one of `start`, the nearest first, with the number of imports that
    lead there."""
    seen, level = set(start), set(start)
    for steps in range(1, _DEPTH + 1):
        level = {path for each in level for path in importers.get(each, ())} - seen
        seen |= level
        for path in sorted(level):
            yield steps, path


def _is_unchecked(source: bytes) -> bool:
    """Whether its authors have the file not checked."""
    return _NO_CHECK.search(source) is not None
