"""What an imported name means in a language whose names are compared: the definitions that the
import leads to. Each function yields the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reviewer.context.bases import stands_alone
from reviewer.context.index import Index, Target, module_words, package_of
from reviewer.languages.imported import Origin, follow, origins
from reviewer.languages.outline import Def, Import, Outline, Ref

_MAX_BROUGHT = 100  # files
Definitions = tuple[str, Outline, Sequence[Def]]  # the file, and those of one name in it


def defined(index: Index, path: str, outline: Outline, name: str) -> Iterator[Definitions]:
    """What the name means that the file `path` imports: itself or, of a module that is used as if
    it were its main definition (`const Pool = require('./pool')`), that one."""
    item = outline.by_import[name]
    for wanted in ("", "default", name):
        for origin, there in _origins(index, path, outline, item, wanted):
            found = there.named.get(origin.name, ())
            yield origin.path, there, [each for each in found if stands_alone(there, each)] or found


def owners(
    index: Index, path: str, outline: Outline, head: str
) -> Iterator[tuple[str, Outline, str]]:
    """(file, its outline, name in it) of each class that `head` in `head.name` can be."""
    for wanted in ("", "default"):
        for origin, there in _origins(index, path, outline, outline.by_import[head], wanted):
            yield origin.path, there, origin.name or head


def inside(
    index: Index, path: str, outline: Outline, head: str, name: str
) -> Iterator[Definitions]:
    """What `head.name` means if the head is a module."""
    meant = origins(index, path, outline, outline.by_import[head])
    modules = [each.path for each in meant if each.name in ("", "default")]
    for origin in follow(index, outline.language, (Origin(each, name) for each in modules)):
        if there := index.outline(origin.path):
            found = there.named.get(origin.name, ())
            yield origin.path, there, [each for each in found if stands_alone(there, each)]


def in_module(
    outline: Outline, module: str, name: str, elsewhere: Iterable[tuple[str, Outline]]
) -> Iterator[Definitions]:
    """What `module.name` means if a package is named after its folder, or a module after its file.
    No import says so."""
    by_folder = outline.language.scopes.sees == "folder"
    for path, there in elsewhere if by_folder or outline.language.scopes.package else ():
        folder = path.rpartition("/")[0].rpartition("/")[2]
        homes = (folder, package_of(there)) if by_folder else module_words(path)[:1]
        if module in homes:
            yield path, there, [x for x in there.named.get(name, ()) if "." not in x.name]


def is_close(index: Index, path: str, outline: Outline, other: str) -> bool:
    """Whether names of the file `other` come before those of others: it is in the same folder, or
    all its names are imported (`import a.*`, a header, also for the source beside it)."""
    if other.rpartition("/")[0] == path.rpartition("/")[0]:
        return True
    if path not in index.brought:
        index.brought[path] = frozenset(_stem(each) for each in _brought(index, path, outline))
    return _stem(other) in index.brought[path]


def _brought(index: Index, path: str, outline: Outline) -> set[str]:
    """The files that imports of all names lead to, in C through other headers."""
    found: set[str] = set()
    modules = index.modules(outline.language)
    todo: list[tuple[str, Outline | None]] = [(path, outline)]
    while todo and modules and len(found) < _MAX_BROUGHT:
        at, there = todo.pop(0)
        for item in there.imports if there else ():
            module = modules.module(at, item.module, item.level) if item.name == "*" else None
            new = set(modules.files(module)) - found if module else set()
            found |= new
            if outline.language.scopes.passes_on:
                todo += [(each, index.outline(each)) for each in sorted(new)]
    return found


def _stem(path: str) -> str:
    return path.rpartition(".")[0]


def taken_from(index: Index, path: str, outline: Outline, ref: Ref) -> frozenset[Target] | None:
    """What `ref` can mean by the imports of the file `path`, whether it is defined or gone; None if
    no import brings its first name."""
    head, _, rest = ref.name.partition(".")
    item = outline.by_import.get(head)
    if item is None or any("." not in each.name for each in outline.named.get(head, ())):
        return None
    first, _, last = ("", "", rest) if item.attr else rest.partition(".")
    found = origins(index, path, outline, item, first)
    named = [(each.path, f"{each.name}.{last}".strip(".")) for each in found]
    named += [(each.path, ref.name) for each in found]  # a module that is used as its main class
    return frozenset(Target(*each) for each in named)


def _origins(
    index: Index, path: str, outline: Outline, item: Import, name: str
) -> Iterator[tuple[Origin, Outline]]:
    for origin in origins(index, path, outline, item, name):
        if there := index.outline(origin.path):
            yield origin, there
