"""What a unit changes and what its lines use."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from reviewer.context.index import Index
from reviewer.context.mentions import mentions
from reviewer.languages import Language
from reviewer.languages.outline import Def, Outline, Ref
from reviewer.types import FileDiff, Hunk

How = Literal["removed", "signature", "body", "added"]
Span = tuple[int, int]  # lines, 1-based and inclusive
_ORDER = {"removed": 0, "signature": 1, "body": 2, "added": 3}
_MAX_CHANGED = 24  # definitions of one unit that are traced through the repository
_MAX_REFS = 400
_MAX_FAR = 600  # lines of the functions around the hunks whose names count …
_FAR = 60  # … as long as they are this close to a changed one


@dataclass(frozen=True, slots=True)
class Changed:
    """A definition that the unit touches. `item` is the new side's, or the old side's if the
    definition was removed."""

    how: How
    item: Def
    language: Language

    @property
    def word(self) -> str:
        return self.item.name.rpartition(".")[2]

    @property
    def sought(self) -> str:
        """The word that its users write: for a constructor, the name of the class."""
        owner = self.item.name.rpartition(".")[0]
        return owner.rpartition(".")[2] if self.is_constructor and owner else self.word

    @property
    def is_constructor(self) -> bool:
        """Whether users write the name of its class, or `new` and the like behind that."""
        owner = self.item.name.rpartition(".")[0].rpartition(".")[2]
        own = self.word == owner or self.word == self.language.scopes.constructor
        return own and self.item.kind != "class" and bool(owner)

    @property
    def label(self) -> str:
        return label(self.item)


@dataclass(frozen=True, slots=True)
class Refs:
    """Names in use: on added lines, on removed lines, on the lines between them, and in the rest of
    the functions around them."""

    added: tuple[Ref, ...] = ()
    removed: tuple[Ref, ...] = ()
    near: tuple[Ref, ...] = ()
    far: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class Focus:
    path: str
    old_path: str
    new: Outline | None
    old: Outline | None
    shown: tuple[Span, ...]  # lines of the new side that the hunks show
    shown_old: tuple[Span, ...]
    added: tuple[int, ...]
    removed: tuple[int, ...]
    places: tuple[int, ...]  # lines of the new side that changed, or stand where some were removed
    changed: tuple[Changed, ...]  # those that can break the most first
    moved: bool  # the file is no longer at `old_path`

    @property
    def language(self) -> Language | None:
        outline = self.new or self.old
        return outline.language if outline else None

    @property
    def resolves(self) -> bool:
        """Whether names in the file can be resolved."""
        return self.language is not None and self.language.scopes.resolves

    def shows(self, path: str, line: int) -> bool:
        """Whether a hunk shows this line of the new side."""
        return path == self.path and any(start <= line <= end for start, end in self.shown)

    @cached_property
    def refs(self) -> Refs:
        """The names in use in and around the hunks; each name once, in order, with the first group
        that has it."""
        if self.new is None:
            return Refs()
        seen: set[tuple[str, str, bool]] = set()
        near = [line for start, end in self.shown for line in range(start, end + 1)]
        return Refs(
            _fresh(_refs(self.new, self.added), seen),
            _fresh(_refs(self.old, self.removed) if self.old else (), seen),
            _fresh(_refs(self.new, near), seen),
            _fresh(_refs(self.new, self._around()), seen),
        )

    def _around(self) -> list[int]:
        """Lines of the functions around the changed lines."""
        lines: dict[int, None] = {}
        for line in self.places:
            owner = self.new.innermost(line) if self.new else None
            if owner and owner.kind == "function":
                low, high = max(owner.start, line - _FAR), min(owner.end, line + _FAR)
                lines |= dict.fromkeys(range(low, high + 1))
            if len(lines) > _MAX_FAR:
                break
        return sorted(lines)


def _refs(outline: Outline, numbers: Sequence[int]) -> Iterator[Ref]:
    if not outline.language.scopes.resolves:
        own = outline.defined_on
        for ref in mentions(outline, numbers):
            if ref.name not in own.get(ref.line, ()):
                yield ref
        return
    for start, end in _runs(numbers):
        yield from outline.refs_between(start, end)


def _runs(numbers: Sequence[int]) -> list[Span]:
    runs: list[Span] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _fresh(refs: Iterable[Ref], seen: set[tuple[str, str, bool]]) -> tuple[Ref, ...]:
    kept: list[Ref] = []
    for ref in refs:
        if (ref.name, ref.scope, ref.call) not in seen and len(kept) < _MAX_REFS:
            seen.add((ref.name, ref.scope, ref.call))
            kept.append(ref)
    return tuple(kept)


def label(item: Def) -> str:
    return f"{item.name}()" if item.kind == "function" else item.name


def focus_of(file: FileDiff, hunks: Sequence[Hunk], index: Index) -> Focus:
    old_path = file.old_path or file.path
    new = index.outline(file.path) if file.status != "deleted" else None
    old = index.outline(old_path, "old") if file.status not in ("added", "copied") else None
    added = tuple(
        line.new for hunk in hunks for line in hunk.lines if line.kind == "added" and line.new
    )
    removed = tuple(
        line.old for hunk in hunks for line in hunk.lines if line.kind == "removed" and line.old
    )
    return Focus(
        file.path,
        old_path,
        new,
        old,
        tuple(
            (hunk.new_start, hunk.new_start + hunk.new_count - 1)
            for hunk in hunks
            if hunk.new_count
        ),
        tuple(
            (hunk.old_start, hunk.old_start + hunk.old_count - 1)
            for hunk in hunks
            if hunk.old_count
        ),
        added,
        removed,
        _places(hunks),
        _changed(new, old, added, removed),
        file.status in ("deleted", "renamed"),
    )


def _places(hunks: Sequence[Hunk]) -> tuple[int, ...]:
    places: dict[int, None] = {}
    for hunk in hunks:
        last = hunk.new_start - 1 if hunk.new_count else hunk.new_start
        for at, line in enumerate(hunk.lines):
            if line.kind == "added" and line.new:
                places[line.new] = None
            elif line.kind == "removed" and hunk.new_count:
                after = hunk.lines[at + 1] if at + 1 < len(hunk.lines) else None
                if after is None or after.kind == "context":
                    places[max(1, last)] = None
                    if after is not None and after.new:
                        places[after.new] = None
            last = line.new or last
    return tuple(places)


def _changed(
    new: Outline | None, old: Outline | None, added: Sequence[int], removed: Sequence[int]
) -> tuple[Changed, ...]:
    changed: dict[tuple[str, int], Changed] = {}
    if old is not None:
        for item in _touched(old, removed):
            now = _same(old, item, new) if new else None
            if now is None or new is None:
                changed[item.name, 0] = Changed("removed", item, old.language)
            else:
                changed[now.name, now.start] = Changed(_how(old, item, new, now), now, new.language)
    if new is not None:
        for item in _touched(new, added):
            before = _same(new, item, old) if old else None
            how = "added" if before is None or old is None else _how(old, before, new, item)
            changed.setdefault((item.name, item.start), Changed(how, item, new.language))
    ordered = sorted(
        changed.values(),
        key=lambda changed: (_ORDER[changed.how], changed.item.start, changed.item.name),
    )
    return tuple(ordered[:_MAX_CHANGED])


def _same(outline: Outline, item: Def, other: Outline) -> Def | None:
    """The same definition on the other side: of several overloads, the one whose signature is
    equal, else the one at the same place among them."""
    last = item.name.rpartition(".")[2]
    here, there = (
        [each for each in side.named.get(last, ()) if each.name == item.name]
        for side in (outline, other)
    )
    wanted = _signature(outline, item)
    equal = next((each for each in there if _signature(other, each) == wanted), None)
    if equal is not None or not there:
        return equal
    return there[here.index(item)] if len(here) == len(there) else there[-1]


def _how(old: Outline, before: Def, new: Outline, now: Def) -> How:
    return "body" if _signature(old, before) == _signature(new, now) else "signature"


def _touched(outline: Outline, lines: Sequence[int]) -> list[Def]:
    """The innermost definitions that contain any of `lines` (ascending), each once."""
    touched: dict[tuple[str, int], Def] = {}
    blocks = outline.language.scopes.written  # what stands in one is what it says
    for line in lines:
        owner = outline.innermost(line)
        if owner and (blocks or owner.kind != "class" or line <= owner.header):
            touched[owner.name, owner.start] = owner
    for item in outline.defs:
        at = bisect_left(lines, item.start)
        if item.kind == "value" and at < len(lines) and lines[at] <= item.end:
            touched[item.name, item.start] = item
            owner = outline.around(item)
            if owner and not outline.language.scopes.members and _is_data(outline, owner, item):
                touched[owner.name, owner.start] = owner
    return list(touched.values())


def _is_data(outline: Outline, owner: Def, member: Def) -> bool:
    """Whether those who use a type depend on this member: on a variant of an enumeration, on a
    field without a default of what has no methods."""
    if owner.kind != "class" or "enum" in outline.lines[owner.start - 1].split():
        return owner.kind == "class"
    if not outline.language.scopes.complete:
        return False
    has_default = any(
        "=" in line or "?" in line for line in outline.lines[member.start - 1 : member.end]
    )
    return not has_default and all(each.kind == "value" for each in outline.members_of(owner.name))


def _signature(outline: Outline, item: Def) -> str:
    """The signature without whitespace; a value counts in full."""
    return "".join("".join(outline.lines[item.start - 1 : item.header]).split())
