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
_MAX_INDIRECT = 80  # of them, before any that only imports an importer is left out
_MAX_TESTS = 12  # of the unchanged ones, those that name what was altered
_DEPTH = 4  # of files through which an importer gets what changed
_NAMED = re.compile(
    rb"(?:\bfrom|\bimport|\brequire)\s{0,20}\(?\s{0,20}[\"'`]([^\"'`\s]{1,300})[\"'`]"
)
_DECLARES = (".d.ts", ".d.mts", ".d.cts")
_AROUND = re.compile(rb"^\s{0,20}declare\s{1,20}(?:global|module)\b", re.MULTILINE)
_DECLARED = re.compile(rb"\bdeclare\s{1,20}module\s{1,20}[\"']([^\"'\n]{1,300})[\"']")
_NO_CHECK = re.compile(rb"(?i)^[ \t]*//+[ \t]*@ts-nocheck", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Project:
    """Both sides by path, the names of the new side that are checked, and where the names lead that
    imports give to modules other than by a relative path: None for what is not in the
    repository, or not the same everywhere in it."""

    old: Mapping[str, bytes]
    new: Mapping[str, bytes]
    changed: tuple[str, ...]
    checked: tuple[str, ...]
    around: frozenset[str]  # files that declare what others use without an import
    declared: frozenset[str]  # modules that are declared by name
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
    links = _linked(old, new, resolver(change), limits)
    names = altered(change, new)
    touched = {name for file in change.files for name in (file.path, old_name(file))}
    near = [
        (steps, path)
        for steps, path in _near(touched, links.importers)
        if path in new and not _is_unchecked(new[path])
    ]
    code = [(steps, path) for steps, path in near if not is_test(path)]
    tests = [
        path for steps, path in near if steps == 1 and is_test(path) and names.is_in(new[path])
    ]
    checked = (
        *(path for path in found.changed if not _is_unchecked(old.get(path, b""))),
        *(
            path
            for number, (steps, path) in enumerate(code)
            if number < (_MAX_IMPORTERS if steps == 1 else _MAX_INDIRECT)
        ),
        *tests[:_MAX_TESTS],
    )
    around = frozenset(
        path
        for path, data in {**old, **new}.items()
        if path.endswith(_DECLARES) or _AROUND.search(data)
    )
    needed = _needed({*checked, *touched, *around}, links.imported)
    return Project(
        {path: data for path, data in old.items() if path in needed},
        {path: data for path, data in new.items() if path in needed},
        found.changed,
        checked,
        around,
        frozenset(
            text.decode(name)
            for path in around
            for name in _DECLARED.findall(new.get(path) or old[path])
        ),
        links.named,
        names,
        tuple(path for steps, path in code[_MAX_IMPORTERS:] if steps == 1),
        found.sides.large,
    )


@dataclass(frozen=True, slots=True)
class _Links:
    """Which files import which, both ways, and where the names lead that are no relative paths."""

    importers: Mapping[str, Set[str]]
    imported: Mapping[str, Set[str]]
    named: Mapping[str, str | None]


def _linked(
    old: Mapping[str, bytes], new: Mapping[str, bytes], modules: Modules, limits: Limits
) -> _Links:
    named: dict[str, set[str | None]] = defaultdict(set)
    importers: dict[str, set[str]] = defaultdict(set)
    imported: dict[str, set[str]] = defaultdict(set)
    for side in (new, {path: data for path, data in old.items() if new.get(path) is not data}):
        for path, data in side.items():
            limits.check()
            for name in imports(data):
                module = modules.module(path, name, 0)
                known = [each for each in _twins(module) if each in new or each in old]
                if not name.startswith("."):
                    named[name].add(known[0] if known else None)
                for each in known:
                    importers[each].add(path)
                    imported[path].add(each)
    return _Links(
        importers,
        imported,
        {name: next(iter(found)) if len(found) == 1 else None for name, found in named.items()},
    )


def _twins(module: str | None) -> Iterator[str]:
    """A module, and what the compiler takes before a script of that name."""
    if module is None:
        return
    yield module
    stem, _, suffix = module.rpartition(".")
    if suffix in ("js", "jsx", "mjs", "cjs"):
        yield from (f"{stem}.{suffix.replace('js', 'ts')}", f"{stem}.tsx", f"{stem}.d.ts")


def _needed(start: Set[str], imported: Mapping[str, Set[str]]) -> Set[str]:
    """The files `start`, and all that they import, also through others."""
    needed, level = set(start), set(start)
    while level:
        level = {each for path in level for each in imported.get(path, ())} - needed
        needed |= level
    return needed


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
