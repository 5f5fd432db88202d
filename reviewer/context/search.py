"""Finds what a name or a text can mean where no use of it leads there: definitions by their names
alone, the places that set it, the lines that say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.context.arity import of_definition
from reviewer.context.focus import Focus
from reviewer.context.index import Index, distance, package_of
from reviewer.context.mentions import is_comment
from reviewer.context.wanted import Wanted
from reviewer.languages import is_test, language_of
from reviewer.languages.outline import Def, Outline
from reviewer.types import Side

BY_NAME = "by name only"
MAX_PLACES = 3  # shown for one name
_MAX_PARSED = 24  # files parsed to find a name by itself
_MAX_OLD = 200  # files of the change whose old side is searched
_MAX_LINE = 1000
_WRITE = r"\s*(?:(?:[-+*/%&|^]|<<|>>|\|\||&&|\?\?)?=(?![=>])|\+\+|--|:=|:(?!:))"
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Place:
    """A definition, the lines around one line, or, with neither, a whole file. `how` says in a few
    words why it is no plain definition; "" if it is one."""

    path: str
    item: Def | None = None
    line: int = 0
    side: Side = "new"
    how: str = ""


class Search:
    def __init__(self, focus: Focus, index: Index) -> None:
        self._index = index
        self._path, self._old_path = focus.path, focus.old_path
        self._places = focus.places
        self._now = {old: new for new, old in index.old_paths.items()}

    def by_name(self, asked: Wanted) -> tuple[Place, ...]:
        """Definitions that only their names speak for."""
        if strict := self.qualified(asked.parts):
            return strict
        head = asked.parts[-2] if len(asked.parts) > 1 else ""
        if head[:1].isupper():
            return ()  # that type has no such member
        found = []
        for path, outline in self._elsewhere(asked.parts[-1]):
            items = outline.named.get(asked.parts[-1], ())
            if head:
                items = [item for item in items if "." in item.name]
            if asked.call:
                items = [item for item in items if item.kind != "value"] or items
            found += [Place(path, item, how=BY_NAME) for item in fitting(outline, items, asked)]
        return tuple(found[:MAX_PLACES])

    def qualified(self, parts: Sequence[str]) -> tuple[Place, ...]:
        """Definitions whose class, file or folder is called as the part before the name."""
        found: list[Place] = []
        if len(parts) < 2 or not parts[-2]:
            return ()
        for path, outline in self._elsewhere(parts[-1]):
            homes = (*_words(path), package_of(outline))
            for item in outline.named.get(parts[-1], ()):
                owner = item.name.rpartition(".")[0].rpartition(".")[2]
                if parts[-2] == owner or (not owner and parts[-2] in homes):
                    found.append(Place(path, item))
        return tuple(found[:MAX_PLACES])

    def _elsewhere(self, name: str) -> Iterator[tuple[str, Outline]]:
        """The files that may define a name, nearest first, tests last."""
        if len(name) < 2:
            return
        paths = dict.fromkeys((self._path, *self._index.files_with(name, self._path).paths))
        known = [path for path in paths if path not in self._index.removed]
        changed = self._index.old_paths
        known.sort(key=lambda path: (is_test(path) > is_test(self._path), path not in changed))
        for path in known[:_MAX_PARSED]:
            if outline := self._index.outline(path):
                yield path, outline

    def module(self, asked: Wanted) -> tuple[Place, ...]:
        """The file that is called so."""
        tail, own = f"/{'/'.join(asked.parts)}", language_of(self._path)
        found = [
            path
            for path in self._index.files - self._index.removed
            if f"/{_stem(path)}".endswith(tail) and (kind := language_of(path))
            if own and kind.kin == own.kin
        ]
        found.sort(key=lambda path: distance(path, self._path))
        return tuple(Place(path) for path in found[:1])

    def before(self, asked: Wanted) -> tuple[Place, ...]:
        """Definitions that the change takes away: their file no longer has them."""
        name, index = asked.parts[-1], self._index
        old = {*index.old_paths.values(), *index.removed}
        paths = sorted(old, key=lambda path: distance(path, self._old_path))[:_MAX_OLD]
        found, left = [], _MAX_PARSED
        for path in paths:
            if left and name.encode() in (index.read(path, "old") or b""):
                left -= 1
                outline = index.outline(path, "old")
                now = index.outline(self._now.get(path, path))
                items = named(outline, asked.parts) if outline else []
                items = [] if path not in index.removed and now and name in now.named else items
                found += [Place(path, item, side="old", how="before this change") for item in items]
        return tuple(found[:MAX_PLACES])

    def set_within(
        self, outline: Outline, owner: Def, line: int, asked: Wanted
    ) -> tuple[Place, ...]:
        """Where a function gives a value to a variable, or takes it as a parameter: the last place
        above `line`."""
        name = re.escape(asked.parts[-1])
        write = re.compile(rf"(?<![\w$.]){name}{_WRITE}")
        parameter = re.compile(rf"(?<![\w$.]){name}\s?[,):?=]")
        for number in range(min(line, owner.end), owner.start - 1, -1):
            pattern = parameter if number <= owner.header else write
            if pattern.search(outline.lines[number - 1][:_MAX_LINE]):
                return (Place(self._path, line=number, how="set here"),)
        return ()

    def set_anywhere(self, asked: Wanted) -> tuple[Place, ...]:
        """Where a file gives a value to a member, or to a name at its top."""
        found: list[Place] = []
        for path, outline in self._elsewhere(asked.parts[-1]):
            found += self.writes(path, outline, asked.parts[-1])
        return tuple(found[:MAX_PLACES])

    def writes(self, path: str, outline: Outline, name: str) -> list[Place]:
        write = re.compile(rf"(?:^|[.>])(?<![\w$]){re.escape(name)}{_WRITE}")
        lines = [
            line
            for line in outline.lines_with(name)
            if write.search(outline.lines[line - 1][:_MAX_LINE])
            and not is_comment(outline.lines[line - 1], outline.language)
        ]
        near = min(self._places, default=1) if path == self._path else 1
        lines.sort(key=lambda line: abs(line - near))
        return [Place(path, line=line, how="set here") for line in lines[:MAX_PLACES]]

    def quoted(self, asked: Wanted) -> tuple[Place, ...]:
        name = ".".join(asked.parts)
        return next(
            (places for quote in "'\"`" if (places := self.literal(f"{quote}{name}{quote}"))), ()
        )

    def literal(self, literal: str) -> tuple[Place, ...]:
        """Lines that contain a text, in this file and in those with its longest word."""
        words: list[str] = _WORD.findall(literal)
        if len(literal.strip()) < 3 or not words:
            return ()
        found: list[Place] = []
        for path, _ in self._elsewhere(max(words, key=len)):
            found += self.lines_saying(path, literal)
        return tuple(found[:MAX_PLACES])

    def lines_saying(self, path: str, literal: str) -> Iterator[Place]:
        outline = self._index.outline(path)
        for line in outline.lines_with(literal)[:MAX_PLACES] if outline else ():
            yield Place(path, line=line, how="says so")


def named(outline: Outline, parts: Sequence[str]) -> list[Def]:
    """The definitions in a file that end in these parts, else in the last."""
    items = outline.named.get(parts[-1], ())
    tail = "." + ".".join(parts)
    return [item for item in items if f".{item.name}".endswith(tail)] or list(items)


def fitting(outline: Outline, items: Sequence[Def], asked: Wanted) -> Sequence[Def]:
    """Those of some overloads that take what was passed where the model wrote a call."""
    if asked.passed is None:
        return items
    return [item for item in items if of_definition(outline, item) == asked.passed] or items


def _stem(path: str) -> str:
    """The path without its suffix; of a file that stands for its folder, that folder."""
    stem = path.rpartition(".")[0] or path
    language = language_of(path)
    return stem.removesuffix(f"/{language.scopes.package}") if language else stem


def _words(path: str) -> tuple[str, str]:
    """The last part of the stem, and the name of the folder."""
    return _stem(path).rpartition("/")[2], path.rpartition("/")[0].rpartition("/")[2]
