"""The argument list of vLLM, whole."""

from dataclasses import replace

import pytest

from reviewer.errors import UsageError
from reviewer.serving import command, kv_types
from reviewer.serving.command import ServeOptions, serve_options, vllm_command, vllm_environment

REPLIES = [
    "--generation-config",
    "vllm",
    "--reasoning-parser",
    "gemma4",
    "--default-chat-template-kwargs",
    '{"enable_thinking":false}',
    "--structured-outputs-config",
    '{"backend":"xgrammar","disable_any_whitespace":true}',
    "--enable-prompt-tokens-details",
]
SIZES = ["--max-model-len", "16384", "--max-num-seqs", "16", "--max-num-batched-tokens", "2048"]


def test_the_default_line():
    assert vllm_command(serve_options("12b")) == [
        "vllm",
        "serve",
        "google/gemma-4-12B-it-qat-w4a16-ct",
        "--served-model-name",
        "gemma4",
        "--host",
        "127.0.0.1",
        "--port",
        "8000",
        "--limit-mm-per-prompt",
        '{"image":0,"audio":0,"video":0}',
        *SIZES,
        "--gpu-memory-utilization",
        "0.90",
        *REPLIES,
        "--enable-prefix-caching",
        "--prefix-cache-retention-interval",
        "512",
    ]


def test_everything_at_once():
    options = serve_options(
        "google/gemma-4-31B-it-qat-w4a16-ct",
        uds="/run/r.sock",
        kv_dtype="fp8",
        tensor_parallel=2,
        data_parallel=3,
        loras=(("review", "/models/a=b, c"), ("style", "/models/s")),
        speculative="mtp",
        async_scheduling=False,
        max_model_len=32768,
        max_num_seqs=8,
        max_num_batched_tokens=4096,
        gpu_memory_utilization=0.8,
    )
    assert vllm_command(options) == [
        "vllm",
        "serve",
        "google/gemma-4-31B-it-qat-w4a16-ct",
        "--served-model-name",
        "gemma4",
        "--uds",
        "/run/r.sock",
        "--language-model-only",
        "--max-model-len",
        "32768",
        "--max-num-seqs",
        "8",
        "--max-num-batched-tokens",
        "4096",
        "--gpu-memory-utilization",
        "0.80",
        *REPLIES,
        "--enable-prefix-caching",
        "--prefix-cache-retention-interval",
        "512",
        "--kv-cache-dtype",
        "fp8",
        "--no-async-scheduling",
        "--tensor-parallel-size",
        "2",
        "--data-parallel-size",
        "3",
        "--enable-lora",
        "--max-lora-rank",
        "32",
        "--max-loras",
        "2",
        "--lora-modules",
        '{"name":"review","path":"/models/a=b, c"}',
        '{"name":"style","path":"/models/s"}',
        "--speculative-config",
        '{"method":"mtp","model":"google/gemma-4-31B-it-assistant","num_speculative_tokens":4}',
    ]


def test_a_folder_on_a_cpu_through_the_module():
    options = serve_options(
        "/models/tiny",
        program=("/venv/bin/python", "-m", "vllm.entrypoints.openai.api_server"),
        served_name="tiny",
        gpu_memory_utilization=None,
        cpu_kv_gib=2,
        retention_interval=None,
        prompt_token_details=False,
        port=8123,
    )
    assert vllm_command(options) == [
        "/venv/bin/python",
        "-m",
        "vllm.entrypoints.openai.api_server",
        "--model",
        "/models/tiny",
        "--served-model-name",
        "tiny",
        "--host",
        "127.0.0.1",
        "--port",
        "8123",
        *SIZES,
        *REPLIES[:-1],
        "--enable-prefix-caching",
    ]
    assert vllm_environment(options) == {
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_CPU_KVCACHE_SPACE": "2",
        "VLLM_CPU_ATTN_SPLIT_KV": "0",
    }


def test_the_key_travels_in_the_environment_only():
    options = serve_options("12b", offline=True)
    assert vllm_environment(options, "s3cret") == {
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_API_KEY": "s3cret",
        "VLLM_USE_FLASHINFER_SAMPLER": "0",
        "HF_HUB_OFFLINE": "1",
    }
    assert "VLLM_API_KEY" not in vllm_environment(options)
    assert "--api-key" not in vllm_command(options)


@pytest.mark.fault(
    "server", "vLLM on a machine without nvcc", "a sampler that it need not compile: it starts"
)
def test_no_sampler_is_compiled_unless_the_user_wants_one():
    name, options = "VLLM_USE_FLASHINFER_SAMPLER", serve_options("12b")
    assert vllm_environment(options)[name] == "0"
    assert vllm_environment(options, given={"OTHER": "1"})[name] == "0"
    assert name not in vllm_environment(options, given={name: "1"})
    assert name not in vllm_environment(replace(options, cpu_kv_gib=4))


@pytest.mark.parametrize(
    ("version", "flag", "variable"),
    [
        (None, True, False),
        ("0.33.0", True, False),
        ("0.30.0", True, False),
        ("0.29.1", False, True),
        ("0.23.0", False, True),
        ("0.22.1", False, False),
    ],
)
def test_retention_by_version(version, flag, variable):
    options = serve_options("e2b", vllm_version=version and command.parse_version(version))
    assert ("--prefix-cache-retention-interval" in vllm_command(options)) is flag
    assert (
        vllm_environment(options).get("VLLM_PREFIX_CACHE_RETENTION_INTERVAL") == "512"
    ) is variable


@pytest.mark.parametrize(
    ("name", "model", "text_only", "flags"),
    [
        ("e2b", "google/gemma-4-E2B-it-qat-w4a16-ct", "language_model_only", ()),
        ("31b", "google/gemma-4-31B-it-qat-w4a16-ct", "language_model_only", ()),
        ("26b", "RedHatAI/gemma-4-26B-A4B-it-NVFP4", "language_model_only", ()),
        ("google/gemma-4-12B-it", "google/gemma-4-12B-it", "limit_multimodal", ()),
        (
            "google/gemma-4-26B-A4B-it#int8",
            "google/gemma-4-26B-A4B-it",
            "language_model_only",
            ("--quantization", "int8_per_channel_weight_only"),
        ),
        ("somebody/finetune", "somebody/finetune", "none", ()),
        ("./local", "./local", "none", ()),
    ],
)
def test_what_the_catalogue_adds(name, model, text_only, flags):
    assert serve_options(name) == ServeOptions(model=model, text_only=text_only, model_flags=flags)
    found = vllm_command(serve_options(name))
    assert found[2] == model
    assert all(flag in found for flag in flags)
    assert ("--language-model-only" in found) is (text_only == "language_model_only")
    assert ("--limit-mm-per-prompt" in found) is (text_only == "limit_multimodal")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gemma4:31b", "gemma4:31b is for ollama, not for vLLM"),
        ("google/gemma-4-E2B-it-qat-q4_0-gguf", "is for llamacpp, not for vLLM"),
        ("70b", "'70b' is not in the catalogue"),
        ("google/diffusiongemma-26B-A4B-it", "DiffusionGemma cannot review"),
    ],
)
def test_models_that_vllm_cannot_serve(name, message):
    with pytest.raises(UsageError, match=message):
        serve_options(name)


@pytest.mark.parametrize("dtype", sorted(kv_types.EXPERIMENTAL))
def test_experimental_caches_are_explained_and_only_on_demand(dtype):
    with pytest.raises(UsageError, match=f"--kv-dtype {dtype}: .+--experimental"):
        vllm_command(serve_options("12b", kv_dtype=dtype))
    assert dtype in vllm_command(serve_options("12b", kv_dtype=dtype, experimental=True))


def test_turboquant_is_explained():
    with pytest.raises(
        UsageError, match=r"2\.6 times smaller.+TurboQuant did not run with Gemma 4.+fp8 halves"
    ):
        command.check(serve_options("31b", kv_dtype="turboquant_k8v4"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "--trust-remote-code"}, "'--trust-remote-code' cannot be the model"),
        ({"model": ""}, "'' cannot be the model"),
        ({"served_name": "a\nb"}, "cannot be the model, name or address"),
        ({"host": "-h"}, "cannot be the model, name or address"),
        ({"uds": "--x"}, "cannot be the model, name or address"),
        ({"kv_dtype": "int3"}, "--kv-dtype must be one of auto, bfloat16, fp8"),
        (
            {"kv_dtype": "int3", "experimental": True},
            "--kv-dtype must be one of auto, bfloat16, fp8",
        ),
        ({"loras": (("a b", "/x"),)}, "--lora must be NAME=FOLDER"),
        ({"loras": (("", "/x"),)}, "--lora must be NAME=FOLDER"),
        ({"loras": (("a", ""),)}, "--lora must be NAME=FOLDER"),
        ({"loras": (("gemma4", "/x"),)}, "--lora must be NAME=FOLDER"),
        ({"max_num_batched_tokens": 8}, "--max-num-batched-tokens must be at least --max-num-seqs"),
        ({"max_model_len": 0}, "at least 1"),
        ({"tensor_parallel": 0}, "at least 1"),
        ({"port": 0}, "its port 1 to 65535"),
        ({"port": 65536}, "its port 1 to 65535"),
        (
            {"model": "somebody/finetune", "speculative": "mtp"},
            "--speculative mtp requires a model with a known drafter",
        ),
    ],
)
def test_what_would_fail_later_fails_now(changes, message):
    with pytest.raises(UsageError, match=message):
        vllm_command(replace(serve_options("12b"), **changes))


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("0.32.0", (0, 32, 0)),
        ("0.32.0+cpu", (0, 32, 0)),
        ("v0.33.0rc1", (0, 33, 0)),
        ("0.26", (0, 26, 0)),
    ],
)
def test_versions(written, version):
    assert command.parse_version(written) == version


@pytest.mark.parametrize("written", ["", "latest", "x0.1.2", "9" * 50])
def test_what_is_no_version(written):
    with pytest.raises(UsageError, match=r"is not a vLLM version such as 0\.32\.0"):
        command.parse_version(written)


def test_the_line_can_be_pasted():
    import shlex

    argv = vllm_command(serve_options("12b"))
    assert shlex.split(command.shell(argv)) == argv
