"""Remembers the reports that this program wrote, by path and content: they are no part of a later
change. Another file at the same path, or the same report after an edit, is one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from reviewer.memory import cache
from reviewer.memory.store import Store


def remember_reports(store: Store, made: Mapping[str, str]) -> None:
    """`made`: sha256 (hexadecimal) by absolute path."""
    for path, digest in made.items():
        body = json.dumps([path, digest])
        key = hashlib.sha256(body.encode("ascii")).hexdigest()
        cache.put(store, "report", key, body, tokens=0, seconds=0.0)


def reports(store: Store) -> dict[str, frozenset[str]]:
    """The sha256 of every report that was written to a path, by absolute path."""
    found: dict[str, set[str]] = {}
    for (body,) in store.rows("SELECT body FROM cache WHERE kind = 'report'"):
        try:
            path, digest = json.loads(body)
        except (ValueError, TypeError):  # anyone who can write the file can write this
            continue
        if isinstance(path, str) and isinstance(digest, str):
            found.setdefault(path, set()).add(digest)
    return {path: frozenset(digests) for path, digests in found.items()}
