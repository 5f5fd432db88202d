"""The files that a compiler needs to see: all of a kind where they are few, else those nearest to
the change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from pathlib import PurePosixPath

from reviewer.analyzers import tree
from reviewer.analyzers.base import MAX_BYTES, Limits, old_name
from reviewer.types import Change

MAX_FILES = 4000
MAX_TOTAL = 48 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Sources:
    """Both sides of a project, as far as it was read."""

    sides: tree.Sides  # by path; the unchanged files are the same on both
    changed: tuple[str, ...]  # names of the new side
    left: int  # files that were not read, since there are too many


def gather(
    change: Change,
    belongs: Callable[[str], bool],
    limits: Limits,
    *,
    first: Iterable[str] = (),
    max_files: int = MAX_FILES,
    max_total: int = MAX_TOTAL,
) -> Sources | None:
    """The changed files whose name `belongs`, and the unchanged ones: those in `first`, then by how
    near they are to a changed one. None if no such file changed.

    Raises AnalyzerError if the time is up.
    """
    changed = tree.changed(change, belongs)
    if not changed.old and not changed.new:
        return None
    touched = {name for file in change.files for name in (file.path, old_name(file))}
    distance = _distances({PurePosixPath(path).parent for path in touched if belongs(path)})
    wanted = dict.fromkeys(path for path in first if path not in touched and belongs(path))
    others = [path for path in change.list_files("new") if path not in touched and belongs(path)]
    wanted |= dict.fromkeys(sorted(others, key=lambda path: (distance(path), path)))
    same: dict[str, bytes] = {}
    total, left = sum(map(len, (*changed.old.values(), *changed.new.values()))), 0
    for path in wanted:
        limits.check()
        data = None
        if len(same) < max_files and total < max_total:
            data = change.read(path, "new")
        else:
            left += 1
        if data is not None and len(data) <= MAX_BYTES:
            same[path] = data
            total += len(data)
    sides = tree.Sides({**same, **changed.old}, {**same, **changed.new}, changed.large)
    return Sources(sides, tuple(changed.new), left)


def _distances(folders: Set[PurePosixPath]) -> Callable[[str], tuple[int, int]]:
    """How many folders up a file has one of `folders`; files that have none come last, those that
    share the most folders first."""
    above = {parent for folder in folders for parent in folder.parents}

    def distance(path: str) -> tuple[int, int]:
        shared = 0
        for steps, parent in enumerate(PurePosixPath(path).parents):
            if parent in folders:
                return steps, 0
            shared = max(shared, len(parent.parts) if parent in above else 0)
        return 1 << 20, -shared

    return distance
