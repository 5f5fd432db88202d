"""Remembers which commits bring no credential, so that each is read once."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.memory import cache
from reviewer.memory.store import Store
from reviewer.types import Change

_AT_ONCE = 500


def known_clean(store: Store, change: Change, *detector: object) -> frozenset[str]:
    """Ids of the commits of the change that an earlier run found clean with the same `detector`:
    its digest, and what it leaves out."""
    keys = {_key(commit.id, change, *detector): commit.id for commit in change.history.commits}
    found: list[str] = []
    listed = list(keys)
    for start in range(0, len(listed), _AT_ONCE):
        asked = listed[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(asked))
        sql = f"SELECT key FROM cache WHERE kind = 'commit' AND key IN ({marks})"  # noqa: S608
        found += (keys[row[0]] for row in store.rows(sql, *asked))
    return frozenset(found)


def mark_clean(store: Store, change: Change, ids: Iterable[str], *detector: object) -> None:
    rows = [(_key(each, change, *detector), store.clock()) for each in ids]
    if rows:
        store.transaction(
            lambda run: [
                run(
                    "INSERT OR REPLACE INTO cache (kind, key, body, size, tokens, seconds, created,"
                    " used) VALUES ('commit', ?1, '', 0, 0, 0.0, ?2, ?2)",
                    key,
                    now,
                )
                for key, now in rows
            ]
        )


def _key(commit: str, change: Change, *detector: object) -> str:
    """Other paths or globs look at other files of the same commit."""
    return cache.key("commit", commit, *detector, change.scope.paths)
