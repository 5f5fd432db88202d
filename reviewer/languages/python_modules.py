"""Where Python's imports lead in a repository. `sys.path` is unknown, so any folder that is not a
package may be on it."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from reviewer.languages.project_files import ProjectFiles

_ENDS = (".py", ".pyi")


class PythonModules:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files.names

    @cached_property
    def _by_last(self) -> dict[str, list[str]]:
        """Python files by the last part of their module name (for a package, the name of its
        folder)."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._files):
            if path.endswith(_ENDS):
                parts = path.rpartition(".")[0].split("/")
                found[
                    parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]
                ].append(path)
        return found

    @cached_property
    def _folders(self) -> frozenset[str]:
        """Every folder with a Python file in it or below it."""
        found: set[str] = set()
        for path in self._files:
            folder = path.rpartition("/")[0]
            while path.endswith(_ENDS) and folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(found)

    def module(self, path: str, name: str, level: int) -> str | None:
        if not level:
            return self._absolute(path, name)
        folder = path.split("/")[:-1]
        if level - 1 > len(folder):
            return None
        base = "/".join(folder[: len(folder) - (level - 1)])
        parts = [part for part in name.split(".") if part]
        if not parts:
            return self._package(base)
        folder_of = "/".join(filter(None, [base, *parts[:-1]]))
        return self._below(f"{folder_of}/" if folder_of else "", parts[-1])

    def within(self, module: str, part: str) -> str | None:
        folder = module.removesuffix("__init__.py")
        return self._below(folder, part) if folder != module or folder.endswith("/") else None

    def beyond(self, path: str, name: str) -> Sequence[str]:
        return ()

    def files(self, module: str) -> Sequence[str]:
        return () if module.endswith("/") else (module,)

    def _absolute(self, path: str, dotted: str) -> str | None:
        tail = dotted.replace(".", "/")
        ends = (f"{tail}.py", f"{tail}/__init__.py", f"{tail}.pyi", f"{tail}/__init__.pyi")
        found = []
        for file in self._by_last.get(dotted.rpartition(".")[2], ()):
            end = next((end for end in ends if file == end or file.endswith("/" + end)), None)
            if end is None or file == path:
                continue
            root = file[: -len(end)]  # must be a folder that can be on sys.path, so not a package
            if root and f"{root}__init__.py" in self._files:
                continue
            if root and dotted.partition(".")[0] in sys.stdlib_module_names:
                continue
            near = path.startswith(root)
            # The deepest root above this file, else the shortest.
            found.append((not near, -len(root) if near else len(root), ends.index(end), file))
        if found:
            return min(found)[3]
        return f"{tail}/" if tail in self._folders else None

    def _below(self, folder: str, part: str) -> str | None:
        for end in (f"{part}.py", f"{part}/__init__.py", f"{part}.pyi"):
            if folder + end in self._files:
                return folder + end
        return f"{folder}{part}/" if folder + part in self._folders else None

    def _package(self, folder: str) -> str:
        init = f"{folder}/__init__.py" if folder else "__init__.py"
        return init if init in self._files else f"{folder}/"
