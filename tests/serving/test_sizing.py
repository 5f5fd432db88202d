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
    whole = sizing.kv_llamacpp(model, 32768, full_window=True)
    assert whole == 32768 * (model.kv_global_bytes + model.kv_sliding_bytes)


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


@pytest.mark.parametrize(
    "row", catalogue.measured(), ids=lambda row: f"{row.device}-{row.family}-{row.quantization}"
)
def test_the_speed_that_others_measured(row):
    """Within a third, of one stream with a short prompt; most of them within a sixth."""
    model, kind = MODELS[row.family], "cpu" if row.gbps < 60 else "cuda"
    streamed = catalogue.streamed_bytes(model, row.quantization)
    ceiling = sizing.decode_ceiling(row.gbps * 1e9, streamed, sizing.kv_true(model, 512))
    assert row.speed < ceiling
    pace = sizing.pace(row.engine, kind)
    assert sizing.expected(ceiling, pace) == pytest.approx(row.speed, rel=1 / 3)
    assert sizing.reading(sizing.expected(ceiling, pace), pace) == pytest.approx(1 / ceiling)


def test_most_estimates_are_within_a_sixth():
    close = 0
    for row in catalogue.measured():
        model, kind = MODELS[row.family], "cpu" if row.gbps < 60 else "cuda"
        streamed = catalogue.streamed_bytes(model, row.quantization)
        ceiling = sizing.decode_ceiling(row.gbps * 1e9, streamed, sizing.kv_true(model, 512))
        found = sizing.expected(ceiling, sizing.pace(row.engine, kind))
        close += found == pytest.approx(row.speed, rel=1 / 6)
    assert close >= len(catalogue.measured()) * 0.85


def test_a_token_takes_its_fixed_time_however_fast_the_memory_is():
    pace = sizing.PACE["llamacpp"]
    assert sizing.expected(1e9, pace) == pytest.approx(250, rel=0.001)
    assert sizing.expected(100, pace, 0.003) == pytest.approx(1 / (1 / 85 + 0.007))
    assert sizing.reading(300, pace) == 0  # faster than its fixed time allows: nothing was read
    assert sizing.reducing(MODELS["31b"], 1) == 0
    assert sizing.reducing(MODELS["31b"], 2) == pytest.approx(0.003)


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
    assert 20 < sizing.expected(whole, sizing.PACE["ollama"]) < 30
    assert 5 < sizing.expected(spilled, sizing.PACE["ollama"]) < 12


def test_max_context_is_the_longest_that_fits():
    model = MODELS["31b"]

    def need(length):
        return sizing.kv_admission(model, length)

    found = sizing.max_context(model, 8 * GIB, need)
    assert found % 1024 == 0
    assert need(found) * sizing.KV_SLACK <= 8 * GIB < need(found + 1024) * sizing.KV_SLACK
    assert sizing.max_context(model, 1 << 50, need) == model.context
    assert sizing.max_context(model, -1, need) == 0
