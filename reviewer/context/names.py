"""Definitions in languages without a resolver: matched by name, nearest first, and marked as
such."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.context.candidate import Candidate, Rank, of_definition
from reviewer.context.focus import Focus, label
from reviewer.context.index import Index
from reviewer.languages import is_test
from reviewer.languages.outline import Def, Outline

_MAX_NAMES = 40
_MAX_SAME = 2  # definitions per name


def called(focus: Focus) -> dict[str, Rank]:
    """Names that the hunk's lines call, those on changed lines first."""
    there, near = focus.refs()
    names = dict.fromkeys((ref.name.rpartition(".")[2] for ref in there[:_MAX_NAMES]), Rank.CALLED)
    for ref in near[:_MAX_NAMES]:
        names.setdefault(ref.name.rpartition(".")[2], Rank.NEAR)
    return names


def words_to_search(focus: Focus) -> Iterator[str]:
    if focus.new is not None and not focus.resolves:
        yield from (name for name in called(focus) if _searchable(name, focus.new))


def definitions(focus: Focus, index: Index) -> Iterator[Candidate]:
    """Definitions of called names: from this file, from the file a name is imported from, or from
    any file of the language."""
    if focus.new is None or focus.resolves:
        return
    for name, rank in called(focus).items():
        here = list(_named(focus.new, name))
        if here:
            yield from (
                _candidate(focus.path, focus.new, item, rank, "") for item in here[:_MAX_SAME]
            )
            continue
        source, original = _imported_from(focus, index, name)
        outline = index.outline(source) if source else None
        items = list(_named(outline, original)) if outline else []
        if outline and items:
            yield from (_candidate(source, outline, item, rank, "") for item in items[:_MAX_SAME])
        elif _searchable(name, focus.new):
            yield from _elsewhere(focus, index, name, rank)


def _elsewhere(focus: Focus, index: Index, name: str, rank: Rank) -> Iterator[Candidate]:
    left = _MAX_SAME
    for path in index.files_with(name, focus.path).paths:
        outline = index.outline(path) if not is_test(path) or is_test(focus.path) else None
        for item in _named(outline, name) if outline else ():
            if left and outline:
                left -= 1
                yield _candidate(path, outline, item, rank, " (by name only)")
        if not left:
            return


def _imported_from(focus: Focus, index: Index, name: str) -> tuple[str, str]:
    """The file that `name` is imported from, and its name there; "" if unknown."""
    item = focus.new.by_import.get(name) if focus.new else None
    modules = index.modules(focus.new.language) if focus.new else None
    if item is None or modules is None:
        return "", ""
    return modules.module(focus.path, item.module, item.level) or "", item.attr


def _named(outline: Outline, name: str) -> Iterable[Def]:
    return (item for item in outline.defs if item.name.rpartition(".")[2] == name)


def _searchable(name: str, outline: Outline) -> bool:
    return len(name) > 2 and name not in outline.language.common


def _candidate(path: str, outline: Outline, item: Def, rank: Rank, precision: str) -> Candidate:
    why = f"definition of {label(item)}, called here{precision}"
    return Candidate(
        path,
        rank,
        of_definition(outline, item),
        why,
        "definitions of names called here",
        item.start,
    )
