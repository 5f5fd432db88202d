"""Reads the results file of a run, complete or not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reviewer.errors import UsageError
from reviewer.lab.evals.records import parse
from reviewer.lab.evals.results import Header, Result
from reviewer.text import one_line


@dataclass(frozen=True)
class RunFile:
    """`cut`: the last line is incomplete, because the run was killed or is still running; it is
    left out. `superseded`: results of cases that were changed, or could not be run, and were run
    again into the same file; they are left out too."""

    header: Header
    results: tuple[Result, ...]
    cut: bool
    superseded: int


def read(path: Path) -> RunFile:
    """Raises UsageError, with the line, when this is not a results file, or contains a review
    twice."""
    name = one_line(str(path))
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise UsageError(
            f"cannot read {name} ({exc.strerror}): results come from `reviewer eval run`"
        ) from None
    whole = data[: data.rfind(b"\n") + 1]
    first, results = parse(whole, name)
    last = {each.case: each.digest for each in results}
    newest = {(each.case, each.repeat): at for at, each in enumerate(results)}
    kept = [
        each
        for at, each in enumerate(results)
        if each.digest == last[each.case]
        and not (each.unrunnable and at < newest[each.case, each.repeat])
    ]
    seen: set[tuple[str, int]] = set()
    for each in kept:
        if (each.case, each.repeat) in seen:
            raise UsageError(
                f"{name} holds {one_line(each.case)}, repeat {each.repeat}, twice: run the cases"
                " into a new file"
            )
        seen.add((each.case, each.repeat))
    return RunFile(first, tuple(kept), len(whole) < len(data), len(results) - len(kept))
