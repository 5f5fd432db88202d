"""Which Gemma 4 to run on a machine, with which program, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reviewer.serving import plan as planning
from reviewer.serving import rank, reasons
from reviewer.serving.fit import Want
from reviewer.serving.hardware import Device, Machine
from reviewer.serving.plan import Plan
from reviewer.serving.programs import FORMATS, Program, thinkable

_SHARES = (1, 2, 4, 8)  # GPUs that can share the heads of every model
_SHORTER = 8192  # the context to which a stronger model may be cut
_FASTER = 1.5  # a weaker model is worth naming when it is this much faster …
_ENOUGH = 0.5  # … and, all in all, at least half as good


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another plan that is worth a thought, and what it costs or gives against the recommended one:
    a clause without a full stop."""

    plan: Plan
    cost: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """`why` is one sentence a line, the most important first."""

    plan: Plan
    why: tuple[str, ...]
    alternatives: tuple[Alternative, ...]


def recommend(
    machine: Machine,
    want: Want,
    engines: Iterable[Program] | None = None,
    *,
    gpus: int | None = None,
) -> Recommendation | None:
    """What to run on `machine`, of `engines` if they are given, on `gpus` equal ones if that is
    given; None when nothing fits. Where a second request fits beside the wanted ones, the plan has
    room for it, since a review asks about several places at once."""
    chosen = None if engines is None else tuple(engines)
    made = candidates(machine, want, chosen, gpus)
    best = rank.best(made)
    if best is None:
        return None
    best = _for_two(machine, best, want)
    others = list(_alternatives(machine, want, best, made, chosen, gpus))
    why = tuple(reasons.why(machine, best, made))
    return Recommendation(best, why, tuple(Alternative(*other) for other in others))


def candidates(
    machine: Machine,
    want: Want,
    engines: Iterable[Program] | None = None,
    gpus: int | None = None,
) -> list[Plan]:
    """Every checkpoint with every program wherever it can run; on the CPU too when nothing fits the
    GPUs."""
    chosen = tuple(programs(machine) if engines is None else engines)
    made = [
        plan
        for program in chosen
        for device, count in places(machine, program, gpus)
        for plan in planning.plans(device, replace(want, gpus=count), machine.cpu, [program])
    ]
    if not any(plan.fits for plan in made) and machine.devices:
        # The vLLM of a machine with GPUs is not the one for CPUs.
        rest = [name for name in thinkable("cpu") if engines is None or name in chosen]
        made += planning.plans(machine.cpu, replace(want, gpus=1), None, rest)
    return made


def programs(machine: Machine) -> tuple[Program, ...]:
    """The programs to think of on a machine."""
    return thinkable(machine.best.kind, machine.system)


def places(
    machine: Machine, program: Program, gpus: int | None = None
) -> Iterator[tuple[Device, int]]:
    """Where a program can run: (device, number of equal ones that share a model). The embedded
    llama.cpp has neither CUDA nor ROCm nor Vulkan. Of equal GPUs the one with the least free
    memory counts."""
    if not machine.devices or (program == "llamacpp" and machine.best.kind != "apple"):
        yield machine.cpu, 1
        return
    for group in groups(machine):
        least = min(group, key=lambda device: device.free or device.memory)
        counts = [n for n in _SHARES if n <= len(group)] if gpus is None else [gpus]
        yield from ((least, count) for count in counts)


def groups(machine: Machine) -> list[list[Device]]:
    """The GPUs, equal ones together, in their order."""
    found: dict[tuple[str, str, int], list[Device]] = {}
    for device in machine.devices:
        found.setdefault((device.kind, device.name, device.memory), []).append(device)
    return list(found.values())


def _for_two(machine: Machine, best: Plan, want: Want) -> Plan:
    """The same plan with room for a second request, if there is any; one on a CPU would only slow
    the first."""
    if want.concurrency > 1 or best.device_kind == "cpu":
        return best
    two = replace(want, context=best.context, concurrency=2, gpus=best.device_count)
    made = planning.plan_for(best, device_of(machine, best), two, machine.cpu)
    return made if made.fits else best


def device_of(machine: Machine, plan: Plan) -> Device:
    """The device that a plan for this machine is made for: of equal ones that share a model, the
    one with the least free memory."""
    found = (device for device, _ in places(machine, plan.engine) if device.name == plan.device)
    return next(found, machine.cpu)


def _alternatives(
    machine: Machine,
    want: Want,
    best: Plan,
    made: list[Plan],
    engines: tuple[Program, ...] | None,
    gpus: int | None,
) -> Iterator[tuple[Plan, str]]:
    """The best form of each stronger model, shortened where that makes it fit; the next weaker one
    if it is much faster; and the same model in Ollama, which many have already."""
    families = _families(made)
    at = next(index for index, family in enumerate(families) if family == best.family)
    short = candidates(machine, replace(want, context=_SHORTER), engines, gpus)
    for family in reversed(families[at + 1 :]):
        for among in (made, short):
            other = rank.best(plan for plan in among if plan.family == family)
            if other and (other.decode_tokens_per_second or 0) >= rank.TOO_SLOW:
                yield other, reasons.cost(best, other)
                break
    for family in reversed(families[:at]):
        other = rank.best(plan for plan in made if plan.family == family)
        if other and reasons.ratio(other, best) >= _FASTER:
            if rank.worth(other) >= rank.worth(best) * _ENOUGH:
                yield other, reasons.cost(best, other)
            break
    if FORMATS[best.engine] != "ollama":
        own = (plan for plan in made if (plan.family, plan.engine) == (best.family, "ollama"))
        if other := rank.best(own):
            yield other, reasons.cost(best, other)


def _families(made: list[Plan]) -> list[str]:
    """The models among the plans, weakest first."""
    scores = {plan.family: rank.coding(plan) for plan in made}
    return sorted(scores, key=lambda family: scores[family])
