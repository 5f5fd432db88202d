"""Picks the context of a unit: the lines elsewhere in the repository that decide whether its hunks
are right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from reviewer.context import callers, family, names, uses
from reviewer.context.candidate import Candidate, Rank, subtract
from reviewer.context.focus import Focus, Span, focus_of
from reviewer.context.index import Index, index_of, once_per_change
from reviewer.types import Change, Context, Evidence, Piece, Side, Unit

_NOTES = 0.1  # share of the budget for notes on what was left out …
_NOTES_LEAST = 120  # … and tokens, as long as that is at most a quarter of it
_SCOPE = 0.4  # share of the rest that one scope around the hunk may take
_MAX_NOTES = 12
_MAX_LINE = 400  # characters of one line of a piece; minified code is no context
_MAX_PLACES = 5
_MAX_PREPARED = 5000  # changed files whose names are looked up in advance

Shown = dict[tuple[str, Side], list[Span]]


def gather(
    unit: Unit,
    change: Change,
    *,
    evidence: Sequence[Evidence],
    budget: int,
    tokens: Callable[[str], int],
) -> Context:
    """Pieces, best first, and notes on what was left out, of at most `budget` tokens together. No
    piece repeats a line that the hunks or another piece shows."""
    index = _prepared(change)
    focus = focus_of(unit.file, unit.hunks, index)
    candidates, notes = _candidates(focus, unit, index, evidence)
    shown: Shown = defaultdict(list)
    shown[focus.path, "new"] = list(focus.shown)
    shown[focus.old_path, "old"] = list(focus.shown_old)
    room = budget - int(max(budget * _NOTES, min(budget / 4, _NOTES_LEAST)))
    chosen, left = _choose(candidates, shown, index, room, tokens)
    pieces, dropped = _pieces(chosen, shown, index, room, tokens)
    spent = sum(_cost(piece, tokens) for piece in pieces)
    return Context(tuple(pieces), _notes([*left, *dropped], notes, budget - spent, tokens))


@once_per_change
def _prepared(change: Change) -> Index:
    """The index, after one search for all names that the units will ask about."""
    index = index_of(change)
    words: set[str] = set()
    for file in change.files[:_MAX_PREPARED]:
        focus = focus_of(file, file.hunks, index)
        words.update(callers.words_to_search(focus))
        words.update(names.words_to_search(focus))
    index.find_files(words)
    return index


def _candidates(
    focus: Focus, unit: Unit, index: Index, evidence: Iterable[Evidence]
) -> tuple[list[Candidate], list[str]]:
    defined, used_by = uses.definitions(focus, index), callers.callers(focus, index)
    parts: Iterable[Candidate] = (
        *uses.enclosing(focus),
        *uses.imports(focus),
        *uses.related(focus, evidence),
        *defined.candidates,
        *names.definitions(focus, index),
        *used_by.candidates,
        *family.importers(focus, index),
        *family.family(focus, index),
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


def _choose(
    candidates: Sequence[Candidate],
    shown: Shown,
    index: Index,
    room: int,
    tokens: Callable[[str], int],
) -> tuple[list[tuple[Candidate, int]], list[Candidate]]:
    """For each candidate that fits, the number of its variant to show. First each gets its shortest
    variant, best first, so that many signatures win over one body. Then the remaining room makes
    the best ones fuller."""
    costs = [
        [
            sum(_cost(piece, tokens) for piece in _cut(item, spans, shown, index))
            for spans in item.variants
        ]
        for item in candidates
    ]
    picked: list[int | None] = [None] * len(candidates)
    for at, cost in enumerate(costs):
        close = (
            candidates[at].rank < Rank.BROKEN_CALLER
        )  # the enclosing scope is shown in full if it fits
        best = next(
            (number for number, size in enumerate(cost) if close and size <= _SCOPE * room),
            len(cost) - 1,
        )
        if cost[best] <= room:
            picked[at] = best
            room -= cost[best]
    for at, cost in enumerate(costs):
        current = picked[at]
        for fuller in range(current or 0):
            if current is not None and cost[fuller] - cost[current] <= room:
                room -= cost[fuller] - cost[current]
                picked[at] = fuller
                break
    chosen = [
        (item, variant)
        for item, variant in zip(candidates, picked, strict=True)
        if variant is not None
    ]
    return chosen, [
        item for item, variant in zip(candidates, picked, strict=True) if variant is None
    ]


def _pieces(
    chosen: Sequence[tuple[Candidate, int]],
    shown: Shown,
    index: Index,
    room: int,
    tokens: Callable[[str], int],
) -> tuple[list[Piece], list[Candidate]]:
    pieces: list[Piece] = []
    dropped: list[Candidate] = []
    for item, variant in chosen:
        cut = _cut(item, item.variants[variant], shown, index)
        cost = sum(_cost(piece, tokens) for piece in cut)
        if cost > room:
            dropped.append(item)
            continue
        room -= cost
        pieces += cut
        shown[item.path, item.side] += [(piece.start, piece.end) for piece in cut]
    return pieces, dropped


def _cut(item: Candidate, spans: Sequence[Span], shown: Shown, index: Index) -> list[Piece]:
    """The lines of `spans` that are not shown yet, without blank edges."""
    outline = index.outline(item.path, item.side)
    lines = outline.lines if outline else index.lines(item.path, item.side)
    pieces = []
    for start, end in subtract(spans, shown.get((item.path, item.side), ())):
        end = min(end, len(lines))
        while start <= end and not lines[start - 1].strip():
            start += 1
        while end >= start and not lines[end - 1].strip():
            end -= 1
        if start <= end:
            text = "\n".join(
                line if len(line) <= _MAX_LINE else line[:_MAX_LINE] + " …"
                for line in lines[start - 1 : end]
            )
            pieces.append(Piece(item.path, start, end, text, item.why))
    return pieces


def _cost(piece: Piece, tokens: Callable[[str], int]) -> int:
    """Tokens of a piece as a prompt shows it: a heading, then its lines."""
    return tokens(f"{piece.path}:{piece.start}-{piece.end} ({piece.why})\n{piece.text}\n") + 4


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
