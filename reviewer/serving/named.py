"""The plan for a model that the user named, and what to run instead of one that does not fit."""

from __future__ import annotations

from dataclasses import replace

from reviewer.errors import NoEngine, UsageError
from reviewer.serving import advice, catalogue, command, plan, plan_commands, recommend
from reviewer.serving.catalogue import GIB
from reviewer.serving.fit import Want
from reviewer.serving.hardware import Machine
from reviewer.serving.plan import Plan
from reviewer.serving.programs import FORMATS, Program
from reviewer.text import one_line

ANYWAY = "--anyway"  # the option of `serve start` that skips the refusal
_SHORTEST = 4096  # tokens; a context that is still worth offering
_STEP = 1024


def named(
    name: str,
    machine: Machine,
    want: Want,
    engine: Program,
    *,
    gpus: int | None = None,
    anyway: bool = False,
) -> Plan:
    """The best plan for `name` (a size, or the id of a checkpoint) with `engine`, on `gpus` equal
    GPUs if that is given, else on as many as it takes.

    Raises UsageError when the engine cannot read any form of it, and NoEngine, which says what to
    run instead, when none fits; with `anyway`, the plan is then for one that does not.
    """
    model, checkpoints = catalogue.find(name)
    readable = [each for each in checkpoints if each.engine == FORMATS[engine]]
    if not readable:
        raise UsageError(
            f"{checkpoints[0].id} is for {checkpoints[0].engine}, not for {engine}: choose one from"
            " `reviewer model list`"
        )
    made = [
        (
            plan.make_plan(model, each, device, replace(want, gpus=count), machine.cpu, engine),
            # by its id it is planned whatever is said against it
            len(readable) > 1 and bool(advice.unsound(each, device)),
        )
        for device, count in recommend.places(machine, engine, gpus)
        for each in readable
    ]
    best = plan.best(done for done, unsound in made if not unsound)
    if best is not None:
        return best
    usual = min(made, key=lambda pair: _order(*pair))[0]
    if anyway:
        return usual
    raise NoEngine(
        f"{_why_not(usual)}; add {ANYWAY} to try it, or {_instead(usual, machine, want)}"
    )


def _order(made: Plan, unsound: bool) -> tuple[bool, bool, int, int]:
    """Google's own 4 bits, then the smallest, where there is the most memory."""
    return unsound, made.quantization != "w4a16", made.weight_bytes, -made.usable_bytes


def _why_not(made: Plan) -> str:
    where, device = f"{made.name} ({made.quantization}) ", one_line(made.device)
    if made.device_count > 1:
        device = f"{made.device_count} × {device}"
    if made.bound == "unsupported":
        return f"{where}cannot run on {device}: {one_line(made.warnings[0]).rstrip('.')}"
    needed = made.weight_bytes + made.margin_bytes + made.kv_bytes_per_sequence * made.concurrency
    return (
        f"{where}does not fit {device}: it needs {needed / GIB:.1f} GiB for a"
        f" context of {made.context:,} tokens, and {made.usable_bytes / GIB:.1f} GiB are free"
    )


def _instead(made: Plan, machine: Machine, want: Want) -> str:
    """The next step: the same model with a shorter context where that is enough, else the best that
    fits with this engine (beside the options that the user gave), else with any."""
    shorter = made.max_context // _STEP * _STEP
    if made.bound != "unsupported" and shorter >= min(_SHORTEST, made.context):
        return f"use --context {shorter}"
    found = recommend.recommend(machine, want, (made.engine,))
    return f"use --model {found.plan.model}" if found else instead(machine, want)


def instead(machine: Machine, want: Want) -> str:
    """The command that runs the best model that fits, with any engine."""
    found = recommend.recommend(machine, want)
    if found is None:
        return "run: reviewer setup"
    return f"run: {command.shell(plan_commands.start_of(found.plan))}"
