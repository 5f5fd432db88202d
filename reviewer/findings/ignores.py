"""`# reviewer: ignore[ID] reason` comments: decisions that are reviewed together with the code."""

from __future__ import annotations

import re

from reviewer import text

NO_REASON = "no reason given"
_COMMENT = re.compile(
    rb"(?:\#|//|--|/\*|<!--|;|%)[ \t]*reviewer:[ \t]*ignore\["
    rb"[ \t]*(?P<ids>[0-9a-f]{12}(?:[ \t]*,[ \t]*[0-9a-f]{12})*)[ \t]*\](?P<reason>[^\n]*)"
)
_CLOSING = (b"*/", b"-->")


def inline_ignores(source: bytes) -> dict[str, str]:
    """Finding id -> reason, from all ignore comments in a file. Pass only text of the base: a
    change must not silence its own review."""
    if b"ignore[" not in source:
        return {}
    found: dict[str, str] = {}
    for match in _COMMENT.finditer(source):
        said = match["reason"].rstrip()
        closing = next(filter(said.endswith, _CLOSING), b"")
        reason = text.decode(said.removesuffix(closing)).strip(" \t:-")
        for name in match["ids"].split(b","):
            found.setdefault(name.strip().decode("ascii"), text.cut(reason, 500) or NO_REASON)
    return found


def without(line: bytes) -> bytes:
    """A line without its ignore comment."""
    return _COMMENT.sub(b"", line) if b"ignore[" in line else line
