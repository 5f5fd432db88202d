"""Where the imports of JavaScript and TypeScript lead in a repository: relative paths, `paths` and
`baseUrl` of tsconfig.json, packages of the workspace, and the names that package.json gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.languages.jsonc import from_jsonc
from reviewer.languages.manifests import items, table
from reviewer.languages.project_files import ProjectFiles, above, folder_of, join_path
from reviewer.languages.script_packages import ScriptPackages, matching

_CONFIGS = ("tsconfig.json", "jsconfig.json")
_MAX_CONFIGS = 12  # that one extends or refers to
_ROOTS = ("@/", "~/")  # what bundlers call the folder with the sources


@dataclass(frozen=True, slots=True)
class _Config:
    """`paths` are (before the star, after it, whether there is one, targets); `base` is None where
    names do not start from a folder."""

    paths: tuple[tuple[str, str, bool, tuple[str, ...]], ...] = ()
    base: str | None = None


class ScriptModules:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files
        self._packages = ScriptPackages(files)
        self._configs: dict[str, _Config] = {}
        self._found: dict[tuple[str, str], str | None] = {}

    def module(self, path: str, name: str, level: int) -> str | None:
        if not name:
            return path
        key = folder_of(path), name
        if key not in self._found:
            self._found[key] = self._module(path, name.partition("?")[0])
        return self._found[key]

    def within(self, module: str, part: str) -> str | None:
        return None

    def beyond(self, path: str, name: str) -> Sequence[str]:
        return ()

    def files(self, module: str) -> Sequence[str]:
        return (module,)

    def _module(self, path: str, name: str) -> str | None:
        if name in (".", "..") or name.startswith(("./", "../")):
            return self._relative(folder_of(path), name)
        return next((found for found in self._absolute(path, name) if found), None)

    def _relative(self, folder: str, name: str) -> str | None:
        base = join_path(folder, name)
        if not base or name.rpartition("/")[2] in ("", ".", ".."):
            found = self._packages.file(join_path(base, "index"))
        else:
            found = self._packages.file(base)
        if not found and join_path(base, "package.json") in self._files:
            found = self._packages.entry(base, "")
        return found

    def _absolute(self, path: str, name: str) -> Iterator[str | None]:
        if name.startswith("#"):
            folder = next(self._packages.around(path), None)
            names = self._packages.manifest(folder).get("imports") if folder is not None else None
            for target in matching(names, name):
                yield self._packages.source(folder or "", target)
        folders = above(path)
        for folder in folders:
            for base in self._mapped(self._config(folder), name):
                yield self._packages.file(base)
        parts = name.split("/")
        count = 2 if name.startswith("@") else 1
        package = self._packages.named(path, "/".join(parts[:count]))
        if package is not None:
            yield self._packages.entry(package, "/".join(parts[count:]))
        for folder in folders:
            start = self._config(folder).base
            if start is not None:
                yield self._packages.file(join_path(start, name))
        if name.startswith(_ROOTS):
            for folder in folders:
                for place in ("src", "app", ""):
                    yield self._packages.file(join_path(join_path(folder, place), name[2:]))

    def _mapped(self, config: _Config, name: str) -> Iterator[str]:
        """What `paths` make of a name, by the longest pattern that fits."""
        for head, tail, star, targets in config.paths:
            if star and name.startswith(head) and name.endswith(tail):
                if len(name) >= len(head) + len(tail):
                    inner = name[len(head) : len(name) - len(tail)]
                    yield from (target.replace("*", inner, 1) for target in targets)
                    return
            elif not star and name == head:
                yield from targets
                return

    def _config(self, folder: str) -> _Config:
        """What the tsconfig.json in a folder says, with what it extends; the projects that it
        refers to count where it says nothing itself."""
        if folder not in self._configs:
            found = [join_path(folder, name) for name in _CONFIGS]
            self._configs[folder] = next(
                (self._chain(each) for each in found if each in self._files), _Config()
            )
        return self._configs[folder]

    def _chain(self, path: str) -> _Config:
        todo, seen = [path], set[str]()
        paths: tuple[tuple[str, str, bool, tuple[str, ...]], ...] = ()
        base: str | None = None
        while todo and len(seen) < _MAX_CONFIGS:
            at = todo.pop(0)
            if at in seen:
                continue
            seen.add(at)
            data, folder = from_jsonc(self._files.text(at)), folder_of(at)
            options = table(data, "compilerOptions")
            if base is None and isinstance(options.get("baseUrl"), str):
                base = join_path(folder, options["baseUrl"])
            if not paths and options.get("paths"):
                start = options.get("baseUrl")
                root = join_path(folder, start) if isinstance(start, str) else (base or folder)
                paths = _paths(table(options, "paths"), root)
            extended = data.get("extends")
            wanted = [extended] if isinstance(extended, str) else items(extended)
            references = [table(item).get("path") for item in items(data.get("references"))]
            todo += [*self._named(folder, wanted), *self._named(folder, references)]
        return _Config(paths, base)

    def _named(self, folder: str, names: Sequence[object]) -> Iterator[str]:
        for name in names[:_MAX_CONFIGS]:
            if not isinstance(name, str):
                continue
            base = join_path(folder, name)
            if not name.startswith("."):  # a package of the workspace
                parts = name.split("/")
                count = 2 if name.startswith("@") else 1
                home = self._packages.named(f"{folder}/x", "/".join(parts[:count]))
                base = join_path(home, "/".join(parts[count:])) if home is not None else ""
            ends = (base, f"{base}.json", f"{base}/tsconfig.json")
            yield from [end for end in ends if base and end in self._files][:1]


def _paths(declared: object, root: str) -> tuple[tuple[str, str, bool, tuple[str, ...]], ...]:
    found = []
    for key, value in table(declared).items():
        head, star, tail = key.partition("*")
        targets = [item for item in items(value) if isinstance(item, str)]
        plain = (item.replace("${configDir}/", "") for item in targets)
        made = tuple(filter(None, (join_path(root, item) for item in plain)))
        found.append((head, tail, bool(star), made))
    return tuple(sorted(found, key=lambda item: (item[2], -len(item[0]))))
