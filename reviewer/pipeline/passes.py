"""Which passes the model makes over the units of a change, in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from reviewer import verify
from reviewer.analyzers import severity
from reviewer.context import together, units
from reviewer.context.risk import risk
from reviewer.pipeline.plan import Plan
from reviewer.types import Evidence, Unit

# `whole`: the hunks with their context. `lens`: the same with one question in mind. `across`: the
# hunks beside what was changed together with them in other files.
PassKind = Literal["whole", "lens", "across"]


@dataclass(frozen=True, slots=True)
class Pass:
    """One question to the model about one unit. `place` is its position among the passes of the
    run, 0-based; `lens` the name of the lens of a `lens` pass, else ""."""

    kind: PassKind
    unit: Unit
    place: int
    lens: str = ""

    @property
    def is_across(self) -> bool:
        return self.kind == "across"


@dataclass(frozen=True)
class Passes:
    """The passes of a run, and the units that `max_units` leaves out."""

    passes: tuple[Pass, ...]
    left_out: tuple[Unit, ...] = ()


def make_passes(
    plan: Plan, evidence: Mapping[str, Sequence[Evidence]], read_before: Collection[int] = ()
) -> Passes:
    """Every unit, through every lens with effort `high`; then some of them beside what was changed
    together with them. `evidence` is by path: files in which analyzers have found something come
    before others of their kind, except tests, documentation and generated files. `read_before` are
    the ordinals of units that an earlier run has read."""
    hits = Counter(
        path
        for path, found in evidence.items()
        for item in found
        if severity.rating(item.source, item.rule)
    )
    kinds = {file.path: risk(file)[0] for file in plan.change.files}
    ordered = sorted(
        plan.units, key=lambda unit: (max(2, kinds[unit.file.path]), -hits[unit.file.path])
    )
    chosen, left_out = _limited(ordered, plan.settings.max_units, read_before)
    if plan.choice.role != "reviewer":
        return Passes(_numbered([("whole", unit, "") for unit in chosen]), tuple(left_out))
    effort = plan.settings.effort
    asked: list[tuple[PassKind, Unit, str]]
    if effort == "high":
        asked = [
            ("lens", unit, lens) for lens, unit in verify.lens_orders(chosen, plan.settings.seed)
        ]
    else:
        asked = [("whole", unit, "") for unit in chosen]
    if not left_out:
        size = partial(units.size, tokens=plan.choice.tokens)
        asked += [
            ("across", unit, "")
            for unit in together.cross_file_units(chosen, plan.change, size, effort)
        ]
    return Passes(_numbered(asked), tuple(left_out))


def _numbered(asked: Sequence[tuple[PassKind, Unit, str]]) -> tuple[Pass, ...]:
    return tuple(Pass(kind, unit, place, lens) for place, (kind, unit, lens) in enumerate(asked))


def _limited(
    ordered: list[Unit], most: int | None, read_before: Collection[int]
) -> tuple[list[Unit], list[Unit]]:
    """What is asked about, and what is beyond `max_units`: what an earlier run has read is not
    counted, so that one run after the other gets through a large change."""
    if most is None or len(ordered) <= most:
        return ordered, []
    fresh = [unit.ordinal for unit in ordered if unit.ordinal not in read_before]
    beyond = set(fresh[most:])
    return (
        [unit for unit in ordered if unit.ordinal not in beyond],
        [unit for unit in ordered if unit.ordinal in beyond],
    )
