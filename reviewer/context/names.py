"""Definitions in languages without a resolver: matched by name, and marked as such where nothing
else speaks for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewer.context.arity import of_call
from reviewer.context.candidate import Candidate, Rank, lead, of_definition
from reviewer.context.constructors import makers
from reviewer.context.focus import Focus, label
from reviewer.context.found import Found
from reviewer.context.index import Index
from reviewer.context.lookup import find
from reviewer.context.variables import type_word
from reviewer.languages.outline import Ref

_MAX_NAMES = 60  # of each kind of line


def _wanted(focus: Focus) -> Iterator[tuple[Ref, Rank, str]]:
    """The names to look up, with the rank of their definitions and what the lines do with them."""
    refs = focus.refs
    for ref in refs.added[: 2 * _MAX_NAMES]:
        yield ref, Rank.CALLED if ref.call else Rank.USED, "here"
    for ref in refs.removed[:_MAX_NAMES]:
        yield ref, Rank.GONE, "on removed lines"
    for ref in refs.near[:_MAX_NAMES]:
        yield ref, Rank.NEAR, "nearby"
    for ref in refs.far[:_MAX_NAMES]:
        yield ref, Rank.FAR, "in the function around"


def words_to_search(focus: Focus) -> Iterator[str]:
    if focus.new is not None and not focus.resolves:
        common, full = focus.new.language.common, focus.new.language.scopes.written
        for ref, rank, _ in _wanted(focus):
            word = ref.name.rpartition(".")[2]
            if len(word) > 2 and word not in common and (full or _is_far(ref, rank)):
                yield word
            if kind := type_word(focus.new, ref):
                yield kind


def definitions(focus: Focus, index: Index) -> Iterator[Candidate]:
    """Definitions of the names in use: from this file, from the file a name is imported from, or
    from the files that this one sees."""
    if focus.new is None or focus.resolves:
        return
    for ref, rank, place in _wanted(focus):
        far = focus.new.language.scopes.written or _is_far(ref, rank)
        for found in find(index, focus.path, focus.new, ref, far=far):
            if ref.call and found.item.kind == "class":
                for maker in makers(found.outline, found.item, of_call(focus.new, ref)):
                    made = replace(found, item=maker)
                    yield _candidate(made, rank, f"called {place}")
            if rank != Rank.FAR or ref.call or found.item.kind != "class":
                yield _candidate(found, rank, f"{'called' if ref.call else 'used'} {place}")


def _is_far(ref: Ref, rank: Rank) -> bool:
    """Whether other files are searched for a name: a plain lower-case one that is not called is
    mostly a variable."""
    head, _, rest = ref.name.partition(".")
    return ref.call or bool(rest) or head != head.lower() or "_" in head[1:]


def _candidate(found: Found, rank: Rank, how: str) -> Candidate:
    only = "" if found.sure else " (by name only)"
    return Candidate(
        found.path,
        rank if found.sure else _unsure(rank),
        of_definition(found.outline, found.item),
        f"definition of {label(found.item)}, {how}{only}",
        "definitions of names used here",
        found.item.start,
    )


def _unsure(rank: Rank) -> Rank:
    """The rank of a definition that only its rare name speaks for."""
    return Rank.NEAR if rank in (Rank.CALLED, Rank.USED) else max(rank, Rank.BY_NAME)


def contracts(focus: Focus, index: Index) -> Iterator[Candidate]:
    """What headers say about the changed functions: declarations with a comment."""
    for changed in focus.changed:
        if not changed.language.scopes.headers or changed.item.kind != "function":
            continue
        for path in index.files_with(changed.word, focus.path).paths:
            outline = index.outline(path)
            for item in outline.named.get(changed.word, ()) if outline else ():
                if outline and item.kind == "value" and lead(outline, item) < item.start:
                    yield Candidate(
                        path,
                        Rank.OVERRIDE,
                        of_definition(outline, item),
                        f"declaration of {changed.label}, with its contract",
                        "contracts in headers",
                        item.start,
                    )
