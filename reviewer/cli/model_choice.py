"""The machine and the checkpoint that the options of `reviewer model` select."""

from __future__ import annotations

from dataclasses import replace

from reviewer.errors import UsageError
from reviewer.serving import advice, catalogue, hardware, rank
from reviewer.serving import plan as planning
from reviewer.serving.catalogue import GIB, Checkpoint
from reviewer.serving.fit import Want
from reviewer.serving.hardware import Device, Machine
from reviewer.serving.plan import Plan
from reviewer.serving.programs import FORMATS, Program, program_for
from reviewer.serving.recommend import candidates, places, programs


def machine_of(cpu: bool, memory: float | None, bandwidth: float | None) -> Machine:
    """The machine to plan for, as detected or as the options describe it. A GPU that is only
    described is one with CUDA on Linux, unless there is another here."""
    machine = hardware.detect()
    if cpu:
        machine = replace(machine, devices=())
    if memory is not None:
        machine = _resized(machine, round(memory * GIB), cpu)
    if bandwidth is None:
        return machine
    if not machine.devices:
        return replace(machine, cpu=_as_fast(machine.cpu, bandwidth))
    return replace(machine, devices=tuple(_as_fast(one, bandwidth) for one in machine.devices))


def _resized(machine: Machine, size: int, cpu: bool) -> Machine:
    if cpu:
        return replace(machine, cpu=replace(machine.cpu, memory=size, free=None))
    if machine.devices:
        return replace(machine, devices=(replace(machine.best, memory=size, free=None),))
    described = hardware.make_device("cuda", f"a GPU with {size / GIB:g} GiB", size)
    return Machine((described,), machine.cpu, "Linux")


def _as_fast(device: Device, gbps: float) -> Device:
    return replace(device, bandwidth=gbps * 1e9, bandwidth_source="given")


def choose(
    name: str, machine: Machine, want: Want, engine: Program | None, gpus: int | None = None
) -> Plan:
    """The plan for the checkpoint that `name` selects. Of several, the best that fits; if none
    fits, the one that lacks least."""
    made = named(name, machine, want, engine, gpus)
    return rank.best(made) or least_lacking(made)


def named(
    name: str, machine: Machine, want: Want, engine: Program | None, gpus: int | None = None
) -> list[Plan]:
    """The plans for a size, an id or a tag. Raises UsageError when there is none."""
    family, checkpoints = catalogue.find(name)
    alone = len(checkpoints) == 1
    made = []
    for checkpoint in checkpoints:
        for program in _programs(checkpoint, machine, engine, alone):
            for device, count in places(machine, program, gpus):
                if alone or not advice.unsound(checkpoint, device):
                    wanted = replace(want, gpus=count)
                    made.append(
                        planning.make_plan(family, checkpoint, device, wanted, machine.cpu, program)
                    )
    if not made:
        raise UsageError(
            f"{family.name} does not run on {engine or machine.best.kind}: see `reviewer model"
            " list --all`"
        )
    return made


def _programs(
    checkpoint: Checkpoint, machine: Machine, engine: Program | None, alone: bool
) -> list[Program]:
    wanted = programs(machine) if engine is None else (engine,)
    able = [program for program in wanted if FORMATS[program] == checkpoint.engine]
    if alone and engine is None and not able:
        return [program_for(checkpoint, machine.best.kind)]
    return able


def every(
    machine: Machine, want: Want, engine: Program | None, gpus: int | None = None
) -> list[Plan]:
    """One plan for each checkpoint and program, in the arrangement of devices that serves it best;
    fastest first, those that fit before those that do not."""
    found: dict[tuple[str, str], list[Plan]] = {}
    for plan in candidates(machine, want, None if engine is None else (engine,), gpus):
        found.setdefault((plan.model, plan.engine), []).append(plan)
    best = [rank.best(plans) or least_lacking(plans) for plans in found.values()]
    return sorted(
        best, key=lambda plan: (not plan.fits, -(plan.decode_tokens_per_second or 0), plan.model)
    )


def least_lacking(made: list[Plan]) -> Plan:
    """The plan that is nearest to fitting, one that a maker answers for if there is one."""
    return min(
        made, key=lambda plan: (plan.bound == "unsupported", not rank.official(plan), _need(plan))
    )


def _need(plan: Plan) -> int:
    return plan.weight_bytes + plan.margin_bytes + plan.kv_bytes_per_sequence * plan.concurrency
