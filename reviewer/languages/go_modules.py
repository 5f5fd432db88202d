"""Where the imports of Go lead in a repository: the module path in each go.mod, and `replace`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from reviewer.languages.base import Bound
from reviewer.languages.project_files import ProjectFiles, folder_of, join_path, nearest

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_SPEC = re.compile(r"(?:([\w.]{1,200})\s+)?[\"`]([^\"`\s]{1,500})[\"`]")
_MODULE = re.compile(r"^module\s+\"?([^\s\"]{1,300})", re.MULTILINE)
_REPLACE = re.compile(
    r"^(?:replace)?[ \t]{0,8}([^\s\"]{1,300})(?:[ \t]+v\S{1,60})?[ \t]+=>[ \t]+(\.{1,2}/\S{0,300})",
    re.MULTILINE,
)
_MAJOR = re.compile(r"v\d{1,3}")
_AFFIX = re.compile(r"^go[-.]|[-.]go$|\.v\d{1,3}$")


def bound(node: SgNode) -> Iterable[Bound]:
    """`import x "a/b"`. Without a name it is taken from the path: the package clause may differ."""
    match = _SPEC.search(node.text()[:1000])
    if not match:
        return
    name, module = match[1], match[2]
    if name == ".":
        yield Bound("*", module, "*")
    elif name == "_":
        yield Bound("", module)
    else:
        yield Bound(name or _package(module), module)


def _package(module: str) -> str:
    parts = module.split("/")
    if len(parts) > 1 and _MAJOR.fullmatch(parts[-1]):
        parts.pop()
    return _AFFIX.sub("", parts[-1]).replace("-", "_").replace(".", "_")


class GoModules:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files

    def module(self, path: str, name: str, level: int) -> str | None:
        places = []
        for prefix, folder in self._roots.get(_head(name), ()):
            if name == prefix or name.startswith(f"{prefix}/"):
                places.append((len(prefix), join_path(folder, name[len(prefix) :])))
        longest = max((size for size, _ in places), default=0)
        found = [f"{place}/" for size, place in places if size == longest and self._sources(place)]
        return nearest(path, found)

    def within(self, module: str, part: str) -> str | None:
        return None

    def beyond(self, path: str, name: str) -> Sequence[str]:
        return ()

    def files(self, module: str) -> Sequence[str]:
        return self._sources(module.rstrip("/"))

    def _sources(self, folder: str) -> Sequence[str]:
        return [path for path in self._files.by_folder.get(folder, ()) if path.endswith(".go")]

    @cached_property
    def _roots(self) -> dict[str, list[tuple[str, str]]]:
        """(module path, folder) by the first part of the path."""
        found: dict[str, list[tuple[str, str]]] = {}
        for path in self._files.by_name.get("go.mod", ()):
            text, folder = self._files.text(path), folder_of(path)
            if match := _MODULE.search(text):
                found.setdefault(_head(match[1]), []).append((match[1], folder))
            for name, target in _REPLACE.findall(text):
                found.setdefault(_head(name), []).append((name, join_path(folder, target)))
        return found


def _head(name: str) -> str:
    return name.partition("/")[0]
