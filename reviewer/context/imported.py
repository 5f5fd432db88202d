"""What an imported name means in a language whose names are compared: the definitions that the
import leads to. Each function yields the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewer.context.bases import stands_alone
from reviewer.context.index import Index, Target
from reviewer.languages.imported import Origin, follow, origins
from reviewer.languages.outline import Def, Import, Outline, Ref

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
    for origin, there in _origins(index, path, outline, outline.by_import[head], ""):
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
