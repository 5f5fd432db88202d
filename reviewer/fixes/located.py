"""Finds the lines of the file under review that a model's replacement is for: on the new side, or
where lines stood that the change removes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from reviewer import prompt, text
from reviewer.fixes import quoted
from reviewer.types import FileDiff, Hunk, Line, Side

NEAR = 10  # lines between the finding and one of several equal blocks
LONGEST = 12  # added lines that are compared with removed ones
_ALIKE = 0.6  # similarity of a line and what became of it
_LISTED = 5
_LOOSE = 8  # characters that a block needs to be found without regard to white space


@dataclass(frozen=True, slots=True)
class Place:
    """The lines [start, end), 0-based, are replaced by `new`, in the indentation of the file.
    `gone` are removed lines that may come back."""

    start: int
    end: int
    new: list[str]
    gone: tuple[bytes, ...] = ()


class NotLocated(Exception):
    """There is no one place. The message is one sentence, with what was given."""


def locate(
    old: Sequence[str],
    new: Sequence[str],
    start: int,
    side: Side,
    shown: Sequence[str],
    file: FileDiff | None,
    name: str,
) -> Place:
    """The place of the lines `old`, near line `start` of `side`, in a file whose lines are `shown`.
    `name` is the file's name in messages. Raises NotLocated, and CannotEncode for new lines whose
    indentation does not fit."""
    removed = _Removed(file)
    at = removed.position(start) if side == "old" else start - 1
    if not any(line.strip() for line in old):
        if side == "old" and any(line.strip() for line in new):
            return removed.inserted(new, start)
        raise NotLocated("There are no old lines to replace.")
    found = quoted.find(shown, old)
    near = [match for match in found if _distance(match.at, len(old), at) <= NEAR]
    if found and (near or side == "new" or not removed.has(old)):
        match = _nearest(near or found, len(old), at, name)
        return Place(match.at, match.at + len(old), quoted.indented(new, match))
    if place := removed.replaced(old, new, at):
        return place
    loose = quoted.loosely(shown, old)
    if len(loose) == 1 and len("".join("".join(old).split())) >= _LOOSE:
        first, last = loose[0], loose[0] + len(old)
        return Place(first, last, quoted.reindented(new, old, shown[first:last]))
    if loose:
        raise NotLocated(
            f"The old lines are in {name} only with other white space, {_listed(loose)}: copy them"
            " exactly."
        )
    raise NotLocated(_missing(old, shown, at, name))


def _distance(first: int, count: int, at: int) -> int:
    return max(first - at, at - (first + count - 1), 0)


def _nearest(found: Sequence[quoted.Match], count: int, at: int, name: str) -> quoted.Match:
    """The match that is nearest to the finding. One that is only alike but for its indentation
    must be around it."""
    off = sorted((_distance(match.at, count, at), match.at, match) for match in found)
    reach = 0 if off[0][2].more or off[0][2].less else NEAR
    if len(off) == 1 or (off[0][0] <= reach and off[0][0] < off[1][0]):
        return off[0][2]
    raise NotLocated(
        f"The old lines are in {name} at {len(found)} places, {_listed(m.at for m in found)}: give"
        " more of the lines around them."
    )


def _listed(places: Iterable[int]) -> str:
    lines = [str(at + 1) for at in places]
    more = " and more" if len(lines) > _LISTED else ""
    return f"line{'s' * (len(lines) > 1)} {', '.join(lines[:_LISTED])}{more}"


def _missing(old: Sequence[str], shown: Sequence[str], at: int, name: str) -> str:
    known = {"".join(line.split()) for line in shown}
    for number, line in enumerate(old, 1):
        if "".join(line.split()) not in known:
            said = f'Old line {number} of {len(old)} is not in {name}: "{_short(line)}".'
            low = max(0, at - 4 * NEAR)
            rows = {row.strip(): low + n for n, row in enumerate(shown[low : at + 4 * NEAR], 1)}
            close = difflib.get_close_matches(line.strip(), rows, 1, _ALIKE)
            said += "".join(f' The nearest is line {rows[row]}: "{_short(row)}".' for row in close)
            return said
    return f"All {len(old)} old lines are in {name}, but not one after the other: leave none out."


def _short(line: str) -> str:
    return text.one_line(text.cut(line.strip(), 100))


@dataclass(frozen=True, slots=True)
class _Removed:
    """What a change removes from a file."""

    file: FileDiff | None

    def _hunks(self) -> tuple[Hunk, ...]:
        return self.file.hunks if self.file else ()

    def position(self, old: int) -> int:
        """The 0-based index on the new side where a line of the old side stands or stood."""
        moved = 0
        for hunk in self._hunks():
            if old < hunk.old_start:
                break
            if old < hunk.old_start + hunk.old_count:
                rows = takewhile(lambda line: line.old != old, hunk.lines)
                return _first(hunk) + sum(line.kind != "removed" for line in rows)
            moved += hunk.new_count - hunk.old_count
        return old - 1 + moved

    def has(self, wanted: Sequence[str]) -> bool:
        return any(self._runs(wanted))

    def inserted(self, new: Sequence[str], old: int) -> Place:
        """The place for lines without any to replace, at a removed line with the number `old`."""
        for hunk in self._hunks():
            for at, line in enumerate(hunk.lines):
                if line.kind == "removed" and line.old == old:
                    block = _block(hunk.lines, at)
                    begin, end = _span(hunk, *block)
                    if end > begin:
                        raise NotLocated(
                            f"There are no old lines to replace: {_numbers(begin, end)} where the"
                            " removed line stood: give what is to be replaced there."
                        )
                    return Place(begin, begin, list(new), _bytes(hunk.lines))
        raise NotLocated("There are no old lines to replace.")

    def replaced(self, old: Sequence[str], new: Sequence[str], at: int) -> Place | None:
        """The place where the lines `old` stood: what the change put there is replaced. None when
        it removes no such lines. Raises NotLocated when it is not clear what stands there now."""
        runs = sorted(
            self._runs(old), key=lambda run: abs(_span(run.hunk, run.first, run.first)[0] - at)
        )
        if not runs:
            return None
        run = runs[0]
        begin, end = run.now()
        return Place(begin, end, quoted.indented(new, run.match), _bytes(run.hunk.lines))

    def _runs(self, wanted: Sequence[str]) -> Iterator[_Run]:
        """The runs of lines that are `wanted`: of the old side, or of the hunk as it is shown."""
        for hunk in self._hunks():
            for whole in (False, True):
                rows = [n for n, line in enumerate(hunk.lines) if whole or line.kind != "added"]
                shown = [prompt.shown(hunk.lines[n].data).rstrip() for n in rows]
                for match in quoted.find(shown, wanted):
                    first, last = rows[match.at], rows[match.at + len(wanted) - 1]
                    if any(line.kind == "removed" for line in hunk.lines[first : last + 1]):
                        yield _Run(hunk, first, last, whole, match)


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows of a hunk, inclusive; with `whole`, the added lines among them were given as well."""

    hunk: Hunk
    first: int
    last: int
    whole: bool
    match: quoted.Match

    def now(self) -> tuple[int, int]:
        """The 0-based lines [start, end) of the new side that stand in the place of the run."""
        lines = self.hunk.lines
        if self.whole:
            return _span(self.hunk, self.first, self.last + 1)
        begin, end = _block(lines, self.first)[0], _block(lines, self.last)[1]
        before = sum(line.kind == "removed" for line in lines[begin : self.first])
        after = sum(line.kind == "removed" for line in lines[self.last + 1 : end])
        start, stop = _span(self.hunk, begin, end)
        if not before and not after:
            return start, stop
        if begin != _block(lines, self.last)[0]:
            raise NotLocated(self._unclear(start, stop))
        count = sum(line.kind == "removed" for line in lines[self.first : self.last + 1])
        if stop - start == before + count + after:
            return start + before, start + before + count
        if (before and after and stop > start) or self._is_alike(lines[begin:end]):
            raise NotLocated(self._unclear(start, stop))
        return (stop, stop) if before else (start, start)

    def _is_alike(self, block: Sequence[Line]) -> bool:
        """Whether an added line may be what became of a line of the run."""
        added = [prompt.shown(line.data).strip()[:200] for line in block if line.kind == "added"]
        own = self.hunk.lines[self.first : self.last + 1]
        gone = [prompt.shown(line.data).strip()[:200] for line in own if line.kind == "removed"]
        if max(len(added), len(gone)) > LONGEST:
            return True
        return any(
            difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() > _ALIKE
            for one in added
            for other in gone
        )

    def _unclear(self, start: int, stop: int) -> str:
        return (
            "The change removes the old lines, and it is not clear which lines stand in their"
            f" place: {_numbers(start, stop)} there now: give those that are to be replaced."
        )


def _numbers(start: int, stop: int) -> str:
    return f"line {stop} is" if stop - start == 1 else f"lines {start + 1} to {stop} are"


def _first(hunk: Hunk) -> int:
    """The 0-based index of the first line of the new side; git names the line before an empty
    one."""
    return hunk.new_start - (hunk.new_count > 0)


def _span(hunk: Hunk, first: int, last: int) -> tuple[int, int]:
    """The new side of the rows [first, last) of a hunk, 0-based."""
    kept = [line.kind != "removed" for line in hunk.lines[:last]]
    return _first(hunk) + sum(kept[:first]), _first(hunk) + sum(kept)


def _block(lines: Sequence[Line], at: int) -> tuple[int, int]:
    """The rows [first, last) around `at` without a line of context; a context line is alone."""
    if lines[at].kind == "context":
        return at, at + 1
    begin, end = at, at + 1
    while begin and lines[begin - 1].kind != "context":
        begin -= 1
    while end < len(lines) and lines[end].kind != "context":
        end += 1
    return begin, end


def _bytes(lines: Iterable[Line]) -> tuple[bytes, ...]:
    return tuple(line.data.removesuffix(b"\r") for line in lines if line.kind == "removed")
