"""Code that a change only moves: the inside of a moved block is omitted from what the model reads,
with a note.

A block is moved when at least LEAST consecutive added lines equal consecutive removed lines, either
with the same indentation or with all of them shifted alike. Each removed line accounts for one
added line: a second copy is new code. Both ends of a block stay visible, at its old and its new
place, since the new place may be wrong. A line that differs in anything but that shift is never
omitted.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reviewer.text import one_line
from reviewer.types import FileDiff, Hunk, Line

LEAST = 8  # non-blank lines of a block
SHOWN = 2  # lines at each end of a block that stay visible
_TRIES = 16  # places a block is compared with; keeps repetitive changes fast


@dataclass(frozen=True, slots=True)
class Move:
    """Lines `start` to `end` of `path` on the new side; they were at `old_start` of `old_path` on
    the old side."""

    path: str
    start: int
    end: int
    old_path: str
    old_start: int
    indented: bool  # the indentation changed

    @property
    def old_end(self) -> int:
        return self.old_start + self.end - self.start


@dataclass(frozen=True, slots=True)
class _ChangedLine:
    path: str
    number: int
    hunk: tuple[int, int]  # (file, hunk in it)
    code: bytes  # without indentation
    indent: bytes


def moves(files: Sequence[FileDiff]) -> list[Move]:
    """The moved blocks of a change, in order, each as long as possible."""
    removed = _changed_lines(files, "removed")
    grams: dict[tuple[bytes, ...], deque[int]] = {}
    for at, gram in _grams(removed):
        grams.setdefault(gram, deque()).append(at)
    if not grams:
        return []
    added, used, found = _changed_lines(files, "added"), bytearray(len(removed)), []
    wanted = dict(_grams(added))
    at = 0
    while at < len(added):
        length, old = _longest(added, at, removed, used, grams.get(wanted.get(at, ())))
        if length:
            used[old : old + length] = b"\1" * length
            first, was = added[at], removed[old]
            shift = any(
                added[at + n].indent != removed[old + n].indent
                for n in range(length)
                if added[at + n].code
            )
            found.append(
                Move(
                    first.path, first.number, first.number + length - 1, was.path, was.number, shift
                )
            )
        at += max(1, length)
    return found


def without_moved(files: Sequence[FileDiff]) -> Mapping[str, tuple[Hunk, ...]]:
    """By path, the hunks to read of each file that contains moved code. The inside of moved blocks
    is left out, and hunks are split at the gaps. The section of each part says what is missing."""
    into: dict[str, list[Move]] = {}
    out_of: dict[str, list[Move]] = {}
    for move in moves(files):
        into.setdefault(move.path, []).append(move)
        out_of.setdefault(move.old_path, []).append(move)
    shown: dict[str, tuple[Hunk, ...]] = {}
    for file in files:
        came, went = (
            into.get(file.path, ()),
            out_of.get(_old_path(file), ()) if file.status != "copied" else (),
        )
        if came or went:
            new = {
                number
                for move in came
                for number in range(move.start + SHOWN, move.end - SHOWN + 1)
            }
            old = {
                number
                for move in went
                for number in range(move.old_start + SHOWN, move.old_end - SHOWN + 1)
            }
            shown[file.path] = tuple(
                part
                for hunk in file.hunks
                for part in _parts(hunk, new, old, _omission(hunk, came, went))
            )
    return shown


def _old_path(file: FileDiff) -> str:
    return file.old_path or file.path


def _changed_lines(files: Iterable[FileDiff], kind: str) -> list[_ChangedLine]:
    """The added or the removed lines of all files. Lines that a copy lacks were not removed from
    the original, so they do not count."""
    lines = []
    for place, file in enumerate(files):
        if kind == "removed" and file.status == "copied":
            continue
        path = file.path if kind == "added" else _old_path(file)
        for part, hunk in enumerate(file.hunks):
            for line in hunk.lines:
                if line.kind == kind:
                    number = line.new if kind == "added" else line.old
                    assert number is not None, "a changed line has a number on its own side"
                    code = line.data.lstrip(b" \t")
                    indent = line.data[: len(line.data) - len(code)]
                    lines.append(_ChangedLine(path, number, (place, part), code, indent))
    return lines


def _grams(lines: Sequence[_ChangedLine]) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Every run of LEAST consecutive lines that begins with a non-blank one, with the index of the
    first."""
    for at in range(len(lines) - LEAST + 1):
        first, last = lines[at], lines[at + LEAST - 1]
        if first.code and first.path == last.path and last.number - first.number == LEAST - 1:
            yield at, tuple(line.code for line in lines[at : at + LEAST])


def _longest(
    added: Sequence[_ChangedLine],
    at: int,
    removed: Sequence[_ChangedLine],
    used: bytearray,
    places: deque[int] | None,
) -> tuple[int, int]:
    """(lines, index of the first removed one) of the longest block that begins at `at`; 0 lines if
    there is none."""
    best = (0, 0)
    while places and used[places[0]]:
        places.popleft()
    for old in list(places or ())[:_TRIES]:
        length = _length(added, at, removed, old, used)
        best = max(best, (length, old), key=lambda item: item[0])
    return best


def _length(
    added: Sequence[_ChangedLine],
    at: int,
    removed: Sequence[_ChangedLine],
    old: int,
    used: bytearray,
) -> int:
    """How many lines from `at` on equal those from `old` on; 0 if this is not a move."""
    first, was = added[at], removed[old]
    length = solid = last = 0
    while at + length < len(added) and old + length < len(removed):
        new, before = added[at + length], removed[old + length]
        adjacent = new.number - first.number == before.number - was.number == length
        if not adjacent or (new.path, before.path) != (first.path, was.path) or used[old + length]:
            break
        shifted = _same_shift(first.indent, was.indent, new.indent, before.indent)
        if new.code != before.code or (new.code and not shifted):
            break
        length += 1
        if new.code:
            solid, last = solid + 1, length
    in_place = (
        first.hunk == was.hunk and first.indent != was.indent
    )  # now under another condition: an edit, not a move
    return last if solid >= LEAST and not in_place else 0


def _same_shift(first: bytes, was: bytes, new: bytes, before: bytes) -> bool:
    """Whether the indentation changes from `before` to `new` as it does from `was` to `first`."""
    if len(first) >= len(was):
        return first.endswith(was) and new == first[: len(first) - len(was)] + before
    return was.endswith(first) and before == was[: len(was) - len(first)] + new


def _omission(hunk: Hunk, came: Iterable[Move], went: Iterable[Move]) -> bytes:
    """What is left out of the hunk, to be shown in its section."""
    new = {line.new for line in hunk.lines if line.kind == "added"}
    old = {line.old for line in hunk.lines if line.kind == "removed"}
    notes = [
        f"{_indent(move)} lines {move.start}-{move.end} come from {one_line(move.old_path)} "
        f"{move.old_start}-{move.old_end}"
        for move in came
        if move.start in new
    ]
    notes += [
        f"{_indent(move)} lines {move.old_start}-{move.old_end} before are now"
        f" {one_line(move.path)} {move.start}-{move.end}"
        for move in went
        if move.old_start in old
    ]
    return (
        os.fsencode(f"[moved code, its inside is not shown: {'; '.join(notes)}]") if notes else b""
    )


def _indent(move: Move) -> str:
    return "unchanged but for indentation," if move.indented else "unchanged,"


def _parts(hunk: Hunk, new: set[int], old: set[int], omission: bytes) -> Iterator[Hunk]:
    """A hunk without the added lines `new` and the removed lines `old`, split at the gaps."""
    if not omission:
        yield hunk
        return
    section = b" ".join(part for part in (hunk.section, omission) if part)
    old_at, new_at = hunk.old_start + (not hunk.old_count), hunk.new_start + (not hunk.new_count)
    part: list[Line] = []
    for line in hunk.lines:
        if line.new in new if line.kind == "added" else line.kind == "removed" and line.old in old:
            yield from _part(part, old_at, new_at, section)
            part = []
        else:
            part.append(line)
        old_at += line.old is not None
        new_at += line.new is not None
    yield from _part(part, old_at, new_at, section)


def _part(lines: Sequence[Line], old_end: int, new_end: int, section: bytes) -> Iterator[Hunk]:
    """A hunk of these lines, which end before `old_end` and `new_end`; nothing if none of them
    changed."""
    if any(line.kind != "context" for line in lines):
        old_count = sum(line.old is not None for line in lines)
        new_count = sum(line.new is not None for line in lines)
        yield Hunk(
            old_end - old_count - (not old_count),
            old_count,
            new_end - new_count - (not new_count),
            new_count,
            section,
            tuple(lines),
        )
