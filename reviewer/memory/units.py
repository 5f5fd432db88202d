"""Remembers which units the model has read, so that `max_units` need not count them again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from reviewer.memory import cache
from reviewer.memory.store import Store
from reviewer.types import Unit


def read_before(store: Store, units: Iterable[Unit], *also: object) -> set[int]:
    """The ordinals of the units that an earlier run read in full, with the same `also` (the model,
    the effort)."""
    return {unit.ordinal for unit in units if cache.get(store, "unit", _key(unit, also))}


def mark_read(store: Store, units: Iterable[Unit], *also: object) -> None:
    """Remember that these units were read in full."""
    for unit in units:
        cache.put(store, "unit", _key(unit, also), "", tokens=0, seconds=0.0)


def _key(unit: Unit, also: tuple[object, ...]) -> str:
    """Identifies a unit by its content, not by its position: hunks move when the lines above them
    change."""
    shown = [(line.kind, line.data) for hunk in unit.hunks for line in hunk.lines]
    digest = hashlib.sha256(
        repr((unit.file.path, shown)).encode("utf-8", "surrogatepass")
    ).hexdigest()
    return cache.key("unit", digest, *also)
