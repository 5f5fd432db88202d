"""Where the imports of Swift lead in a repository: the folder of a module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from reviewer.languages.base import Bound
from reviewer.languages.project_files import ProjectFiles, folder_of, join_path, nearest

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_IMPORT = re.compile(
    r"(?:@?\w+(?:\([^()]{0,100}\))?\s+){0,4}?import\s+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w{1,200})(?:\.(\w{1,200}))?"
)
_TARGET = re.compile(r"[Tt]arget\(\s*name:\s*\"(\w{1,200})\"")
_PATH = re.compile(r"\bpath:\s*\"([^\"]{1,300})\"")
_ROOTS = ("Sources", "Source", "Tests", "src", "")
_MAX_FILES = 500


def bound(node: SgNode) -> Iterable[Bound]:
    match = _IMPORT.match(node.text()[:1000])
    if match:
        yield Bound(match[2] or "*", match[1], match[2] or "*")


class SwiftModules:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files

    def module(self, path: str, name: str, level: int) -> str | None:
        found = nearest(path, self._targets.get(name, ()))
        if found is None:
            tails = (f"{root}/{name}" for root in _ROOTS if root)
            folders = [each for tail in tails for each in self._files.ending(tail, folders=True)]
            found = nearest(path, (each for each in folders if self._sources(each)))
        if found is None and self._sources(name):
            found = name
        return f"{found}/" if found is not None else None

    def within(self, module: str, part: str) -> str | None:
        return None

    def beyond(self, path: str, name: str) -> Sequence[str]:
        return ()

    def files(self, module: str) -> Sequence[str]:
        return self._sources(module[:-1])[:_MAX_FILES]

    def _sources(self, folder: str) -> list[str]:
        return [path for path in self._files.below(folder) if path.endswith(".swift")]

    @cached_property
    def _targets(self) -> dict[str, list[str]]:
        """The folders of the targets that each Package.swift names."""
        found: dict[str, list[str]] = {}
        for path in self._files.by_name.get("Package.swift", ()):
            text, top = self._files.text(path), folder_of(path)
            matches = list(_TARGET.finditer(text))
            ends = [*(match.start() for match in matches[1:]), len(text)]
            for match, end in zip(matches, ends, strict=True):
                said = _PATH.search(text, match.end(), end)
                places = [said[1]] if said else [f"{root}/{match[1]}" for root in _ROOTS]
                for place in places:
                    folder = join_path(top, place)
                    if folder and self._sources(folder):
                        found.setdefault(match[1], []).append(folder)
                        break
        return found
