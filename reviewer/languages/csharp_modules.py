"""Where the `using` directives of C# lead in a repository. A namespace is the folder below a
project that repeats it, or any folder whose path ends with it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from reviewer.languages.base import Bound
from reviewer.languages.project_files import ProjectFiles, above, folder_of, join_path, nearest

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_USING = re.compile(
    r"(?:global\s+)?using\s+(?:static\s+)?(?:(\w{1,200})\s*=\s*)?(?:global::)?([\w.]{1,500})"
)
_ROOT = re.compile(r"<RootNamespace>\s*([\w.]{1,200})\s*</RootNamespace>")


def bound(node: SgNode) -> Iterable[Bound]:
    match = _USING.match(node.text()[:1000])
    if not match:
        return
    name, dotted = match.groups()
    if name:
        yield Bound(name, dotted, dotted.rpartition(".")[2])
    else:
        yield Bound("*", dotted, "*")


class CSharpModules:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files

    def module(self, path: str, name: str, level: int) -> str | None:
        """The folder of a namespace, or the file of a type in one. A name may start from the
        namespace that it stands in."""
        around = self._namespace(folder_of(path)).split(".")
        starts = [".".join((*around[:count], name)) for count in range(len(around), 0, -1)]
        for full in [name, *starts]:
            if folder := nearest(path, self._folders(full)):
                return f"{folder}/"
            namespace, _, last = full.rpartition(".")
            places = [f"{folder}/{last}.cs" for folder in self._folders(namespace)]
            if found := nearest(path, (place for place in places if place in self._files)):
                return found
        return None

    def within(self, module: str, part: str) -> str | None:
        return None

    def beyond(self, path: str, name: str) -> Sequence[str]:
        return ()

    def files(self, module: str) -> Sequence[str]:
        """For a folder, the sources of its namespace in all projects."""
        if not module.endswith("/"):
            return (module,)
        folders = [module[:-1], *self._folders(self._namespace(module[:-1]))]
        return [path for folder in dict.fromkeys(folders) for path in self._sources(folder)]

    def _sources(self, folder: str) -> list[str]:
        return [path for path in self._files.by_folder.get(folder, ()) if path.endswith(".cs")]

    def _folders(self, namespace: str) -> list[str]:
        found = []
        parts = namespace.split(".") if namespace else []
        for count in range(len(parts), 0, -1):
            for folder in self._projects.get(".".join(parts[:count]), ()):
                place = join_path(folder, "/".join(parts[count:]))
                if self._sources(place):
                    found.append(place)
        if found or len(parts) < 2:
            return found
        return [
            folder
            for folder in self._by_last.get(parts[-1], ())
            if f".{folder.replace('/', '.')}".endswith(f".{namespace}")
        ]

    def _namespace(self, folder: str) -> str:
        """The namespace of the files in a folder; "" if they are in no project."""
        for each in above(f"{folder}/x"):
            if each in self._root_of:
                rest = folder[len(each) :].strip("/").replace("/", ".")
                return ".".join(filter(None, (self._root_of[each], rest)))
        return ""

    @cached_property
    def _root_of(self) -> dict[str, str]:
        return {folder: name for name, folders in self._projects.items() for folder in folders}

    @cached_property
    def _projects(self) -> dict[str, list[str]]:
        """The folders of projects by their root namespace."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._files.ordered:
            if path.endswith(".csproj"):
                said = _ROOT.search(self._files.text(path))
                name = path.rpartition("/")[2].removesuffix(".csproj")
                found[said[1] if said else name].append(folder_of(path))
        return found

    @cached_property
    def _by_last(self) -> dict[str, list[str]]:
        """Folders with sources by the last part of the namespace that they can be."""
        found: dict[str, list[str]] = defaultdict(list)
        for folder in self._files.by_folder:
            if self._sources(folder):
                found[folder.replace("/", ".").rpartition(".")[2]].append(folder)
        return found
