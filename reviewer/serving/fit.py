"""What a checkpoint needs on a device: weights, KV cache and margin against the available memory.
Pure functions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from reviewer.serving import catalogue, sizing
from reviewer.serving.catalogue import CatalogueModel, Checkpoint
from reviewer.serving.hardware import Device, DeviceKind

# The share of a device's memory that a server may take: vLLM's --gpu-memory-utilization as we set
# it; macOS wires two thirds for the GPU unless told otherwise (iogpu.wired_limit_mb); on a CPU the
# rest is for everything else that runs.
USABLE: dict[DeviceKind, float] = {"cuda": 0.90, "rocm": 0.90, "apple": 2 / 3, "cpu": 0.75}


@dataclass(frozen=True, slots=True)
class Want:
    """The requirements for a server. `context` is tokens of prompt and reply together;
    `vllm_version` None means a current one; `gpus` is the number of equal devices that share one
    copy (tensor parallel)."""

    context: int = 16384
    concurrency: int = 1
    batched_tokens: int = 2048
    kv_dtype: Literal["auto", "fp8"] = "auto"
    gpus: int = 1
    async_scheduling: bool = True
    vllm_version: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes over all devices. `margin` covers graphs, activations, and the extra size that an
    unmeasured checkpoint may have."""

    total: int
    usable: int
    weights: int
    kv: int  # one sequence of the wanted context
    margin: int

    @property
    def room(self) -> int:
        """The bytes left for the KV cache; negative when not even the weights fit."""
        return self.usable - self.weights - self.margin

    def lacking(self, number: int) -> int:
        """Bytes that `number` sequences need beyond the room, including vLLM's slack; 0 when they
        fit."""
        return max(0, math.ceil(self.kv * number * sizing.KV_SLACK) - self.room)


def memory(model: CatalogueModel, checkpoint: Checkpoint, device: Device, want: Want) -> Memory:
    """The memory over `want.gpus` devices. Each holds its share of the heads, and at least one."""
    usable = round(device.memory * USABLE[device.kind])
    if device.free is not None:
        usable = min(usable, device.free)
    margin = sizing.margin(model, checkpoint.engine, want.batched_tokens, sequences(want))
    extra = sizing.UNPROVEN_LOAD if unproven(checkpoint) else 0
    kv = kv_bytes(model, checkpoint, want, want.context)
    weights = catalogue.weight_bytes(model, checkpoint)
    return Memory(
        device.memory * want.gpus,
        usable * want.gpus,
        weights,
        kv,
        round(margin * want.gpus + extra),
    )


def kv_bytes(model: CatalogueModel, checkpoint: Checkpoint, want: Want, length: int) -> int:
    if checkpoint.engine != "vllm":
        return sizing.kv_llamacpp(model, length)
    rank = replace(
        model,
        kv_heads_sliding=math.ceil(model.kv_heads_sliding / want.gpus),
        kv_heads_global=math.ceil(model.kv_heads_global / want.gpus),
    )
    in_flight = sizing.batches_in_flight(want.vllm_version, async_scheduling=want.async_scheduling)
    return want.gpus * sizing.kv_admission(
        rank, length, want.batched_tokens, in_flight, element(want)
    )


def element(want: Want) -> float:
    return 0.5 if want.kv_dtype == "fp8" else 1.0


def sequences(want: Want) -> int:
    return max(16, want.concurrency)


def unproven(checkpoint: Checkpoint) -> bool:
    """Whether the size of a 4-bit checkpoint is only known from the recipe: measured sizes were
    larger."""
    return checkpoint.weights == "reported" and checkpoint.quantization in ("w4a16", "mobile")
