"""Turns arguments into a scope: the only client input that reaches git."""

from __future__ import annotations

import re

from reviewer.doors.mcp.contract import ReviewArguments
from reviewer.errors import UsageError
from reviewer.text import cut, one_line
from reviewer.types import Scope

MAX_REVISION = 250  # characters


def scope(given: ReviewArguments, paths: tuple[str, ...]) -> Scope:
    """The requested scope. Raises UsageError for values that cannot name a revision, and for
    arguments that do not go together."""
    if given.base is not None and given.scope not in ("all", "committed"):
        raise UsageError(f"base goes with the scopes all and committed, not with {given.scope}")
    if (given.revision is not None) != (given.scope in ("commit", "range")):
        raise UsageError(
            "revision is required with the scopes commit and range, and only allowed there"
        )
    if given.base is not None:
        _word("base", given.base)
    if given.revision is not None:
        ends = re.split(r"\.{2,3}", given.revision) if given.scope == "range" else [given.revision]
        if given.scope == "range" and len(ends) != 2:
            raise UsageError("revision: write a range as A..B")
        for end in ends:
            if end or given.scope == "commit":  # A.. and ..B mean HEAD
                _word("revision", end)
    return Scope(given.scope, given.base, given.revision, paths)


def _word(name: str, value: str) -> None:
    if (
        not value
        or len(value) > MAX_REVISION
        or value.startswith("-")
        or any(ord(char) < 33 for char in value)
    ):
        raise UsageError(
            f"{name}: {cut(one_line(value), 200) or '(empty)'} cannot name a commit: give a branch,"
            " a tag or an id",
            reason="bad_revision",
        )
