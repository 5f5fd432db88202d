"""Plans the passes that the model makes over the units of a change, and their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from reviewer import verify
from reviewer.analyzers import severity
from reviewer.context import together, units
from reviewer.context.risk import TESTS, risk
from reviewer.pipeline.plan import Plan
from reviewer.questions import Asked
from reviewer.types import Evidence, Unit

# `whole`: the hunks with their context. `lens`: the same, with one kind of defect to look for.
# `across`: the hunks beside related changes in other files.
PassKind = Literal["whole", "lens", "across"]
_Wanted = tuple[PassKind, Unit, str, bool]  # and the lens, and whether it follows another pass


@dataclass(frozen=True, slots=True)
class Pass:
    """One question to the model about one unit. `position` is its place in the order of passes,
    0-based; `lens` is the name of the lens of a `lens` pass, else ""; `follows`: an earlier pass
    begins with the same prompt."""

    kind: PassKind
    unit: Unit
    position: int
    lens: str = ""
    follows: bool = False

    @property
    def is_across(self) -> bool:
        return self.kind == "across"


@dataclass(frozen=True)
class Passes:
    """The passes of a run, and the units that `max_units` leaves out."""

    passes: tuple[Pass, ...]
    left_out: tuple[Unit, ...] = ()


def make_passes(
    plan: Plan,
    evidence: Mapping[str, Sequence[Evidence]],
    raised: Mapping[int, Asked],
    read_before: Collection[int] = (),
) -> Passes:
    """One or more passes over every unit, by effort and by the kind of its file, then passes across
    files for some of them. The passes over a unit follow each other: they share its prompt.

    `evidence` is by path: files with analyzer hits come before others of the same risk, except
    tests, documentation and generated files. `raised` are the questions, by the ordinal of their
    unit: they tell which units have something that must agree with code elsewhere. `read_before`
    holds the ordinals of units that an earlier run has read."""
    hits = Counter(
        path
        for path, items in evidence.items()
        for item in items
        if severity.rating(item.source, item.rule)
    )
    risks = {file.path: risk(file)[0] for file in plan.change.files}
    ordered = sorted(
        plan.units, key=lambda unit: (max(2, risks[unit.file.path]), -hits[unit.file.path])
    )
    chosen, left_out = _limited(ordered, plan.settings.max_units, read_before)
    if plan.choice.role != "reviewer":
        return Passes(_numbered([("whole", unit, "", False) for unit in chosen]), tuple(left_out))
    effort = plan.settings.effort
    wanted: list[_Wanted] = [
        ("lens" if lens else "whole", unit, lens, at > 0)
        for unit in chosen
        for at, lens in enumerate(
            _lenses(effort, risks[unit.file.path], raised.get(unit.ordinal, Asked()))
        )
    ]
    if not left_out:
        size = partial(units.size, tokens=plan.choice.tokens)
        wanted += [
            ("across", unit, "", False)
            for unit in together.cross_file_units(chosen, plan.change, size, effort)
        ]
    return Passes(_numbered(wanted), tuple(left_out))


def _lenses(effort: verify.Effort, kind: int, asked: Asked) -> tuple[str, ...]:
    """Those for a unit of a file of this kind of risk. Narrow passes over tests and documentation
    find nothing, except whether a test hides wrong behaviour; and one for contracts finds nothing
    where no question is about two sides that must agree, so only `high` effort makes it there."""
    if kind < TESTS and (effort != "medium" or asked.pairs):
        return verify.LENSES[effort]
    return ("", "tests") if kind == TESTS and effort == "high" else ("",)


def _numbered(wanted: Sequence[_Wanted]) -> tuple[Pass, ...]:
    return tuple(
        Pass(kind, unit, at, lens, follows) for at, (kind, unit, lens, follows) in enumerate(wanted)
    )


def _limited(
    ordered: list[Unit], most: int | None, read_before: Collection[int]
) -> tuple[list[Unit], list[Unit]]:
    """The units to review, and those beyond `max_units`. Units that an earlier run has read do not
    count, so that several runs in a row get through a large change."""
    if most is None or len(ordered) <= most:
        return ordered, []
    fresh = [unit.ordinal for unit in ordered if unit.ordinal not in read_before]
    beyond = set(fresh[most:])
    return (
        [unit for unit in ordered if unit.ordinal not in beyond],
        [unit for unit in ordered if unit.ordinal in beyond],
    )
