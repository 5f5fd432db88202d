"""Which parts of changes the model has read, whatever it said: what `max_units` need not count
again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from reviewer.memory import cache
from reviewer.memory.store import Store
from reviewer.types import Unit


def read_before(store: Store, units: Iterable[Unit], *also: object) -> set[int]:
    """The ordinals of the units that an earlier run has read in full, with the same `also` (the
    model, the effort)."""
    return {unit.ordinal for unit in units if cache.get(store, "unit", _key(unit, also))}


def mark_read(store: Store, units: Iterable[Unit], *also: object) -> None:
    """Remember that these were read in full."""
    for unit in units:
        cache.put(store, "unit", _key(unit, also), "", tokens=0, seconds=0.0)


def _key(unit: Unit, also: tuple[object, ...]) -> str:
    """By what the unit shows, not by where the hunks are: they move when the lines above them
    change."""
    shown = [(line.kind, line.data) for hunk in unit.hunks for line in hunk.lines]
    told = hashlib.sha256(
        repr((unit.file.path, shown)).encode("utf-8", "surrogatepass")
    ).hexdigest()
    return cache.key("unit", told, *also)
