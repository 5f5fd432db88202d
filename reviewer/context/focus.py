"""What a unit changes and what its lines use."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reviewer.context.index import Index
from reviewer.languages import Language
from reviewer.languages.outline import Def, Outline, Ref
from reviewer.types import FileDiff, Hunk

How = Literal["removed", "signature", "body", "added"]
Span = tuple[int, int]  # lines, 1-based and inclusive
_ORDER = {"removed": 0, "signature": 1, "body": 2, "added": 3}
_MAX_CHANGED = 24  # definitions of one unit that are traced through the repository
_MAX_REFS = 400


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
        return self.word == self.language.scopes.constructor

    @property
    def label(self) -> str:
        return label(self.item)


@dataclass(frozen=True, slots=True)
class Focus:
    path: str
    old_path: str
    new: Outline | None
    old: Outline | None
    shown: tuple[Span, ...]  # lines of the new side that the hunks show
    shown_old: tuple[Span, ...]
    added: tuple[int, ...]
    removed: tuple[int, ...]
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

    def refs(self) -> tuple[list[Ref], list[Ref]]:
        """References on added lines, and references on the lines around them; each name once, in
        order."""
        added = set(self.added)
        on_added: dict[tuple[str, str], Ref] = {}
        near: dict[tuple[str, str], Ref] = {}
        for start, end in self.shown:
            for ref in self.new.refs_between(start, end) if self.new else ():
                kept = on_added if ref.line in added else near
                if len(kept) < _MAX_REFS:
                    kept.setdefault((ref.name, ref.scope), ref)
        return list(on_added.values()), [ref for key, ref in near.items() if key not in on_added]


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
        _changed(new, old, added, removed),
        file.status in ("deleted", "renamed"),
    )


def _changed(
    new: Outline | None, old: Outline | None, added: Sequence[int], removed: Sequence[int]
) -> tuple[Changed, ...]:
    changed: dict[str, Changed] = {}
    if old is not None:
        for item in _touched(old, removed):
            now = new.by_name.get(item.name) if new else None
            if now is None or new is None:
                changed[item.name] = Changed("removed", item, old.language)
            else:
                changed[item.name] = Changed(_how(old, item, new, now), now, new.language)
    if new is not None:
        for item in _touched(new, added):
            before = old.by_name.get(item.name) if old else None
            how = "added" if before is None or old is None else _how(old, before, new, item)
            changed.setdefault(item.name, Changed(how, item, new.language))
    ordered = sorted(
        changed.values(),
        key=lambda changed: (_ORDER[changed.how], changed.item.start, changed.item.name),
    )
    return tuple(ordered[:_MAX_CHANGED])


def _how(old: Outline, before: Def, new: Outline, now: Def) -> How:
    return "body" if _signature(old, before) == _signature(new, now) else "signature"


def _touched(outline: Outline, lines: Sequence[int]) -> list[Def]:
    """The innermost definitions that contain any of `lines` (ascending), each once."""
    touched: dict[str, Def] = {}
    for line in lines:
        owner = outline.innermost(line)
        # In such a language each member of a class body is a definition of its own.
        named = outline.language.scopes.members
        if owner and not (owner.kind == "class" and line > owner.header and named):
            touched[owner.name] = owner
    for item in outline.defs:
        at = bisect_left(lines, item.start)
        if item.kind == "value" and at < len(lines) and lines[at] <= item.end:
            touched[item.name] = item
    return list(touched.values())


def _signature(outline: Outline, item: Def) -> str:
    """The signature without whitespace; a value counts in full."""
    return "".join("".join(outline.lines[item.start - 1 : item.header]).split())
