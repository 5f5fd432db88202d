"""Credentials on added lines, never shown in full."""

from __future__ import annotations

from reviewer.analyzers import credentials
from reviewer.analyzers.base import AnalyzerResult, Limits
from reviewer.types import Change, Evidence

_FIX = (
    "Remove it, revoke it at its issuer since it may already have been copied, and read it from the"
    " environment."
)


def check(change: Change, limits: Limits) -> AnalyzerResult:
    known = {each.value for file in change.lines for each in credentials.removed(file)}
    evidence = []
    for file in change.lines:
        limits.check()
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
            for each in credentials.added(file)
            if each.value not in known
        ]
    return AnalyzerResult("secrets", tuple(evidence))
