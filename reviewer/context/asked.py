"""Shows the model what it asks to see: definitions, files, constants, keys by name, each followed
from where the unit uses it. Every name gets an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reviewer.context.candidate import subtract
from reviewer.context.excerpt import clipped, excerpt, extent
from reviewer.context.focus import Span
from reviewer.context.index import Index, index_of
from reviewer.context.meaning import Lookup
from reviewer.context.mentions import KEYWORDS
from reviewer.context.search import Place
from reviewer.context.wanted import wanted
from reviewer.languages import language_of
from reviewer.languages.outline import Outline
from reviewer.text import cut, one_line
from reviewer.types import Change, Context, Piece, Side, Unit

MAX_NAMES = 8  # looked up in one round
_HEADING = 20  # tokens around one piece
_MAX_LABEL = 80  # characters of a name that is repeated
_MAX_RANGES = 4  # of lines that are named
_MASK = "[REDACTED:"
_QUOTED = re.compile(r"`([^`\n]{1,300})`")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
Shown = dict[tuple[str, Side], list[Span]]


@dataclass(frozen=True, slots=True)
class Look:
    """What one name led to: a line that says so, and the code, if there is any to show."""

    says: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Looks:
    """At least one `Look` for each name that was asked for, in order."""

    looks: tuple[Look, ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(piece for look in self.looks for piece in look.pieces)


@dataclass(frozen=True, slots=True)
class _Found:
    """A place, with the lines of its file."""

    label: str
    place: Place
    outline: Outline | None
    lines: Sequence[str]

    @property
    def whole(self) -> Span:
        return extent(self.outline, self.lines, self.place.item, self.place.line)


def look_up(
    names: Iterable[str],
    unit: Unit,
    context: Context,
    change: Change,
    *,
    about: str,
    budget: int,
    tokens: Callable[[str], int],
) -> Looks:
    """Look up names that the model wrote, for a unit that was shown with `context`. At most
    `budget` tokens of code, shared fairly among the names; what was shown before is not shown
    again. `about` is the text that led to the request: what long code is cut down to speaks of
    it."""
    index = index_of(change)
    lookup = Lookup(unit, index)
    asked = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    answers = [_answer(name, lookup, index, unit.file.path) for name in asked[:MAX_NAMES]]
    shown = _shown(unit, context, lookup, index)
    rooms = _rooms(answers, shown, budget, tokens)
    words = _words(about)
    looks: list[Look] = []
    for answer in answers:
        if isinstance(answer, str):
            looks.append(Look(answer))
        else:
            looks += [_look(each, words, shown, rooms.pop(0), tokens) for each in answer]
    for name in asked[MAX_NAMES:]:
        looks.append(Look(f"{_label(name)}: not looked up, too many names at once"))
    return Looks(tuple(looks))


def _answer(name: str, lookup: Lookup, index: Index, path: str) -> str | list[_Found]:
    label = _label(name)
    meaning = lookup.meaning(wanted(name, index, path))
    found: dict[tuple[str, Side, Span], _Found] = {}
    for place in meaning.places:
        outline = index.outline(place.path, place.side)
        lines = outline.lines if outline else index.lines(place.path, place.side)
        if lines:
            each = _Found(label, place, outline, lines)
            found.setdefault((place.path, place.side, each.whole), each)
    if found:
        return list(found.values())
    bare = name.strip("`'\"() ")
    last = re.split(r"\W+", bare)[-1]
    known = _library(meaning.outside, path) if meaning.outside else _library(bare, path)
    if not meaning.outside:
        what = "no definition" if lookup.mentions(last) else "not"
        says = f"{label}: {what} found in this repository"
        known = known or _library(last, path)
    elif meaning.outside == bare:
        says = f"{label}: not part of this repository"
    else:
        source = one_line(cut(meaning.outside, 2 * _MAX_LABEL))
        says = f"{label}: comes from {source}; its source was not found in this repository"
    return f"{says}; {known}" if known else says


def _library(name: str, path: str) -> str:
    language = language_of(path)
    return language.library(name) if language and language.library else ""


def _label(name: str) -> str:
    return one_line(cut(name, _MAX_LABEL))


def _words(about: str) -> frozenset[str]:
    """The names in a text: what stands in backticks, and words that only code has."""
    quoted = {word for part in _QUOTED.findall(about) for word in _WORD.findall(part)}
    coded = {word for word in _WORD.findall(about) if "_" in word or word[1:] != word[1:].lower()}
    return frozenset(word for word in quoted | coded if len(word) > 1 and word not in KEYWORDS)


def _shown(unit: Unit, context: Context, lookup: Lookup, index: Index) -> Shown:
    """The lines that the hunks and the pieces show. A piece does not name its side: it is on the
    one that has its text."""
    focus = lookup.focus
    shown: Shown = {
        (focus.path, "new"): list(focus.shown),
    }
    shown.setdefault((focus.old_path, "old"), []).extend(focus.shown_old)
    for piece in context.pieces:
        sides: tuple[Side, ...] = ("new", "old")
        side = next((side for side in sides if _says(index, piece, side)), None)
        if side:
            shown.setdefault((piece.path, side), []).append((piece.start, piece.end))
    return shown


def _says(index: Index, piece: Piece, side: Side) -> bool:
    outline = index.outline(piece.path, side)
    lines = outline.lines if outline else index.lines(piece.path, side)
    own = piece.text.split("\n")
    there = lines[piece.start - 1 : piece.end]
    return len(own) == len(there) and all(
        one == clipped(other) or _MASK in one for one, other in zip(own, there, strict=True)
    )


def _rooms(
    answers: Sequence[str | list[_Found]],
    shown: Shown,
    budget: int,
    tokens: Callable[[str], int],
) -> list[int]:
    """The tokens for each place: each name gets the same, and so does each place of a name. What
    one does not need goes to the others."""
    groups = [
        [_cost(each, shown, tokens) for each in answer]
        for answer in answers
        if not isinstance(answer, str)
    ]
    shares = _fair([sum(costs) for costs in groups], budget)
    return [
        room for costs, share in zip(groups, shares, strict=True) for room in _fair(costs, share)
    ]


def _cost(found: _Found, shown: Shown, tokens: Callable[[str], int]) -> int:
    spans = subtract([found.whole], shown.get((found.place.path, found.place.side), ()))
    text = "\n".join(clipped(line) for low, high in spans for line in found.lines[low - 1 : high])
    return tokens(text) + _HEADING if spans else 0


def _fair(costs: Sequence[int], budget: int) -> list[int]:
    rooms = [0] * len(costs)
    left = budget
    for done, at in enumerate(sorted(range(len(costs)), key=lambda at: costs[at])):
        rooms[at] = min(costs[at], left // (len(costs) - done))
        left -= rooms[at]
    return rooms


def _look(
    found: _Found,
    about: frozenset[str],
    shown: Shown,
    room: int,
    tokens: Callable[[str], int],
) -> Look:
    place, lines = found.place, found.lines
    before = shown.setdefault((place.path, place.side), [])
    first, last = found.whole
    where = f"{one_line(place.path)}, lines {first}-{last}"
    fresh = subtract([(first, last)], before)
    if all(not line.strip() for low, high in fresh for line in lines[low - 1 : high]):
        return Look(f"{found.label}: already shown above, {where}")
    spans = excerpt(
        found.outline,
        lines,
        place.item,
        place.line,
        about=about,
        hidden=before,
        room=room - _HEADING,
        tokens=tokens,
    )
    notes = [place.how] if place.how else []
    if above := [f"{low}-{high}" for low, high in _within((first, last), before)]:
        notes.append(f"lines {', '.join(above)} are already shown above")
    if cut_out := [f"{low}-{high}" for low, high in subtract(fresh, spans)]:
        which = (
            f"lines {', '.join(cut_out)}" if len(cut_out) <= _MAX_RANGES else "the lines between"
        )
        notes.append(f"{which} are left out for lack of room")
    before += spans
    said = f" ({'; '.join(notes)})" if notes else ""
    pieces = tuple(
        Piece(
            place.path,
            low,
            high,
            "\n".join(clipped(line) for line in lines[low - 1 : high]),
            f"you asked for {found.label}",
        )
        for low, high in spans
    )
    return Look(f"{found.label}: {where}{said}", pieces)


def _within(span: Span, shown: Sequence[Span]) -> list[Span]:
    """The parts of `span` that `shown` covers."""
    return subtract([span], subtract([span], shown))
