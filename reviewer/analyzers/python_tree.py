"""The files that a check across Python modules needs: the changed files, their importers, and the
modules that those import."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from reviewer.analyzers.base import MAX_BYTES, Limits, content, old_name
from reviewer.analyzers.python_names import IMPORTED, Definition, Import, altered, imports, parse
from reviewer.languages import PYTHON, language_of
from reviewer.types import Change

MAX_IMPORTERS = 40  # files checked besides the changed ones
MAX_MODULES = 160  # files included only to be imported
_MAX_WORDS = 80
_CONSTRUCTORS = ("__init__", "__new__", "__call__", "__post_init__")
_DEPTH = 2  # an importer, the package it imports, the module that defines the name


@dataclass(frozen=True)
class Project:
    """Contents by path for both sides, and what the change did to the interface of its modules."""

    new: Mapping[str, bytes]
    old: Mapping[str, bytes]
    checked: tuple[str, ...]  # names of the new side
    unchecked: tuple[str, ...]  # importers beyond the limit
    altered: Mapping[str, Mapping[str, Definition]]  # by new name of the changed file
    lost: Mapping[str, frozenset[str]]  # by new name: removed definitions
    removed_modules: frozenset[str]  # old names of removed or renamed files
    unparsed: frozenset[str]  # changed files (new names) whose old side does not parse
    roots: tuple[str, ...]


def gather(change: Change, limits: Limits) -> Project | None:
    """Collect the files; None if no Python file changed."""
    files = [
        file
        for file in change.files
        if PYTHON in (language_of(file.path), language_of(old_name(file)))
    ]
    new = {file.path: data for file in files if (data := content(change, file, "new")) is not None}
    old = {
        old_name(file): data for file in files if (data := content(change, file, "old")) is not None
    }
    if not new and not old:
        return None
    changes: dict[str, Mapping[str, Definition]] = {}
    lost: dict[str, frozenset[str]] = {}
    unparsed = set()
    removed = {old_name(file) for file in files if file.status in ("deleted", "renamed")}
    for file in files:
        limits.check()
        before = parse(old[old_name(file)]) if old_name(file) in old else None
        after = parse(new[file.path]) if file.path in new else None
        if after is None and file.path in new:
            continue  # does not parse, so everything would seem lost
        if before is None and old_name(file) in old:
            unparsed.add(file.path)
        changes[file.path] = altered(before, after)
        known = after if after is not None else {}
        lost[file.path] = frozenset(name for name in changes[file.path] if name not in known)
    names = frozenset(change.list_files("new"))
    importers, left = _importers(change, changes, removed, new, names, limits)
    checked = (*new, *importers)
    everywhere = {**new, **importers}
    roots = _roots(checked, names)
    everywhere |= _imported(change, everywhere, names, roots, limits)
    unchanged = {
        path: data for path, data in everywhere.items() if path not in new and path not in old
    }
    return Project(
        everywhere,
        {**unchanged, **old},
        checked,
        left,
        changes,
        lost,
        frozenset(removed & old.keys()),
        frozenset(unparsed),
        roots,
    )


def _importers(
    change: Change,
    changes: Mapping[str, Mapping[str, Definition]],
    removed: Iterable[str],
    new: Mapping[str, bytes],
    names: frozenset[str],
    limits: Limits,
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Unchanged files that mention an altered definition or a removed module, and import the
    module, its package or the definition: (contents, names of those beyond the limit)."""
    altered_names = {
        name: path
        for path, defined in changes.items()
        for name, definition in defined.items()
        if definition.shape != IMPORTED or _is_package(path)
    }
    words = {word for name, path in altered_names.items() for word in _words(changes[path][name])}
    words |= {_stem(path) for path in removed}
    if not words:
        return {}, ()
    sources = {*altered_names.values(), *removed}
    stems = {_stem(path) for path in sources}
    packages = {part for path in sources for part in PurePosixPath(path).parent.parts}
    tops = {name.split(".")[0] for name in altered_names}
    found: list[tuple[int, str, bytes]] = []
    for path in change.grep(sorted(words)[:_MAX_WORDS]):
        limits.check()
        if language_of(path) is not PYTHON or path in new or path not in names:
            continue
        data = change.read(path, "new")
        if data is None or len(data) > MAX_BYTES:
            continue
        ranks = [
            rank
            for imported in imports(data)
            if (rank := _rank(imported, stems, packages, tops)) is not None
        ]
        if ranks:
            found.append((min(ranks), path, data))
    found.sort(key=lambda item: item[:2])
    kept = {path: data for _, path, data in found[:MAX_IMPORTERS]}
    return kept, tuple(path for rank, path, _ in found[MAX_IMPORTERS:] if rank == 0)


def _rank(imported: Import, stems: set[str], packages: set[str], tops: set[str]) -> int | None:
    """How directly an import leads to a changed module: 0 the module itself, 1 its name through a
    package, 2 a package."""
    _, module, members = imported
    tail = module.split(".")[-1]
    if tail in stems or stems & set(members):
        return 0
    if (tail in packages or not tail) and (tops & set(members) or "*" in members):
        return 1
    return 2 if not members and tail in packages else None


def _words(definition: Definition) -> Iterator[str]:
    """The words that a file using the definition must mention."""
    parts = definition.name.split(".")
    own, owner = parts[-1], parts[-2] if len(parts) > 1 else None
    if owner is None or not own.startswith("__"):
        yield own
    # A use of the constructor, or of an annotated attribute as its parameter, names the class.
    if owner is not None and (own in _CONSTRUCTORS or definition.shape[:1].isalpha()):
        yield owner


def _is_package(path: str) -> bool:
    return PurePosixPath(path).stem == "__init__"


def _stem(path: str) -> str:
    return PurePosixPath(path).parent.name if _is_package(path) else PurePosixPath(path).stem


def _roots(paths: Iterable[str], names: frozenset[str]) -> tuple[str, ...]:
    """Folders that absolute imports start from: the top, src/, and the folders that contain the
    packages and scripts among `paths`."""
    roots = {"": None, "src": None}
    for path in paths:
        folder = PurePosixPath(path).parent
        while folder.name and f"{folder}/__init__.py" in names:
            folder = folder.parent
        roots.setdefault("" if str(folder) == "." else str(folder))
    hiding = {
        str(PurePosixPath(name).parent)
        for name in names
        if name.endswith(".py") and PurePosixPath(name).stem in sys.stdlib_module_names
    }
    return tuple(root for root in roots if root in ("", "src") or root not in hiding)[:20]


def _imported(
    change: Change,
    known: Mapping[str, bytes],
    names: frozenset[str],
    roots: tuple[str, ...],
    limits: Limits,
) -> dict[str, bytes]:
    """The modules of the repository that the files in `known` import, directly or indirectly."""
    found: dict[str, bytes] = {}
    level = dict(known)
    for _ in range(_DEPTH):
        following: dict[str, bytes] = {}
        for path, data in level.items():
            limits.check()
            for target in _targets(path, data, names, roots):
                if target in known or target in found or len(found) >= MAX_MODULES:
                    continue
                body = change.read(target, "new")
                if body is not None and len(body) <= MAX_BYTES:
                    found[target] = following[target] = body
        level = following
    return found


def _targets(
    path: str, data: bytes, names: frozenset[str], roots: tuple[str, ...]
) -> Iterator[str]:
    for level, module, members in imports(data):
        for folder in [_ancestor(path, level)] if level else roots:
            if folder is None:
                continue
            for dotted in (module, *(f"{module}.{member}".strip(".") for member in members)):
                yield from _files(folder, dotted, names)


def _ancestor(path: str, level: int) -> str | None:
    """The folder that `level` dots of a relative import in `path` refer to."""
    parents = PurePosixPath(path).parents
    return (
        None
        if level > len(parents)
        else ""
        if str(parents[level - 1]) == "."
        else str(parents[level - 1])
    )


def _files(folder: str, dotted: str, names: frozenset[str]) -> Iterator[str]:
    """The file of a module below `folder`, and those of the packages around it."""
    path = PurePosixPath(folder)
    for part in ["", *dotted.split(".")] if dotted else [""]:
        path = path / part if part else path
        for name in (f"{path}.py", f"{path}.pyi", f"{path}/__init__.py", f"{path}/__init__.pyi"):
            if name in names:
                yield name
