"""Plans: what fits which device, how fast, and what is said about it."""

from dataclasses import replace

import jsonschema
import pytest
from support.devices import CPU, H100, M4_PRO, RTX_4090, RTX_5090, T4, XEON

from reviewer.errors import UsageError
from reviewer.serving import advice, catalogue, fit, plan, programs, sizing
from reviewer.serving.catalogue import GIB
from reviewer.serving.fit import Want
from reviewer.serving.hardware import make_device
from reviewer.serving.plan import Plan


def of(id_, device, host=None, **want):
    model, (checkpoint,) = catalogue.find(id_)
    return plan.make_plan(model, checkpoint, device, Want(**want), host)


QAT12 = "google/gemma-4-12B-it-qat-w4a16-ct"


def test_a_whole_plan():
    """12B w4a16 on a 24 GiB card, every number by hand."""
    kv = 16384 * 16384 + 327680 * 16 * ((1023 + 2048 + 15) // 16 + 1)
    margin = GIB + 1024 * (4 * 3840 + 3 * 15360) * 2 + 16 * 262144 * 8 + GIB // 2
    weights, usable = 10_300_000_000, round(24 * GIB * 0.9)
    streamed = 10_900_000_000 * 0.5625 + 1_010_000_000 * 2
    ceiling = 1008e9 / (streamed + 8192 * 16384 + 327680 * 1024)
    assert of(QAT12, RTX_4090, concurrency=4).model_dump(
        by_alias=True, exclude={"command", "max_context"}
    ) == {
        "model": QAT12,
        "name": "Gemma 4 12B",
        "family": "12b",
        "engine": "vllm",
        "requires": "vLLM 0.23.0",
        "quantization": "w4a16",
        "device": "NVIDIA GeForce RTX 4090",
        "deviceKind": "cuda",
        "deviceCount": 1,
        "memoryBytes": 24 * GIB,
        "usableBytes": usable,
        "weightBytes": weights,
        "weightSource": "file",
        "streamedBytesPerToken": streamed,
        "kvBytesPerSequence": kv,
        "kvBytesPerToken": 16384 + 327680,
        "marginBytes": margin,
        "freeBytes": usable - weights - margin - 4 * kv,
        "context": 16384,
        "concurrency": 4,
        "fits": True,
        "maxConcurrency": round((usable - weights - margin) / kv, 2),
        "decodeTokensPerSecond": round(1 / (1 / (ceiling * 0.85) + 0.0025), 1),
        "decodeCeilingTokensPerSecond": round(ceiling, 1),
        "bound": "memory_bandwidth",
        "downloadBytes": weights,
        "getCommand": ["reviewer", "model", "pull", QAT12],
        "warnings": [
            "The size of the weights (9.6 GiB) is not measured; others took up to 0.4 GiB more than"
            " calculated, so 0.5 GiB more are kept free."
        ],
    }


def test_the_command_of_a_plan():
    made = of(
        QAT12,
        RTX_4090,
        context=8192,
        concurrency=20,
        kv_dtype="fp8",
        gpus=2,
        vllm_version=(0, 28, 0),
    )
    assert made.command == [
        "vllm",
        "serve",
        QAT12,
        "--served-model-name",
        "gemma4",
        "--host",
        "127.0.0.1",
        "--port",
        "8000",
        "--limit-mm-per-prompt",
        '{"image":0,"audio":0,"video":0}',
        "--max-model-len",
        "8192",
        "--max-num-seqs",
        "20",
        "--max-num-batched-tokens",
        "1024",
        "--gpu-memory-utilization",
        "0.90",
        "--generation-config",
        "vllm",
        "--reasoning-parser",
        "gemma4",
        "--default-chat-template-kwargs",
        '{"enable_thinking":false}',
        "--structured-outputs-config",
        '{"backend":"xgrammar","disable_any_whitespace":true}',
        "--enable-prompt-tokens-details",
        "--enable-prefix-caching",
        "--kv-cache-dtype",
        "fp8",
        "--tensor-parallel-size",
        "2",
    ]


@pytest.mark.parametrize(
    ("id_", "device", "expected"),
    [
        ("gemma4:31b", RTX_4090, ["ollama", "serve"]),
        (
            "google/gemma-4-E2B-it-qat-q4_0-gguf",
            CPU,
            [
                *("reviewer", "serve", "start", "--engine", "llamacpp"),
                *("--model", "google/gemma-4-E2B-it-qat-q4_0-gguf", "--concurrency", "2"),
            ],
        ),
        (
            "google/gemma-4-E2B-it-qat-q4_0-gguf",
            RTX_4090,
            [
                *("llama-server", "-hf", "google/gemma-4-E2B-it-qat-q4_0-gguf", "--no-mmproj"),
                *("-ngl", "99", "--split-mode", "none"),
                *("--jinja", "--reasoning", "off", "--host", "127.0.0.1"),
                *("-c", "32768", "--parallel", "2"),
            ],
        ),
    ],
)
def test_commands_of_other_engines(id_, device, expected):
    assert of(id_, device, concurrency=2).command == expected


def test_a_cpu_gets_its_kv_space_from_the_plan():
    model, (checkpoint,) = catalogue.find("google/gemma-4-E2B-it")
    made = of("google/gemma-4-E2B-it", CPU)
    options = plan.serve_options(model, checkpoint, CPU, Want(), 5 * GIB + 1)
    assert (options.cpu_kv_gib, options.gpu_memory_utilization) == (5, None)
    assert "--gpu-memory-utilization" not in made.command


@pytest.mark.parametrize(
    ("id_", "device", "fits"),
    [
        (QAT12, RTX_4090, True),
        ("google/gemma-4-31B-it-qat-w4a16-ct", RTX_4090, False),
        (
            "google/gemma-4-31B-it-qat-w4a16-ct",
            RTX_5090,
            True,
        ),  # 21.6 + 0.5, and 3.6 for one sequence
        ("google/gemma-4-31B-it-qat-w4a16-ct", H100, True),
        ("google/gemma-4-31B-it", H100, True),
        ("RedHatAI/gemma-4-26B-A4B-it-FP8-dynamic", H100, True),
        ("google/gemma-4-12B-it", RTX_4090, False),
        ("google/gemma-4-E4B-it", RTX_4090, True),
        ("gemma4:31b", RTX_4090, False),
        ("nvidia/Gemma-4-31B-IT-NVFP4", RTX_5090, False),  # 31 GiB, whatever its name says
    ],
)
def test_what_fits(id_, device, fits):
    made = of(id_, device)
    assert made.fits is fits
    assert (made.decode_tokens_per_second is not None) is (fits or made.engine != "vllm")


def test_recipe_gpus_hold_bf16():
    """vllm-project/recipes: E2B and E4B one 24 GB card, 12B one of 40, 26B and 31B one of 80."""
    cards = {"e2b": 24, "e4b": 24, "12b": 40, "26b": 80, "31b": 80}
    fitting = {
        size: (
            of(f"google/gemma-4-{name}-it", make_device("cuda", "some GPU", cards[size] * GIB)).fits
        )
        for size, name in (
            ("e2b", "E2B"),
            ("e4b", "E4B"),
            ("12b", "12B"),
            ("26b", "26B-A4B"),
            ("31b", "31B"),
        )
    }
    assert fitting == dict.fromkeys(cards, True)


def test_room_is_what_the_log_of_an_l4_says():
    """vLLM 0.30, E2B w4a16, 22.03 GiB at 0.92: 10.66 GiB of KV. At our 0.90 and with 16 sequences
    for 256."""
    l4 = make_device("cuda", "NVIDIA L4", round(22.03 * GIB), compute=(8, 9))
    model, (checkpoint,) = catalogue.find("google/gemma-4-E2B-it-qat-w4a16-ct")
    log = Want(context=8192, batched_tokens=2048)
    room = fit.memory(model, checkpoint, l4, log, "vllm").room / GIB
    assert room == pytest.approx(10.66 - 0.02 * 22.03 + 240 * 262144 * 8 / GIB, abs=0.1)
    made = of("google/gemma-4-E2B-it-qat-w4a16-ct", l4, context=8192, batched_tokens=2048)
    assert made.max_concurrency == pytest.approx(106.61, rel=0.02)


def test_free_memory_counts_when_it_is_less():
    busy = replace(RTX_4090, free=12 * GIB)
    made = of(QAT12, busy)
    assert made.usable_bytes == round(24 * GIB * 0.48)  # (12 - 0.3) / 24, in hundredths
    assert made.command[made.command.index("--gpu-memory-utilization") + 1] == "0.48"
    assert made.fits is False
    assert "Only 12.0 of 24.0 GiB are free now." in made.warnings
    assert of("google/gemma-4-12B-it-qat-q4_0-gguf", busy).usable_bytes == round(11.7 * GIB)


@pytest.mark.fault("server", "a desktop uses part of the GPU", "vLLM is given what is free")
@pytest.mark.parametrize(
    ("free", "shared", "expected"),
    [
        (24.0, False, 0.90),
        (21.9, False, 0.90),  # (21.9 - 0.3) / 24 is 0.90
        (21.8, False, 0.89),
        (12.0, False, 0.48),
        (0.1, False, 0.01),
        (None, False, 0.90),
        (23.9, True, 0.80),  # as GB10: the system needs some of it too
        (None, True, 0.80),
    ],
)
def test_utilization(free, shared, expected):
    card = replace(RTX_4090, free=None if free is None else round(free * GIB), shared=shared)
    assert fit.utilization(card) == expected
    command = of("google/gemma-4-E2B-it-qat-w4a16-ct", card).command
    assert command[command.index("--gpu-memory-utilization") + 1] == f"{expected:.2f}"


@pytest.mark.parametrize(("gib", "share"), [(16, 2 / 3), (36, 2 / 3), (48, 3 / 4), (128, 3 / 4)])
def test_macos_wires_a_larger_share_of_more_memory(gib, share):
    mac = make_device("apple", "Apple M4 Max", gib * GIB)
    assert fit.usable(mac, "llamacpp") == round(gib * GIB * share)


def test_the_embedded_engine_keeps_the_whole_context_on_sliding_layers():
    """12B at 16K: 5.2 GiB, where llama-server with its windows needs 0.7."""
    embedded, server = (
        of("google/gemma-4-12B-it-qat-q4_0-gguf", device) for device in (CPU, RTX_4090)
    )
    assert (embedded.engine, server.engine) == ("llamacpp", "llama-server")
    assert embedded.kv_bytes_per_sequence == 16384 * (16384 + 327680)
    assert server.kv_bytes_per_sequence == 16384 * 16384 + 327680 * 1536


def test_llama_server_splits_the_memory_and_not_the_time():
    one, two = (of("google/gemma-4-31B-it-qat-q4_0-gguf", RTX_4090, gpus=n) for n in (1, 2))
    assert two.usable_bytes == 2 * one.usable_bytes
    assert "--split-mode" in one.command  # by itself it would take any second GPU
    assert "--split-mode" not in two.command
    assert two.decode_tokens_per_second == one.decode_tokens_per_second


def test_concurrency_that_does_not_fit():
    assert of(QAT12, RTX_4090, concurrency=8).fits is True
    made = of(QAT12, RTX_4090, concurrency=9)
    assert made.fits is False
    lacking = 9 * made.kv_bytes_per_sequence * 1.05 - (
        made.usable_bytes - made.weight_bytes - made.margin_bytes
    )
    assert (
        made.warnings[0]
        == f"It does not fit: 9 × 16384 tokens need {lacking / GIB:.1f} GiB more. Choose a smaller"
        " model, a shorter --context or a lower --concurrency."
    )
    assert made.bound == "memory_bandwidth"  # one stream would run


def test_fp8_cache_and_larger_batches():
    plain, fp8, large = (
        of(QAT12, RTX_4090, **want) for want in ({}, {"kv_dtype": "fp8"}, {"batched_tokens": 8192})
    )
    assert fp8.kv_bytes_per_sequence * 2 == plain.kv_bytes_per_sequence
    assert fp8.kv_bytes_per_token * 2 == plain.kv_bytes_per_token
    assert fp8.max_concurrency == pytest.approx(2 * plain.max_concurrency, abs=0.02)
    assert any("not calibrated" in warning for warning in fp8.warnings)
    assert large.kv_bytes_per_sequence / GIB == pytest.approx(5.25, rel=0.01)
    more = (large.kv_bytes_per_sequence - plain.kv_bytes_per_sequence) / GIB
    assert (
        f"--batched-tokens 8192 reserves {more:.1f} GiB more per sequence than 1024: sliding layers"
        " hold every batch in flight." in large.warnings
    )


@pytest.mark.parametrize(
    ("want", "in_flight"),
    [
        ({}, 2),
        ({"vllm_version": (0, 25, 1)}, 1),
        ({"async_scheduling": False}, 1),
        ({"vllm_version": (0, 26, 0)}, 2),
    ],
)
def test_batches_in_flight_reach_the_plan(want, in_flight):
    made = of("google/gemma-4-31B-it", H100, **want)
    model = catalogue.find("31b")[0]
    assert made.kv_bytes_per_sequence == sizing.kv_admission(model, 16384, 1024, in_flight)


def test_two_gpus_share_weights_and_heads():
    one, two = of("google/gemma-4-31B-it", H100), of("google/gemma-4-31B-it", H100, gpus=2)
    assert (two.memory_bytes, two.weight_bytes) == (2 * one.memory_bytes, one.weight_bytes)
    assert two.kv_bytes_per_sequence == one.kv_bytes_per_sequence  # 16 and 4 heads divide by 2
    assert two.decode_ceiling_tokens_per_second == pytest.approx(
        2 * one.decode_ceiling_tokens_per_second, abs=0.2
    )
    assert two.command[-2:] == ["--tensor-parallel-size", "2"]


def test_a_single_kv_head_is_copied_to_each_gpu():
    one, two = of("google/gemma-4-12B-it", H100), of("google/gemma-4-12B-it", H100, gpus=2)
    assert two.kv_bytes_per_sequence - one.kv_bytes_per_sequence == pytest.approx(
        16384 * 16384, rel=0.03
    )


def test_offload_is_explained_with_its_cost():
    made = of("gemma4:31b", RTX_4090)
    assert (made.bound, made.fits) == ("host_memory_bandwidth", False)
    assert 10 < made.decode_tokens_per_second < 20
    assert (
        made.warnings[1]
        == "5% of the weights would be read from the CPU's memory for every token: 15"
        " tokens/s instead of 28 on a card that holds them. This is why 31B on a 24 GB card"
        " is known to reach only 10 tokens/s; choose a model that fits."
    )
    full = of("gemma4:31b", replace(RTX_4090, free=21 * GIB))
    assert 7 < full.decode_tokens_per_second < 13  # a desktop and a browser on the same card
    slow, quick = (
        of("gemma4:31b", RTX_4090, host=replace(CPU, bandwidth=rate)) for rate in (20e9, 200e9)
    )
    assert (
        slow.decode_tokens_per_second
        < made.decode_tokens_per_second
        < quick.decode_tokens_per_second
    )


def test_26b_on_a_card_with_15_gb_free():
    """Measured with Ollama on an RTX 3090: 15 to 16 tokens/s, 8 times slower than when it fits."""
    card = make_device(
        "cuda", "NVIDIA GeForce RTX 3090", 24 * GIB, free=round(15e9), compute=(8, 6)
    )
    assert 10 < of("gemma4:26b", card, context=4096).decode_tokens_per_second < 80


@pytest.mark.parametrize(
    ("id_", "device", "want", "reason"),
    [
        ("google/gemma-4-E2B-it", T4, {}, "Compute capability 7.5 is too old"),
        (QAT12, M4_PRO, {}, "vLLM has no backend for Apple GPUs"),
        (QAT12, CPU, {}, "On a CPU without AVX-512 vLLM has no 4-bit kernel"),
        (
            "RedHatAI/gemma-4-E2B-it-FP8-dynamic",
            XEON,
            {},
            "fp8 is untested on vLLM's CPU backend",
        ),
        (QAT12, H100, {"vllm_version": (0, 22, 1)}, "Gemma 4 12B needs vLLM 0.23.0 or newer"),
        (
            "google/gemma-4-E2B-it",
            H100,
            {"vllm_version": (0, 19, 0)},
            "Gemma 4 E2B needs vLLM 0.19.1 or newer",
        ),
        (
            "google/gemma-4-E2B-it",
            CPU,
            {"kv_dtype": "fp8"},
            "An fp8 KV cache needs an Ada, Hopper or Blackwell GPU",
        ),
        (
            "nvidia/Gemma-4-26B-A4B-NVFP4",
            make_device("rocm", "AMD Instinct MI300X", 192 * GIB),
            {},
            "for NVIDIA GPUs",
        ),
    ],
)
def test_what_cannot_run_says_why(id_, device, want, reason):
    made = of(id_, device, **want)
    assert (made.fits, made.bound, made.decode_tokens_per_second) == (False, "unsupported", None)
    assert reason in made.warnings[0]


@pytest.mark.parametrize(
    ("id_", "device"),
    [
        (QAT12, XEON),
        ("google/gemma-4-E2B-it", CPU),
        ("gemma4:e2b", T4),
        ("gemma4:12b-it-qat", M4_PRO),
    ],
)
def test_what_the_rules_leave_alone(id_, device):
    made = of(id_, device)
    assert made.fits is True
    assert made.decode_tokens_per_second > 0


@pytest.mark.parametrize(
    ("id_", "device", "want", "warning"),
    [
        (
            "nvidia/Gemma-4-31B-IT-NVFP4",
            H100,
            {},
            "Not recommended: it keeps attention in bf16: 31 GiB in memory",
        ),
        ("xbill9/gemma-4-26B-A4B-it-qat-q4_0-w4a16-ct", H100, {}, "too much quality is lost"),
        ("nvidia/Gemma-4-26B-A4B-NVFP4", H100, {}, "Before Blackwell, NVFP4 saves memory only"),
        ("google/gemma-4-26B-A4B-it#int8", H100, {}, "the download is the bf16 one"),
        (
            "google/gemma-4-E2B-it",
            H100,
            {"vllm_version": (0, 27, 1)},
            "crashes on Gemma 4 with transformers 5.15.0",
        ),
        ("google/gemma-4-E2B-it", CPU, {}, "this assumes 40 GB/s. Pass --bandwidth GBPS"),
    ],
)
def test_warnings(id_, device, want, warning):
    assert any(warning in line for line in of(id_, device, **want).warnings)


def test_a_known_good_plan_has_no_warnings():
    assert of("google/gemma-4-E4B-it", RTX_4090).warnings == []


@pytest.mark.parametrize(
    ("want", "message"),
    [
        ({"context": 131073}, "Gemma 4 12B supports 1 to 131072 tokens of context, not 131073"),
        ({"context": 0}, "supports 1 to 131072"),
        ({"concurrency": 0}, "at least 1"),
        ({"gpus": 0}, "at least 1"),
        ({"batched_tokens": 15}, "at least the number of sequences: 16"),
        ({"concurrency": 4096}, "at least the number of sequences: 4096"),
    ],
)
def test_wishes_that_cannot_be_granted(want, message):
    with pytest.raises(UsageError, match=message):
        of(QAT12, RTX_4090, **want)


@pytest.mark.parametrize("change", [{"memory": 0}, {"bandwidth": 0.0}, {"bandwidth": float("inf")}])
def test_devices_that_do_not_exist(change):
    with pytest.raises(UsageError, match="memory and bandwidth must be positive"):
        of(QAT12, replace(RTX_4090, **change))


@pytest.mark.parametrize(
    "device", [RTX_4090, H100, CPU, M4_PRO, T4], ids=lambda device: device.name
)
def test_lists_are_sorted_and_sound(device):
    made = plan.plans(device, Want(), CPU)
    fitting = [entry.decode_tokens_per_second for entry in made if entry.fits]
    assert [entry.fits for entry in made] == sorted((entry.fits for entry in made), reverse=True)
    assert fitting == sorted(fitting, reverse=True)
    assert fitting
    assert {entry.engine for entry in made} <= set(programs.thinkable(device.kind))
    for entry in made:
        model, (checkpoint,) = catalogue.find(entry.model)
        assert advice.unsound(checkpoint, device) == ""
        if entry.fits:
            assert entry.max_context >= entry.context
            assert entry.max_concurrency >= sizing.KV_SLACK
            assert (
                entry.free_bytes
                + entry.weight_bytes
                + entry.margin_bytes
                + entry.kv_bytes_per_sequence
                == (entry.usable_bytes)
            )
        assert entry.context <= model.context


def test_nvfp4_is_suggested_on_blackwell_only():
    def quantizations(device):
        return {entry.quantization for entry in plan.plans(device, Want())}

    assert "nvfp4" in quantizations(RTX_5090)
    assert "nvfp4" not in quantizations(H100) | quantizations(
        make_device("cuda", "unknown", 24 * GIB)
    )


@pytest.mark.parametrize(
    ("id_", "device", "program"),
    [
        (QAT12, RTX_4090, "vllm"),
        (QAT12, M4_PRO, "vllm"),  # which does not run there, and says so
        ("google/gemma-4-12B-it-qat-q4_0-gguf", RTX_4090, "llama-server"),
        ("google/gemma-4-12B-it-qat-q4_0-gguf", M4_PRO, "llamacpp"),
        ("google/gemma-4-12B-it-qat-q4_0-gguf", CPU, "llamacpp"),
        ("gemma4:12b-it-qat", CPU, "ollama"),
    ],
)
def test_the_program_that_runs_a_checkpoint(id_, device, program):
    assert of(id_, device).engine == program


def test_nothing_fits():
    tiny = make_device("cpu", "a router", GIB, avx512=False)
    made = plan.plans(tiny, Want())
    assert not any(entry.fits for entry in made)


def test_the_schema_holds_for_every_plan():
    schema = Plan.model_json_schema(by_alias=True, mode="serialization")
    validator = jsonschema.Draft202012Validator(schema)
    assert set(schema["required"]) >= {
        "model",
        "quantization",
        "weightBytes",
        "kvBytesPerSequence",
        "kvBytesPerToken",
        "fits",
        "maxConcurrency",
        "decodeTokensPerSecond",
        "bound",
        "command",
        "warnings",
    }
    for device in (RTX_4090, H100, CPU, T4):
        for model, checkpoint in catalogue.checkpoints():
            made = plan.make_plan(model, checkpoint, device, Want())
            validator.validate(made.model_dump(mode="json", by_alias=True))
            assert Plan.model_validate(made.model_dump(mode="json", by_alias=True)) == made
