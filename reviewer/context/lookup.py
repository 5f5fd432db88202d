"""What a name most likely means in a language whose names are compared, not resolved: by where it
stands, what its receiver is, and which files its file sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from reviewer.context.arity import fitting, of_call
from reviewer.context.bases import bases, stands_alone
from reviewer.context.declared import declared as declared_types
from reviewer.context.declared import is_local, types_in
from reviewer.context.found import MAX_SAME, Found, best, nearest, owner_of, tells
from reviewer.context.imported import defined, inside, owners
from reviewer.context.index import Index, module_words, package_of
from reviewer.context.receivers import ELSEWHERE, TIERS, Receiver
from reviewer.languages import is_test
from reviewer.languages.outline import Def, Outline, Ref

_MAX_FILES = 24  # parsed for one name
_MAX_KEPT = 50_000
_MAX_LINE = 400


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
            for found in _Search(index, path, outline, ref, far).run()[:MAX_SAME]
        )
    kept = []
    for where, item, sure in index.named[key]:
        if there := outline if where == path else index.outline(where):
            kept.append(Found(where, there, item, sure))
    return tuple(kept)


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
            found = self._plain()
            local = found and is_local(self._outline, self._ref, [each.item for each in found])
            return [] if local else found
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
            if item is None or item.kind == "class":
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
        if top := [item for item in here if stands_alone(outline, item)]:
            return self._found(self._path, outline, top)
        if not self._scopes.bare:
            return self._seen()
        owner = self._class_around()
        members = self._members(owner) if owner else []
        return members or self._seen() or self._found(self._path, outline, here)

    def _is_bound(self, here: Sequence[Def]) -> bool:
        """Whether the import is what defines the name here: `const name = require(…)`."""
        line = self._outline.by_import[self._name].start
        return all(item.start == line for item in here if "." not in item.name)

    def _imported(self, name: str) -> list[Found]:
        return self._first(defined(self._index, self._path, self._outline, name))

    def _first(self, found: Iterable[tuple[str, Outline, Sequence[Def]]]) -> list[Found]:
        ways = (self._found(path, there, items) for path, there, items in found)
        return next((way for way in ways if way), [])

    def _seen(self) -> list[Found]:
        """Definitions in files that this file sees without an import, else the only one that has a
        telling name."""
        sees = self._scopes.sees
        common = self._name in self._outline.language.common
        if common and sees != "folder":
            return []
        if sees == "imports" and self._name not in self._outline.imported:
            return []
        if not sees and self._outline.imports and not self._tells():
            return []
        folder = self._path.rpartition("/")[0]
        found: list[Found] = []
        for path, outline in self._elsewhere():
            near = sees in ("everything", "imports") or (sees and path.rpartition("/")[0] == folder)
            if near or (not common and self._tells()):
                items = [
                    item
                    for item in outline.named.get(self._name, ())
                    if stands_alone(outline, item)
                ]
                found += self._found(path, outline, items, sure=bool(near))
        return nearest(best(found), self._path)

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
        return self._found(path, outline, [item for item in items if owner_of(item) == owner])

    def _inherited(self, outline: Outline, owner: str) -> list[Found]:
        """Members of the classes that a class extends."""
        item = outline.by_name.get(owner)
        if item is None:
            return []
        for base in bases(outline, item):
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
            return self._of_import(head)
        upper = head[:1].isupper()
        declared: list[Found] = []
        for path, outline in self._elsewhere():
            named = upper or any(item.part for item in outline.named.get(head, ()))
            found = self._of(path, outline, head) if named else []
            bodies = not self._scopes.headers or any(each.item.kind != "value" for each in found)
            if found and bodies:
                return found
            declared += found
        if declared:
            return best(declared)
        if upper and self._scopes.sees:
            return []  # a type of the library
        return self._in_module(head) or self._typed()

    def _of_import(self, head: str) -> list[Found]:
        """`head.name`, where the file imports the head: a member of a class, or what a module
        defines."""
        for path, there, owner in owners(self._index, self._path, self._outline, head):
            if found := self._of(path, there, owner) or self._inherited(there, owner):
                return found
        return self._first(inside(self._index, self._path, self._outline, head, self._name))

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
        for name in (*declared_types(self._outline, self._ref), *self._types_of_receiver()):
            if members := self._members(name):
                return members
        receiver = Receiver(self._outline, self._scope, self._heads[-1])
        common = self._name in self._outline.language.common
        tiers: tuple[list[Found], ...] = tuple([] for _ in TIERS)
        for path, outline in [(self._path, self._outline), *self._elsewhere()]:
            for item in outline.named.get(self._name, ()):
                owner, holder = owner_of(item), outline.parent(item.name)
                tier = receiver.tier(owner, holder, here=path == self._path, common=common)
                if tier is not None and item.kind != "class":
                    tiers[tier].append(Found(path, outline, item, tier < ELSEWHERE))
        likely = next((tier for tier in tiers if tier), [])
        if likely and not likely[0].sure and not self._tells():
            return []
        return best(self._fitting(likely))

    def _types_of_receiver(self) -> Iterator[str]:
        """Words that may be the type of a field or variable that the receiver names."""
        if "?" in self._heads:
            return
        ref = replace(self._ref, name=".".join(self._heads), call=False)
        for found in find(self._index, self._path, self._outline, ref, far=self._others is None):
            if found.item.kind == "value" and found.sure:
                yield from types_in(found.outline, found.item)

    def _fitting(self, found: list[Found]) -> list[Found]:
        """Those of each class that fit the call."""
        kept: list[Found] = []
        for _, same in groupby(found, key=lambda each: (each.path, owner_of(each.item))):
            each = list(same)
            there, items = each[0], [one.item for one in each]
            kept += self._found(there.path, there.outline, items, sure=there.sure)
        return kept

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

    def _is_visible(self, path: str, outline: Outline, item: Def) -> bool:
        """Whether this file may use a definition of another one."""
        hidden = outline.language.scopes.hidden
        if hidden and hidden.search(outline.lines[item.start - 1][:_MAX_LINE]):
            return is_test(self._path)
        near = path.rpartition("/")[0] == self._path.rpartition("/")[0]
        return near or not self._scopes.capital or not item.name.rpartition(".")[2][:1].islower()

    def _is_maker(self, item: Def) -> bool:
        """Whether it is a constructor, which has no name of its own that could be used."""
        names = (owner_of(item), self._scopes.constructor)
        return item.kind == "function" and self._name in names

    def _found(
        self, path: str, outline: Outline, items: Iterable[Def], *, sure: bool = True
    ) -> list[Found]:
        whole = [item for item in items if not item.part and not self._is_maker(item)]
        if path != self._path:
            whole = [item for item in whole if self._is_visible(path, outline, item)]
        # What is called is a function, if any of the names is one; what is read is none.
        likely = [item for item in whole if (item.kind == "function") == self._ref.call]
        kept = fitting(self._outline, self._ref, outline, likely or whole)
        return [Found(path, outline, item, sure) for item in kept]
