"""Files as lines of bytes, and changes to them as splices: byte-exact, whatever the encoding and
the line ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_MANY = 4000  # lines; more take too long to compare, so they are replaced as a block


@dataclass(frozen=True, slots=True)
class Splice:
    """The lines [start, end) of the old content (0-based, with their "\\n") become `new`."""

    start: int
    end: int
    new: tuple[bytes, ...]


def split(data: bytes) -> list[bytes]:
    """The lines of `data`, each with its "\\n" (the last one perhaps without); joined they are
    `data` again."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def spliced(data: bytes, splices: Iterable[Splice]) -> bytes:
    """`data` after all splices, which must not overlap."""
    lines = split(data)
    # Bottom-up, so that no splice shifts another.
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end), reverse=True):
        lines[splice.start : splice.end] = splice.new
    return b"".join(lines)


def touch(first: Iterable[Splice], second: Sequence[Splice]) -> bool:
    """Whether a splice of `first` overlaps or adjoins one of `second`. Such splices were not proved
    together, and their order would matter."""
    return any(
        one.start <= other.end and other.start <= one.end for one in first for other in second
    )


def compare(old: bytes, new: bytes) -> tuple[Splice, ...]:
    """The splices that turn `old` into `new`."""
    before, after = split(old), split(new)
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    changed, replaced = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(changed) + len(replaced) > _MANY:
        return (Splice(head, head + len(changed), tuple(replaced)),)
    codes = SequenceMatcher(None, changed, replaced, autojunk=False).get_opcodes()
    return tuple(
        Splice(head + low, head + high, tuple(replaced[new_low:new_high]))
        for tag, low, high, new_low, new_high in codes
        if tag != "equal"
    )


def places(lines: Sequence[bytes], wanted: Sequence[bytes]) -> list[int]:
    """Every 0-based index at which `wanted` occurs in `lines`."""
    if not wanted:
        return []
    count, first = len(wanted), wanted[0]
    return [
        at
        for at in range(len(lines) - count + 1)
        if lines[at] == first and list(lines[at : at + count]) == list(wanted)
    ]
