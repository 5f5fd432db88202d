"""What is recommended on each of the stubbed machines; `tests/cli/plans` has the whole words."""

from dataclasses import replace

import pytest
from support.machines import MACHINES

from reviewer.serving import catalogue, plan, rank, reasons
from reviewer.serving.fit import Want
from reviewer.serving.hardware import GIB, MIB, Machine, make_device
from reviewer.serving.recommend import candidates, groups, recommend

GGUF = "google/gemma-4-{}-it-qat-q4_0-gguf"
W4A16 = "google/gemma-4-{}-it-qat-w4a16-ct"
EXPECTED = {
    "no_gpu_16": (GGUF.format("E2B"), "llamacpp", 1),
    "no_gpu_32": (GGUF.format("26B-A4B"), "llamacpp", 1),
    "cuda_8": (GGUF.format("E4B"), "llama-server", 1),
    "cuda_12": (GGUF.format("12B"), "llama-server", 1),
    "cuda_16": (W4A16.format("12B"), "vllm", 1),
    "cuda_24": (GGUF.format("26B-A4B"), "llama-server", 1),
    "cuda_32": (GGUF.format("31B"), "llama-server", 1),
    "cuda_48": ("RedHatAI/gemma-4-26B-A4B-it-FP8-dynamic", "vllm", 1),
    "cuda_80": (W4A16.format("31B"), "vllm", 1),
    "cuda_2x24": (W4A16.format("31B"), "vllm", 2),
    "amd_24": (GGUF.format("26B-A4B"), "llama-server", 1),
    "mac_16": ("gemma4:12b-it-qat", "ollama", 1),
    "mac_64": (GGUF.format("26B-A4B"), "llamacpp", 1),
    "mac_128": (GGUF.format("26B-A4B"), "llamacpp", 1),
    "gb10": ("RedHatAI/gemma-4-26B-A4B-it-NVFP4", "vllm", 1),
    "strix_halo": (GGUF.format("26B-A4B"), "llama-server", 1),
}


def on(machine, engines=None, **more):
    made = recommend(machine, Want(), engines, **more)
    assert made is not None
    assert made.plan.fits
    return made


def chosen(made):
    return made.plan.model, made.plan.engine, made.plan.device_count


@pytest.mark.parametrize("name", MACHINES)
def test_what_to_start_with(name):
    assert chosen(on(MACHINES[name])) == EXPECTED[name]


def card(mib, free, name="GeForce RTX 4060 Ti", compute=(8, 9)):
    return make_device("cuda", f"NVIDIA {name}", mib * MIB, free * MIB, compute=compute)


def with_cards(*cards, system="Linux"):
    return Machine(cards, MACHINES["cuda_24"].cpu, system)


def test_a_16_gb_card_without_a_desktop_holds_the_mixture():
    made = on(with_cards(card(16380, 16100)))
    assert chosen(made) == (GGUF.format("26B-A4B"), "llama-server", 1)
    assert made.plan.concurrency == 1  # a second request would not fit


def test_the_plan_has_room_for_a_second_request_where_it_fits():
    made = on(MACHINES["cuda_24"]).plan
    assert made.concurrency == 2
    assert made.command[-4:] == ["-c", "32768", "--parallel", "2"]
    assert on(MACHINES["no_gpu_32"]).plan.concurrency == 1  # a CPU gains nothing by it
    four = recommend(MACHINES["cuda_24"], Want(concurrency=4))
    assert four is not None
    assert four.plan.concurrency == 4


def test_a_card_too_old_for_vllm():
    made = on(with_cards(card(15360, 15100, "Tesla T4", (7, 5))))
    assert chosen(made) == (GGUF.format("12B"), "llama-server", 1)
    (why,) = (line for line in made.why if "vLLM" in line)
    assert why.startswith("vLLM cannot use this card. Compute capability 7.5 is too old")


@pytest.mark.fault(
    "server", "another program fills the GPU", "the plan says so beside what is left"
)
def test_a_card_that_another_program_fills():
    made = on(with_cards(card(24564, 6000, "GeForce RTX 4090")))
    assert made.plan.family == "e2b"
    assert (
        "Only 5.9 of 24.0 GiB of NVIDIA GeForce RTX 4090 are free: end what uses it (nvidia-smi,"
        " rocm-smi), and ask again for more." in made.why
    )
    desktop = on(MACHINES["cuda_24"])
    assert not any(line.startswith("Only ") for line in desktop.why)


def test_the_embedded_engine_says_why_it_leaves_the_gpu():
    made = on(MACHINES["cuda_24"], ("llamacpp",))
    assert (
        "NVIDIA GeForce RTX 4090 is not used: the embedded llama.cpp has the CPU only, llama-server"
        " uses it." in made.why
    )
    assert not any("vLLM" in line for line in made.why)


def test_a_small_card_is_told_of_the_mixture_in_main_memory():
    def told(machine, engines=None):
        return any("--cpu-moe" in line for line in on(machine, engines).why)

    small = MACHINES["cuda_8"]
    assert told(small)
    assert not told(small, ("ollama",))
    assert not told(replace(small, cpu=replace(small.cpu, free=8 * GIB)))
    assert not told(MACHINES["cuda_24"])  # which holds it
    halo = MACHINES["strix_halo"]  # whose main memory is that of the GPU
    assert not told(replace(halo, devices=(replace(halo.best, memory=9 * GIB, free=9 * GIB),)))


def test_what_nearly_fits_is_named_unless_it_cannot_run():
    machine = MACHINES["cuda_16"]
    best, made = on(machine).plan, candidates(machine, Want())
    lacks = "Gemma 4 26B-A4B (77.1%) lacks 0.4 GiB: "
    assert any(line.startswith(lacks) for line in reasons.why(machine, best, made))
    made = [
        plan if plan.fits else plan.model_copy(update={"bound": "unsupported"}) for plan in made
    ]
    assert not any(" lacks " in line for line in reasons.why(machine, best, made))


def test_windows_has_no_vllm():
    made = on(replace(MACHINES["cuda_80"], system="Windows"))
    assert chosen(made) == (GGUF.format("31B"), "llama-server", 1)
    assert "vLLM does not run on Windows; in WSL2 it does, for many requests at once." in made.why
    assert {other.plan.engine for other in made.alternatives} <= {"llama-server", "ollama"}


@pytest.mark.fault("server", "two GPUs that are not equal", "the unused one is named, with why")
def test_a_second_gpu_of_another_kind_is_named_as_unused():
    small = card(12288, 12000, "GeForce RTX 3060", (8, 6))
    made = on(replace(MACHINES["cuda_24"], devices=(*MACHINES["cuda_24"].devices, small)))
    assert chosen(made) == EXPECTED["cuda_24"]
    assert (
        "NVIDIA GeForce RTX 3060 is not used: a model is shared by equal GPUs only, since the"
        " slowest sets the pace." in made.why
    )


def test_a_second_equal_gpu_that_gains_nothing_is_named_too():
    pair = MACHINES["cuda_80"].devices[0]
    made = on(with_cards(pair, pair))
    assert chosen(made) == EXPECTED["cuda_80"]
    assert (
        "NVIDIA H100 80GB HBM3 is not used: one card holds the model, and a second one would gain"
        " little." in made.why
    )


def test_two_small_cards_together_hold_the_mixture():
    pair = card(12288, 11900, "GeForce RTX 3060", (8, 6))
    made = on(with_cards(pair, pair))
    assert chosen(made) == (GGUF.format("26B-A4B"), "llama-server", 2)
    assert "2 equal GPUs share it (some layers each)." in made.why


def test_the_number_of_gpus_can_be_given():
    assert chosen(on(MACHINES["cuda_2x24"], gpus=1)) == EXPECTED["cuda_24"]
    assert on(MACHINES["cuda_24"], gpus=2).plan.device_count == 2


def test_equal_gpus_are_grouped_whatever_is_free():
    first, second = MACHINES["cuda_2x24"].devices
    assert first.free != second.free
    other = card(8188, 8000)
    assert groups(with_cards(first, other, second)) == [[first, second], [other]]
    tight = next(one for one in candidates(MACHINES["cuda_2x24"], Want()) if one.device_count == 2)
    assert tight.usable_bytes == 2 * round(24 * GIB * 0.90)


@pytest.mark.parametrize(
    ("engines", "expected"),
    [
        (("vllm",), (W4A16.format("12B"), "vllm", 1)),
        (("llama-server",), (GGUF.format("26B-A4B"), "llama-server", 1)),
        (("ollama",), ("gemma4:26b-a4b-it-qat", "ollama", 1)),
        (("llamacpp",), (GGUF.format("26B-A4B"), "llamacpp", 1)),
        (("ollama", "llamacpp"), ("gemma4:26b-a4b-it-qat", "ollama", 1)),
    ],
)
def test_only_the_engines_that_are_asked_for(engines, expected):
    made = on(MACHINES["cuda_24"], engines)
    assert chosen(made) == expected
    assert (made.plan.device_kind == "cpu") is (engines == ("llamacpp",))  # it has no CUDA


def test_a_gpu_that_holds_nothing_leaves_the_cpu():
    made = on(with_cards(card(2048, 1900, "GeForce GT 1030", (6, 1))))
    assert (made.plan.device_kind, made.plan.family) == ("cpu", "26b")
    assert "NVIDIA GeForce GT 1030 is not used: no Gemma 4 fits its memory." in made.why


def test_nothing_fits():
    assert recommend(Machine((), make_device("cpu", "a router", GIB)), Want()) is None


def test_slow_everywhere_is_better_than_nothing():
    cpu = replace(MACHINES["no_gpu_32"].cpu, bandwidth=1e9, bandwidth_source="given")
    made = on(Machine((), cpu))
    assert made.plan.decode_tokens_per_second < rank.TOO_SLOW


@pytest.mark.parametrize("name", MACHINES)
def test_alternatives_fit_and_say_what_they_cost(name):
    made = on(MACHINES[name])
    assert all(other.plan.fits and other.cost for other in made.alternatives)
    named = [(other.plan.model, other.plan.engine) for other in made.alternatives]
    assert (made.plan.model, made.plan.engine) not in named
    assert len(named) == len(set(named)) <= 4


def test_the_stronger_model_of_a_24_gb_card_and_its_cost():
    first, *_ = on(MACHINES["cuda_24"]).alternatives
    assert (first.plan.model, first.plan.engine) == (GGUF.format("31B"), "llama-server")
    assert first.cost == (
        "80 instead of 77.1% in LiveCodeBench; about 38 instead of 139 tokens/s, 3.7 times slower;"
        " at most 40960 instead of 131072 tokens of context"
    )


def test_a_stronger_model_may_fit_with_a_shorter_context():
    first, *_ = on(with_cards(card(20475, 20200, "RTX 4000 Ada Generation"))).alternatives
    assert (first.plan.model, first.plan.context) == (GGUF.format("31B"), 8192)
    assert first.cost == (
        "80 instead of 77.1% in LiveCodeBench; about 15 instead of 78 tokens/s, 5.2 times slower;"
        " 8192 instead of 16384 tokens of context, too few for some prompts"
    )


@pytest.mark.parametrize("name", MACHINES)
def test_nobodys_repack_wins_over_the_makers(name):
    machine = MACHINES[name]
    best = on(machine).plan
    _, (checkpoint, *_) = catalogue.find(best.model)
    assert checkpoint.official
    # Even if it were a little faster:
    other = best.model_copy(
        update={
            "model": "cyankiwi/gemma-4-31B-it-AWQ-4bit",
            "decode_tokens_per_second": best.decode_tokens_per_second * 1.02,
        }
    )
    assert rank.best([other, best]) == best


def test_worth_is_odds_and_patience():
    made = on(MACHINES["cuda_24"]).plan
    slow = made.model_copy(update={"decode_tokens_per_second": rank.PATIENCE})
    assert rank.worth(slow) == pytest.approx(77.1 / 22.9 / 2)
    assert rank.worth(slow.model_copy(update={"decode_tokens_per_second": None})) == 0


def test_a_recommended_plan_can_be_made_again():
    made = on(MACHINES["cuda_2x24"]).plan
    device = MACHINES["cuda_2x24"].devices[1]
    again = plan.plan_for(made, device, Want(concurrency=2, gpus=2), MACHINES["cuda_2x24"].cpu)
    assert again == made
