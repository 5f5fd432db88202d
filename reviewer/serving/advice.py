"""The advice in a plan: why a checkpoint cannot run on a device, and what to know before it
does."""

from __future__ import annotations

from dataclasses import replace

from reviewer.serving import catalogue, command, fit, sizing
from reviewer.serving.catalogue import GIB, CatalogueModel, Checkpoint
from reviewer.serving.fit import Memory, Want
from reviewer.serving.hardware import Device
from reviewer.serving.programs import Program


def objections(
    model: CatalogueModel, checkpoint: Checkpoint, device: Device, want: Want
) -> list[str]:
    """Why this checkpoint cannot run on this device at all, one line each."""
    found = []
    vllm, version, compute = checkpoint.engine == "vllm", want.vllm_version, device.compute
    low_bit = checkpoint.quantization in ("w4a16", "awq")
    if vllm and version is not None and version < command.parse_version(model.min_vllm):
        found.append(f"{model.name} needs vLLM {model.min_vllm} or newer (vllm-project/recipes).")
    if vllm and device.kind == "apple":
        found.append(
            "vLLM has no backend for Apple GPUs: use the GGUF checkpoint with llama.cpp, or Ollama."
        )
    if vllm and compute is not None and compute < (8, 0):
        found.append(
            f"Compute capability {compute[0]}.{compute[1]} is too old: Gemma 4's heads of 256 and"
            " 512 force vLLM's TRITON_ATTN, which needs about 96 KiB of shared memory per block;"
            " Turing (T4) has 64. Use llama.cpp or Ollama there."
        )
    if vllm and device.kind == "cpu" and low_bit and device.avx512 is False:
        found.append(
            "On a CPU without AVX-512 vLLM has no 4-bit kernel (vllm-project/vllm#55613): use bf16"
            " or a GGUF."
        )
    if vllm and device.kind == "cpu" and not low_bit and checkpoint.quantization != "bf16":
        found.append(
            f"{checkpoint.quantization} is untested on vLLM's CPU backend: use bf16 or a GGUF."
        )
    if vllm and device.kind == "rocm" and checkpoint.quantization.startswith("nvfp4"):
        found.append("NVFP4 is for NVIDIA GPUs.")
    if (
        vllm
        and want.kv_dtype == "fp8"
        and (device.kind == "cpu" or (compute is not None and compute < (8, 9)))
    ):
        found.append("An fp8 KV cache needs an Ada, Hopper or Blackwell GPU: use --kv-dtype auto.")
    return found


def unsound(checkpoint: Checkpoint, device: Device) -> str:
    """Why it is never suggested for this device, although it may run; empty if it may be
    suggested."""
    before_blackwell = device.compute is None or device.compute < (10, 0)
    if checkpoint.quantization.startswith("nvfp4") and before_blackwell:
        return "NVFP4 is for Blackwell GPUs"
    return checkpoint.avoid


def warnings(
    model: CatalogueModel,
    checkpoint: Checkpoint,
    device: Device,
    want: Want,
    used: Memory,
    speed: float | None,
    bound: str,
    program: Program,
) -> list[str]:
    found = []
    lacking = used.lacking(want.concurrency)
    if lacking:
        found.append(
            f"It does not fit: {want.concurrency} × {want.context} tokens need"
            f" {lacking / GIB:.1f} GiB more. Choose a smaller model, a shorter --context or a lower"
            " --concurrency."
        )
    if bound == "host_memory_bandwidth" and speed is not None:
        found.append(
            f"{used.lacking(1) / used.weights:.0%} of the weights would be read from the CPU's"
            f" memory for every token: {speed:.0f} tokens/s instead of"
            f" {_alone(model, checkpoint, device, want):.0f} on a card that holds them. This is why"
            " 31B on a 24 GB card is known to reach only 10 tokens/s; choose a model that fits."
        )
    if checkpoint.avoid:
        found.append(f"Not recommended: {checkpoint.avoid}.")
    if checkpoint.note:
        found.append(f"{checkpoint.note}.")
    if device.bandwidth_source == "estimate":
        found.append(
            f"The memory bandwidth of {device.name} is unknown: this assumes"
            f" {device.bandwidth / 1e9:.0f} GB/s. Pass --bandwidth GBPS for a meaningful speed."
        )
    if used.usable < want.gpus * fit.usable(replace(device, free=None), program):
        free = (device.free or 0) / GIB
        found.append(f"Only {free:.1f} of {device.memory / GIB:.1f} GiB are free now.")
    if program == "vllm" and device.kind == "rocm":
        found.append(
            "The vLLM of the package index is for CUDA only: an AMD GPU needs AMD's own build or"
            " image of it. llama-server runs here (Vulkan or ROCm)."
        )
    return found + _engine_warnings(model, checkpoint, device, want, used)


def _alone(model: CatalogueModel, checkpoint: Checkpoint, device: Device, want: Want) -> float:
    """Tokens/s if the card held everything."""
    streamed = catalogue.streamed_bytes(model, checkpoint.quantization)
    ceiling = sizing.decode_ceiling(
        device.bandwidth * want.gpus, streamed, sizing.kv_true(model, want.context)
    )
    return sizing.expected(ceiling, sizing.pace(checkpoint.engine, device.kind))


def _engine_warnings(
    model: CatalogueModel,
    checkpoint: Checkpoint,
    device: Device,
    want: Want,
    used: Memory,
) -> list[str]:
    found = []
    if fit.unproven(checkpoint):
        found.append(
            f"The size of the weights ({used.weights / GIB:.1f} GiB) is not measured; others took"
            " up to 0.4 GiB more than calculated, so 0.5 GiB more are kept free."
        )
    if checkpoint.engine != "vllm":
        return found
    if want.batched_tokens > Want().batched_tokens:
        usual = replace(want, batched_tokens=Want().batched_tokens)
        more = used.kv - fit.kv_bytes(model, checkpoint, usual, want.context, "vllm")
        found.append(
            f"--batched-tokens {want.batched_tokens} reserves {more / GIB:.1f} GiB more per"
            f" sequence than {Want().batched_tokens}: sliding layers hold every batch in flight."
        )
    if want.kv_dtype == "fp8":
        found.append(
            "fp8 halves the KV cache, but its scales are not calibrated: compare findings before"
            " you rely on it."
        )
    if (
        checkpoint.quantization.startswith("nvfp4")
        and device.compute is not None
        and device.compute < (10, 0)
    ):
        found.append(
            "Before Blackwell, NVFP4 saves memory only: weights are unpacked to 16 bits to"
            " multiply."
        )
    if want.vllm_version is not None and want.vllm_version[:3] == (0, 27, 1):
        found.append(
            "vLLM 0.27.1 crashes on Gemma 4 with transformers 5.15.0: pin transformers 5.8.1, or"
            " use vLLM 0.28."
        )
    return found
