"""Known defects of one change, labelled in SARIF 2.1.0: each result's first location is a
defect."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from reviewer import languages
from reviewer.errors import UsageError
from reviewer.lab.evals.cases import Case, Clone, Defect
from reviewer.lab.evals.imports import clones
from reviewer.lab.evals.imports.base import Imported, LeftOut, Places, brief, named
from reviewer.text import one_line
from reviewer.workspace import files

MAX_BYTES = 256 << 20


def read(path: Path, places: Places) -> Imported:
    """One case: clean when the file has no results. Raises UsageError, also when no result can be
    used: the change is then unlabelled."""
    clone, git_dir = clones.named(places.clone)
    base, head = (
        clones.given(git_dir, "--base", places.base),
        clones.given(git_dir, "--head", places.head),
    )
    changed = set(
        clones.names(git_dir, "diff-tree", "-r", "-z", "--no-renames", "--name-only", base, head)
    )
    made, found, results = Imported(), [], list(_results(path))
    for number, result in enumerate(results, 1):
        try:
            found.append(_defect(result, changed))
        except LeftOut as exc:
            made.left_out.append(
                (f"{one_line(str(result.get('ruleId') or 'result'))} ({number})", str(exc))
            )
    if results and not found:
        reasons = "; ".join(sorted({reason for _, reason in made.left_out}))
        raise UsageError(f"{one_line(str(path))}: no result can be used: {reasons}")
    first = found[0].file if found else min(changed, default="")
    made.cases.append(
        Case(
            id=named(clone.name, head),
            kind="defect" if found else "clean",
            language=languages.language(first) or "text",
            source=Clone(path=str(clone), base=base, head=head),
            defects=tuple(found),
            provenance=f"{clone.name} {head}, labelled by {path.name}",
        )
    )
    return made


def _results(path: Path) -> Iterator[Mapping[str, Any]]:
    name = one_line(str(path))
    data = files.read_small(path, MAX_BYTES)
    try:
        runs = json.loads(data or b"")["runs"]
        for run in runs:
            yield from (result for result in run.get("results") or () if isinstance(result, dict))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"{name} is not a SARIF file: it must be an object with `runs`") from None


def _defect(result: Mapping[str, Any], changed: set[str]) -> Defect:
    if (
        result.get("kind", "fail") not in ("fail", "open", "review")
        or result.get("baselineState") == "absent"
    ):
        raise LeftOut("a result that reports no problem")
    if any(
        each.get("status", "accepted") == "accepted" for each in result.get("suppressions") or ()
    ):
        raise LeftOut("a suppressed result")
    try:
        place = result["locations"][0]["physicalLocation"]
        file, start = (
            _path(place["artifactLocation"]["uri"], changed),
            int(place["region"]["startLine"]),
        )
        end = int(place["region"].get("endLine", start))
    except (KeyError, IndexError, TypeError, ValueError):
        raise LeftOut("a result without a file and line") from None
    if file not in changed:
        raise LeftOut("a result in an unchanged file")
    message = result.get("message")
    said = message.get("text") or message.get("markdown") if isinstance(message, Mapping) else ""
    described = " ".join(filter(None, (str(result.get("ruleId") or ""), str(said or ""))))
    return Defect(
        file=file,
        start_line=max(1, start),
        end_line=max(1, start, end),
        description=brief(described, 500),
    )


def _path(uri: str, changed: set[str]) -> str:
    """The path in the repository. An absolute path is matched by its end, which must fit exactly
    one changed file."""
    path = unquote(urlsplit(uri).path).removeprefix("./")
    if path in changed or not urlsplit(uri).scheme:
        return path
    ends = [each for each in changed if path.endswith("/" + each)]
    return max(ends, key=len, default=path)
