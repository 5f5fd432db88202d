"""The Go modules of a repository, as far as its go.mod and go.work files say."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from reviewer import text
from reviewer.analyzers.base import MAX_BYTES, Limits
from reviewer.types import Change, Side

_MOST = 400  # files that are read
_COMMENT = re.compile(r"//.*")
_BLOCK = re.compile(r"^\s*(\w+)\s*\(\s*$")


@dataclass(frozen=True, slots=True)
class Module:
    folder: str  # "." for the top
    path: str  # that its packages are imported below
    version: str = ""  # of the language, "1.21"
    # Folders of the other modules that it takes from here and not at the version that it asks for.
    sees: frozenset[str] = field(default_factory=frozenset)


def modules(change: Change, side: Side, limits: Limits) -> tuple[Module, ...]:
    """All modules of one side. Raises AnalyzerError if the time is up."""
    files = [
        path
        for path in change.list_files(side)
        if PurePosixPath(path).name in ("go.mod", "go.work") and not is_left_out(path)
    ]
    found: dict[str, Module] = {}
    together: list[frozenset[str]] = []
    for path in sorted(files, key=lambda path: (path.count("/"), path))[:_MOST]:
        limits.check()
        data = change.read(path, side)
        if data is None or len(data) > MAX_BYTES:
            continue
        folder = str(PurePosixPath(path).parent)
        lines = list(_directives(text.decode(data)))
        if path.endswith("go.work"):
            used = (_below(folder, words[1]) for words in lines if _is(words, "use", 2))
            together.append(frozenset(used))
        elif module := _module(folder, lines):
            found[folder] = module
    return tuple(_seeing(module, together, found) for module in found.values())


def is_left_out(path: str) -> bool:
    """Whether Go ignores the file, or takes it for a copy of another module."""
    return any(
        part in ("vendor", "testdata") or part.startswith((".", "_"))
        for part in PurePosixPath(path).parts
    )


def _module(folder: str, lines: Iterable[list[str]]) -> Module | None:
    path, version, replaced = "", "", set()
    for words in lines:
        if _is(words, "module", 2):
            path = words[1]
        elif _is(words, "go", 2):
            version = words[1]
        elif words[0] == "replace" and words[-1].startswith(("./", "../")):
            replaced.add(_below(folder, words[-1]))
    return Module(folder, path, version, frozenset(replaced)) if path else None


def _seeing(
    module: Module, together: Iterable[frozenset[str]], known: Mapping[str, Module]
) -> Module:
    """The module, which also sees those of its workspace."""
    sees = module.sees.union(*(used for used in together if module.folder in used))
    sees = (sees - {module.folder}).intersection(known)
    return Module(module.folder, module.path, module.version, sees)


def _directives(source: str) -> Iterator[list[str]]:
    """The words of each directive; those in a block get its name."""
    block = ""
    for line in source.split("\n"):
        line = _COMMENT.sub("", line).strip()
        if opened := _BLOCK.match(line):
            block = opened[1]
        elif line == ")":
            block = ""
        elif words := [word.strip('"`') for word in line.split()]:
            yield [block, *words] if block else words


def _is(words: list[str], name: str, length: int) -> bool:
    return len(words) == length and words[0] == name


def _below(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))
