"""The commands of a plan: the one that gets the model and the one that serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewer.serving import command, fit
from reviewer.serving.catalogue import GIB, CatalogueModel, Checkpoint
from reviewer.serving.fit import Want
from reviewer.serving.hardware import Device
from reviewer.serving.programs import Program, program_for

if TYPE_CHECKING:
    from reviewer.serving.plan import Plan


def get_command(checkpoint: Checkpoint) -> list[str]:
    """The command that downloads the weights."""
    if checkpoint.engine == "ollama":
        return ["ollama", "pull", checkpoint.id]
    return ["reviewer", "model", "pull", checkpoint.repository]


def serve_command(
    model: CatalogueModel,
    checkpoint: Checkpoint,
    device: Device,
    want: Want,
    room: int = 0,
    program: Program | None = None,
) -> list[str]:
    """The exact command that serves the plan."""
    program = program or program_for(checkpoint, device.kind)
    if program == "ollama":
        return ["ollama", "serve"]
    if program == "llama-server":
        total = want.context * want.concurrency  # llama-server divides its context by its slots
        # by itself it spreads a model over all GPUs, slower ones too
        alone = ("--split-mode", "none") if want.gpus == 1 and device.kind != "cpu" else ()
        return [
            *("llama-server", "-hf", checkpoint.repository, "--no-mmproj", "-ngl", "99", *alone),
            *("--jinja", "--reasoning", "off", "--host", "127.0.0.1"),
            *("-c", str(total), "--parallel", str(want.concurrency)),
        ]
    if program == "llamacpp":
        return start_command(program, checkpoint.repository, want)
    return command.vllm_command(serve_options(model, checkpoint, device, want, room))


def start_command(program: Program, model: str, want: Want) -> list[str]:
    """The `reviewer serve start` that serves what was planned, with the options that differ from
    its defaults. vLLM takes as many requests as fit, on the GPUs that it is told of."""
    words = ["reviewer", "serve", "start", "--engine", program, "--model", model]
    if want.context != Want().context:
        words += ["--context", str(want.context)]
    if want.gpus > 1 and program == "vllm":
        words += ["--tensor-parallel", str(want.gpus)]
    if want.concurrency > 1 and program != "vllm":
        words += ["--concurrency", str(want.concurrency)]
    return words


def start_of(plan: Plan) -> list[str]:
    """The command of ours that starts the plan's server, with a key, and waits until it answers."""
    want = Want(plan.context, plan.concurrency, gpus=plan.device_count)
    return start_command(plan.engine, plan.model, want)


def serve_options(
    model: CatalogueModel, checkpoint: Checkpoint, device: Device, want: Want, room: int = 0
) -> command.ServeOptions:
    """The options of `vllm serve` for a plan. `room` (bytes) becomes the KV space of a CPU."""
    known: dict[str, Any] = {"model": checkpoint.repository, "text_only": model.text_only}
    if device.kind == "cpu":
        known |= {"gpu_memory_utilization": None, "cpu_kv_gib": max(1, room // GIB)}
    else:
        known["gpu_memory_utilization"] = fit.utilization(device)
    return command.ServeOptions(
        **known,
        model_flags=checkpoint.flags,
        max_model_len=want.context,
        max_num_seqs=fit.sequences(want),
        max_num_batched_tokens=want.batched_tokens,
        kv_dtype=want.kv_dtype,
        tensor_parallel=want.gpus,
        async_scheduling=want.async_scheduling,
        vllm_version=want.vllm_version,
    )
