"""Cases imported from labelled data sets."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

from reviewer import disk
from reviewer.errors import UsageError
from reviewer.lab.evals.cases import Case
from reviewer.lab.evals.imports.base import Imported, Places
from reviewer.text import one_line

__all__ = ["Imported", "Places", "convert", "write"]


def convert(style: str, source: Path | None, places: Places) -> Imported:
    """The cases in one import format. Raises UsageError when the input or a required option is
    missing or wrong."""
    from reviewer.lab.evals.imports import debugbench, fixes, humanevalpack, quixbugs, sarif

    _options(style, source, places)
    if style == "fixes" and source is None:
        return _unique(fixes.one(places))
    assert source is not None
    made = {
        "humanevalpack": lambda: humanevalpack.read(source),
        "quixbugs": lambda: quixbugs.read(source),
        "debugbench": lambda: debugbench.read(source),
        "fixes": lambda: fixes.read(source, places),
        "sarif": lambda: sarif.read(source, places),
    }[style]()
    return _unique(made)


def _options(style: str, source: Path | None, places: Places) -> None:
    given = {
        f"--{name}"
        for name in ("clones", "clone", "fix", "base", "head")
        if getattr(places, name) is not None
    }
    wanted: set[str] = set()
    if style == "sarif":
        wanted = {"--clone", "--base", "--head"}
    elif style == "fixes":
        wanted = {"--clones"} if source else {"--clone", "--fix"}
    if wanted - given:
        raise UsageError(
            f"{style} needs {' and '.join(sorted(wanted - given))}: see reviewer eval import --help"
        )
    if given - wanted:
        raise UsageError(
            f"{' and '.join(sorted(given - wanted))} does not apply to"
            f" {style}{' FILE' * bool(source)}"
        )
    if source is None and style != "fixes":
        raise UsageError(f"{style} needs a FILE to import")


def _unique(made: Imported) -> Imported:
    """Drop rows with a repeated id; the first one stays."""
    seen: Counter[str] = Counter()
    out = Imported(left_out=made.left_out)
    for case in made.cases:
        seen[case.id] += 1
        if seen[case.id] > 1:
            out.left_out.append((case.id, "duplicate id"))
        else:
            out.cases.append(case)
    return out


def write(cases: list[Case], path: Path) -> None:
    """Write one line per case, atomically. Raises UsageError, also when there is no case."""
    if not cases:
        raise UsageError(
            f"no row became a case, so {one_line(str(path))} was not written: see what was left"
            " out and why"
        )
    text = "".join(
        json.dumps(case.model_dump(mode="json"), ensure_ascii=True) + "\n" for case in cases
    )
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="ascii", newline="\n")
        disk.replace(part, path)
    except OSError as exc:
        raise UsageError(f"cannot write {one_line(str(path))}: {exc.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
