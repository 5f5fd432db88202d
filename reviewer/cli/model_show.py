"""What `reviewer model` prints: machines and plans as lines, and as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from reviewer.cli import screen
from reviewer.serving import hardware, show
from reviewer.serving.catalogue import GIB
from reviewer.serving.plan import Plan
from reviewer.serving.recommend import Recommendation


def show_plan(
    machine: hardware.Machine, chosen: Plan, suggested: Recommendation | None, *, named: bool
) -> None:
    width = screen.columns()
    lines = [*show.wrap(f"On {described(machine)}:", width), ""]
    blocks = show.drawable(sys.stdout.encoding)
    lines += show.plan_lines(chosen, width, blocks=blocks, paint=paint())
    if suggested and not named:
        lines += show.recommendation_lines(suggested, width)
    elif suggested and not chosen.fits:
        other = suggested.plan
        lines.append(f"{other.name} with {other.engine} fits instead. See it with:")
        lines.append(f"  reviewer model plan --model {other.model}")
    for line in lines:
        click.echo(line)


def described(machine: hardware.Machine) -> str:
    known = {
        "estimate": "assumed",
        "given": "given",
        "name": "by its name",
        "driver": "from the driver",
    }
    device = machine.best
    free = f", {device.free / GIB:.1f} free" if device.free is not None else ""
    extra = f", {device.cores} cores" if device.cores else ""
    others = [other.name for other in machine.devices[1:]]
    count = len(others) + 1 if others and set(others) == {device.name} else 1
    each = f"{count} × " if count > 1 else ""
    beside = f" beside {', '.join(others)}" if others and count == 1 else ""
    return (
        f"{each}{device.name} ({device.memory / GIB:.1f} GiB{free}{extra},"
        f" {device.bandwidth / 1e9:.0f} GB/s {known[device.bandwidth_source]}){beside}"
    )


def device_json(device: hardware.Device) -> dict[str, Any]:
    return {
        "kind": device.kind,
        "name": device.name,
        "memoryBytes": device.memory,
        "freeBytes": device.free,
        "bandwidthBytesPerSecond": round(device.bandwidth),
        "bandwidthSource": device.bandwidth_source,
    }


def recommendation_json(made: Recommendation) -> dict[str, Any]:
    return {
        "model": made.plan.model,
        "engine": made.plan.engine,
        "why": list(made.why),
        "alternatives": [
            {"model": other.plan.model, "engine": other.plan.engine, "cost": other.cost}
            for other in made.alternatives
        ],
    }


def plan_json(plan: Plan) -> dict[str, Any]:
    return plan.model_dump(mode="json", by_alias=True)


def as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def paint() -> show.Paint:
    if not screen.color(sys.stdout):
        return show.plain
    return lambda text, colour: click.style(text, fg=colour)
