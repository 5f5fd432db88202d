"""`reviewer model`: finds the Gemma 4 that fits this machine, plans and downloads it."""

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
from reviewer.serving import advice, catalogue, command, hardware, programs, show
from reviewer.serving import plan as planning
from reviewer.serving import pull as pulling
from reviewer.serving.catalogue import GIB
from reviewer.serving.fit import Want
from reviewer.serving.plan import Plan


@click.group()
def model() -> None:
    """Find the Gemma 4 that fits this machine, see what it needs, and download it.

    \b
    reviewer model list                  what fits here, fastest first
    reviewer model plan --model 12b      one of them in detail
    reviewer model pull ID               download it
    """


def _finite(ctx: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise click.BadParameter("it must be a finite number", ctx, parameter)
    return value


def _device_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option(
            "--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal"
        ),
        click.option("--cpu", is_flag=True, help="Plan for the CPU even if there is a GPU."),
        click.option(
            "--bandwidth",
            type=click.FloatRange(0, 1e6, min_open=True),
            callback=_finite,
            metavar="GBPS",
            help="Memory bandwidth in GB/s, for a device that is unknown or not in this machine.",
        ),
        click.option(
            "--memory",
            type=click.FloatRange(0, 1e6, min_open=True),
            callback=_finite,
            metavar="GIB",
            help="Plan for a GPU with this much memory, whether or not there is one.",
        ),
        click.option(
            "--engine",
            type=click.Choice(list(programs.FORMATS)),
            help="Plan only for this engine.",
        ),
        click.option(
            "--context",
            type=click.IntRange(min=1),
            default=16384,
            show_default=True,
            metavar="N",
            help="Tokens per request, prompt and reply together.",
        ),
    ):
        function = option(function)
    return function


@model.command("list")
@click.option(
    "--all",
    "all_",
    is_flag=True,
    help="Also models that do not fit or are not suggested, with reasons.",
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
    """List the models that fit here, fastest first, with tokens/s, memory, context and source.

    \b
    reviewer model list                      this machine
    reviewer model list --memory 24          a GPU with 24 GiB
    reviewer model list --memory 24 --bandwidth 1008 --format json
    """
    device, host = device_of(cpu, memory, bandwidth)
    plans = planning.plans(device, Want(context=context), host, engines(device, engine))
    suggested = planning.best(plans)
    shown = plans if all_ else [plan for plan in plans if plan.fits]
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
        click.echo("No Gemma 4 model fits. `reviewer model plan` shows what is missing.")
    if all_:
        for _, checkpoint in catalogue.checkpoints():
            if reason := advice.unsound(checkpoint, device):
                click.echo(f"Not suggested: {checkpoint.id}: {reason}.")
    elif len(plans) > len(shown):
        click.echo(f"{len(plans) - len(shown)} more do not fit: --all lists them.")


@model.command("plan")
@click.option(
    "--model",
    "name",
    metavar="ID",
    help=(
        "e2b, e4b, 12b, 26b, 31b, a Hugging Face id or an Ollama tag. Default: the best fit here."
    ),
)
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Concurrent requests that must fit.",
)
@click.option(
    "--batched-tokens",
    type=click.IntRange(min=1),
    default=2048,
    show_default=True,
    metavar="N",
    help="vLLM's --max-num-batched-tokens: more reads prompts faster but costs KV memory.",
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
    help="Identical GPUs that share the model (tensor parallel).",
)
@click.option(
    "--vllm-version", metavar="X.Y.Z", help="Plan for this vLLM version. Default: a current one."
)
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
    """Show what one model needs here: memory, concurrency, speed, and the command to serve it.

    \b
    reviewer model plan --model 12b --concurrency 4
    reviewer model plan --model 31b --memory 24 --bandwidth 1008
    reviewer model plan --model google/gemma-4-31B-it --gpus 2 --format json

    Exits with 0 when it fits, with 1 when it does not.
    """
    device, host = device_of(cpu, memory, bandwidth)
    version = command.parse_version(vllm_version) if vllm_version else None
    want = Want(context, concurrency, batched_tokens, kv_dtype, gpus, vllm_version=version)
    chosen = choose(name, device, want, host, engine)
    if format_ == "json":
        click.echo(_json(_plan_json(chosen)))
    else:
        width = shutil.get_terminal_size().columns
        for line in show.plan_lines(
            chosen, width, blocks=show.drawable(sys.stdout.encoding), paint=_paint()
        ):
            click.echo(line)
    if not chosen.fits:
        click.get_current_context().exit(Exit.FINDINGS)


@model.command("pull")
@click.argument("name", metavar="ID")
def pull(name: str) -> None:
    """Download a model into the Hugging Face cache.

    \b
    reviewer model pull google/gemma-4-12B-it-qat-w4a16-ct     for vLLM
    reviewer model pull google/gemma-4-E2B-it-qat-q4_0-gguf    for llama.cpp
    reviewer model pull 12b                                    the variant that fits best here

    Disk space is checked first. Ctrl-C stops; the same command goes on where it stopped.
    """
    entry = catalogue.lookup(name)
    if entry is not None and len(entry[1]) > 1:  # a size: take the variant that fits this machine
        device, host = device_of(False, None, None)
        served = {programs.FORMATS[name] for name in programs.PROGRAMS[device.kind]} - {"ollama"}
        sound = [
            item for item in entry[1] if item.engine in served and not advice.unsound(item, device)
        ]
        plans = [planning.make_plan(entry[0], item, device, Want(), host) for item in sound]
        fitting = planning.best(plans)
        if fitting is None:
            raise UsageError(
                f"no variant of {entry[0].name} fits {device.name}: choose from `reviewer model"
                " list`, or give a full id to download it anyway"
            )
        name = fitting.model
    folder = pulling.pull(name, lambda line: click.echo(line, err=True))
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


def _plan_json(plan: Plan) -> dict[str, Any]:
    return plan.model_dump(mode="json", by_alias=True)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _paint() -> show.Paint:
    """Colour, unless NO_COLOR is set; click strips it when stdout is not a terminal."""
    if os.environ.get("NO_COLOR"):
        return show.plain
    return lambda text, colour: click.style(text, fg=colour)
