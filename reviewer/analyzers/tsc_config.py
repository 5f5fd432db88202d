"""What we take from the tsconfig.json of a repository: whether its code is written for strict
checks. Everything else in it is not obeyed."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Set

from reviewer import text
from reviewer.languages.jsonc import from_jsonc
from reviewer.languages.manifests import items, table

_MAX_CONFIGS = 12  # that one extends or refers to
_NAME = "tsconfig.json"
_OPTIONS = ("strict", "strictNullChecks")
Read = Callable[[str], bytes | None]


def strictness(paths: Iterable[str], names: Set[str], read: Read) -> Mapping[str, bool]:
    """The options `strict` and `strictNullChecks` that hold for all the files `paths`. Only files
    of the repository, `names`, are read; without a configuration, and where one builds on a
    package, checks are strict."""
    found = [_options(config, names, read) for config in _nearest(paths, names)]
    return {name: all(each.get(name, True) for each in found) for name in _OPTIONS}


def _nearest(paths: Iterable[str], names: Set[str]) -> Iterable[str]:
    folders = {posixpath.dirname(path) for path in paths}
    return dict.fromkeys(
        config
        for folder in sorted(folders)
        if (config := next((each for each in _above(folder) if each in names), None)) is not None
    )


def _above(folder: str) -> Iterator[str]:
    while folder:
        yield f"{folder}/{_NAME}"
        folder = posixpath.dirname(folder)
    yield _NAME


def _options(config: str, names: Set[str], read: Read) -> Mapping[str, bool]:
    """The options by which a configuration and what it builds on differ from our own."""
    said: dict[str, bool] = {}
    todo, seen, known = [config], set[str](), True
    while todo and len(seen) < _MAX_CONFIGS:
        path = todo.pop(0)
        if path in seen:
            continue
        seen.add(path)
        data = from_jsonc(text.decode(read(path) or b""))
        options = table(data, "compilerOptions")
        for name in _OPTIONS:
            if isinstance(value := options.get(name), bool):
                said.setdefault(name, value)
        base = data.get("extends")
        named = [base] if isinstance(base, str) else items(base)
        named += [table(item).get("path") for item in items(data.get("references"))]
        for name in named:
            found = _named(path, name, names)
            known = known and found is not None
            todo += [found] if found else []
    if known:
        said.setdefault("strict", False)
    if "strict" in said:
        said.setdefault("strictNullChecks", said["strict"])
    return said


def _named(config: str, name: object, names: Set[str]) -> str | None:
    """The configuration that another one names, if it is in the repository."""
    if not isinstance(name, str) or not name.startswith("."):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(config), name))
    return next((each for each in (path, f"{path}.json", f"{path}/{_NAME}") if each in names), None)
