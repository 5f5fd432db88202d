import pytest
from support.devices import CPU, H100, M4_PRO, RTX_4090, RTX_5090

from reviewer.serving.checks import speed
from reviewer.serving.hardware import Machine, make_device

GIB = 1 << 30


@pytest.mark.parametrize(
    ("names", "engine", "expected"),
    [
        (
            ["gemma4", "google/gemma-4-31B-it-qat-w4a16-ct"],
            "vllm",
            "google/gemma-4-31B-it-qat-w4a16-ct",
        ),
        (["vllm", "serve", "GOOGLE/gemma-4-12b-it"], "vllm", "google/gemma-4-12B-it"),
        (["gemma4:31b"], "ollama", "gemma4:31b"),
        (["gemma4:latest"], "ollama", "gemma4:e4b"),
        (
            ["/models/gemma-4-12B-it-qat-q4_0.gguf"],
            "llamacpp",
            "google/gemma-4-12B-it-qat-q4_0-gguf",
        ),
        (["google/gemma-4-26B-A4B-it"], "vllm", "google/gemma-4-26B-A4B-it"),
        (
            ["google/gemma-4-26B-A4B-it", "--quantization", "int8_per_channel_weight_only"],
            "vllm",
            "google/gemma-4-26B-A4B-it#int8",
        ),
        (["12b"], "llamacpp", "google/gemma-4-12B-it-qat-q4_0-gguf"),  # the only form for llama.cpp
        (["12b"], "vllm", None),  # several forms
        (["gemma4"], "vllm", None),
        (["/models/llama-3-8b.gguf"], "llamacpp", None),
        ([""], "vllm", None),
    ],
)
def test_recognise(names, engine, expected):
    found = speed.recognise(names, engine)
    assert (found and found[1].id) == expected


def test_bound_of_the_well_known_case():
    """31B in 4 bits on an RTX 4090: 55 tokens/s at most (the reference's own figure), and 10 only
    with offload."""
    known = speed.bound(["gemma4:31b"], "ollama", Machine((RTX_4090,), CPU), 1000)
    assert 45 < known.ceiling < 60
    assert 0.05 < known.outside(10) < 0.1
    assert known.outside(known.expected * 1.01) is None  # the usual pace: no part is outside
    assert known.outside(0.1) is None  # slower than if all of it lay there


@pytest.mark.fault(
    "server", "a mixture of experts on a fast card", "it is not taken for one in CPU memory"
)
def test_a_third_of_the_bound_is_usual_for_a_mixture_on_a_fast_card():
    """26B-A4B writes 180 tokens/s on an RTX 5090 (smeltcore.com), whose memory allows 690."""
    names = ["google/gemma-4-26B-A4B-it-qat-q4_0-gguf"]
    known = speed.bound(names, "llamacpp", Machine((RTX_5090,), CPU), 1000)
    assert 180 / known.ceiling < 0.3
    assert 180 / known.expected > 0.9 > speed.FAR_BELOW


@pytest.mark.parametrize(
    "machine",
    [Machine((), CPU), Machine((make_device("cuda", "GPU of the future", 24 * GIB),), CPU)],
)
def test_no_bound_where_the_bandwidth_is_a_guess(machine):
    assert speed.bound(["gemma4:31b"], "ollama", machine, 1000) is None


def test_bound_follows_the_device():
    bounds = [
        speed.bound(["gemma4:31b"], "ollama", Machine((device,), CPU), 1000).ceiling
        for device in (M4_PRO, H100)
    ]
    assert bounds[0] < bounds[1] / 8
