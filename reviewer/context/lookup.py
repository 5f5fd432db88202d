"""What a name most likely means in a language whose names are compared, not resolved: by where it
stands, what its receiver is, and which files its file sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from reviewer.context.arity import fitting, of_call
from reviewer.context.bases import bases, stands_alone
from reviewer.context.found import MAX_SAME, Found, best, holder_of, nearest, tells
from reviewer.context.imported import defined, in_module, inside, is_close, owners
from reviewer.context.index import Index, distance
from reviewer.context.receivers import ELSEWHERE, TIERS, Receiver, class_around, receivers
from reviewer.context.seen import is_local, is_maker, is_visible
from reviewer.context.variables import Owner, owner_of
from reviewer.context.written import written
from reviewer.languages import is_test
from reviewer.languages.outline import Def, Outline, Ref

_MAX_FILES = 24  # parsed for one name
_MAX_KEPT = 50_000
_MAX_DEPTH = 2  # searches for the types that a search needs


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
            for found in _Search(index, path, outline, ref, far, _MAX_DEPTH if far else 0).run()[
                :MAX_SAME
            ]
        )
    kept = []
    for where, item, sure in index.named[key]:
        if there := outline if where == path else index.outline(where):
            kept.append(Found(where, there, item, sure))
    return tuple(kept)


class _Search:
    def __init__(
        self, index: Index, path: str, outline: Outline, ref: Ref, far: bool, depth: int
    ) -> None:
        self._depth = depth
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
        if self._scopes.written:
            places = written(self._path, self._outline, self._ref, self._elsewhere())
            return [found for place in places for found in self._found(*place)]
        if not self._heads:
            found = self._plain()
            local = found and is_local(self._outline, self._ref, [each.item for each in found])
            return [] if local else found
        head = self._heads[-1]
        if len(self._heads) == 1:
            if head in receivers(self._outline, self._scope):
                owner = class_around(self._outline, self._scope)
                return self._members(owner) if owner else self._typed()
            return self._qualified(head)
        return self._qualified(head) if head[:1].isupper() else self._typed()

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
        around = class_around(self._outline, self._scope)
        members = self._members(around) if around else []
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
        found: list[Found] = []
        for path, outline in self._elsewhere():
            near = sees in ("everything", "imports") or (sees and self._is_close(path))
            if near or (not common and self._tells()):
                named = outline.named.get(self._name, ())
                items = [item for item in named if stands_alone(outline, item)]
                found += self._found(path, outline, items, sure=bool(near))
        close = [each for each in found if len(found) > 1 and self._is_close(each.path)]
        return nearest(best(close or found), self._path)

    def _is_close(self, path: str) -> bool:
        return is_close(self._index, self._path, self._outline, path)

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
        return self._found(path, outline, [item for item in items if holder_of(item) == owner])

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
        if owner := self._owner():
            return self._of_owner(owner)
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
        return (
            self._first(in_module(self._outline, head, self._name, self._elsewhere()))
            or self._typed()
        )

    def _of_import(self, head: str) -> list[Found]:
        """`head.name`, where the file imports the head: a member of a class, or what a module
        defines."""
        for path, there, owner in owners(self._index, self._path, self._outline, head):
            if found := self._of(path, there, owner) or self._inherited(there, owner):
                return found
        return self._first(inside(self._index, self._path, self._outline, head, self._name))

    def _typed(self) -> list[Found]:
        """Members of the class that the receiver is declared with, or of any class that this file
        names, since the receiver may be one; else the only member with a telling name."""
        if owner := self._owner():
            return self._of_owner(owner)
        receiver = Receiver(self._outline, self._scope, self._heads[-1])
        common = self._name in self._outline.language.common
        tiers: tuple[list[Found], ...] = tuple([] for _ in TIERS)
        for path, outline in [(self._path, self._outline), *self._elsewhere()]:
            for item in outline.named.get(self._name, ()):
                holder = outline.parent(item.name)
                tier = receiver.tier(
                    holder_of(item), holder, here=path == self._path, common=common
                )
                if tier is not None and item.kind != "class":
                    tiers[tier].append(Found(path, outline, item, tier < ELSEWHERE))
        likely = next((tier for tier in tiers if tier), [])
        if likely and not likely[0].sure and not self._tells():
            return []
        return best(self._fitting(likely))

    def _owner(self) -> Owner | None:
        """The class of the receiver; its declaration may take further searches."""

        def further(path: str, outline: Outline, ref: Ref) -> list[Found]:
            return _Search(self._index, path, outline, ref, True, self._depth - 1).run()

        if not self._depth:
            return None
        return owner_of(self._index, further, self._path, self._outline, self._ref)

    def _of_owner(self, owner: Owner) -> list[Found]:
        there = self._index.outline(owner.path) if owner.path else None
        if there is None:
            return []
        last = owner.name.rpartition(".")[2]
        if found := self._of(owner.path, there, last) or self._inherited(there, owner.name):
            return found
        near = sorted(self._elsewhere(), key=lambda each: distance(each[0], owner.path))
        ways = (self._of(path, outline, last) for path, outline in near)
        return next((way for way in ways if way), [])

    def _fitting(self, found: list[Found]) -> list[Found]:
        """Those of each class that fit the call."""
        kept: list[Found] = []
        for _, same in groupby(found, key=lambda each: (each.path, holder_of(each.item))):
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

    def _found(
        self, path: str, outline: Outline, items: Iterable[Def], *, sure: bool = True
    ) -> list[Found]:
        whole = [
            item
            for item in items
            if not item.part
            and not is_maker(outline, item)
            and (path == self._path or is_visible(self._path, path, outline, item))
        ]
        # What is called is a function, if any of the names is one; what is read is none.
        likely = [item for item in whole if (item.kind == "function") == self._ref.call]
        kept = fitting(self._outline, self._ref, outline, likely or whole)
        return [Found(path, outline, item, sure) for item in kept]
