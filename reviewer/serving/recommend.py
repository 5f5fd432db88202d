"""Which Gemma 4 to run on a machine, with which program, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.serving import plan
from reviewer.serving.fit import Want
from reviewer.serving.hardware import Machine
from reviewer.serving.plan import Plan
from reviewer.serving.programs import Program


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another plan that is worth a thought, and what it costs against the recommended one: a clause
    without a full stop."""

    plan: Plan
    cost: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """`why` is one sentence a line, the most important first."""

    plan: Plan
    why: tuple[str, ...]
    alternatives: tuple[Alternative, ...]


def recommend(
    machine: Machine, want: Want, engines: Iterable[Program] | None = None
) -> Recommendation | None:
    """What to run on `machine`, of `engines` if they are given; None when nothing fits."""
    best = plan.best(plan.plans(machine.best, want, machine.cpu, engines))
    return Recommendation(best, (), ()) if best else None
