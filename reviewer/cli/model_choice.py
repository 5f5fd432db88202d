"""The device and the checkpoint that the options of `reviewer model` select."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reviewer.errors import UsageError
from reviewer.serving import advice, catalogue, hardware, programs
from reviewer.serving import plan as planning
from reviewer.serving.catalogue import GIB
from reviewer.serving.fit import Want
from reviewer.serving.plan import Plan


def device_of(
    cpu: bool, memory: float | None, bandwidth: float | None
) -> tuple[hardware.Device, hardware.Device]:
    """(the device to plan for, its host CPU), as detected or as the options describe it."""
    machine = hardware.detect()
    device = machine.cpu if cpu else machine.best
    if memory is not None:
        size = round(memory * GIB)
        if device.kind == "cpu" and not cpu:
            device = hardware.make_device("cuda", f"a GPU with {memory:g} GiB", size)
        else:
            device = replace(device, memory=size, free=None)
    if bandwidth is not None:
        device = replace(device, bandwidth=bandwidth * 1e9, bandwidth_source="given")
    return device, machine.cpu


def choose(
    name: str | None,
    device: hardware.Device,
    want: Want,
    host: hardware.Device | None,
    engine: str | None,
) -> Plan:
    """The plan for the checkpoint that `name` selects. Of several (or without a name), the best
    that fits; if none fits, the one that needs the least memory."""
    if name is None:
        candidates = planning.plans(device, want, host, engines(device, engine))
    else:
        family, checkpoints = catalogue.find(name)
        formats = {programs.FORMATS[program] for program in engines(device, engine)}
        sound = [
            item
            for item in checkpoints
            if item.engine in formats and not advice.unsound(item, device)
        ]
        chosen = list(checkpoints) if len(checkpoints) == 1 else sound
        if engine is not None:
            chosen = [item for item in chosen if item.engine in formats]
        if not chosen:
            raise UsageError(
                f"{family.name} does not run on {engine or device.kind}: see `reviewer model list"
                " --all`"
            )
        program: Any = engine
        candidates = [
            planning.make_plan(family, item, device, want, host, program) for item in chosen
        ]
    return planning.best(candidates) or min(
        candidates, key=lambda plan: (plan.bound == "unsupported", _need(plan))
    )


def engines(device: hardware.Device, engine: str | None) -> list[Any]:
    return list(programs.PROGRAMS[device.kind]) if engine is None else [engine]


def _need(plan: Plan) -> int:
    return plan.weight_bytes + plan.margin_bytes + plan.kv_bytes_per_sequence * plan.concurrency
