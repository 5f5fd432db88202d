"""Puts the files that an external analyzer needs into a scratch directory: one tree for each side,
source files only, so that nothing in it can configure the analyzer."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reviewer.analyzers.base import content, old_name
from reviewer.types import Change, FileDiff

# A name that would be outside the tree, hidden (configuration mostly is), or forge lines of a
# report is left out.
_MAX_PATH = 1000


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """An empty directory, removed afterwards. Its real path: some systems keep temporary files
    behind a link."""
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
    """Write each of `files` below `root`. Returns the names that cannot be written there: unsafe,
    too long, or a directory of another one."""
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
    """The changed files of one kind, by the name on their side."""

    old: Mapping[str, bytes]
    new: Mapping[str, bytes]

    @property
    def names(self) -> list[str]:
        """All that `write` puts there, from the scratch directory on."""
        return [
            f"{side}/{path}"
            for side, files in (("old", self.old), ("new", self.new))
            for path in files
            if is_safe(path)
        ]

    def write(self, scratch: Path) -> tuple[str, ...]:
        """Put them below scratch/old and scratch/new. Returns the names of the new side that cannot
        be written."""
        for side in ("old", "new"):
            (scratch / side).mkdir()
        write(scratch / "old", self.old)
        return tuple(write(scratch / "new", self.new))


def changed(change: Change, belongs: Callable[[str], bool]) -> Sides:
    """The changed files whose name `belongs` to the analyzer. What only the old side has matters
    too: its findings may have moved along with its code."""
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
