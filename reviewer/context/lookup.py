"""What a name most likely means in a language whose names are compared, not resolved: by where it
stands, what its receiver is, and which files its file sees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reviewer.context.arity import fitting, of_call
from reviewer.context.declared import declared
from reviewer.context.index import Index, module_words, package_of
from reviewer.languages import Language, is_generic_name, is_test
from reviewer.languages.outline import Def, Outline, Ref

_MAX_FILES = 24  # parsed for one name
_MAX_SAME = 3  # overloads of one name
_MAX_BASES = 6
_MAX_KEPT = 50_000
_LEAST = 5  # characters of a name that is believed on its own
_TYPE = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A definition. It is `sure` unless nothing but the name speaks for it."""

    path: str
    outline: Outline
    item: Def
    sure: bool = True


def find(
    index: Index, path: str, outline: Outline, ref: Ref, *, far: bool = True
) -> tuple[Found, ...]:
    """What `ref` in the file `path` means: a few definitions at most, the likeliest first. Unless
    `far`, files that it does not import are not searched."""
    passed = of_call(outline, ref) if ref.call else None
    key = (path, ref.name, f"{ref.scope}{'' if far else ' here'}", passed)
    if key not in index.named:
        if len(index.named) >= _MAX_KEPT:
            index.named.clear()
        index.named[key] = tuple(
            (found.path, found.item, found.sure)
            for found in _Search(index, path, outline, ref, far).run()[:_MAX_SAME]
        )
    kept = []
    for where, item, sure in index.named[key]:
        if there := outline if where == path else index.outline(where):
            kept.append(Found(where, there, item, sure))
    return tuple(kept)


def tells(name: str, language: Language) -> bool:
    """Whether a name is rare enough to be believed on its own."""
    return len(name) >= _LEAST and name not in language.common and not is_generic_name(name)


class _Search:
    def __init__(self, index: Index, path: str, outline: Outline, ref: Ref, far: bool) -> None:
        self._index = index
        self._path = path
        self._outline = outline
        self._scopes = outline.language.scopes
        self._scope = ref.scope
        self._ref = ref
        *self._heads, self._name = ref.name.split(".")
        self._others: list[tuple[str, Outline]] | None = None if far else []

    def run(self) -> list[Found]:
        if len(self._name) < 2:
            return []
        if not self._heads:
            return self._plain()
        head = self._heads[-1]
        if len(self._heads) == 1:
            if head in self._receivers():
                owner = self._class_around()
                return self._members(owner) if owner else self._typed()
            return self._qualified(head)
        return self._qualified(head) if head[:1].isupper() else self._typed()

    def _receivers(self) -> tuple[str, ...]:
        item = self._outline.by_name.get(self._scope)
        if self._scopes.receiver and item:
            line = self._outline.lines[item.start - 1]
            found = self._scopes.receiver.search(line)
            return (found[1],) if found else ()
        return self._scopes.receivers

    def _class_around(self) -> str:
        """The name of the class around the scope, also if another file defines it."""
        scope = self._scope
        while scope:
            item = self._outline.by_name.get(scope)
            if item and item.kind == "class":
                return scope
            scope = scope.rpartition(".")[0]
        return self._scope.rpartition(".")[0]

    def _plain(self) -> list[Found]:
        """A name without a receiver."""
        name, outline = self._name, self._outline
        here = outline.named.get(name, ())
        if name in outline.by_import and self._is_bound(here):
            return self._imported(name)
        level = self._scope
        while level:
            owner = outline.by_name.get(level)
            if self._scopes.bare or owner is None or owner.kind == "function":
                wanted = f"{level}.{name}"
                if inner := [item for item in here if item.name == wanted]:
                    return self._found(self._path, outline, inner)
            level = level.rpartition(".")[0]
        if top := [item for item in here if self._is_top(outline, item)]:
            return self._found(self._path, outline, top)
        if not self._scopes.bare:
            return self._seen()
        inherited = self._inherited(outline, self._class_around())
        return inherited or self._seen() or self._found(self._path, outline, here)

    def _is_bound(self, here: Sequence[Def]) -> bool:
        """Whether the import is what defines the name here: `const name = require(…)`."""
        line = self._outline.by_import[self._name].start
        return all(item.start == line for item in here if "." not in item.name)

    def _imported(self, name: str) -> list[Found]:
        item = self._outline.by_import[name]
        modules = self._index.modules(self._outline.language)
        source = modules and modules.module(self._path, item.module, item.level)
        there = self._index.outline(source) if source else None
        if not source or there is None:
            return []  # from outside the repository
        items = [
            item_ for item_ in there.named.get(item.attr or name, ()) if self._is_top(there, item_)
        ]
        return self._found(source, there, items)

    def _seen(self) -> list[Found]:
        """Definitions in files that this file sees without an import, else the only one that has a
        telling name."""
        sees = self._scopes.sees
        if self._name in self._outline.language.common:
            return []
        if not sees and self._outline.imports and not self._tells():
            return []
        folder = self._path.rpartition("/")[0]
        found: list[Found] = []
        for path, outline in self._elsewhere():
            near = sees == "everything" or (sees and path.rpartition("/")[0] == folder)
            if near or self._tells():
                items = [
                    item
                    for item in outline.named.get(self._name, ())
                    if self._is_top(outline, item)
                ]
                found += self._found(path, outline, items, sure=bool(near))
        return self._best(found)

    def _best(self, found: list[Found]) -> list[Found]:
        """The sure ones, or what is left if it is a single one. A function with a body comes before
        its declaration."""
        sure = [item for item in found if item.sure]
        if not sure:
            return found if len(found) == 1 else []
        return sorted(sure, key=lambda found: found.item.kind == "value")[:_MAX_SAME]

    def _tells(self) -> bool:
        return tells(self._name, self._outline.language)

    def _members(self, owner: str) -> list[Found]:
        """Members of the class `owner`: its own, or inherited."""
        last = owner.rpartition(".")[2]
        found = self._of(self._path, self._outline, last)
        for path, outline in self._elsewhere() if not found else ():
            found += self._of(path, outline, last)
        return found or self._inherited(self._outline, owner)

    def _of(self, path: str, outline: Outline, owner: str) -> list[Found]:
        items = outline.named.get(self._name, ())
        return self._found(path, outline, [item for item in items if _owner(item) == owner])

    def _inherited(self, outline: Outline, owner: str) -> list[Found]:
        """Members of the classes that the header of a class names."""
        item = outline.by_name.get(owner)
        if item is None:
            return []
        header = " ".join(outline.lines[item.start - 1 : item.header])
        bases = dict.fromkeys(_TYPE.findall(header.partition(owner.rpartition(".")[2])[2]))
        for base in list(bases)[:_MAX_BASES]:
            if not base[:1].isupper():
                continue
            if found := self._of(self._path, outline, base):
                return found
            for path, other in self._elsewhere():
                if found := self._of(path, other, base):
                    return found
        return []

    def _qualified(self, head: str) -> list[Found]:
        """`head.name`, where the head may be a class, an object, or a module."""
        if found := self._of(self._path, self._outline, head):
            return found
        if head in self._outline.by_import:
            item = self._outline.by_import[head]
            modules = self._index.modules(self._outline.language)
            source = modules and modules.module(self._path, item.module, item.level)
            there = self._index.outline(source) if source else None
            if not source or there is None:
                return []
            inner = self._of(source, there, item.attr or head)
            if inner or item.attr:
                return inner
            items = [x for x in there.named.get(self._name, ()) if self._is_top(there, x)]
            return self._found(source, there, items)
        if head[:1].isupper():
            for path, outline in self._elsewhere():
                if found := self._of(path, outline, head):
                    return found
            if self._scopes.sees:
                return []  # a type of the library
        return self._in_module(head) or self._typed()

    def _in_module(self, module: str) -> list[Found]:
        """Definitions in a package that is named after its folder, or a module after its file."""
        by_folder = self._scopes.sees == "folder"
        for path, outline in self._elsewhere() if by_folder or self._scopes.package else ():
            folder = path.rpartition("/")[0].rpartition("/")[2]
            homes = (folder, package_of(outline)) if by_folder else module_words(path)[:1]
            if module in homes:
                items = outline.named.get(self._name, ())
                if found := self._found(path, outline, [x for x in items if "." not in x.name]):
                    return found
        return []

    def _typed(self) -> list[Found]:
        """Members of the class that the receiver is declared with, or of any class that this file
        names, since the receiver may be one; else the only member with a telling name."""
        for name in declared(self._outline, self._ref):
            if members := self._members(name):
                return members
        found: list[Found] = []
        named: list[Found] = []
        receiver = self._heads[-1].replace("_", "").lower()
        common = self._name in self._outline.language.common
        for path, outline in [(self._path, self._outline), *self._elsewhere()]:
            here = path == self._path
            by_owner: dict[str, list[Def]] = {}
            for item in outline.named.get(self._name, ()):
                by_owner.setdefault(_owner(item), []).append(item)
            for owner, items in by_owner.items():
                if owner and owner.replace("_", "").lower() == receiver:
                    named += self._found(path, outline, items)
                elif owner and (here or not common):
                    known = here or bool(self._outline.lines_with(owner))
                    found += self._found(path, outline, items, sure=known)
        return self._best(named or [item for item in found if item.sure or self._tells()])

    def _is_top(self, outline: Outline, item: Def) -> bool:
        """Whether a plain name can mean it: it is no member of a class, or one of an enumeration
        whose members stand on their own."""
        owner = outline.parent(item.name) if "." in item.name else None
        if "." not in item.name:
            return True
        if owner is None or owner.kind == "function":
            return False
        header = outline.lines[owner.start - 1]
        return "namespace " in header or (self._scopes.headers and "enum" in header)

    def _elsewhere(self) -> list[tuple[str, Outline]]:
        if self._others is None:
            self._others = list(self._parsed())
        return self._others

    def _parsed(self) -> Iterator[tuple[str, Outline]]:
        if len(self._name) < 3:
            return
        left = _MAX_FILES
        for path in self._index.files_with(self._name, self._path).paths:
            if path == self._path or (is_test(path) and not is_test(self._path)):
                continue
            if not left:
                return
            if outline := self._index.outline(path):
                left -= 1
                yield path, outline

    def _found(
        self, path: str, outline: Outline, items: Iterable[Def], *, sure: bool = True
    ) -> list[Found]:
        kept = fitting(self._outline, self._ref, outline, list(items))
        return [Found(path, outline, item, sure) for item in kept]


def _owner(item: Def) -> str:
    return item.name.rpartition(".")[0].rpartition(".")[2]
