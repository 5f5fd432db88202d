"""What a name that the model asks about means: followed from where the unit uses it, the changed
lines first, and only then searched for by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from reviewer.context.focus import Focus, focus_of
from reviewer.context.index import Index, distance
from reviewer.context.lookup import find
from reviewer.context.mentions import uses_of
from reviewer.context.resolve import resolve
from reviewer.context.search import BY_NAME, MAX_PLACES, Place, Search, fitting, named
from reviewer.context.wanted import Wanted
from reviewer.languages.outline import Outline, Ref
from reviewer.types import Unit

_MAX_REFS = 8  # uses of one name that are followed
_MAX_BLOCK = 60  # lines of one import
_MAX_LINE = 1000


class Way(Protocol):
    def __call__(self, asked: Wanted) -> tuple[Place, ...]: ...


@dataclass(frozen=True, slots=True)
class Meaning:
    """Without places, `outside` is the import or module that the name comes from, if known."""

    places: tuple[Place, ...] = ()
    outside: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """`says` is the full name behind an import, or the line that imports it. `parts` are what a
    file of the repository would have to define to be meant."""

    says: str
    parts: tuple[str, ...]


class Lookup:
    """Answers for one unit. At most a few dozen files are parsed for one name."""

    def __init__(self, unit: Unit, index: Index) -> None:
        self._index = index
        self._path = unit.file.path
        self.focus: Focus = focus_of(unit.file, unit.hunks, index)
        self._outline = self.focus.new or self.focus.old
        self._search = Search(self.focus, index)

    def meaning(self, asked: Wanted) -> Meaning:
        if asked.files:
            return self._in_files(asked)
        if not asked.parts:
            return Meaning(self._search.literal(asked.literal))
        used = self._used(asked)
        if used.places or used.outside:
            return used
        found = next((places for way in self._ways(asked) if (places := way(asked))), ())
        return Meaning(found or self._head(asked))

    def _ways(self, asked: Wanted) -> Iterator[Way]:
        """How to search for a name that no use leads to, the likeliest way first."""
        search, name = self._search, asked.parts[-1]
        refs = [ref for refs in self._changed_refs for ref in refs if _means(ref, (name,))]
        plain = len(asked.parts) == 1 and any(ref.name == name and not ref.call for ref in refs)
        language = self._outline.language if self._outline else None
        if plain:
            yield self._variable
        yield search.by_name
        if not refs:
            yield search.module
        yield search.before
        if not (language and language.library and language.library(".".join(asked.parts))):
            yield search.set_anywhere
            yield search.quoted

    def _variable(self, asked: Wanted) -> tuple[Place, ...]:
        """Where the functions around the changed lines give a value to a plain name."""
        found: dict[Place, None] = {}
        outline = self._outline
        for line, _ in self._scopes if outline else ():
            owner = outline.innermost(line) if outline else None
            if outline and owner and owner.kind == "function":
                found |= dict.fromkeys(self._search.set_within(outline, owner, line, asked))
        return tuple(found)[:MAX_PLACES]

    def _head(self, asked: Wanted) -> tuple[Place, ...]:
        """What stands before the last dot of a name, if at least that is known."""
        head = replace(asked, parts=asked.parts[:-1], call=False, passed=None)
        known = self._used(head).places if head.parts else ()
        how = f"only {'.'.join(head.parts)} is known"
        return tuple(replace(place, how=how) for place in known)

    def mentions(self, name: str) -> bool:
        """Whether the file of the unit has this word."""
        return bool(name and self._outline and self._outline.lines_with(name))

    def _in_files(self, asked: Wanted) -> Meaning:
        near = distance(asked.files[0], self._path)[:2]
        equal = [path for path in asked.files if distance(path, self._path)[:2] == near]
        found: list[Place] = []
        for path in equal[:MAX_PLACES]:
            outline = self._index.outline(path)
            if not asked.parts:
                found.append(Place(path, line=asked.line))
            elif outline:
                items = fitting(outline, named(outline, asked.parts), asked)
                found += [Place(path, item) for item in items]
                found += [] if items else self._search.writes(path, outline, asked.parts[-1])[:1]
        if not found and asked.literal:
            found = list(self._search.lines_saying(equal[0], asked.literal))[:MAX_PLACES]
        return Meaning(tuple(found[:MAX_PLACES]))

    @cached_property
    def _changed_refs(self) -> Sequence[Sequence[Ref]]:
        refs = self.focus.refs
        # A call on a removed line is not in the text of the new file: its arguments are unknown.
        removed = [replace(ref, call=False) for ref in refs.removed]
        return (refs.added, removed, refs.near, refs.far)

    def _uses(self, parts: Sequence[str]) -> Iterator[Sequence[Ref]]:
        """The uses of a name, from the changed lines outwards."""
        for refs in self._changed_refs:
            yield [ref for ref in refs if _means(ref, parts)]
        outline = self.focus.new
        if outline is None:
            return
        if outline.language.scopes.resolves:
            rest: Iterable[Ref] = outline.by_last.get(parts[-1], ())
        else:
            rest = uses_of(outline, parts[-1])
        yield [ref for ref in rest if _means(ref, parts)]

    def _used(self, asked: Wanted) -> Meaning:
        """What the nearest use of the name means, else what the name means where it is asked."""
        outline = self._outline
        if outline is None:
            return Meaning()
        tried: set[tuple[str, str]] = set()
        direct = [Ref(".".join(asked.parts), line, scope, False) for line, scope in self._scopes]
        for refs in (*self._uses(asked.parts), direct):
            found: dict[Place, None] = {}
            for ref in sorted(refs, key=lambda ref: not ref.call):
                if (ref.name, ref.scope) in tried or len(tried) >= _MAX_REFS:
                    continue
                tried.add((ref.name, ref.scope))
                found |= dict.fromkeys(self._follow(outline, ref, asked))
                if not found and (origin := self._origin(outline, ref)):
                    return Meaning(self._search.qualified(origin.parts), origin.says)
            if found:
                return Meaning(tuple(found)[:MAX_PLACES])
        return Meaning()

    @cached_property
    def _scopes(self) -> list[tuple[int, str]]:
        """(line, name of the scope around it) of the changed lines, each scope once."""
        outline, scopes = self._outline, dict[str, int]()
        for line in self.focus.places or self.focus.removed or (1,):
            owner = outline.innermost(line) if outline else None
            scopes.setdefault(owner.name if owner else "", line)
        return [(line, scope) for scope, line in scopes.items()][:4]

    def _follow(self, outline: Outline, ref: Ref, asked: Wanted) -> list[Place]:
        """The definitions that `ref` means; several where nothing decides between overloads."""
        if outline.language.scopes.resolves:
            target = resolve(self._index, self._path, ref.name, ref.scope)
            there = self._index.outline(target.path) if target else None
            if target and there and not target.name:
                return [Place(target.path)]
            if target and there and (item := there.by_name.get(target.name)):
                return [Place(target.path, item)]
            if self._origin(outline, ref):
                return []
        found = find(self._index, self._path, outline, ref)
        items = [each.item for each in found]
        kept = fitting(found[0].outline, items, asked) if found and not ref.call else items
        return [
            Place(each.path, each.item, how="" if each.sure else BY_NAME)
            for each in found
            if each.item in kept
        ]

    def _origin(self, outline: Outline, ref: Ref) -> Origin | None:
        """The import behind the first part of a name, if no file is known to be behind that."""
        head, _, rest = ref.name.replace("()", "").partition(".")
        last = rest.rpartition(".")[2]
        resolves = outline.language.scopes.resolves
        if item := outline.by_import.get(head):
            modules = self._index.modules(outline.language)
            if modules and modules.module(self._path, item.module, item.level):
                return None
            attr = item.attr.strip("*")
            dot = next((sign for sign in ("::", "\\") if sign in item.module), ".")
            named = "" if item.module.endswith(f"{dot}{attr}") else attr
            says = dot.join(part for part in (item.module, named, rest) if part)
            folder, _, module = item.module.rpartition("/")
            mapped = folder and not resolves  # `@/pricing` may be a file of this repository
            return Origin(says, (module, last or attr or head) if mapped else ())
        if head == "?" or resolves:
            return None
        word = re.compile(rf"(?:([\w$]+)(?:\.|::))?(?<![\w$]){re.escape(head)}(?![\w$])")
        imported = (outline.lines[item.start - 1 : item.end] for item in outline.imports)
        lines = (line.strip() for block in imported for line in block[:_MAX_BLOCK])
        for line in lines:
            if len(line) < _MAX_LINE and (match := word.search(line)):
                return Origin(line, (head, last) if rest else (match[1] or "", head))
        return None


def _means(ref: Ref, parts: Sequence[str]) -> bool:
    """Whether the use `a.b.c` may be meant by `c`, `b.c` or `a.b.c`."""
    own = ref.name.replace("()", "").split(".")
    return own[-len(parts) :] == list(parts)
