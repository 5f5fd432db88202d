"""Credentials on added lines, never shown in full."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.analyzers import credentials
from reviewer.analyzers.base import AnalyzerResult, Limits
from reviewer.analyzers.credentials import Credential
from reviewer.types import Change, Evidence, FileDiff

_FIX = (
    "Remove it, revoke it at its issuer since it may already have been copied, and read it from the"
    " environment."
)


def check(change: Change, limits: Limits) -> AnalyzerResult:
    known = {each.value for file in change.lines for each in credentials.removed(file)}
    evidence = []
    for file in change.lines:
        limits.check()
        if file.path in change.encrypted:
            continue
        evidence += [
            Evidence(
                source="secrets",
                rule=each.kind,
                path=file.path,
                start=each.line,
                end=each.line + each.value.count("\n"),
                message=f"A credential is committed here: {each.shown}.",
                fix=_FIX,
            )
            for each in _all(change, file)
            if each.value not in known
        ]
    return AnalyzerResult("secrets", tuple(evidence))


def _all(change: Change, file: FileDiff) -> Iterator[Credential]:
    known = list(credentials.added(file))
    yield from known
    if file.status in ("added", "deleted"):  # its hunk is the whole file
        return
    sides = change.read(file.old_path or file.path, "old"), change.read(file.path, "new")
    values = {each.value for each in known}
    for each in credentials.beyond_the_hunks(file, *sides):
        # The whole file may show more of one, or less. Most are equal, and there may be thousands.
        if each.value not in values and not any(
            each.value in value or value in each.value for value in values
        ):
            yield each
