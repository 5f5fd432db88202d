"""Packages of a JavaScript repository: which folder has which name, and which file an entry of
package.json leads to. Entries name what a build makes, so the source behind it is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from reviewer.globs import BadGlob, Globs
from reviewer.languages.manifests import from_json, items, table
from reviewer.languages.project_files import ProjectFiles, above, join_path

# What an import may leave out, the likeliest first.
_SOURCES = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".d.ts")
ENDS = (*_SOURCES, ".vue", ".svelte", ".json")
# TypeScript writes the names of the files that it will have made.
_MADE = {
    ".js": (".ts", ".tsx", ".d.ts"),
    ".jsx": (".tsx",),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
}
_BUILT = re.compile(r"^(?:dist|lib|build|out|es|esm|cjs|types|typings)(?:/|$)")
_SUFFIX = re.compile(r"(?:\.d)?\.[cm]?[jt]sx?$")
_ELSEWHERE = ("browser", "react-native", "worker", "workerd", "deno", "bun", "edge-light")
_MAX_TARGETS = 40
_ENTRIES = ("source", "types", "typings", "module", "main")
_PNPM = re.compile(r"^packages:[ \t]*\n((?:(?:[ \t]+|- )[^\n]*\n|\n|#[^\n]*\n)*)", re.MULTILINE)
_ITEM = re.compile(r"^\s*-\s*['\"]?([^'\"#\s]{1,200})", re.MULTILINE)


class ScriptPackages:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files
        self._read: dict[str, Mapping[str, Any]] = {}

    def file(self, base: str) -> str | None:
        """The file that a path means which may lack its suffix, or name a folder."""
        if not base:
            return None
        if base in self._files:
            return base
        stem, dot, suffix = base.rpartition(".")
        for end in _MADE.get(dot + suffix, ()):
            if stem + end in self._files:
                return stem + end
        for end in ENDS:
            if base + end in self._files:
                return base + end
        return next(
            (f"{base}/index{end}" for end in ENDS if f"{base}/index{end}" in self._files), None
        )

    def manifest(self, folder: str) -> Mapping[str, Any]:
        if folder not in self._read:
            path = join_path(folder, "package.json")
            self._read[folder] = from_json(self._files.text(path)) if path in self._files else {}
        return self._read[folder]

    def around(self, path: str) -> Iterator[str]:
        """The folders around a file that are packages, the innermost first."""
        return (each for each in above(path) if join_path(each, "package.json") in self._files)

    def entry(self, folder: str, sub: str) -> str | None:
        """The file that the package in `folder` gives for `./sub`, or for itself."""
        manifest = self.manifest(folder)
        exported = manifest.get("exports")
        targets: list[object] = [] if sub else [manifest.get(key) for key in _ENTRIES]
        if exported is not None:
            targets = [*matching(exported, f"./{sub}" if sub else ".")]
        for target in targets[:_MAX_TARGETS]:
            if isinstance(target, str) and (source := self.source(folder, target)):
                return source
        plain = sub or "index"
        places = (plain, f"src/{plain}", f"lib/{plain}")
        return next(
            (found for each in places if (found := self.file(join_path(folder, each)))), None
        )

    def source(self, folder: str, target: str) -> str | None:
        """The file `target` of a package, or the one that it is built from."""
        if found := self.file(join_path(folder, target)):
            return found
        plain = join_path("", target)
        while _BUILT.match(plain):
            plain = plain.partition("/")[2]
            for stem in (plain, _SUFFIX.sub("", plain)):
                for place in (f"src/{stem}", stem):
                    if stem and (found := self.file(join_path(folder, place))):
                        return found
        return None

    def named(self, path: str, name: str) -> str | None:
        """The folder of the package `name`, as the file `path` sees it: one around it, or a member
        of its workspace."""
        for folder in self.around(path):
            if self.manifest(folder).get("name") == name:
                return folder
            if name in (members := self._members(folder)):
                return members[name]
        return None

    def _members(self, folder: str) -> Mapping[str, str]:
        """The packages of the workspace whose top is `folder`."""
        if folder not in self._workspaces:
            self._workspaces[folder] = dict(self._listed(folder))
        return self._workspaces[folder]

    @cached_property
    def _workspaces(self) -> dict[str, Mapping[str, str]]:
        return {}

    def _listed(self, folder: str) -> Iterator[tuple[str, str]]:
        patterns = self._patterns(folder)
        if not patterns:
            return
        try:
            globs = Globs(patterns)
        except BadGlob:
            return
        start = f"{folder}/" if folder else ""
        for each in self._packages:
            inner = each.removeprefix(start)
            if each.startswith(start) and each != folder and globs.match(f"{inner}/package.json"):
                name = self.manifest(each).get("name")
                if isinstance(name, str):
                    yield name, each

    @cached_property
    def _packages(self) -> Sequence[str]:
        """The folders with a package.json, but for installed ones."""
        found = self._files.by_name.get("package.json", ())
        return [path.rpartition("/")[0] for path in found if "node_modules/" not in path]

    def _patterns(self, folder: str) -> list[str]:
        declared = self.manifest(folder).get("workspaces")
        listed = items(declared) or items(table(declared).get("packages"))
        if match := _PNPM.search(self._files.text(join_path(folder, "pnpm-workspace.yaml")) + "\n"):
            listed = [*listed, *_ITEM.findall(match[1])]
        plain = (item.strip("/").removeprefix("./") for item in listed if isinstance(item, str))
        globs = (f"!/{each[1:]}" if each[:1] == "!" else f"/{each}" for each in plain if each)
        return [f"{each}/package.json" for each in globs]


def matching(exported: object, sub: str) -> Iterator[str]:
    """The targets that `exports` or `imports` of package.json give for `sub`, those that say where
    the source is first."""
    if isinstance(exported, dict) and any(str(key)[:1] in (".", "#") for key in exported):
        if sub in exported:
            yield from _targets(exported[sub])
            return
        for key, value in sorted(exported.items(), key=lambda pair: -len(str(pair[0]))):
            head, star, tail = str(key).partition("*")
            long_enough = len(sub) >= len(head) + len(tail)
            if star and long_enough and sub.startswith(head) and sub.endswith(tail):
                inner = sub[len(head) : len(sub) - len(tail)]
                yield from (target.replace("*", inner, 2) for target in _targets(value))
                return
    elif sub == ".":
        yield from _targets(exported)


def _targets(value: object) -> Iterable[str]:
    """All strings in nested conditions, without recursion."""
    found: list[str] = []
    todo = [value]
    while todo and len(found) < _MAX_TARGETS:
        item = todo.pop(0)
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, list):
            todo[:0] = item[:_MAX_TARGETS]
        elif isinstance(item, dict):
            order = sorted(item, key=lambda key: (key != "source", key in _ELSEWHERE))
            todo[:0] = [item[key] for key in order[:_MAX_TARGETS]]
    return found
