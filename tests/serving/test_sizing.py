"""The formulas against published tables, boot logs and measured speeds."""

import math

import pytest

from reviewer.serving import catalogue, sizing
from reviewer.serving.catalogue import GIB

MODELS = {model.id: model for model in catalogue.models()}


def near(value, printed):
    digits = len(printed.partition(".")[2])
    return abs(value - float(printed)) <= max(abs(float(printed)) * 0.01, 0.5 * 10**-digits + 1e-9)


COLUMNS = [
    (16384, None),
    (16384, (2048, 1)),
    (16384, (2048, 2)),
    (16384, (8192, 2)),
    (32768, None),
    (32768, (2048, 1)),
    (32768, (2048, 2)),
    (32768, (8192, 2)),
]
# GiB per sequence: true at 16K, B 2048 with k 1 and 2, B 8192 with k 2; the same at 32K
TABLE = {
    "e2b": "0.10 0.12 0.15 0.28 0.19 0.22 0.24 0.38",
    "e4b": "0.27 0.35 0.43 0.88 0.52 0.60 0.68 1.15",
    "12b": "0.56 1.19 1.82 5.25 0.81 1.44 2.07 5.82",
    "26b": "0.51 0.90 1.29 3.44 0.82 1.21 1.60 3.95",
    "31b": "2.03 3.61 5.17 13.76 3.28 4.86 6.42 15.79",
}
CELLS = [
    (size, length, batch, printed)
    for size, row in TABLE.items()
    for (length, batch), printed in zip(COLUMNS, row.split(), strict=True)
]


@pytest.mark.parametrize(("size", "length", "batch", "printed"), CELLS)
def test_kv_per_sequence(size, length, batch, printed):
    model = MODELS[size]
    size_bytes = (
        sizing.kv_true(model, length)
        if batch is None
        else sizing.kv_admission(model, length, *batch)
    )
    assert near(size_bytes / GIB, printed)


@pytest.mark.parametrize(
    ("size", "room", "length", "batched", "in_flight", "tokens", "concurrency"),
    [
        # xbill9/gemma4-dev, raw log, L4, vLLM 0.30.0, E2B w4a16
        ("e2b", 10.66, 8192, 2048, 2, "873318", "106.61"),
        # the Modal guide, H200, 31B bf16, before 0.26
        ("31b", 65.94, 262144, 8192, 1, "639184", "2.44"),
        # E2B bf16, L4, vLLM 0.28.0
        ("e2b", 9.65, 16384, 2048, 2, "1076849", "65.73"),
    ],
)
def test_the_log_line_of_vllm(size, room, length, batched, in_flight, tokens, concurrency):
    """ "GPU KV cache size: … tokens, Maximum concurrency for … tokens per request: …x" """
    found = sizing.max_concurrency(
        room * GIB, sizing.kv_admission(MODELS[size], length, batched, in_flight)
    )
    assert near(found, concurrency)
    assert found * length == pytest.approx(int(tokens), rel=0.0003)


@pytest.mark.parametrize(("in_flight", "printed"), [(2, "70.79"), (1, "45.79")])
def test_the_error_text_of_vllm(in_flight, printed):
    """vllm-project/vllm#49878: 31B with 262144 tokens and B 32768, in 0.26 and as calculated for
    0.25."""
    found = sizing.kv_admission(MODELS["31b"], 262144, 32768, in_flight) / GIB
    assert near(found, printed)
    assert round(found, 2) == float(printed)


def test_the_other_number_of_batches_is_far_off():
    e2b, b31 = MODELS["e2b"], MODELS["31b"]
    one = sizing.max_concurrency(10.66 * GIB, sizing.kv_admission(e2b, 8192, 2048, 1))
    two = sizing.max_concurrency(65.94 * GIB, sizing.kv_admission(b31, 262144, 8192, 2))
    assert one / 106.61 == pytest.approx(1.31, abs=0.01)
    assert two / 2.44 == pytest.approx(0.81, abs=0.01)


def test_an_8_bit_cache_is_half():
    model = MODELS["12b"]
    assert sizing.kv_admission(model, 16384, element=0.5) * 2 == sizing.kv_admission(model, 16384)
    assert sizing.kv_true(model, 16384, 0.5) * 2 == sizing.kv_true(model, 16384)


@pytest.mark.parametrize("size", sorted(MODELS))
def test_short_sequences_are_not_charged_for_the_window(size):
    model = MODELS[size]
    block = model.sliding_block
    assert sizing.kv_admission(
        model, 100
    ) == 100 * model.kv_global_bytes + model.kv_sliding_bytes * block * (math.ceil(100 / block) + 1)
    assert sizing.kv_true(model, 1) == model.kv_global_bytes + model.kv_sliding_bytes


def test_llamacpp_keeps_a_micro_batch_beside_the_window():
    model = MODELS["31b"]
    assert (
        sizing.kv_llamacpp(model, 32768) - sizing.kv_true(model, 32768)
        == 512 * model.kv_sliding_bytes
    )
    assert sizing.kv_llamacpp(model, 1024) == sizing.kv_true(model, 1024)


@pytest.mark.parametrize(
    ("version", "asynchronous", "expected"),
    [
        (None, True, 2),
        ((0, 32, 0), True, 2),
        ((0, 26), True, 2),
        ((0, 25, 1), True, 1),
        ((0, 32, 0), False, 1),
    ],
)
def test_batches_in_flight(version, asynchronous, expected):
    assert sizing.batches_in_flight(version, async_scheduling=asynchronous) == expected


def test_margin_is_what_the_log_leaves():
    """0.92 of the 22.03 GiB that CUDA shows of an L4, less 8.01 of weights and 10.66 of KV: 1.60
    GiB."""
    left = 0.92 * 22.03 - 8.01 - 10.66
    assert sizing.margin(MODELS["e2b"], "vllm", 2048, 256) / GIB == pytest.approx(left, abs=0.1)


def test_margin_grows_with_the_batch_and_the_sequences():
    model = MODELS["31b"]
    base = sizing.margin(model, "vllm", 2048, 16)
    assert sizing.margin(model, "vllm", 8192, 16) - base == 6144 * (4 * 5376 + 3 * 21504) * 2
    assert sizing.margin(model, "vllm", 2048, 17) - base == 262_144 * 8
    assert (
        sizing.margin(model, "ollama", 2048, 16)
        == sizing.margin(model, "llamacpp", 8192, 64)
        == 1 << 30
    )


# GB/s, model, quantization, engine, measured tokens/s of one stream (short prompts)
MEASURED = [
    (300, "e2b", "bf16", "vllm", 46.1),
    (300, "e2b", "w4a16", "vllm", 105.1),
    (300, "e4b", "w4a16", "vllm", 60.7),
    (300, "26b", "w4a16", "vllm", 64.8),
    (4800, "31b", "bf16", "vllm", 55.9),
    (1792, "31b", "bf16", "vllm", 24.1),
    (1792, "31b", "nvfp4_bf16_attention", "vllm", 39.2),
    (1792, "31b", "awq", "vllm", 64.4),
    (1792, "31b", "q4_k_m", "llamacpp", 61),
    (936, "31b", "q4_0", "llamacpp", 40),
    (1008, "31b", "q4_k_m", "ollama", 27),
    (936, "12b", "q4_k_m", "llamacpp", 70),
    (448, "12b", "q4_0", "ollama", 39.5),
    (256, "26b", "q4_k_m", "ollama", 54),
    (936, "e4b", "q4_k_m", "ollama", 131),
]


@pytest.mark.parametrize(("gbps", "size", "quantization", "engine", "measured"), MEASURED)
def test_decode_speed_is_in_the_right_band(gbps, size, quantization, engine, measured):
    model = MODELS[size]
    streamed = catalogue.streamed_bytes(model, quantization)
    ceiling = sizing.decode_ceiling(gbps * 1e9, streamed, sizing.kv_true(model, 512))
    assert measured < ceiling
    assert ceiling * sizing.EFFICIENCY[engine] == pytest.approx(measured, rel=0.30)


@pytest.mark.parametrize(
    ("gbps", "size", "quantization", "share"),
    [
        (300, "e2b", "bf16", 0.69),
        (300, "e2b", "w4a16", 0.65),
        (300, "e4b", "w4a16", 0.72),
        (4800, "31b", "bf16", 0.72),
    ],
)
def test_share_of_the_ceiling(gbps, size, quantization, share):
    measured = next(row[4] for row in MEASURED if row[:3] == (gbps, size, quantization))
    ceiling = sizing.decode_ceiling(
        gbps * 1e9, catalogue.streamed_bytes(MODELS[size], quantization), 0
    )
    assert measured / ceiling == pytest.approx(share, abs=0.02)


def test_context_slows_decoding_by_what_is_read():
    model = MODELS["31b"]
    streamed = catalogue.streamed_bytes(model, "w4a16")
    long, short = (
        sizing.decode_ceiling(1e12, streamed, sizing.kv_true(model, n)) for n in (131072, 1)
    )
    assert short / long == pytest.approx(
        (streamed + 131072 * 81920 + 1024 * 819200) / (streamed + 81920 + 819200)
    )


def test_31b_on_a_24_gb_card_at_10_tokens():
    """A tenth of 18.6 GB from a CPU's memory costs more than the other nine tenths from the
    card."""
    streamed = catalogue.streamed_bytes(MODELS["31b"], "q4_k_m")
    kv = sizing.kv_true(MODELS["31b"], 4096)
    whole = sizing.offload_ceiling(1008e9, 40e9, streamed, kv, 0.0)
    spilled = sizing.offload_ceiling(1008e9, 40e9, streamed, kv, 0.1)
    assert whole == pytest.approx(sizing.decode_ceiling(1008e9, streamed, kv))
    assert 20 < whole * sizing.EFFICIENCY["ollama"] < 30
    assert 5 < spilled * sizing.EFFICIENCY["ollama"] < 12


def test_max_context_is_the_longest_that_fits():
    model = MODELS["31b"]

    def need(length):
        return sizing.kv_admission(model, length)

    found = sizing.max_context(model, 8 * GIB, need)
    assert found % 1024 == 0
    assert need(found) * sizing.KV_SLACK <= 8 * GIB < need(found + 1024) * sizing.KV_SLACK
    assert sizing.max_context(model, 1 << 50, need) == model.context
    assert sizing.max_context(model, -1, need) == 0
