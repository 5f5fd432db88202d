"""Keeps one file from hiding the others: what a program cannot read together is tried again in ever
smaller parts, until the files that it fails on stand alone."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from reviewer import text
from reviewer.analyzers import delta, tree
from reviewer.analyzers.base import TOO_LARGE, AnalyzerError, AnalyzerResult, Limits, old_name
from reviewer.analyzers.rows import Rows, same
from reviewer.types import Change, Evidence, Side

T = TypeVar("T")
Attempt = Callable[[Sequence[str], Limits], T]
Lost = Mapping[str, str]  # why the program failed, by the name of the file that it fails on

_PARTS = 4  # that what failed is cut into
_MOST = 200  # calls: a program that fails on everything must not be tried on everything
_LEAST = 0.5  # seconds of one call
_LENGTH = 100_000  # characters of all names in one call: systems limit command lines
_NAMED = 3


def each(
    names: Sequence[str], attempt: Attempt[T], limits: Limits, *, at_once: int
) -> tuple[list[T], dict[str, str]]:
    """The results of `attempt` for all `names`, at most `at_once` of them a call, and why it fails
    on some even alone, by name.

    A part whose call raises AnalyzerError is cut up and tried again after all others, so that a
    slow file costs its own share of the time and not that of the others. What was not reached when
    the time is up counts as failed, too.
    """
    waiting = deque(_parts(names, at_once))
    results: list[T] = []
    lost: dict[str, str] = {}
    calls = 0
    while waiting:
        part = waiting.popleft()
        why = limits.stopped or ("failed on too many others" if calls >= _MOST else "")
        if why:
            lost |= dict.fromkeys((name for left in (part, *waiting) for name in left), why)
            break
        calls += 1
        share = limits.remaining() / (len(waiting) + 2)
        try:
            results.append(attempt(part, limits.within(max(share, _LEAST))))
        except AnalyzerError as exc:
            if len(part) == 1 or exc.hopeless:
                lost |= dict.fromkeys(part, exc.problem)
            else:
                waiting.extend(_parts(part, -(-len(part) // _PARTS)))
    return results, lost


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """The hits on both sides, why files of the new side were not read, by path, and the paths of
    the old side that were not."""

    old: list[Evidence]
    new: list[Evidence]
    lost: Lost
    unparsed: frozenset[str]


def sided(
    sides: tree.Sides,
    attempt: Callable[[Path, Sequence[str], Limits], list[Evidence]],
    limits: Limits,
    *,
    at_once: int,
    rows: Callable[[bytes], Rows] = lambda source: same,
) -> Found:
    """What a program finds on both sides. `attempt` gets a directory and names in it, and returns
    hits with these as their paths, and with line numbers that `rows` turns into git's."""
    found: dict[Side, list[Evidence]] = {"old": [], "new": []}
    lost: dict[str, str] = {}
    unparsed = set()
    with tree.scratch() as scratch:
        names = sides.write(scratch)
        results, failed = each(
            list(names), lambda part, left: attempt(scratch, part, left), limits, at_once=at_once
        )
    for name, why in failed.items():
        side, path = names[name]
        if side == "new":
            lost[path] = why
        else:
            unparsed.add(path)
    row_of = {}
    for hit in (hit for hits in results for hit in hits):
        side, path = names[hit.path]
        if hit.path not in row_of:
            row_of[hit.path] = rows((sides.new if side == "new" else sides.old)[path])
        found[side].append(placed(hit, path, row_of[hit.path]))
    return Found(found["old"], found["new"], lost, frozenset(unparsed))


def merged(parts: Iterable[Found]) -> Found:
    """What was found in several parts of a change."""
    every = list(parts)
    return Found(
        [hit for part in every for hit in part.old],
        [hit for part in every for hit in part.new],
        {path: why for part in every for path, why in part.lost.items()},
        frozenset().union(*(part.unparsed for part in every)),
    )


def introduced(
    change: Change, sides: tree.Sides, found: Found, *, syntax: str = ""
) -> list[Evidence]:
    """The hits that the change brings. An old side that the program did not read, or that has a hit
    of the rule `syntax`, is taken to be unknown."""
    unparsed = found.unparsed | {hit.path for hit in found.old if hit.rule == syntax}
    return delta.introduced(
        change,
        found.old,
        found.new,
        delta.split(sides.old),
        delta.split(sides.new),
        frozenset(file.path for file in change.files if old_name(file) in unparsed),
    )


def placed(hit: Evidence, path: str, row: Rows) -> Evidence:
    """The hit, with its own path and git's line numbers."""
    start, end = (None if line is None else row(line) for line in (hit.start, hit.end))
    return dataclasses.replace(hit, path=path, start=start, end=end)


def _parts(names: Sequence[str], most: int) -> Iterable[list[str]]:
    part: list[str] = []
    size = 0
    for name in names:
        size += len(name) + 1
        if part and (len(part) >= most or size > _LENGTH):
            yield part
            part, size = [], len(name) + 1
        part.append(name)
    if part:
        yield part


def result(
    analyzer: str,
    evidence: Iterable[Evidence],
    lost: Lost,
    large: Iterable[str] = (),
    suppressed: Iterable[Evidence] = (),
) -> AnalyzerResult:
    """The result of an analyzer that failed on the files in `lost` and left out those in `large`.
    Its problem names them."""
    lost = {**lost, **dict.fromkeys(large, TOO_LARGE)}
    reasons: dict[str, list[str]] = {}
    for path in sorted(lost):
        reasons.setdefault(lost[path], []).append(path)
    said = "; ".join(f"cannot read {_named(paths)} ({why})" for why, paths in reasons.items())
    found = AnalyzerResult(analyzer, tuple(evidence), suppressed=tuple(suppressed))
    if not lost:
        return found
    return dataclasses.replace(found, problem=f"{analyzer}: {said}", files=tuple(sorted(lost)))


def _named(paths: Sequence[str]) -> str:
    names = ", ".join(text.cut(text.one_line(path), 80) for path in paths[:_NAMED])
    more = len(paths) - _NAMED
    return f"{names} and {text.count(more, 'more file')}" if more > 0 else names
