"""Picks the context of a unit: the lines elsewhere in the repository that decide whether its hunks
are right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from reviewer.context import callers, family, keys, names, state, tested, together, uses
from reviewer.context.candidate import Candidate, Rank
from reviewer.context.choice import Shown, choose, cost_of, pieces_of
from reviewer.context.focus import Focus, Span, focus_of
from reviewer.context.index import Index, index_of, once_per_change
from reviewer.types import Change, Context, Evidence, Piece, Side, Unit

_NOTES = 0.06  # share of the budget for notes on what was left out …
_NOTES_LEAST = 80  # … and tokens, as long as that is at most a quarter of it
_SHARED = 400  # tokens for what the units of a file share
_MAX_NOTES = 12
_MOST_OF_HUNK = 40  # lines of a related hunk
_MAX_PLACES = 5
_MAX_PREPARED = 5000  # changed files whose names are looked up in advance


def gather(
    unit: Unit,
    change: Change,
    *,
    evidence: Sequence[Evidence],
    budget: int,
    tokens: Callable[[str], int],
) -> Context:
    """Pieces, and notes on what was left out, of at most `budget` tokens together. No piece repeats
    a line that the hunks or another piece shows. What the units of a file share comes first, equal
    in all of them, then the rest, best first."""
    index = _prepared(change)
    focus = focus_of(unit.file, unit.hunks, index)
    candidates, notes = _candidates(focus, unit, change, index, evidence)
    shown: Shown = defaultdict(list)
    shown[focus.path, "new"] = list(focus.shown)
    shown[focus.old_path, "old"] = list(focus.shown_old)
    room = budget - int(max(budget * _NOTES, min(budget / 4, _NOTES_LEAST)))
    shared = _shared(unit, index, tokens) if room >= 2 * _SHARED else ()
    for piece in shared:
        shown[piece.path, "new"].append((piece.start, piece.end))
        room -= cost_of(piece, tokens)
    chosen, left = choose(candidates, shown, index, room, tokens)
    pieces, dropped = pieces_of(chosen, shown, index, room, tokens)
    spent = sum(cost_of(piece, tokens) for piece in (*shared, *pieces))
    left_out = _notes([*left, *dropped], notes, budget - spent, tokens)
    return Context((*shared, *pieces), left_out)


def _shared(unit: Unit, index: Index, tokens: Callable[[str], int]) -> tuple[Piece, ...]:
    """What all units of a file see, if it has several: the imports that its changed lines use, and
    the heads of the classes around them, as far as no hunk shows them."""
    file = unit.file
    if unit.hunks == file.hunks:
        return ()
    if file.path not in index.shared:
        focus = focus_of(file, file.hunks, index)
        shown: Shown = defaultdict(list, {(file.path, "new"): list(focus.shown)})
        heads = [item for item in uses.enclosing(focus) if item.rank == Rank.CLASS]
        chosen, _ = choose([*uses.imports(focus), *heads], shown, index, _SHARED, tokens)
        index.shared[file.path] = tuple(pieces_of(chosen, shown, index, _SHARED, tokens)[0])
    return index.shared[file.path]


@once_per_change
def _prepared(change: Change) -> Index:
    """The index, after one search for all names that the units will ask about."""
    index = index_of(change)
    words: set[str] = set()
    for file in change.files[:_MAX_PREPARED]:
        focus = focus_of(file, file.hunks, index)
        words.update(callers.words_to_search(focus))
        words.update(names.words_to_search(focus))
        words.update(keys.words_to_search(focus))
    index.find_files(words)
    return index


def _candidates(
    focus: Focus, unit: Unit, change: Change, index: Index, evidence: Iterable[Evidence]
) -> tuple[list[Candidate], list[str]]:
    defined, used_by = uses.definitions(focus, index), callers.callers(focus, index)
    parts: Iterable[Candidate] = (
        *uses.enclosing(focus),
        *uses.imports(focus),
        *uses.related(focus, evidence),
        *defined.candidates,
        *names.definitions(focus, index),
        *names.contracts(focus, index),
        *used_by.candidates,
        *tested.named_after(focus, index),
        *family.importers(focus, index),
        *family.family(focus, index),
        *family.relatives(focus, index),
        *state.sharing(focus),
        *keys.same_words(focus, index),
        *_companions(unit, change),
        *uses.old_versions(focus, unit),
    )
    first: dict[tuple[str, Side, tuple[tuple[Span, ...], ...]], Candidate] = {}
    for item in sorted(parts, key=lambda item: item.rank):  # stable: discovery order within a rank
        first.setdefault((item.path, item.side, item.variants), item)
    unsearched = (
        f"{len(index.unsearched)} files were not searched for uses: too many"
        if index.unsearched
        else ""
    )
    return list(first.values()), [*defined.notes, *used_by.notes, *filter(None, [unsearched])]


def _companions(unit: Unit, change: Change) -> Iterator[Candidate]:
    """Hunks of other files of the change that say the same."""
    for item, side, span in together.companions(unit.file.path, unit.hunks, change):
        path = item.file.path if side == "new" else item.file.old_path or item.file.path
        verb = "changed" if side == "new" else "taken away"
        why = f"{verb} in the same change; both say {', '.join(item.names[:4])}"
        end = min(span[1], span[0] + _MOST_OF_HUNK)
        yield Candidate(
            path,
            Rank.TOGETHER,
            (((span[0], end),),),
            why,
            "related hunks of the same change",
            span[0],
            side,
        )


def _notes(
    left: Iterable[Candidate], notes: Iterable[str], room: int, tokens: Callable[[str], int]
) -> tuple[str, ...]:
    """One line for each group of candidates that did not fit, then the notes, as far as there is
    room."""
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for item in left:
        groups[item.group][f"{item.path}:{item.line}"] = None
    lines: list[tuple[str, str]] = []  # (the note, its short form)
    for group, places in groups.items():
        named = list(places)
        more = ", …" if len(named) > _MAX_PLACES else ""
        brief = f"{len(named)} more {group}"
        lines.append((f"{brief}: {', '.join(named[:_MAX_PLACES])}{more}", brief))
    kept: list[str] = []
    for line, brief in dict.fromkeys([*lines, *((note, note) for note in notes)]):
        fitting = next((text for text in (line, brief) if tokens(text) + 2 <= room), None)
        if fitting and len(kept) < _MAX_NOTES:
            kept.append(fitting)
            room -= tokens(fitting) + 2
    return tuple(kept)
