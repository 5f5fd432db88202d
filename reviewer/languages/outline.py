"""The outline of a source file: its definitions, references and imports. No syntax tree is kept."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from reviewer.text import decode

if TYPE_CHECKING:
    from reviewer.languages.base import Language

MAX_BYTES = 1 << 20  # larger files are data or generated, and not parsed
Kind = Literal["class", "function", "value"]
_MAX_DEPTH = 24  # levels in a dotted name; hostile nesting must not make names quadratically long
_MAX_NAME = 120
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Def:
    """One definition. Lines are 1-based and inclusive: `start` includes decorators, `header` is the
    end of the signature, `doc` the end of the docstring (equal to `header` without one)."""

    name: str  # dotted within the file: `Cart.total`, `outer.inner`
    kind: Kind
    start: int
    end: int
    header: int
    doc: int
    bases: tuple[str, ...] = ()  # of a class; dotted, as written
    returns: str = ""  # annotated return type of a function, dotted
    part: bool = False  # it only adds members to a class: `impl Cart`, `extension Cart`


@dataclass(frozen=True, slots=True)
class Ref:
    """A name in use, dotted as written: `total`, `self.cart.total`, `Cart().total`. A base that is
    another kind of expression is `?`. `scope` is the dotted name of the definition around it."""

    name: str
    line: int
    scope: str
    call: bool


@dataclass(frozen=True, slots=True)
class Import:
    """`name` in this file means `attr` of `module` (the module itself if `attr` is empty); `*`
    imports all names. `level` counts the leading dots of a relative import."""

    name: str
    module: str
    attr: str
    level: int
    start: int
    end: int


@dataclass(frozen=True)
class Outline:
    language: Language
    exact: bool  # False when the file did not parse and was read line by line
    lines: tuple[str, ...]
    defs: tuple[Def, ...]  # by (start, -end)
    refs: tuple[Ref, ...]  # by line
    imports: tuple[Import, ...]
    types: Mapping[str, str] = field(
        default_factory=dict
    )  # "scope:variable" -> its type, or the "callee()" that returned it
    by_name: Mapping[str, Def] = field(
        init=False
    )  # the last definition of a name wins, as it does at run time
    by_import: Mapping[str, Import] = field(init=False)
    _starts: tuple[int, ...] = field(init=False)
    _owners: tuple[Def | None, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {item.name: item for item in self.defs})
        object.__setattr__(self, "by_import", {item.name: item for item in self.imports})
        starts, owners = _segments([item for item in self.defs if item.kind != "value"])
        object.__setattr__(self, "_starts", starts)
        object.__setattr__(self, "_owners", owners)

    def innermost(self, line: int) -> Def | None:
        """The innermost function or class that contains `line`."""
        at = bisect_right(self._starts, line) - 1
        return self._owners[at] if at >= 0 else None

    @property
    def scopes(self) -> tuple[Sequence[int], Sequence[str]]:
        """The lines on which another function or class becomes the innermost one, ascending, and
        its dotted name ("" for none)."""
        return self._starts, tuple(owner.name if owner else "" for owner in self._owners)

    def refs_between(self, start: int, end: int) -> Sequence[Ref]:
        """References on the lines `start` to `end`, inclusive."""
        low = bisect_left(self.refs, start, key=_line)
        return self.refs[low : bisect_right(self.refs, end, lo=low, key=_line)]

    @cached_property
    def by_last(self) -> Mapping[str, Sequence[Ref]]:
        """References by the last part of their name; `a.b.c` also counts as a reference to
        `a.b`."""
        found: dict[str, list[Ref]] = {}
        for ref in self.refs:
            name, call = ref.name, ref.call
            while True:
                found.setdefault(name.rpartition(".")[2], []).append(
                    Ref(name, ref.line, ref.scope, call)
                )
                name, call = name.rpartition(".")[0], False
                if "." not in name:
                    break
        return found

    @cached_property
    def named(self) -> Mapping[str, Sequence[Def]]:
        """Definitions by the last part of their name, overloads included."""
        found: dict[str, list[Def]] = {}
        for item in self.defs:
            found.setdefault(item.name.rpartition(".")[2], []).append(item)
        return found

    def members_of(self, name: str) -> Sequence[Def]:
        """The definitions directly in the definition `name`."""
        return self._members.get(name, ())

    @cached_property
    def _members(self) -> Mapping[str, Sequence[Def]]:
        found: dict[str, list[Def]] = {}
        for item in self.defs:
            owner, dot, _ = item.name.rpartition(".")
            if dot:
                found.setdefault(owner, []).append(item)
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.text))

    @cached_property
    def defined_on(self) -> Mapping[int, Sequence[str]]:
        """By line, the last parts of the names that are defined there."""
        found: dict[int, list[str]] = {}
        for item in self.defs:
            found.setdefault(item.start, []).append(item.name.rpartition(".")[2])
        return found

    @cached_property
    def import_lines(self) -> frozenset[int]:
        return frozenset(line for item in self.imports for line in range(item.start, item.end + 1))

    @cached_property
    def imported(self) -> frozenset[str]:
        """The words of the import statements."""
        lines = (self.lines[number - 1] for number in self.import_lines)
        return frozenset(word for line in lines for word in _WORD.findall(line))

    @cached_property
    def text(self) -> str:
        return "\n".join(self.lines)

    def lines_with(self, word: str) -> list[int]:
        """The lines (1-based) whose text contains `word`, also as a part of a longer one."""
        found: list[int] = []
        at = self.text.find(word)
        while at >= 0:
            found.append(bisect_right(self._offsets, at))
            end = self.text.find("\n", at)
            at = self.text.find(word, end) if end >= 0 else -1
        return found

    @cached_property
    def _offsets(self) -> Sequence[int]:
        """Where each line starts in the text."""
        return [0, *accumulate(len(line) + 1 for line in self.lines[:-1])]

    def around(self, item: Def) -> Def | None:
        """The definition directly around another: of several parts of a class, the one in which it
        stands."""
        scope = item.name.rpartition(".")[0]
        same = self.named.get(scope.rpartition(".")[2], ()) if scope else ()
        inside = (each for each in same if each.start <= item.start and item.end <= each.end)
        return next((each for each in inside if each.name == scope), self.parent(item.name))

    def parent(self, name: str) -> Def | None:
        """The definition directly around a dotted name."""
        return self.by_name.get(name.rpartition(".")[0])


def _line(ref: Ref) -> int:
    return ref.line


def _segments(defs: Sequence[Def]) -> tuple[tuple[int, ...], tuple[Def | None, ...]]:
    """The lines at which the innermost owner changes, from one sweep over definitions ordered by
    (start, -end)."""
    starts: list[int] = []
    owners: list[Def | None] = []
    stack: list[tuple[int, Def]] = []  # (last line, definition)

    def close(before: int) -> None:
        while stack and stack[-1][0] < before:
            end, _ = stack.pop()
            starts.append(end + 1)
            owners.append(stack[-1][1] if stack else None)

    for item in defs:
        close(item.start)
        # Two definitions may share a line; the later one never reaches past the one around it.
        stack.append((min(item.end, stack[-1][0]) if stack else item.end, item))
        starts.append(item.start)
        owners.append(item)
    close(1 << 62)
    return tuple(starts), tuple(owners)


def join(scope: str, name: str) -> str:
    """`scope.name`, bounded: below the deepest level, the name stays that of the level above."""
    if scope.count(".") >= _MAX_DEPTH:
        return scope
    return f"{scope}.{name[:_MAX_NAME]}" if scope else name[:_MAX_NAME]


def import_blocks(lines: Sequence[str], imports: Iterable[Import]) -> list[tuple[int, int]]:
    """Line ranges of import statements; adjacent ones (ignoring blank lines) are joined."""
    blocks: list[tuple[int, int]] = []
    for start, end in sorted({(item.start, item.end) for item in imports}):
        if blocks and all(not line.strip() for line in lines[blocks[-1][1] : start - 1]):
            blocks[-1] = (blocks[-1][0], max(end, blocks[-1][1]))
        else:
            blocks.append((start, end))
    return blocks


def split_lines(source: bytes) -> tuple[str, tuple[str, ...]]:
    """(text, lines) of a source file, with `\\n` as the only line end. A lone carriage return
    becomes a blank, since parsers would count it as a line end."""
    text = decode(source).replace("\r\n", "\n").replace("\r", " ")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return text, tuple(lines)
