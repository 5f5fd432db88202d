"""Why a server does not start: what its log says then, and the next step.

The texts are those of vLLM 0.32 and 0.33, transformers 5 and huggingface_hub 1 (and of torch,
Triton and FlashInfer, for the GPU's), and of llama.cpp; where a wording changed between versions,
the part that did not is matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from reviewer.text import cut


@dataclass(frozen=True, slots=True)
class Cause:
    """`kind` is stable: out_of_memory | kv_cache | context_too_long | unsupported_gpu | no_gpu |
    old_driver | driver_mismatch | gpus_apart | no_nvcc | no_compiler | no_headers | missing_weights
    | gated | unknown_model | offline | port_in_use | package_missing | broken_package | old_version
    | too_many_gpus | disk_full | illegal_instruction | killed | unknown. `message` is a clause
    without a full stop, `step` a sentence."""

    kind: str
    message: str
    step: str

    def __str__(self) -> str:
        return f"{self.message}. {self.step}"


_Words = str | Callable[[re.Match[str]], str]


def _kv(match: re.Match[str]) -> str:
    return (
        f"{match[2]} GiB of KV cache are needed for a context of {int(match[1]):,} tokens, and"
        f" {match[3]} GiB are free"
    )


def _shorter(match: re.Match[str]) -> str:
    fits = int(match[4] or 0) * 95 // 100 // 256 * 256  # vLLM's estimate is the limit itself
    return (
        f"Use --context {fits}, or --kv-dtype fp8."
        if fits
        else "Use a shorter --context, or a smaller --model."
    )


def _model_limit(match: re.Match[str]) -> str:
    return (
        f"the model supports {int(float(match[2])):,} tokens, less than the requested context of"
        f" {int(match[1]):,}"
    )


def _driver(match: re.Match[str]) -> str:
    found = int(match[1] or 0)  # 12080 is CUDA 12.8
    known = f" (it supports CUDA {found // 1000}.{found % 1000 // 10})" if found else ""
    return f"the NVIDIA driver is too old for this vLLM{known}"


def _less(match: re.Match[str]) -> str:
    share = int((float(match[1]) - 0.3) / max(float(match[2]), 0.01) * 100)
    return (
        f"Start it again with --gpu-memory {share / 100:.2f}."
        if share >= _LEAST_SHARE
        else "Stop the other programs that use the GPU (nvidia-smi lists them)."
    )


_LEAST_SHARE = 70  # percent; with less, a model chosen for the whole GPU rarely fits
# Most specific first: one failure prints several of these, the later ones as its consequence.
CAUSES: tuple[tuple[str, str, _Words, _Words], ...] = (
    (
        "package_missing",
        r"No module named '?\"?(?:vllm|xllamacpp)\b|No package metadata was found for vllm",
        "its package is not installed",
        "Run `reviewer setup`, or name the Python that has it with --python.",
    ),
    (
        "broken_package",
        r"operator torchvision::\w+ does not exist",
        "the installed torchvision does not match the installed torch",
        (
            "Reviews need no images: pip uninstall torchvision torchaudio torchcodec, then try"
            " again."
        ),
    ),
    (
        "broken_package",
        r"AmbiguousGlobalPerLayerAttributeError|cannot import name '\w{1,80}' from 'transformers\b",
        "this vLLM does not work with the installed transformers",
        "Update vLLM: pip install -U vllm",
    ),
    (
        "old_version",
        r"error: unrecognized arguments: (.+)",
        lambda m: f"this vLLM does not know {cut(m[1], 80)}",
        "Update vLLM: pip install -U vllm",
    ),
    (
        "port_in_use",
        r"Address already in use|\[Errno (?:98|48)\]",
        "the port is in use",
        "Choose another --port, or see what `reviewer serve status` lists.",
    ),
    (
        "kv_cache",
        r"max seq len \((\d+)\), \(([\d.]+) GiB KV cache is needed, which is larger than the"
        r" available KV "
        r"cache memory \(([\d.]+) GiB\)\.(?: Based on the available memory, the estimated maximum"
        r" model length is (\d+))?",
        _kv,
        _shorter,
    ),
    (
        "context_too_long",
        (
            r"max_model_len \((\d+)\) is greater than the derived max_model_len"
            r" \([^=)]*=(\d+(?:\.\d+)?)"
        ),
        _model_limit,
        lambda m: f"Use --context {int(float(m[2]))} or less.",
    ),
    (
        "kv_cache",
        r"No available memory for the cache blocks",
        "the weights leave no memory for the KV cache",
        "Choose a smaller model: `reviewer model list` shows what fits.",
    ),
    (
        "out_of_memory",
        r"Free memory on device .{0,40}?\(([\d.]+)/([\d.]+) GiB\) on startup is less than desired",
        lambda m: f"only {m[1]} of the GPU's {m[2]} GiB are free",
        _less,
    ),
    (
        "out_of_memory",
        r"Error in memory profiling\. Initial free memory",
        "another program freed memory of the GPU while it was measured",
        "Start it again.",
    ),
    (
        "out_of_memory",
        r"OutOfMemoryError|(?:CUDA|HIP)(?: error:)? out of memory|can't allocate memory|"
        r"Cannot allocate memory|failed to allocate|unable to allocate|\bMemoryError\b",
        "this model with this context does not fit into memory",
        "Choose a smaller model or context: `reviewer model list` shows what fits.",
    ),
    (
        "too_many_gpus",
        r"World size \((\d+)\) is larger than the number of available GPUs \((\d+)\)",
        lambda m: f"{m[1]} GPUs were requested, but there are only {m[2]}",
        "Lower --tensor-parallel.",
    ),
    (
        "old_driver",
        r"NVIDIA driver on your system is too old(?: \(found version (\d{1,9})\))?|"
        r"CUDA driver version is insufficient|forward compatibility was attempted",
        _driver,
        "Update the driver: vLLM 0.33 is built for CUDA 13, which needs 580 or newer.",
    ),
    (
        "driver_mismatch",
        r"unsupported display driver / cuda driver combination|"
        r"Driver/library version mismatch",
        "the NVIDIA driver that runs is not the one that is installed",
        "Restart the machine; in a container, use the libraries of the host's driver.",
    ),
    (
        "no_nvcc",
        r"Could not find nvcc|nvcc: not found|No such file or directory: '[^'\n]{0,200}nvcc'|"
        r"Ninja build failed",
        "it compiles a kernel when it starts, and has no CUDA compiler (nvcc) that works",
        "Install the CUDA toolkit, or run: VLLM_USE_FLASHINFER_SAMPLER=0 reviewer serve start",
    ),
    (
        "no_compiler",
        r"Failed to find C(?:\+\+)? compiler|No working C\+\+ compiler found",
        "it compiles kernels when it starts, and finds no C compiler",
        "Install one, for example: sudo apt install build-essential",
    ),
    (
        "no_headers",
        r"Python\.h: No such file or directory",
        "it compiles kernels when it starts, and the header files of Python are missing",
        "Install them, for example: sudo apt install python3-dev",
    ),
    (
        "unsupported_gpu",
        r"no kernel image is available|Bfloat16 is only supported on GPUs with compute capability|"
        r"OutOfResources|out of resource: shared memory|CUDA capability sm_\d+ is not compatible",
        (
            "this GPU cannot run Gemma 4 in vLLM (its attention needs compute capability 8.0 and 96"
            " KiB of shared memory)"
        ),
        "Run `reviewer setup`, which chooses an engine for this machine.",
    ),
    (
        "no_gpu",
        r"Failed to infer device type|No CUDA GPUs are available|Found no NVIDIA driver|"
        r"libcuda\.so\.1: cannot open shared object|No CUDA runtime is found|"
        r"no CUDA-capable device is detected|No HIP GPUs are available|"
        r"Torch not compiled with CUDA enabled",
        "this vLLM needs a GPU and found none",
        "Run `reviewer setup`, which chooses an engine for this machine.",
    ),
    (
        "gpus_apart",
        r"NCCL error|ncclUnhandledCudaError|ncclSystemError",
        "the GPUs cannot reach each other (NCCL)",
        "Use one of them: --tensor-parallel 1.",
    ),
    (
        "unknown_model",
        r"RepositoryNotFoundError|is not a valid model identifier|Repo id must be in the form|"
        r"Invalid repository ID or local directory",
        "the hub has no such model, and there is no such folder",
        "Check --model: `reviewer model list` shows the names.",
    ),
    (
        "gated",
        r"GatedRepoError|gated repo|Access to model .{1,200}? is restricted",
        "the model's licence must be accepted on the hub first",
        "Accept it there, then set HF_TOKEN and try again.",
    ),
    (
        "offline",
        r"LocalEntryNotFoundError|offline mode is enabled|outgoing traffic has been disabled|"
        r"couldn't connect to|Cannot find the requested files in the disk cache",
        "the model is not on this machine, and the hub cannot be reached",
        (
            "Download it with `reviewer model pull ID` on a machine with a network, or name a"
            " folder with --model."
        ),
    ),
    (
        "disk_full",
        r"No space left on device",
        "the disk is full",
        "Free some space, then try again.",
    ),
    (
        "missing_weights",
        r"Cannot find any model weights|does not appear to have a file named|"
        r"SafetensorError|MetadataIncompleteBuffer|InvalidHeaderDeserialization",
        "files of the model are missing or incomplete",
        "Download it again with `reviewer model pull ID`.",
    ),
    (
        "old_version",
        r"does not recognize this architecture|Model architectures \[.{1,200}?\] are not supported",
        "this vLLM does not know the model's architecture",
        "Update vLLM: pip install -U vllm",
    ),
)
