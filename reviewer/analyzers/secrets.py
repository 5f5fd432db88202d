"""Credentials on added lines, never shown in full."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer import secrets, text
from reviewer.analyzers.base import AnalyzerResult, Limits
from reviewer.types import Change, Evidence, FileDiff, Hunk

_FIX = (
    "Remove it, revoke it at its issuer since it may already have been copied, and read it from the"
    " environment."
)
_NOT_PRODUCTION = re.compile(
    r"(?i)(?:^|/)(?:tests?|spec|__tests__|testdata|fixtures?|examples?|samples?|docs?|mocks?)/|(?:^|/)test_[^/]*$|"
    r"[._-](?:test|spec|example|sample|template)s?\.[^/]*$|\.(?:md|rst|example|sample|template|dist)$"
)


def check(change: Change, limits: Limits) -> AnalyzerResult:
    known = {
        value
        for file in change.files
        for hunk in file.hunks
        for _, _, value in _side(hunk, "removed")
    }
    evidence = []
    for file in change.files:
        limits.check()
        for hunk in file.hunks:
            for secret, line, value in _side(hunk, "added"):
                guess = (
                    secret.kind == "password"
                )  # detected by name and randomness; the other kinds by their format
                if value not in known and not (guess and _NOT_PRODUCTION.search(file.path)):
                    evidence.append(_evidence(file, secret, line, value))
    return AnalyzerResult("secrets", tuple(evidence))


def _side(hunk: Hunk, kind: str) -> Iterator[tuple[secrets.Secret, int, str]]:
    """(secret, line number, value) of secrets that begin on the lines of `kind` on one side of a
    hunk."""
    lines = [line for line in hunk.lines if line.kind in (kind, "context")]
    body = [text.decode(line.data) for line in lines]
    joined = "\n".join(body)
    for secret in secrets.find(joined):
        line = lines[joined.count("\n", 0, secret.start)]
        number = line.new if kind == "added" else line.old
        if line.kind == kind and number is not None:
            yield secret, number, joined[secret.start : secret.end]


def _evidence(file: FileDiff, secret: secrets.Secret, line: int, value: str) -> Evidence:
    what = secret.kind.replace("-", " ")
    return Evidence(
        source="secrets",
        rule=secret.kind,
        path=file.path,
        start=line,
        end=line + value.count("\n"),
        message=(
            f"A credential is committed here: {what} ({secrets.mask(value)}, {len(value)}"
            " characters)."
        ),
        fix=_FIX,
    )
