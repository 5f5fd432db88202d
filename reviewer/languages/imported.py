"""Where an imported name comes from, also through files that only pass it on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from reviewer.languages.base import Language, Modules
from reviewer.languages.outline import Import, Outline

_MAX_STEPS = 200  # files that one lookup reads, whatever cycles they form
_MAX_FILES = 600
_WORD = re.compile(r"[\w$]+")


class Known(Protocol):
    """What is known of one side of a repository."""

    def outline(self, path: str) -> Outline | None: ...

    def modules(self, language: Language) -> Modules | None: ...


@dataclass(frozen=True, slots=True)
class Origin:
    """`name` as the file `path` calls it; "" is the file itself, as a module."""

    path: str
    name: str


def leads_to(
    known: Known, path: str, outline: Outline, item: Import, name: str = ""
) -> frozenset[str]:
    """The files of `origins`."""
    return frozenset(origin.path for origin in origins(known, path, outline, item, name))


def origins(
    known: Known, path: str, outline: Outline, item: Import, name: str = ""
) -> tuple[Origin, ...]:
    """Where `item`, an import of the file `path` with this `outline`, can take its name from; empty
    if it leads outside of the repository, or nobody can tell.

    `name` is what is used of a whole module: `f` of `m.f` (Go, `import * as m`), or any name where
    all are imported (`*`, and the includes of C). Imports that name one thing do not need it.

    If a file defines the name at its top, that one is returned, also if others pass it on under
    whatever name (`export { a as b } from`, `export *`, `pub use`, an `__init__.py`, an include):
    the origin has the name that the file itself uses. If no file defines it, perhaps because this
    change removes it, all files that could are returned: the ends of the chain of imports, every
    file with `*` on the way, and all files of a folder. Without any name, the module is."""
    search = _Search(known, outline.language, item.module, [_MAX_STEPS])
    return search.run(search.targets(path, item, name))


def follow(known: Known, language: Language, start: Iterable[Origin]) -> tuple[Origin, ...]:
    """The same for a name that is taken from one of several files."""
    return _Search(known, language, "", [_MAX_STEPS]).run(start)


class _Search:
    """`left` counts the files that may still be read, in this search and those within it."""

    def __init__(self, known: Known, language: Language, written: str, left: list[int]) -> None:
        self._known = known
        self._language = language
        self._modules = known.modules(language)
        self._left = left
        self._owners = frozenset(_WORD.findall(written))
        self._ends: dict[Origin, None] = {}

    def run(self, start: Iterable[Origin]) -> tuple[Origin, ...]:
        todo = [*start]
        seen: set[Origin] = set()
        while todo and self._left[0]:
            at = todo.pop(0)
            if at in seen:
                continue
            seen.add(at)
            self._left[0] -= 1
            there = self._known.outline(at.path) if at.name else None
            if there and self._defines(there, at.name):
                return (at,)
            if there is None or not self._language.scopes.passes_on:
                self._ends[at] = None
            else:
                todo += self._onward(at, there)
        return tuple(dict.fromkeys((*self._ends, *todo)))

    def targets(self, path: str, item: Import, name: str) -> Iterator[Origin]:
        """What an import means if it means `name`, one origin for each file of a folder."""
        wanted = name if item.attr in ("", "*") else item.attr
        modules = self._modules
        module = modules and modules.module(path, item.module, item.level)
        if not modules or not module:
            return
        for part in modules.beyond(path, item.module):
            module = self._passed_on(module, part) or module
        if wanted and (inner := modules.within(module, wanted)):
            module, wanted = inner, ""
        for file in modules.files(module)[:_MAX_FILES]:
            yield Origin(file, wanted)

    def _passed_on(self, module: str, part: str) -> str:
        """The module that a file imports as `part`, and passes on; "" if it is none."""
        search = _Search(self._known, self._language, "", self._left)
        found = search.run((Origin(module, part),)) if self._left[0] else ()
        return next((origin.path for origin in found if not origin.name), "")

    def _onward(self, at: Origin, there: Outline) -> list[Origin]:
        """Where the imports of a file that does not define the name lead. `*` leaves open whether
        the file itself should define it."""
        if at.name in there.by_import:
            item = there.by_import[at.name]
            return [*self.targets(at.path, item, "")]
        self._ends[at] = None
        stars = [item for item in there.imports if item.name == "*" and at.name != "default"]
        return [target for item in stars for target in self.targets(at.path, item, at.name)]

    def _defines(self, there: Outline, name: str) -> bool:
        """Whether a name is at the top of a file, or in a class that the import names."""
        if name in there.by_name:
            return True
        inner = (item.name.split(".") for item in there.named.get(name, ()))
        return any(parts[-2] in self._owners for parts in inner)
