"""Picks the context of a unit: the lines elsewhere in the repository that decide whether its hunks
are right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from reviewer.context import callers, family, keys, names, state, together, uses
from reviewer.context.candidate import Candidate, Rank, subtract
from reviewer.context.focus import Focus, Span, focus_of
from reviewer.context.index import Index, index_of, once_per_change
from reviewer.types import Change, Context, Evidence, Piece, Side, Unit

_NOTES = 0.1  # share of the budget for notes on what was left out …
_NOTES_LEAST = 120  # … and tokens, as long as that is at most a quarter of it
_STEP = 400  # tokens of the first step
_LEAST = 12  # tokens of the smallest piece
# Shares of a step: what one candidate may take, and what all of its rank may. What decides little
# never fills the room.
_SHARE = (0.4, 1.0)
_SHARES = {
    Rank.ENCLOSING: (0.7, 1.0),
    Rank.CALLER: (0.25, 0.5),
    Rank.IMPORTS: (0.1, 0.1),
    Rank.NEAR: (0.25, 0.4),
    Rank.TOGETHER: (0.25, 0.25),
    Rank.KEY: (0.1, 0.15),
    Rank.TEST: (0.15, 0.2),
    Rank.FAR: (0.15, 0.3),
    Rank.SIBLING: (0.15, 0.15),
    Rank.MORE: (0.1, 0.15),
    Rank.BY_NAME: (0.1, 0.1),
}
_MAX_NOTES = 12
_MOST_OF_HUNK = 40  # lines of a related hunk
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
    candidates, notes = _candidates(focus, unit, change, index, evidence)
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
    for item, span, side in together.companions(unit.file.path, unit.hunks, change):
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


def _choose(
    candidates: Sequence[Candidate],
    shown: Shown,
    index: Index,
    room: int,
    tokens: Callable[[str], int],
) -> tuple[list[tuple[Candidate, int]], list[Candidate]]:
    """For each candidate that fits, the number of its variant to show. The room is filled in steps,
    each twice the one before: what a small budget shows, a larger one shows too. Within a step the
    best candidates come first, each as full as its share of the step allows."""
    picked: dict[int, int] = {}
    taken: Shown = defaultdict(list, {key: list(spans) for key, spans in shown.items()})
    spent: dict[str, int] = defaultdict(int)
    for step in _steps(room):
        for at, item in enumerate(candidates):
            left = step - sum(spent.values())
            if left < _LEAST:
                break
            share, tail = _SHARES.get(item.rank, _SHARE)
            group = item.rank.name if tail < 1 else ""
            left = min(left, int(tail * step) - spent[group])
            for variant in range(picked.get(at, len(item.variants))):
                cut = _cut(item, item.variants[variant], taken, index)
                cost = sum(_cost(piece, tokens) for piece in cut)
                if cost <= min(left, share * step):
                    picked[at] = variant
                    spent[group] += cost
                    taken[item.path, item.side] += [(piece.start, piece.end) for piece in cut]
                    break
    chosen = [(item, picked[at]) for at, item in enumerate(candidates) if at in picked]
    return chosen, [item for at, item in enumerate(candidates) if at not in picked]


def _steps(room: int) -> list[int]:
    """`room`, and the powers of two times the first step below it, ascending."""
    steps = [_STEP]
    while steps[-1] * 2 < room:
        steps.append(steps[-1] * 2)
    return [step for step in steps if step < room] + [room]


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
