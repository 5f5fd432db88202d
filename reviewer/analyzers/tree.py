"""Writes the files that an external analyzer needs into a scratch directory: one tree per side,
source files only, so that nothing in it can configure the analyzer."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reviewer.analyzers.base import content, old_name
from reviewer.types import Change, FileDiff

# Left out are names that are outside the tree, are hidden (most configuration is), or could forge
# lines of a report.
_MAX_PATH = 1000


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """An empty directory, removed afterwards. Its real path, since some systems keep temporary
    files behind a link."""
    with tempfile.TemporaryDirectory(prefix="reviewer-", ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()


def is_safe(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and path.isprintable()
        and len(path) < _MAX_PATH
        and not path.startswith("/")
        and "\\" not in path
        and ":" not in path
        and ".." not in parts
        and not any(part.lower() in (".git", ".venv") for part in parts)
    )


def write(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write each of `files` below `root`. Returns the names that cannot be written: unsafe, too
    long, or also a directory of another file."""
    refused = []
    for path, data in files.items():
        if not is_safe(path):
            refused.append(path)
            continue
        target = root / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError:
            refused.append(path)
    return refused


@dataclass(frozen=True, slots=True)
class Sides:
    """The changed files of one kind, by their name on each side."""

    old: Mapping[str, bytes]
    new: Mapping[str, bytes]

    @property
    def names(self) -> list[str]:
        """All paths that `write` creates, relative to the scratch directory."""
        return [
            f"{side}/{path}"
            for side, files in (("old", self.old), ("new", self.new))
            for path in files
            if is_safe(path)
        ]

    def write(self, scratch: Path) -> tuple[str, ...]:
        """Write them below scratch/old and scratch/new. Returns the names of the new side that
        cannot be written."""
        for side in ("old", "new"):
            (scratch / side).mkdir()
        write(scratch / "old", self.old)
        return tuple(write(scratch / "new", self.new))


def changed(change: Change, belongs: Callable[[str], bool]) -> Sides:
    """The changed files whose name `belongs` to the analyzer. Files that only the old side has
    count too, since their hits may have moved along with their code."""
    files: list[FileDiff] = [
        file for file in change.files if belongs(file.path) or belongs(old_name(file))
    ]
    return Sides(
        {
            old_name(file): data
            for file in files
            if (data := content(change, file, "old")) is not None
        },
        {file.path: data for file in files if (data := content(change, file, "new")) is not None},
    )
