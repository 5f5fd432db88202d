"""Cases from a JSON-lines file, from a folder with `case.json`, or from a folder of such
folders."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError

from reviewer.errors import GitFailed, UsageError
from reviewer.lab.evals import trees
from reviewer.lab.evals.cases import Bundle, Case, Clone, Folder, Tree
from reviewer.lab.evals.plumbing import commit, git_dir_of, placed
from reviewer.text import cut, one_line
from reviewer.workspace import files

FILE = "case.json"
SIDES = ("base", "head")
MAX_BYTES = 64 << 20  # of a case.json
_FULL = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class LoadedCase:
    """A case, the folder to which its relative paths refer, and where it was read: `FILE:LINE` or a
    file."""

    case: Case
    home: Path
    place: str
    digest: str  # "sha256:…" over its canonical JSON and its trees


def load(path: Path) -> list[LoadedCase]:
    """The cases at `path`, in the order of the file or of the folder names. Raises UsageError with
    the file and line for an invalid case, for a repeated id, and when there is no case."""
    if os.path.isdir(path):  # noqa: PTH112 Path.is_dir raises for a name that is too long
        cases = [_folder(folder) for folder in _folders(path)]
    elif os.path.isfile(path):  # noqa: PTH113
        cases = list(_lines(path))
    else:
        raise UsageError(
            f"no cases at {one_line(str(path))}: name a JSON-lines file, or a folder that contains"
            f" {FILE}"
        )
    if not cases:
        raise UsageError(
            f"no case in {one_line(str(path))}: see `reviewer schema case` for the format"
        )
    seen: dict[str, str] = {}
    for loaded in cases:
        first = seen.setdefault(loaded.case.id, loaded.place)
        if first != loaded.place:
            raise UsageError(
                f"{loaded.place}: the id {loaded.case.id} is already used by {first}: give each"
                " case its own"
            )
    return cases


def _folders(top: Path) -> Iterator[Path]:
    """Every folder with a case; folders below one belong to it, and links are not followed."""
    for name, below, here in os.walk(top, onerror=_unread):
        if FILE in here:
            below.clear()
            yield Path(name)
        below[:] = sorted(each for each in below if each != ".git")


def _unread(exc: OSError) -> NoReturn:
    raise UsageError(f"cannot read {one_line(str(exc.filename))}: {exc.strerror}")


def _folder(folder: Path) -> LoadedCase:
    path = folder / FILE
    place = one_line(str(path))
    data = files.read_small(path, MAX_BYTES) if not path.is_symlink() else None
    if data is None:
        raise UsageError(
            f"cannot read {place}: not a regular file, no permission, or more than"
            f" {MAX_BYTES >> 20} MiB"
        )
    return _loaded(data, folder, place)


def _lines(path: Path) -> Iterator[LoadedCase]:
    name = one_line(str(path))
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _loaded(line, path.parent, f"{name}:{number}", line=True)
    except OSError as exc:
        raise UsageError(f"cannot read {name}: {exc.strerror}") from None


def _loaded(data: bytes, home: Path, place: str, *, line: bool = False) -> LoadedCase:
    try:
        case = Case.model_validate_json(data)
        if line and isinstance(case.source, Folder):
            raise trees.BadTree(
                "source is missing: only a case.json can have base and head folders beside it"
            )
        return LoadedCase(case, home, place, digest(case, home))
    except ValidationError as exc:
        raise UsageError(f"{place}: {_first(exc)}") from None
    except trees.BadTree as exc:
        raise UsageError(f"{place}: {exc}") from None


def _first(exc: ValidationError) -> str:
    first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return cut(one_line(f"{where}: {first['msg']}" if where else first["msg"]), 300)


def digest(case: Case, home: Path) -> str:
    """The identity of a case, wherever its clone or bundle is. Raises BadTree when a side cannot be
    read."""
    values = case.model_dump(mode="json")
    sides: list[str] = []
    for path in _paths(case):
        trees.check_path(path)
    match case.source:
        case Folder():
            entries = [trees.of_folder(home / side) for side in SIDES]
            if not any(entries):
                raise trees.BadTree("the folders base and head beside it are empty")
            sides = [trees.digest(each) for each in entries]
        case Bundle(path=name):
            del values["source"]["path"]
            sides = [_file_digest(home / name)]
        case Clone(path=name, base=base, head=head):
            del values["source"]["path"]
            sides = [
                _resolved(home, name, revision)
                for revision in (base, head)
                if not _FULL.fullmatch(revision)
            ]
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256("\n".join([text, *sides]).encode("ascii")).hexdigest()


def _paths(case: Case) -> Iterator[str]:
    """Every path in the case."""
    yield from (defect.file for defect in case.defects)
    yield from case.tests.files if case.tests else ()
    if isinstance(case.source, Tree):
        yield from (*case.source.base, *case.source.head)
    elif isinstance(case.source, Clone):
        yield from case.source.paths


def _resolved(home: Path, clone: str, revision: str) -> str:
    """The commit that a name stands for now; "missing" if unknown, which is reported when the case
    is run."""
    git_dir = git_dir_of(placed(home, clone))
    try:
        return (commit(git_dir, revision) if git_dir else None) or "missing"
    except GitFailed:
        return "missing"


def _file_digest(path: Path) -> str:
    """Digest of the bytes of a bundle; "missing" if it cannot be read, which is reported when the
    case is run."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "missing"
