"""Remembers which worktree states were reviewed, by git tree id and whatever was found."""

from __future__ import annotations

from typing import Literal

from reviewer.memory import cache
from reviewer.memory.records import repository_key
from reviewer.memory.store import Store
from reviewer.types import Change

SeenKind = Literal["reviewed", "reminded"]


def mark_seen(store: Store, change: Change, kind: SeenKind) -> None:
    """Remember that the new side of the change was reviewed, or that a reminder was given."""
    if key := _key(change, kind):
        cache.put(store, "seen", key, "", tokens=0, seconds=0.0)


def is_seen(store: Store, change: Change, kind: SeenKind) -> bool:
    key = _key(change, kind)
    return key is not None and cache.get(store, "seen", key) is not None


def _key(change: Change, kind: SeenKind) -> str | None:
    """None if the tree does not identify the new side: without a repository, or with a scope
    limited to some paths."""
    if change.common_dir is None or not change.tree or change.scope.paths:
        return None
    return cache.key("seen", kind, repository_key(change.common_dir), change.tree)
