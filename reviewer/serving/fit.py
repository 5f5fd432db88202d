"""What a checkpoint needs on a device: weights, KV cache and margin against the available memory.
Pure functions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from reviewer.serving import catalogue, sizing
from reviewer.serving.catalogue import GIB, CatalogueModel, Checkpoint
from reviewer.serving.hardware import Device
from reviewer.serving.programs import FULL_WINDOWS, Program

# vLLM's --gpu-memory-utilization at most; 0.8 where the memory is the host's too
# (vllm-project/recipes#916, for GB10).
UTILIZATION, SHARED_UTILIZATION = 0.90, 0.80
# vLLM refuses to start when less is free than that share (request_memory in
# vllm/v1/worker/utils.py); its CUDA context takes about this much of it before it looks.
_CONTEXT = 0.3 * GIB
_CPU_SHARE = 0.75  # the rest is for everything else that runs
# macOS wires two thirds of the memory for the GPU up to 36 GB, and three quarters above, unless
# told otherwise (iogpu.wired_limit_mb).
_APPLE_SHARE, _APPLE_LARGE_SHARE, _APPLE_LARGE = 2 / 3, 3 / 4, 36 * GIB


@dataclass(frozen=True, slots=True)
class Want:
    """The requirements for a server. `context` is tokens of prompt and reply together: a prompt of
    8,192 tokens, a thought, and the reply. `concurrency` is how many such requests must fit at
    once: one person's review is served by 1 or 2. `batched_tokens` is how many tokens vLLM works
    on in one step; each sliding layer reserves room for two such batches per sequence, so that
    1,024 halve it against vLLM's own 2,048. `vllm_version` None means a current one; `gpus` is the
    number of equal devices that share one copy (tensor parallel)."""

    context: int = 16384
    concurrency: int = 1
    batched_tokens: int = 1024
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


def memory(
    model: CatalogueModel, checkpoint: Checkpoint, device: Device, want: Want, program: Program
) -> Memory:
    """The memory over `want.gpus` devices. Each holds its share of the heads, and at least one."""
    margin = sizing.margin(model, checkpoint.engine, want.batched_tokens, sequences(want))
    extra = sizing.UNPROVEN_LOAD if unproven(checkpoint) else 0
    return Memory(
        device.memory * want.gpus,
        usable(device, program) * want.gpus,
        catalogue.weight_bytes(model, checkpoint),
        kv_bytes(model, checkpoint, want, want.context, program),
        round(margin * want.gpus + extra),
    )


def usable(device: Device, program: Program) -> int:
    """The bytes of one device that a server may take."""
    if device.kind == "cuda" and program == "vllm":
        return round(device.memory * utilization(device))
    if device.kind in ("cuda", "rocm"):
        free = device.memory * UTILIZATION if device.free is None else device.free
        return max(0, round(free - _CONTEXT))
    share = _CPU_SHARE if device.kind == "cpu" else wired_share(device)
    most = round(device.memory * share)
    return most if device.free is None else min(most, device.free)


def utilization(device: Device) -> float:
    """--gpu-memory-utilization for what is free now, in hundredths."""
    most = SHARED_UTILIZATION if device.shared else UTILIZATION
    if device.free is None:
        return most
    free = math.floor((device.free - _CONTEXT) / device.memory * 100) / 100
    return max(0.01, min(most, free))


def wired_share(device: Device) -> float:
    """The share of its memory that a Mac lets its GPU take."""
    return _APPLE_SHARE if device.memory <= _APPLE_LARGE else _APPLE_LARGE_SHARE


def kv_bytes(
    model: CatalogueModel, checkpoint: Checkpoint, want: Want, length: int, program: Program
) -> int:
    if checkpoint.engine != "vllm":
        return sizing.kv_llamacpp(model, length, full_window=program in FULL_WINDOWS)
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
    """Whether nobody has measured what a 4-bit checkpoint takes in vLLM: measured loads were
    larger than the formula."""
    four_bit = checkpoint.quantization in ("w4a16", "nvfp4", "mobile")
    return checkpoint.engine == "vllm" and four_bit and checkpoint.weights != "measured"
