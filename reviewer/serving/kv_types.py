"""The types of vLLM's KV cache, and which of them serve Gemma 4."""

from __future__ import annotations

from reviewer.errors import UsageError

STABLE = ("auto", "bfloat16", "fp8", "fp8_e4m3", "fp8_e5m2")
# KV types that vLLM lists and that did not serve Gemma 4. Compression and perplexity are the
# vendor's (vllm/model_executor/layers/quantization/turboquant/config.py).
_NO_TURBOQUANT = (
    "TurboQuant did not run with Gemma 4 on any tested vLLM (vllm-project/vllm#41403, #40094:"
    " its attention is forced to TRITON_ATTN, which does not support the type)"
)
EXPERIMENTAL = {
    "turboquant_k8v4": f"2.6 times smaller, perplexity +1.2 %. {_NO_TURBOQUANT}",
    "turboquant_4bit_nc": (
        f"3.8 times smaller, perplexity +2.7 %, 66 to 80 % of the throughput. {_NO_TURBOQUANT}"
    ),
    "turboquant_k3v4_nc": f"3.5 times smaller, perplexity +10.6 %. {_NO_TURBOQUANT}",
    "turboquant_3bit_nc": f"4.9 times smaller, perplexity +20.6 %. {_NO_TURBOQUANT}",
    "int8_per_token_head": (
        "it failed to start on Gemma 4 (vllm-project/vllm#40388) and later lost recall past 32K"
    ),
    "fp8_per_token_head": (
        "it failed to start on Gemma 4 (vllm-project/vllm#40388) and later lost recall past 32K"
    ),
    "int4_per_token_head": "it is broken on Gemma 4 (fix proposed in vllm-project/vllm#48842)",
    "nvfp4": "it has not been measured with Gemma 4",
}


def check(name: str, *, experimental: bool) -> None:
    """Raises UsageError for a type that vLLM does not have, and for one that did not serve Gemma 4
    unless `experimental`."""
    if name in EXPERIMENTAL and not experimental:
        raise UsageError(
            f"--kv-dtype {name}: {EXPERIMENTAL[name]}. fp8 halves the cache without loss; add"
            " --experimental to try it anyway"
        )
    if name not in (*STABLE, *EXPERIMENTAL):
        raise UsageError(
            f"--kv-dtype must be one of {', '.join(STABLE)}; with --experimental also "
            f"{', '.join(EXPERIMENTAL)}"
        )
