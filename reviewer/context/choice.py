"""Which pieces of code fit the room, and how much of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from reviewer.context.candidate import Candidate, Rank, subtract
from reviewer.context.excerpt import clipped
from reviewer.context.focus import Span
from reviewer.context.index import Index
from reviewer.types import Piece, Side

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
    Rank.TOGETHER: (0.2, 0.2),
    Rank.KEY: (0.1, 0.15),
    Rank.TEST: (0.15, 0.2),
    Rank.FAR: (0.15, 0.3),
    Rank.SIBLING: (0.15, 0.15),
    Rank.BY_NAME: (0.1, 0.1),
}

Shown = dict[tuple[str, Side], list[Span]]


def choose(
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
                cost = sum(cost_of(piece, tokens) for piece in cut)
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


def pieces_of(
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
        cost = sum(cost_of(piece, tokens) for piece in cut)
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
            text = "\n".join(map(clipped, lines[start - 1 : end]))
            pieces.append(Piece(item.path, start, end, text, item.why))
    return pieces


def cost_of(piece: Piece, tokens: Callable[[str], int]) -> int:
    """Tokens of a piece as a prompt shows it: a heading, then its lines."""
    return tokens(f"{piece.path}:{piece.start}-{piece.end} ({piece.why})\n{piece.text}\n") + 4
