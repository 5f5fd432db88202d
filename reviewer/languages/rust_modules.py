"""Where the paths of Rust lead in a repository: modules by their files, and the crates of each
Cargo.toml."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from reviewer.languages.manifests import from_toml, items, table
from reviewer.languages.project_files import ProjectFiles, above, folder_of, join_path, nearest

_ROOTS = ("lib.rs", "main.rs")
_OWN = ("mod.rs", *_ROOTS)  # files that are the module of their folder
_KINDS = ("bin", "test", "example", "bench")
_TARGETS = ("tests", "examples", "benches")  # each file directly in them is a crate


class RustModules:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files

    def module(self, path: str, name: str, level: int) -> str | None:
        """The file of the deepest module on the path; what follows is in it."""
        if name.startswith('"'):  # `#[path = "…"]`
            found = join_path(folder_of(path), name.strip('"'))
            return found if found in self._files else None
        return self._followed(path, name)[0]

    def beyond(self, path: str, name: str) -> Sequence[str]:
        return () if name.startswith('"') else self._followed(path, name)[1]

    def _followed(self, path: str, name: str) -> tuple[str | None, Sequence[str]]:
        first, *rest = name.split("::")
        start = self._start(path, first)
        while start and rest and rest[0] == "super":
            start = self._parent(start)
            rest.pop(0)
        while start and rest and (below := self.within(start, rest[0])):
            start = below
            rest.pop(0)
        return start, rest

    def within(self, module: str, part: str) -> str | None:
        folder = self._folder(module)
        for end in (f"{part}.rs", f"{part}/mod.rs"):
            if (found := join_path(folder, end)) in self._files and found != module:
                return found
        return None

    def files(self, module: str) -> Sequence[str]:
        return () if module.endswith("/") else (module,)

    def _start(self, path: str, first: str) -> str | None:
        if first == "crate":
            return self._root(path)
        if first == "self":
            return path
        if first == "super":
            return self._parent(path)
        if first[:1].isupper():  # a type that this file knows
            return path
        return self.within(path, first) or nearest(path, self._crates.get(first, ()))

    def _root(self, path: str) -> str | None:
        """The file at the top of the crate that a file belongs to."""
        if self._is_root(path):
            return path
        for folder in above(path):
            inside = [join_path(folder, name) for name in _ROOTS]
            if found := next((each for each in inside if each in self._files), None):
                return found
            if join_path(folder, "Cargo.toml") in self._files:
                return self._library(folder)
        # The file at the top is missing: its folder stands for it.
        sources = (each for each in above(path) if each == "src" or each.endswith("/src"))
        return f"{next(sources, folder_of(path))}/"

    def _is_root(self, path: str) -> bool:
        *folders, name = path.split("/")
        if name in _ROOTS or path in self._tops:
            return True
        parent = "/".join(folders[:-1])
        if folders and folders[-1] in _TARGETS and join_path(parent, "Cargo.toml") in self._files:
            return True
        return folders[-2:] == ["src", "bin"]

    def _folder(self, path: str) -> str:
        """The folder with the modules below that of a file."""
        folder, _, name = path.rpartition("/")
        if name in ("", *_OWN) or self._is_root(path):
            return folder
        return path.removesuffix(".rs")

    def _parent(self, path: str) -> str | None:
        if self._is_root(path):
            return None
        folder = folder_of(path)
        if path.endswith("/mod.rs"):
            folder = folder_of(folder)
        inside = [join_path(folder, name) for name in _OWN]
        named = [f"{folder}.rs"] if folder else []
        found = (each for each in (*inside, *named) if each in self._files)
        return next(found, None) or self._root(path)

    def _library(self, folder: str) -> str | None:
        data = from_toml(self._files.text(join_path(folder, "Cargo.toml")))
        said = table(data, "lib").get("path")
        places = [said if isinstance(said, str) else "src/lib.rs", "src/main.rs"]
        found = (join_path(folder, place) for place in places)
        return next((each for each in found if each in self._files), None)

    @cached_property
    def _tops(self) -> frozenset[str]:
        """The files that a Cargo.toml names as the top of a crate."""
        found = set()
        for path in self._files.by_name.get("Cargo.toml", ()):
            data = from_toml(self._files.text(path))
            for target in (
                data.get("lib"),
                *(each for key in _KINDS for each in items(data.get(key))),
            ):
                said = table(target).get("path")
                if isinstance(said, str):
                    found.add(join_path(folder_of(path), said))
        return frozenset(found)

    @cached_property
    def _crates(self) -> dict[str, list[str]]:
        """The top files of the libraries in this repository, by the name that `use` knows."""
        found: dict[str, list[str]] = {}
        for path in self._files.by_name.get("Cargo.toml", ()):
            data, folder = from_toml(self._files.text(path)), folder_of(path)
            name = table(data, "lib").get("name") or table(data, "package").get("name")
            top = self._library(folder)
            if isinstance(name, str) and top:
                found.setdefault(name.replace("-", "_"), []).append(top)
        return found
