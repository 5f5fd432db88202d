"""Other functions that share state with the changed lines: they read a field that these write, or
write a field that these read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewer.context.candidate import Candidate, Rank, around_line
from reviewer.context.focus import Focus, label
from reviewer.context.mentions import uses_of
from reviewer.languages.outline import Outline, Ref

_MAX_FIELDS = 8
_MAX_EACH = 3  # functions shown for one field
_WRITE = r"\s*(?:(?:[-+*/%&|^]|<<|>>|\|\||&&|\?\?)?=(?!=)|\+\+|--|:=)"


def sharing(focus: Focus) -> Iterator[Candidate]:
    outline = focus.new
    if outline is None:
        return
    refs = focus.refs
    own = {owner.name for line in focus.places if (owner := outline.innermost(line))}
    fields = dict.fromkeys(
        ref.name.rpartition(".")[2]
        for ref in (*refs.added, *refs.removed)
        if "." in ref.name and not ref.call and not ref.name.startswith("?")
    )
    left = _MAX_FIELDS
    for field in fields:
        used = [ref for ref in _members(outline, field) if ref.scope not in own]
        if not used or not left:
            continue
        left -= 1
        writes = re.compile(rf"\b{re.escape(field)}{_WRITE}")
        changes = _any(writes, outline.lines, focus.added) or (
            focus.old is not None and _any(writes, focus.old.lines, focus.removed)
        )
        yield from _places(focus, outline, field, used, None if changes else writes)


def _places(
    focus: Focus,
    outline: Outline,
    field: str,
    used: Sequence[Ref],
    only: re.Pattern[str] | None,
) -> Iterator[Candidate]:
    """One use in each of the first functions that have one; those that match `only`, if given."""
    seen: set[str] = set()
    for ref in used:
        owner = outline.innermost(ref.line)
        if owner is None or owner.kind == "class" or owner.name in seen:
            continue
        if focus.shows(focus.path, ref.line) or (only and not only.search(_line(outline, ref))):
            continue
        seen.add(owner.name)
        verb = "writes" if only else "uses"
        why = f"{label(owner)}, which {verb} {field}"
        yield Candidate(
            focus.path,
            Rank.STATE,
            around_line(outline, owner, ref.line),
            why,
            "functions that share state",
            ref.line,
        )
        if len(seen) == _MAX_EACH:
            return


def _members(outline: Outline, field: str) -> Sequence[Ref]:
    refs = (
        outline.by_last.get(field, ())
        if outline.language.scopes.resolves
        else uses_of(outline, field)
    )
    return [ref for ref in refs if "." in ref.name]


def _line(outline: Outline, ref: Ref) -> str:
    return outline.lines[ref.line - 1]


def _any(pattern: re.Pattern[str], lines: Sequence[str], numbers: Sequence[int]) -> bool:
    return any(pattern.search(lines[number - 1]) for number in numbers if number <= len(lines))
