"""Which Gemma 4 fits a device, how many requests at once, how fast, and the command that serves it.
Pure functions: they use the catalogue and their arguments, never the machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reviewer.errors import UsageError
from reviewer.serving import advice, catalogue, fit, sizing
from reviewer.serving.catalogue import CatalogueModel, Checkpoint, WeightSource
from reviewer.serving.fit import Memory
from reviewer.serving.fit import Want as Want
from reviewer.serving.hardware import ESTIMATES, Device, DeviceKind
from reviewer.serving.plan_commands import get_command, serve_command
from reviewer.serving.plan_commands import serve_options as serve_options
from reviewer.serving.programs import FORMATS, Program, program_for, thinkable
from reviewer.serving.rank import best as best

USEFUL_TOKENS = 10.0  # slower than this, a review is a matter of patience
TYPICAL = 8192  # tokens in the context of a usual request, at which speeds are given
Bytes = Annotated[int, Field(ge=0)]
Bound = Literal["memory_bandwidth", "host_memory_bandwidth", "memory_capacity", "unsupported"]


class Plan(BaseModel):
    """One checkpoint on one device. Memory is added up over all GPUs. `fits`: it starts, and serves
    `concurrency` requests of `context` tokens at once. `requires` is the oldest version of the
    program that runs it. `weightBytes` is what lies in memory, `downloadBytes` what is fetched.
    `maxConcurrency` is vLLM's own figure for requests of full length; shorter ones share.
    `kvBytesPerToken` is what a new token writes on all layers. `bound` says what limits the speed,
    and `decodeTokensPerSecond` is what to expect of one stream at 8,192 tokens (null when it does
    not run)."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        extra="forbid",
    )

    model: str
    name: str
    family: str
    engine: Program
    requires: str
    quantization: str
    device: str
    device_kind: DeviceKind
    device_count: Annotated[int, Field(ge=1)]
    memory_bytes: Bytes
    usable_bytes: Bytes
    weight_bytes: Bytes
    weight_source: WeightSource
    streamed_bytes_per_token: Bytes
    kv_bytes_per_sequence: Bytes
    kv_bytes_per_token: Bytes
    margin_bytes: Bytes
    free_bytes: Bytes
    context: Annotated[int, Field(ge=1)]
    max_context: Bytes
    concurrency: Annotated[int, Field(ge=1)]
    fits: bool
    max_concurrency: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    decode_tokens_per_second: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None
    decode_ceiling_tokens_per_second: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    bound: Bound
    download_bytes: Bytes
    get_command: list[str]
    command: list[str]
    warnings: list[str]


def make_plan(
    model: CatalogueModel,
    checkpoint: Checkpoint,
    device: Device,
    want: Want,
    host: Device | None = None,
    program: Program | None = None,
) -> Plan:
    """The plan for one checkpoint on one device (or `want.gpus` of it). `host` is the CPU beside a
    GPU; `program` defaults to the usual one for this checkpoint on this kind of device.

    Raises UsageError for impossible requirements.
    """
    program = program or program_for(checkpoint, device.kind)
    _check(model, device, want)
    used = fit.memory(model, checkpoint, device, want, program)
    against = advice.objections(model, checkpoint, device, want)
    lacking = used.lacking(want.concurrency)
    element = fit.element(want) if checkpoint.engine == "vllm" else 1.0
    read = sizing.kv_true(model, min(want.context, TYPICAL), element)
    streamed = catalogue.streamed_bytes(model, checkpoint.quantization)
    # vLLM's parts read at the same time; llama.cpp's hold some layers each, and take turns
    bandwidth = device.bandwidth * (want.gpus if program == "vllm" else 1)
    ceiling = sizing.decode_ceiling(bandwidth, streamed, read)
    speed, bound = _speed(model, checkpoint, device, want, used, ceiling, streamed, read, host)
    if against:
        speed, bound = None, "unsupported"
    return Plan(
        model=checkpoint.id,
        name=model.name,
        family=model.id,
        engine=program,
        requires=requires(model, program),
        quantization=checkpoint.quantization,
        device=device.name,
        device_kind=device.kind,
        device_count=want.gpus,
        memory_bytes=used.total,
        usable_bytes=used.usable,
        weight_bytes=used.weights,
        weight_source=checkpoint.weights,
        streamed_bytes_per_token=streamed,
        kv_bytes_per_sequence=used.kv,
        kv_bytes_per_token=round((model.kv_global_bytes + model.kv_sliding_bytes) * element),
        margin_bytes=used.margin,
        free_bytes=max(0, used.room - used.kv * want.concurrency),
        context=want.context,
        max_context=sizing.max_context(
            model, used.room, lambda n: fit.kv_bytes(model, checkpoint, want, n, program)
        ),
        concurrency=want.concurrency,
        fits=not against and not lacking,
        max_concurrency=round(sizing.max_concurrency(used.room, used.kv), 2),
        decode_tokens_per_second=None if speed is None else round(speed, 1),
        decode_ceiling_tokens_per_second=round(ceiling, 1),
        bound=bound,
        download_bytes=catalogue.download_bytes(model, checkpoint),
        get_command=get_command(checkpoint),
        command=serve_command(model, checkpoint, device, want, used.room, program),
        warnings=[
            *against,
            *advice.warnings(model, checkpoint, device, want, used, speed, bound, program),
        ],
    )


def _check(model: CatalogueModel, device: Device, want: Want) -> None:
    if not 1 <= want.context <= model.context:
        raise UsageError(
            f"{model.name} supports 1 to {model.context} tokens of context, not {want.context}:"
            " choose another --context"
        )
    if want.concurrency < 1 or want.gpus < 1 or want.batched_tokens < fit.sequences(want):
        raise UsageError(
            "--concurrency and --gpus must be at least 1, and --batched-tokens at least the number"
            f" of sequences: {fit.sequences(want)}"
        )
    if device.memory <= 0 or not 0 < device.bandwidth < math.inf:
        raise UsageError(
            "memory and bandwidth must be positive: pass them with --memory and --bandwidth"
        )


def requires(model: CatalogueModel, program: Program) -> str:
    """The oldest version of a program that runs a model."""
    if program == "vllm":
        return f"vLLM {model.min_vllm}"
    if program == "ollama":
        return f"Ollama {model.min_ollama}"
    return f"llama.cpp b{model.min_llamacpp}"


def _speed(
    model: CatalogueModel,
    checkpoint: Checkpoint,
    device: Device,
    want: Want,
    used: Memory,
    ceiling: float,
    streamed: int,
    read: int,
    host: Device | None,
) -> tuple[float | None, Bound]:
    """(expected tokens/s of one stream, what limits it). A model that does not fit does not start
    in vLLM, and spills into host memory with llama.cpp and Ollama."""
    pace = sizing.pace(checkpoint.engine, device.kind)
    lacking = used.lacking(1)
    if not lacking:
        more = sizing.reducing(model, want.gpus) if checkpoint.engine == "vllm" else 0.0
        return sizing.expected(ceiling, pace, more), "memory_bandwidth"
    if checkpoint.engine == "vllm" or device.kind in ("cpu", "apple") or lacking >= used.weights:
        return None, "memory_capacity"
    host_bandwidth = host.bandwidth if host else ESTIMATES["cpu"]
    share = lacking / used.weights
    mixed = sizing.offload_ceiling(device.bandwidth, host_bandwidth, streamed, read, share)
    return sizing.expected(mixed, pace), "host_memory_bandwidth"


def plan_for(like: Plan, device: Device, want: Want, host: Device | None = None) -> Plan:
    """The plan of the same checkpoint and program on another device or under other
    requirements."""
    model, (checkpoint, *_) = catalogue.find(like.model)
    return make_plan(model, checkpoint, device, want, host, like.engine)


def plans(
    device: Device,
    want: Want,
    host: Device | None = None,
    engines: Iterable[Program] | None = None,
) -> list[Plan]:
    """Every checkpoint in the catalogue with every engine for this kind of device, fastest first:
    those that fit before those that do not, without those that are never suggested."""
    chosen = thinkable(device.kind) if engines is None else tuple(engines)
    made = [
        make_plan(
            model,
            checkpoint,
            device,
            replace(want, context=min(want.context, model.context)),
            host,
            program,
        )
        for model, checkpoint in catalogue.checkpoints()
        for program in chosen
        if FORMATS[program] == checkpoint.engine and not advice.unsound(checkpoint, device)
    ]
    return sorted(
        made, key=lambda plan: (not plan.fits, -(plan.decode_tokens_per_second or 0), plan.model)
    )
