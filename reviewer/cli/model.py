"""`reviewer model`: finds the Gemma 4 that fits this machine, plans and downloads it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import click

from reviewer.cli import common, complete, screen
from reviewer.cli.model_choice import choose, every, least_lacking, machine_of, named
from reviewer.cli.model_show import (
    as_json,
    described,
    device_json,
    paint,
    plan_json,
    recommendation_json,
    show_plan,
)
from reviewer.errors import Exit, UsageError
from reviewer.serving import advice, catalogue, command, programs, rank, show
from reviewer.serving import pull as pulling
from reviewer.serving.fit import Want
from reviewer.serving.programs import Program
from reviewer.serving.recommend import recommend


@click.group(cls=common.Group)
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
            "--format",
            "format_",
            type=click.Choice(["terminal", "json"]),
            default="terminal",
            help="Text to read, or JSON.",
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
    engine: Program | None,
    context: int,
) -> None:
    """List the models that fit here, fastest first, with tokens/s, memory, context and source.

    \b
    reviewer model list                      this machine
    reviewer model list --memory 24          a GPU with 24 GiB
    reviewer model list --memory 24 --bandwidth 1008 --format json
    """
    machine = machine_of(cpu, memory, bandwidth)
    want = Want(context=context)
    plans = every(machine, want, engine)
    suggested = recommend(machine, want, engine and (engine,))
    shown = plans if all_ else [plan for plan in plans if plan.fits]
    if format_ == "json":
        click.echo(
            as_json(
                {
                    "device": device_json(machine.best),
                    "suggested": suggested and suggested.plan.model,
                    "recommendation": suggested and recommendation_json(suggested),
                    "plans": [plan_json(plan) for plan in shown],
                }
            )
        )
        return
    width = screen.columns()
    head = f"On {described(machine)}, with requests of {context} tokens:"
    lines = show.wrap(head, width)
    lines += show.list_lines(shown, suggested.plan if suggested else None, paint=paint())
    for line in lines:
        click.echo(line)
    if suggested:
        more = (
            "`reviewer model plan` says why, and how to get and serve it; `--model ID` another one."
        )
    else:
        more = "No Gemma 4 model fits. `reviewer model plan` shows what is missing."
    for line in show.wrap(more, width):
        click.echo(line)
    if all_:
        for _, checkpoint in catalogue.checkpoints():
            if reason := advice.unsound(checkpoint, machine.best):
                for line in show.wrap(f"Not suggested: {checkpoint.id}: {reason}.", width, 2):
                    click.echo(line)
    elif len(plans) > len(shown):
        click.echo(f"{len(plans) - len(shown)} more do not fit: --all lists them.")


@model.command("plan")
@click.option(
    "--model",
    "name",
    metavar="ID",
    shell_complete=complete.models,
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
    default=1024,
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
    metavar="N",
    help="Equal GPUs that share the model. Default: as recommended.",
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
    gpus: int | None,
    vllm_version: str | None,
    format_: str,
    cpu: bool,
    bandwidth: float | None,
    memory: float | None,
    engine: Program | None,
    context: int,
) -> None:
    """Show what one model needs here: memory, concurrency, speed, and the commands to get and start
    it. Without --model it is the recommended one, with the reasons and what else could be run.

    \b
    reviewer model plan                                   what to run on this machine, and why
    reviewer model plan --model 12b --concurrency 4
    reviewer model plan --model 31b --memory 24 --bandwidth 1008
    reviewer model plan --model google/gemma-4-31B-it --gpus 2 --format json

    Exits with 0 when it fits, with 1 when it does not.
    """
    machine = machine_of(cpu, memory, bandwidth)
    version = command.parse_version(vllm_version) if vllm_version else None
    want = Want(context, concurrency, batched_tokens, kv_dtype, vllm_version=version)
    suggested = recommend(machine, want, engine and (engine,), gpus=gpus)
    if name is not None:
        chosen = choose(name, machine, want, engine, gpus)
    else:
        chosen = suggested.plan if suggested else least_lacking(every(machine, want, engine, gpus))
    if format_ == "json":
        click.echo(as_json(plan_json(chosen)))
    else:
        show_plan(machine, chosen, suggested, named=name is not None)
    if not chosen.fits:
        click.get_current_context().exit(Exit.FINDINGS)


@model.command("pull")
@click.argument("name", metavar="ID", shell_complete=complete.models)
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
        machine = machine_of(False, None, None)
        made = named(name, machine, Want(), None)
        fitting = rank.best(plan for plan in made if plan.engine != "ollama")
        if fitting is None:
            raise UsageError(
                f"no variant of {entry[0].name} fits {machine.best.name}: choose from `reviewer"
                " model list`, or give a full id to download it anyway"
            )
        name = fitting.model
    folder = pulling.pull(name, lambda line: click.echo(line, err=True))
    click.echo(str(folder))
