"""Recognises the same finding in another run: ids and fingerprints."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from bisect import bisect_left

from reviewer.events import Finding, SameCause
from reviewer.findings.source import Source
from reviewer.types import Side


def identity(
    path: str, rule: str, side: Side, start: int | None, source: Source, symbol: str
) -> str:
    """12 hex digits that stay the same across runs and when lines move: sha256 over path, rule,
    side, the anchored line without white space, the enclosing symbol, and which of the equal lines
    in that symbol it is."""
    return _digest([path, *_traits(path, rule, side, start, source, symbol)])


def identity_in_commit(path: str, rule: str, anchor: str) -> str:
    """The id of a finding in a commit, whichever commit that is after the next rebase."""
    return _digest([path, rule, "commit", anchor])


def fingerprint(finding: Finding, source: Source) -> str:
    """Like the id, but without the path: it survives the renaming of a file."""
    return id_under("*", finding, source)


def id_under(path: str, finding: Finding, source: Source) -> str:
    """The id that a finding would have if its file were called `path`."""
    if finding.commit is not None:  # a commit keeps the name of its file
        return finding.id
    own, start, name = (
        path_of(finding),
        finding.start_line,
        finding.source.removeprefix("analyzer:"),
    )
    rule = name if finding.rule is None else f"{name}:{finding.rule}"
    symbol = source.symbol(own, finding.side, start) if start else ""
    return _digest([path, *_traits(own, rule, finding.side, start, source, symbol)])


def path_of(place: Finding | SameCause) -> str:
    """The path as the operating system knows it, whose bytes need not be UTF-8."""
    encoded = place.file_name_base64
    return place.file_name if encoded is None else os.fsdecode(base64.b64decode(encoded))


def _traits(
    path: str, rule: str, side: Side, start: int | None, source: Source, symbol: str
) -> list[str | int]:
    anchor = source.bare(path, side).get(start, b"") if start else b""
    twins = source.twins(path, side).get((anchor, symbol), ()) if start else ()
    ordinal = bisect_left(twins, start or 0)  # of the equal lines in that symbol, those above
    return [rule, side, anchor.decode("latin-1"), symbol, ordinal]


def _digest(key: list[str | int]) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:12]
