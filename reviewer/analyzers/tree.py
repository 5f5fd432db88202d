"""Writes the files that an external analyzer needs into a scratch directory: one tree per side,
source files only, so that nothing in it can configure the analyzer."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer import temporary
from reviewer.analyzers.base import AnalyzerError, content, is_too_large, old_name
from reviewer.types import Change, Side

# Bytes, below a scratch directory: most programs on Windows take 260 characters in all.
_MAX_PATH = 120 if sys.platform == "win32" else 900
_MAX_PART = 120  # bytes: some file systems take no more than 143
_KEPT = 3  # parts that stay of a path that is too long: `.github/workflows/x.yml`
_HARMFUL = re.compile(r'[\\:*?"<>|]')
_RESERVED = (".", "..", ".git", ".venv")


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """An empty directory, removed afterwards. Its real path, since some systems keep temporary
    files behind a link."""
    with tempfile.TemporaryDirectory(
        prefix="reviewer-", dir=temporary.folder(), ignore_cleanup_errors=True
    ) as name:
        yield Path(name).resolve()


@dataclass(frozen=True, slots=True)
class Names:
    """The names under which files stand in a scratch directory. They keep their own unless it could
    forge lines of a report, leave the directory, be refused by a program, be too long, or be one
    with another name where case and form of letters do not count. A stand-in keeps its folders, as
    well as the beginning and the end of its name, which mean something to analyzers."""

    of: Mapping[str, str]  # by path
    path: Mapping[str, str]  # by name
    parts: Mapping[str, str]

    def folder(self, path: str) -> str:
        """The name of a folder of these files."""
        return "/".join(self.parts.get(part, part) for part in path.split("/"))


def stand_ins(paths: Iterable[str]) -> Names:
    ordered = sorted(paths)
    own = {part for path in ordered for part in path.split("/")}
    parts: dict[str, str] = {}
    taken = {_folded(part) for part in own}
    for part in sorted(part for part in own if not _is_harmless(part)):
        parts[part] = _unique(_harmless(part), taken)
    of: dict[str, str] = {}
    used: set[str] = set()
    for number, path in enumerate(ordered, 1):
        name = "/".join(parts.get(part, part) for part in path.split("/"))
        if len(os.fsencode(name)) > _MAX_PATH:
            name = f"_{number}/{'/'.join(name.split('/')[-_KEPT:])}"
        if _folded(name) in used:
            name = f"_{number}/{name}"
        used.add(_folded(name))
        of[path] = name
    return Names(of, {name: path for path, name in of.items()}, parts)


def _is_harmless(part: str) -> bool:
    return (
        part.isprintable()
        and not _HARMFUL.search(part)
        and part.lower() not in _RESERVED
        and 0 < len(os.fsencode(part)) <= _MAX_PART
    )


def _harmless(part: str) -> str:
    clean = "".join(
        char if char.isprintable() and not _HARMFUL.match(char) else "_" for char in part
    )
    if len(os.fsencode(clean)) > _MAX_PART:
        clean = f"{_ascii(clean[:50])}_{_ascii(clean[-50:])}"
    return f"_{clean.lstrip('.')}" if not clean or clean.lower() in _RESERVED else clean


def _ascii(part: str) -> str:
    return part.encode("ascii", "replace").decode().replace("?", "_")


def _unique(name: str, taken: set[str]) -> str:
    """`name`, or one like it that is not taken, and then is."""
    stem, dot, suffix = name.rpartition(".")
    number = len(taken)
    while _folded(name) in taken:
        name = f"{stem}_{number}{dot}{suffix}" if stem else f"{suffix}_{number}"
        number += 1
    taken.add(_folded(name))
    return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Write each of `files` below `root`. Raises AnalyzerError if that cannot be done."""
    try:
        for name, data in files.items():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    except OSError as exc:
        raise AnalyzerError(f"cannot write a scratch copy: {exc.strerror}", hopeless=True) from exc


@dataclass(frozen=True, slots=True)
class Sides:
    """The changed files of one kind, by their name on each side, and the names of the new side that
    are too large to analyze."""

    old: Mapping[str, bytes]
    new: Mapping[str, bytes]
    large: frozenset[str] = frozenset()

    def write(self, scratch: Path) -> dict[str, tuple[Side, str]]:
        """Write them below scratch/old and scratch/new: (side, path) by name relative to scratch.
        Raises AnalyzerError like `write`."""
        written: dict[str, tuple[Side, str]] = {}
        sides: tuple[tuple[Side, Mapping[str, bytes]], ...] = (("old", self.old), ("new", self.new))
        for side, files in sides:
            names = stand_ins(files)
            write(scratch / side, {names.of[path]: data for path, data in files.items()})
            written |= {f"{side}/{name}": (side, path) for name, path in names.path.items()}
        return written


def changed(change: Change, belongs: Callable[[str], bool]) -> Sides:
    """The changed files whose name `belongs` to the analyzer. The old side also has those that went
    or were renamed, since their hits may have moved along with their code."""
    old: dict[str, bytes] = {}
    new: dict[str, bytes] = {}
    large = set()
    for file in change.files:
        read = belongs(file.path)
        if not read and not belongs(old_name(file)):
            continue
        if (data := content(change, file, "old")) is not None:
            old[old_name(file)] = data
        if not read:
            continue
        if (data := content(change, file, "new")) is not None:
            new[file.path] = data
        elif is_too_large(change, file):
            large.add(file.path)
    return Sides(old, new, frozenset(large))
