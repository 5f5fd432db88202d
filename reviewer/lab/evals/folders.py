"""Cases as folders for people to read: one each, with `case.json` and both sides as files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from reviewer.errors import UsageError
from reviewer.lab.evals import imports
from reviewer.lab.evals.cases import Case, Folder, Tree
from reviewer.lab.evals.load import FILE
from reviewer.lab.evals.trees import check_path
from reviewer.text import one_line


def is_lines(out: Path) -> bool:
    """Whether `out` is to be one file of JSON lines, not a folder."""
    return out.suffix in (".jsonl", ".ndjson", ".json") or out.is_file()


def check(out: Path) -> None:
    """Raises UsageError where `write` could not put cases, before any work is done."""
    name = one_line(str(out))
    if not out.absolute().parent.is_dir():
        raise UsageError(f"cannot write {name}: its parent folder does not exist")
    if is_lines(out):
        if out.is_dir():
            raise UsageError(f"{name} is a folder: give -o FILE.jsonl or a new folder")
    elif out.is_dir() and any(out.iterdir()):
        raise UsageError(f"{name} is not empty: give -o a new folder, or a .jsonl file")


def write(cases: Sequence[Case], out: Path) -> None:
    """A file of JSON lines, or a folder of folders. Raises UsageError, BadTree."""
    if is_lines(out):
        imports.write(list(cases), out)
        return
    try:
        for case in cases:
            _folder(case, out / case.id)
    except OSError as exc:
        raise UsageError(f"cannot write {one_line(str(out))}: {exc.strerror}") from None


def _folder(case: Case, folder: Path) -> None:
    folder.mkdir(parents=True)
    kept = case
    if isinstance(case.source, Tree):
        _side(folder / "base", case.source.base)
        _side(folder / "head", case.source.head)
        kept = case.model_copy(update={"source": Folder()})
    values = kept.model_dump(mode="json")
    (folder / FILE).write_text(json.dumps(values, indent=2) + "\n", encoding="ascii", newline="\n")


def _side(root: Path, texts: Mapping[str, str]) -> None:
    root.mkdir()
    for path, content in texts.items():
        place = root / check_path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode("utf-8"))
