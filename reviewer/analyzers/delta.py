"""What the change introduced: hits of the new side that the old side does not have.

A hit on a line of both sides counts unless the old side has one of the same rule on that line: the
change broke it. A hit on an added line counts unless the same one vanished from a removed line:
then it was moved, reformatted or renamed along with its code.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from reviewer.analyzers.base import old_name
from reviewer.types import Change, Evidence, FileDiff

_WORD = re.compile(rb"\w+")
_SPACE = re.compile(rb"\s+")
_QUOTED_NUMBER = re.compile(r"\d+")
Lines = Callable[[str], Sequence[bytes]]  # the lines of a file of one side


class LineMap:
    """Line numbers of one changed file, from the new side to the old one."""

    def __init__(self, file: FileDiff) -> None:
        self.added: list[int] = []
        self._removed: list[int] = []  # for each removed line, the new line that follows it
        for hunk in file.hunks:
            position = hunk.new_start + (
                hunk.new_count == 0
            )  # for an empty side, git gives the line before
            for line in hunk.lines:
                if line.kind == "removed":
                    self._removed.append(position)
                else:
                    if line.kind == "added":
                        self.added.append(position)
                    position += 1
        self._is_added = frozenset(self.added)

    def touches(self, start: int, end: int) -> bool:
        """Whether a line was added or removed between the two."""
        removed = bisect_right(self._removed, end) - bisect_left(self._removed, start)
        return bool(removed or bisect_right(self.added, end) - bisect_left(self.added, start))

    def nearest(self, old: int) -> int:
        """The line of the new side that an old line became; where it was removed, the added one
        that seems to replace it, or else the one that follows."""
        low, high = 1, old + len(self.added) + 1
        while low < high:  # what stands before a line grows with it
            middle = (low + high) // 2
            before = middle - bisect_right(self.added, middle) + bisect_right(self._removed, middle)
            low, high = (middle + 1, high) if before < old else (low, middle)
        first = low - bisect_left(self.added, low) + bisect_left(self._removed, low)
        while old > first and self._is_added.issuperset((low, low + 1)):
            low, first = low + 1, first + 1
        return low

    def old(self, line: int) -> int | None:
        """Where the new side's `line` is on the old side; None for an added line."""
        if line in self._is_added:
            return None
        return line - bisect_left(self.added, line) + bisect_right(self._removed, line)


def added_lines(file: FileDiff) -> Iterable[tuple[int, bytes]]:
    """(number on the new side, content without line end) of each added line."""
    for hunk in file.hunks:
        for line in hunk.lines:
            if line.kind == "added" and line.new is not None:
                yield line.new, line.data.removesuffix(b"\r")


def removed_content(change: Change) -> frozenset[bytes]:
    """Every removed line of the change, without white space. An added line found here was only
    moved."""
    return frozenset(
        _squeezed(line.data)
        for file in change.files
        for hunk in file.hunks
        for line in hunk.lines
        if line.kind == "removed"
    )


def is_moved(line: bytes, removed: frozenset[bytes]) -> bool:
    return _squeezed(line) in removed


def introduced(
    change: Change,
    old: Iterable[Evidence],
    new: Iterable[Evidence],
    old_lines: Lines,
    new_lines: Lines,
    unparsed: frozenset[str] = frozenset(),
) -> list[Evidence]:
    """The hits of `new` that `old` does not have, in order. Old hits carry old names and numbers.
    For files in `unparsed` (new names) the old side is unknown, so only hits on added lines
    count."""
    maps = {file.path: (LineMap(file), old_name(file)) for file in change.files}
    vanished = Counter(_key(hit) for hit in old)
    candidates: list[tuple[Evidence, str]] = []
    for hit in new:
        lines, name = maps.get(hit.path, (None, hit.path))
        place = hit.start if lines is None or hit.start is None else lines.old(hit.start)
        if (lines is None or place is not None or hit.start is None) and (
            _take(vanished, (name, hit.rule, place)) or hit.path in unparsed
        ):
            continue
        candidates.append((hit, name))
    return _not_moved(candidates, _left_over(old, vanished), old_lines, new_lines)


def _not_moved(
    hits: list[tuple[Evidence, str]], vanished: list[Evidence], old_lines: Lines, new_lines: Lines
) -> list[Evidence]:
    """`hits` without those that match a vanished one: first by content in any file, then by
    message, then by the shape of the line, both in the same file. Each vanished hit accounts for
    one new hit."""
    kept = hits
    for level in _LEVELS:
        pool: dict[object, list[Evidence]] = {}
        for hit in vanished:
            pool.setdefault(level(hit, hit.path, _line(old_lines, hit)), []).append(hit)
        rest = []
        for hit, name in kept:
            twins = pool.get(level(hit, name, _line(new_lines, hit)))
            if twins:
                twins.pop()
            else:
                rest.append((hit, name))
        kept, vanished = rest, [hit for twins in pool.values() for hit in twins]
    return [hit for hit, _ in kept]


_Level = Callable[[Evidence, str, bytes], tuple[object, ...]]
_LEVELS: tuple[_Level, ...] = (
    lambda hit, name, line: (hit.rule, _plain(hit.message), _squeezed(line)),
    lambda hit, name, line: (name, hit.rule, _plain(hit.message)),
    lambda hit, name, line: (name, hit.rule, _WORD.sub(b"_", _squeezed(line))),
)


def _key(hit: Evidence) -> tuple[str, str, int | None]:
    return hit.path, hit.rule, hit.start


def _left_over(
    old: Iterable[Evidence], vanished: Counter[tuple[str, str, int | None]]
) -> list[Evidence]:
    return [hit for hit in old if _take(vanished, _key(hit))]


def _take(counter: Counter[Any], key: object) -> bool:
    if counter[key] > 0:
        counter[key] -= 1
        return True
    return False


def _line(lines: Lines, hit: Evidence) -> bytes:
    content = lines(hit.path)
    return (
        content[hit.start - 1] if hit.start is not None and 0 < hit.start <= len(content) else b""
    )


def _squeezed(line: bytes) -> bytes:
    return _SPACE.sub(b"", line)


def _plain(message: str) -> str:
    """A message without what changes when code moves: line numbers and counts."""
    return _QUOTED_NUMBER.sub("0", message)


def split(contents: Mapping[str, bytes]) -> Lines:
    """A lookup of the lines of files in `contents`, each split once; any other file has no
    lines."""
    cache: dict[str, list[bytes]] = {}

    def lines(path: str) -> Sequence[bytes]:
        if path not in cache:
            cache[path] = contents.get(path, b"").split(b"\n")
        return cache[path]

    return lines
