"""Where the imports of PHP lead in a repository: PSR-4 and PSR-0 of each composer.json, then the
only file whose path ends like the name; and files that are included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from reviewer.languages.base import Bound
from reviewer.languages.manifests import from_json, items, table
from reviewer.languages.project_files import ProjectFiles, folder_of, join_path, nearest

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_USE = re.compile(r"use\s+(?:(function|const)\s+)?([^;{]{1,20000})(?:\{([^{}]{0,20000})\})?")
_ITEM = re.compile(r"\s*(?:(function|const)\s+)?\\?([\w\\]{1,500})(?:\s+as\s+(\w{1,200}))?")
_STRING = re.compile(r"(__DIR__|dirname\(__FILE__\))?\s*\.?\s*['\"]([^'\"$]{1,300})['\"]")


def bound(node: SgNode) -> Iterable[Bound]:
    text = node.text()[:40_000]
    if node.kind() != "namespace_use_declaration":
        match = _STRING.search(text[:500])
        yield Bound("*", match[2] if match else "", "*", 1 if match and match[1] else 0)
    elif match := _USE.match(text):
        kind, names, group = match.groups()
        for item in (group or names).split(","):
            yield from _one(item, names.strip() if group else "", kind)


def _one(item: str, start: str, kind: str | None) -> Iterator[Bound]:
    match = _ITEM.match(item)
    if not match:
        return
    full = start.lstrip("\\") + match[2]
    space, _, last = full.rpartition("\\")
    # Only a class has a file of its own.
    module = space if kind or match[1] else full
    yield Bound(match[3] or last, module, last)


class PhpModules:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files

    def module(self, path: str, name: str, level: int) -> str | None:
        if "/" in name or name.endswith(".php"):
            return self._included(path, name, level)
        found = [file for file in self._loaded(name) if file in self._files]
        if found:
            return nearest(path, found)
        *_, space, last = ["", *name.split("\\")]
        ends = self._files.ending(f"{space}/{last}.php") if space else []
        return ends[0] if len(ends) == 1 else None

    def within(self, module: str, part: str) -> str | None:
        return None

    def beyond(self, path: str, name: str) -> Sequence[str]:
        return ()

    def files(self, module: str) -> Sequence[str]:
        return (module,)

    def _included(self, path: str, name: str, level: int) -> str | None:
        near = join_path(folder_of(path), name.lstrip("/") if level else name)
        if near in self._files:
            return near
        plain = join_path("", name)
        if level or not plain:
            return None
        ends = self._files.ending(plain)
        return plain if plain in self._files else (ends[0] if len(ends) == 1 else None)

    def _loaded(self, name: str) -> Iterator[str]:
        """The files that Composer would look for."""
        parts = name.split("\\")
        for count in range(len(parts) - 1, -1, -1):
            for folder, whole in self._prefixes.get("\\".join(parts[:count]), ()):
                rest = parts if whole else parts[count:]
                yield join_path(folder, "/".join(rest) + ".php")

    @cached_property
    def _prefixes(self) -> dict[str, list[tuple[str, bool]]]:
        """By prefix of a namespace, its folders; and whether their paths repeat the prefix."""
        found: dict[str, list[tuple[str, bool]]] = {}
        for path in self._files.by_name.get("composer.json", ()):
            data, top = from_json(self._files.text(path)), folder_of(path)
            for section in ("autoload", "autoload-dev"):
                for key in ("psr-4", "psr-0"):
                    for prefix, value in table(data, section, key).items():
                        for folder in [value] if isinstance(value, str) else items(value):
                            if isinstance(folder, str):
                                place = (join_path(top, folder), key == "psr-0")
                                found.setdefault(prefix.strip("\\"), []).append(place)
        return found
