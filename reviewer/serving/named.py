"""The plan for a model that the user named, and what to run instead of one that does not fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reviewer.errors import NoEngine, UsageError
from reviewer.serving import catalogue, plan, recommend
from reviewer.serving.catalogue import GIB, Checkpoint
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
    GPUs (default: as many as it needs).

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
        (each, plan.make_plan(model, each, device, replace(want, gpus=n), machine.cpu, engine))
        for each in readable
        for device, n in recommend.places(machine, engine, gpus)
    ]
    asked_for = len(readable) == 1  # by its id, whatever is said against it
    best = plan.best(done for each, done in made if asked_for or not each.avoid)
    if best is not None:
        return best
    usual = min(made, key=lambda pair: _order(pair[0], pair[1]))[1]
    if anyway:
        return usual
    raise NoEngine(
        f"{_why_not(usual)}; add {ANYWAY} to try it, or {_instead(usual, machine, want)}"
    )


def _order(checkpoint: Checkpoint, made: Plan) -> tuple[bool, bool, int]:
    """Google's own 4 bits, then the smallest."""
    return bool(checkpoint.avoid), checkpoint.quantization != "w4a16", made.weight_bytes


def _why_not(made: Plan) -> str:
    where, device = f"{made.name} ({made.quantization}) ", one_line(made.device)
    if made.bound == "unsupported":
        return f"{where}cannot run on {device}: {one_line(made.warnings[0]).rstrip('.')}"
    needed = made.weight_bytes + made.margin_bytes + made.kv_bytes_per_sequence * made.concurrency
    return (
        f"{where}does not fit {device}: it needs {needed / GIB:.1f} GiB for a"
        f" context of {made.context:,} tokens, and {made.usable_bytes / GIB:.1f} GiB are free"
    )


def _instead(made: Plan, machine: Machine, want: Want) -> str:
    """The next command: the same model with a shorter context where that is enough, else the best
    that fits with this engine, else with any."""
    shorter = made.max_context // _STEP * _STEP
    if made.bound != "unsupported" and shorter >= min(_SHORTEST, made.context):
        return f"run: {start(made, '--context', str(shorter))}"
    return instead(machine, want, (made.engine,))


def instead(machine: Machine, want: Want, engines: Iterable[Program] | None = None) -> str:
    """The command that runs the best model that fits, with one of `engines` if possible."""
    found = recommend.recommend(machine, want, engines) or recommend.recommend(machine, want)
    return f"run: {start(found.plan)}" if found else "run: reviewer setup"


def start(made: Plan, *more: str) -> str:
    """The command that starts the server of a plan."""
    return " ".join(["reviewer serve start --engine", made.engine, "--model", made.model, *more])
