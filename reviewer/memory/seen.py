"""Which states of a worktree were looked at, whatever was found: by the id of the git tree that
holds them."""

from __future__ import annotations

from typing import Literal

from reviewer.memory import cache
from reviewer.memory.records import repository_key
from reviewer.memory.store import Store
from reviewer.types import Change

How = Literal["reviewed", "reminded"]


def mark_seen(store: Store, change: Change, how: How) -> None:
    """Remember that the new side of the change was reviewed, or that somebody was reminded of
    it."""
    if key := _key(change, how):
        cache.put(store, "seen", key, "", tokens=0, seconds=0.0)


def is_seen(store: Store, change: Change, how: How) -> bool:
    key = _key(change, how)
    return key is not None and cache.get(store, "seen", key) is not None


def _key(change: Change, how: How) -> str | None:
    """None where the tree is not all of the new side: without a repository, or for a scope of some
    paths."""
    if change.common_dir is None or not change.tree or change.scope.paths:
        return None
    return cache.key("seen", how, repository_key(change.common_dir), change.tree)
