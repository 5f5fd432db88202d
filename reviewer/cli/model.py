"""reviewer model: which Gemma 4 fits this machine, what it needs, and how to get it."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Callable
from typing import Any

import click

from reviewer.cli.model_choice import choose, device_of, engines
from reviewer.errors import Exit, UsageError
from reviewer.serving import advice, catalogue, command, hardware, show
from reviewer.serving import plan as planning
from reviewer.serving import pull as pulling
from reviewer.serving.catalogue import GIB
from reviewer.serving.fit import Want
from reviewer.serving.plan import Plan


@click.group()
def model() -> None:
    """Which Gemma 4 fits this machine, what it needs, and how to get it.

    \b
    reviewer model list                  what fits here, fastest first
    reviewer model plan --model 12b      one of them in detail
    reviewer model pull ID               download it
    """


def _finite(ctx: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise click.BadParameter("it must be a number", ctx, parameter)
    return value


def _device_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option(
            "--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal"
        ),
        click.option("--cpu", is_flag=True, help="Plan for the CPU although there is a GPU."),
        click.option(
            "--bandwidth",
            type=click.FloatRange(0, 1e6, min_open=True),
            callback=_finite,
            metavar="GBPS",
            help="Memory bandwidth in GB/s, where the device is not known or does not exist yet.",
        ),
        click.option(
            "--memory",
            type=click.FloatRange(0, 1e6, min_open=True),
            callback=_finite,
            metavar="GIB",
            help="Pretend that the GPU has this much memory (without a GPU: that there is one).",
        ),
        click.option(
            "--engine",
            type=click.Choice(["vllm", "llamacpp", "ollama"]),
            help="Only for this engine.",
        ),
        click.option(
            "--context",
            type=click.IntRange(min=1),
            default=16384,
            show_default=True,
            metavar="N",
            help="Tokens of one request, prompt and reply together.",
        ),
    ):
        function = option(function)
    return function


@model.command("list")
@click.option(
    "--all",
    "all_",
    is_flag=True,
    help="Also what does not fit, and what is not suggested, with reasons.",
)
@_device_options
def list_(
    all_: bool,
    format_: str,
    cpu: bool,
    bandwidth: float | None,
    memory: float | None,
    engine: str | None,
    context: int,
) -> None:
    """What fits here, fastest first: expected tokens/s, memory, context, and how to get it.

    \b
    reviewer model list                      this machine
    reviewer model list --memory 24          a GPU with 24 GiB
    reviewer model list --memory 24 --bandwidth 1008 --format json
    """
    device, host = device_of(cpu, memory, bandwidth)
    made = planning.plans(device, Want(context=context), host, engines(device, engine))
    suggested = planning.best(made)
    shown = made if all_ else [plan for plan in made if plan.fits]
    if format_ == "json":
        click.echo(
            _json(
                {
                    "device": _device_json(device),
                    "suggested": suggested and suggested.model,
                    "plans": [_plan_json(plan) for plan in shown],
                }
            )
        )
        return
    click.echo(f"On {_described(device)}, requests of {context} tokens:")
    for line in show.list_lines(shown, suggested, paint=_paint()):
        click.echo(line)
    if not shown:
        click.echo(
            "Nothing of the Gemma 4 family fits. `reviewer model plan` shows what is lacking."
        )
    if all_:
        for _, checkpoint in catalogue.checkpoints():
            if reason := advice.unsound(checkpoint, device):
                click.echo(f"Not suggested: {checkpoint.id}: {reason}.")
    elif len(made) > len(shown):
        click.echo(f"{len(made) - len(shown)} more do not fit: --all lists them.")


@model.command("plan")
@click.option(
    "--model",
    "name",
    metavar="ID",
    help=(
        "e2b, e4b, 12b, 26b, 31b, a Hugging Face id or an Ollama tag. Default: what fits here best."
    ),
)
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Requests at once that must have room.",
)
@click.option(
    "--batched-tokens",
    type=click.IntRange(min=1),
    default=2048,
    show_default=True,
    metavar="N",
    help="vLLM's --max-num-batched-tokens: more reads prompts faster and costs KV memory.",
)
@click.option(
    "--kv-dtype",
    type=click.Choice(["auto", "fp8"]),
    default="auto",
    show_default=True,
    help="fp8 halves the KV cache (Ada, Hopper, Blackwell).",
)
@click.option(
    "--gpus",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Equal GPUs that share the model (tensor parallel).",
)
@click.option("--vllm-version", metavar="X.Y.Z", help="Plan for this vLLM. Default: a current one.")
@_device_options
def plan(
    name: str | None,
    concurrency: int,
    batched_tokens: int,
    kv_dtype: Any,
    gpus: int,
    vllm_version: str | None,
    format_: str,
    cpu: bool,
    bandwidth: float | None,
    memory: float | None,
    engine: str | None,
    context: int,
) -> None:
    """What one model needs here: memory, requests at once, speed, and the command that serves it.

    \b
    reviewer model plan --model 12b --concurrency 4
    reviewer model plan --model 31b --memory 24 --bandwidth 1008
    reviewer model plan --model google/gemma-4-31B-it --gpus 2 --format json

    Exits with 0 when it fits, with 1 when it does not.
    """
    device, host = device_of(cpu, memory, bandwidth)
    version = command.parse_version(vllm_version) if vllm_version else None
    want = Want(context, concurrency, batched_tokens, kv_dtype, gpus, vllm_version=version)
    made = choose(name, device, want, host, engine)
    if format_ == "json":
        click.echo(_json(_plan_json(made)))
    else:
        width = shutil.get_terminal_size().columns
        for line in show.plan_lines(
            made, width, blocks=show.drawable(sys.stdout.encoding), paint=_paint()
        ):
            click.echo(line)
    if not made.fits:
        click.get_current_context().exit(Exit.FINDINGS)


@model.command("pull")
@click.argument("name", metavar="ID")
def pull(name: str) -> None:
    """Download a model into the Hugging Face cache (extra `pull`).

    \b
    reviewer model pull google/gemma-4-12B-it-qat-w4a16-ct     for vLLM
    reviewer model pull google/gemma-4-E2B-it-qat-q4_0-gguf    for llama.cpp
    reviewer model pull 12b                                    what fits here best

    The disk is checked first; a download that was cut goes on where it stopped.
    """
    found = catalogue.lookup(name)
    if found is not None and len(found[1]) > 1:  # a size: take the form that fits this machine
        device, host = device_of(False, None, None)
        served = [engine for engine in planning.ENGINES[device.kind] if engine != "ollama"]
        sound = [
            item for item in found[1] if item.engine in served and not advice.unsound(item, device)
        ]
        made = [planning.make_plan(found[0], item, device, Want(), host) for item in sound]
        fitting = planning.best(made)
        if fitting is None:
            raise UsageError(
                f"{found[0].name} does not fit {device.name} in any form: `reviewer model list`"
                " shows what does; a full id is downloaded all the same."
            )
        name = fitting.model
    folder = pulling.pull(name, pulling.hub(), lambda line: click.echo(line, err=True))
    click.echo(str(folder))


def _described(device: hardware.Device) -> str:
    known = {
        "estimate": "assumed",
        "given": "given",
        "name": "by its name",
        "driver": "from the driver",
    }
    extra = f", {device.cores} cores" if device.cores else ""
    return (
        f"{device.name} ({device.memory / GIB:.1f} GiB{extra}, {device.bandwidth / 1e9:.0f} GB/s "
        f"{known[device.bandwidth_source]})"
    )


def _device_json(device: hardware.Device) -> dict[str, Any]:
    return {
        "kind": device.kind,
        "name": device.name,
        "memoryBytes": device.memory,
        "freeBytes": device.free,
        "bandwidthBytesPerSecond": round(device.bandwidth),
        "bandwidthSource": device.bandwidth_source,
    }


def _plan_json(made: Plan) -> dict[str, Any]:
    return made.model_dump(mode="json", by_alias=True)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _paint() -> show.Paint:
    """Colour, unless NO_COLOR is set or nobody looks (click drops it when stdout is not a
    terminal)."""
    if os.environ.get("NO_COLOR"):
        return show.plain
    return lambda text, colour: click.style(text, fg=colour)
