"""The arithmetic of the planner: KV cache, margins, decode speed. Pure functions of numbers, in
bytes unless stated otherwise.

L is a sequence length in tokens, B `--max-num-batched-tokens`, k the batches in flight, W the
sliding window, G and S the KV bytes of one token on the global and the sliding layers
(`CatalogueModel.kv_global_bytes`, `kv_sliding_bytes`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from reviewer.serving.catalogue import GIB, CatalogueModel, Engine

VOCABULARY = 262_144


@dataclass(frozen=True, slots=True)
class Pace:
    """How an engine decodes: it reads at `share` of the memory bandwidth, and each token takes
    `seconds` more, for launches and sampling."""

    share: float
    seconds: float


# Fitted to the speeds that others measured (tests/serving/test_sizing.py has them with their
# sources). The fixed time is why a mixture of experts, which reads little, reaches only a third of
# its bound on a fast card: 26B-A4B 138 tokens/s on an RTX 4090, where the bound is 390.
PACE: dict[Engine, Pace] = {
    "vllm": Pace(0.85, 2.5e-3),
    "llamacpp": Pace(0.85, 4e-3),
    "ollama": Pace(0.65, 3e-3),
}
# 26B-A4B 7 tokens/s on an i5-8500, E2B 17 on a Ryzen 4600H: both half of what their memory gives
CPU_PACE = Pace(0.5, 0)
# Two all-reduces a layer over PCIe. Assumed: nobody has measured it for this family.
_REDUCE = 5e-5
# vLLM refuses to start when one sequence does not fit; stay this far from its limit (operating
# notes for 31B, 0.27).
KV_SLACK = 1.05
_GRAPHS = 0.5 * GIB  # CUDA graphs up to batch 512 took 0.48 GiB (vLLM 0.30 log, E2B on an L4)
_RUNTIME = 0.5 * GIB  # CUDA context, cuBLAS and Triton workspaces outside of the allocator
_UBATCH = 512  # llama.cpp's default --ubatch-size
# The loads that were measured are up to 0.37 GiB above the formula (E4B w4a16: 11.04 against 10.67)
UNPROVEN_LOAD = 0.5 * GIB


def kv_true(model: CatalogueModel, length: int, element: float = 1.0) -> int:
    """KV bytes that a sequence actually fills: G·L + S·min(L, W). `element` is 0.5 for an 8-bit
    cache."""
    return round(
        (model.kv_global_bytes * length + model.kv_sliding_bytes * min(length, model.window))
        * element
    )


def kv_admission(
    model: CatalogueModel,
    length: int,
    batched: int = 1024,
    in_flight: int = 2,
    element: float = 1.0,
) -> int:
    """KV bytes that vLLM reserves for a sequence, at start and on admission:
    G·L + S·blk·(⌈min(L, W − 1 + k·B) / blk⌉ + 1).

    vllm/v1/kv_cache_interface.py, SlidingWindowSpec.max_admission_blocks_per_request, with
    VllmConfig.max_in_flight_tokens = max_concurrent_batches × max_num_batched_tokens
    (vllm/config/vllm.py).
    """
    block = model.sliding_block
    held = math.ceil(min(length, model.window - 1 + in_flight * batched) / block) + 1
    return round((model.kv_global_bytes * length + model.kv_sliding_bytes * block * held) * element)


def kv_llamacpp(
    model: CatalogueModel, length: int, element: float = 1.0, *, full_window: bool = False
) -> int:
    """KV bytes of one llama.cpp sequence: a sliding layer keeps its window and one micro-batch
    (src/llama-kv-cache-iswa.cpp), or everything with --swa-full (`full_window`)."""
    held = length if full_window else min(length, model.window + _UBATCH)
    return round((model.kv_global_bytes * length + model.kv_sliding_bytes * held) * element)


def batches_in_flight(
    version: tuple[int, ...] | None = None, *, async_scheduling: bool = True
) -> int:
    """k: 2 with async scheduling from vLLM 0.26 on (vllm-project/vllm#47728; read in 0.32:
    VllmConfig.max_concurrent_batches), 1 before that and without it. `None` is a current
    version."""
    return 2 if async_scheduling and (version is None or version >= (0, 26)) else 1


def max_concurrency(room: float, kv_bytes: int) -> float:
    """Sequences of full length that `room` bytes of KV cache take, as vLLM logs it ("Maximum
    concurrency for …")."""
    return max(0.0, room) / kv_bytes


def margin(model: CatalogueModel, engine: Engine, batched: int = 1024, sequences: int = 16) -> int:
    """Bytes beside weights and KV: CUDA graphs, workspaces, activations of one batch, logits of the
    sampler.

    Activations: the residual stream and attention (4 × hidden) and gate, up and product of the FFN
    (3 × ffn) in bf16. Logits: two float32 rows of the vocabulary for each sequence. With 256
    sequences this gives 1.66 GiB for E2B, where 20.27 GiB (0.92 of an L4) less the logged weights
    and KV leave 1.60.
    """
    if engine != "vllm":
        return round(
            _RUNTIME + _UBATCH * VOCABULARY * 4
        )  # logits of a micro-batch; llama.cpp has no graphs to keep
    activations = batched * (4 * model.hidden + 3 * model.ffn) * 2
    return round(_GRAPHS + _RUNTIME + activations + sequences * VOCABULARY * 4 * 2)


def decode_ceiling(bandwidth: float, streamed: int, kv_bytes: int) -> float:
    """The most tokens/s that one stream can reach: bytes per second over the bytes of weights and
    KV read per token (`kv_bytes` from kv_true)."""
    return bandwidth / (streamed + kv_bytes)


def pace(engine: Engine, kind: str) -> Pace:
    return CPU_PACE if kind == "cpu" else PACE[engine]


def expected(ceiling: float, pace: Pace, more: float = 0.0) -> float:
    """Tokens/s of one stream where the bandwidth alone would give `ceiling`; `more` is seconds that
    each token takes beside."""
    return 1 / (1 / (ceiling * pace.share) + pace.seconds + more)


def reading(speed: float, pace: Pace) -> float:
    """The seconds that each token spends on memory when `speed` tokens/s are measured, as if the
    memory were read at its full bandwidth: the reverse of `expected`."""
    return max(0.0, 1 / speed - pace.seconds) * pace.share


def reducing(model: CatalogueModel, gpus: int) -> float:
    """Seconds per token that tensor parallel spends on adding up the parts."""
    return model.layers * _REDUCE if gpus > 1 else 0.0


def offload_ceiling(
    bandwidth: float, host_bandwidth: float, streamed: int, kv_bytes: int, share: float
) -> float:
    """The same when `share` (0 to 1) of the weights lies in host memory and is read from there: the
    two times add up, so that even a small share matters. 31B on a 24 GB card with a tenth outside:
    about 20 instead of 50."""
    seconds = (streamed * (1 - share) + kv_bytes) / bandwidth + streamed * share / host_bandwidth
    return 1 / seconds


def max_context(
    model: CatalogueModel, room: float, kv_bytes: Callable[[int], int], step: int = 1024
) -> int:
    """The longest context, in multiples of `step` and at most the model's, of which one sequence
    fits into `room`. `kv_bytes` is a function of the length that grows with it."""
    low, high = 0, model.context // step
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if kv_bytes(middle * step) * KV_SLACK <= room else (low, middle - 1)
        )
    return low * step
