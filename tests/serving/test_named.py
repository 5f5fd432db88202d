import pytest
from support.machines import MACHINES

from reviewer.errors import NoEngine, UsageError
from reviewer.serving.fit import Want
from reviewer.serving.named import instead, named

WANT = Want()


def test_a_model_that_fits_is_planned_in_its_best_form():
    made = named("12b", MACHINES["cuda_24"], WANT, "vllm")
    assert (made.model, made.engine) == ("google/gemma-4-12B-it-qat-w4a16-ct", "vllm")
    made = named("26b", MACHINES["cuda_24"], WANT, "llama-server")
    assert (made.model, made.engine) == (
        "google/gemma-4-26B-A4B-it-qat-q4_0-gguf",
        "llama-server",
    )


@pytest.mark.fault(
    "server", "a model that needs both of two GPUs", "it is started on both, not refused"
)
def test_equal_gpus_share_what_one_cannot_hold():
    made = named("31b", MACHINES["cuda_2x24"], WANT, "vllm")
    assert (made.model, made.device_count) == ("google/gemma-4-31B-it-qat-w4a16-ct", 2)
    assert named("12b", MACHINES["cuda_2x24"], WANT, "vllm").device_count == 1
    assert named("12b", MACHINES["cuda_2x24"], WANT, "vllm", gpus=2).device_count == 2
    with pytest.raises(NoEngine, match="does not fit NVIDIA GeForce RTX 3090"):
        named("31b", MACHINES["cuda_2x24"], WANT, "vllm", gpus=1)


def test_what_is_asked_for_by_its_id_is_planned_although_it_is_never_suggested():
    name = "xbill9/gemma-4-26B-A4B-it-qat-q4_0-w4a16-ct"
    assert named(name, MACHINES["cuda_24"], WANT, "vllm").model == name
    assert named(name, MACHINES["cuda_2x24"], WANT, "vllm").model == name
    assert named("26b", MACHINES["cuda_80"], WANT, "vllm").model != name


def test_a_shorter_context_is_the_next_step_where_it_is_enough():
    machine, want = MACHINES["cuda_32"], Want(context=131072)
    with pytest.raises(NoEngine) as caught:
        named("31b", machine, want, "vllm")
    said, step = caught.value.message.split("; add --anyway to try it, or use --context ")
    assert said.startswith("Gemma 4 31B (w4a16) does not fit NVIDIA GeForce RTX 5090: it needs ")
    assert " GiB for a context of 131,072 tokens, and " in said
    assert named("31b", machine, Want(context=int(step)), "vllm").fits


def test_what_the_device_cannot_do_at_all_is_said():
    with pytest.raises(NoEngine) as caught:
        named("12b", MACHINES["no_gpu_32"], WANT, "vllm")
    said, model = caught.value.message.split("; add --anyway to try it, or use --model ")
    assert said == (
        "Gemma 4 12B (w4a16) cannot run on 13th Gen Intel(R) Core(TM) i7-13700: On a CPU without"
        " AVX-512 vLLM has no 4-bit kernel (vllm-project/vllm#55613): use bf16 or a GGUF"
    )
    assert named(model, MACHINES["no_gpu_32"], WANT, "vllm").fits


def test_anyway_is_a_plan_that_does_not_fit():
    made = named("31b", MACHINES["cuda_24"], WANT, "vllm", anyway=True)
    assert (made.model, made.fits) == ("google/gemma-4-31B-it-qat-w4a16-ct", False)


def test_another_engine_is_the_next_step_where_this_one_has_nothing():
    with pytest.raises(NoEngine) as caught:
        named("12b", MACHINES["cuda_8"], WANT, "vllm")
    step = caught.value.message.partition("; add --anyway to try it, or ")[2]
    assert step.startswith("run: reviewer serve start --engine llama-server --model google/gemma-4")
    assert step == instead(MACHINES["cuda_8"], WANT)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("12c", "'12c' is not in the catalogue: name a size"),
        (
            "google/gemma-4-E2B-it-qat-q4_0-gguf",
            "google/gemma-4-E2B-it-qat-q4_0-gguf is for llamacpp, not for vllm: choose one from",
        ),
    ],
)
def test_names_that_the_engine_cannot_serve(name, said):
    with pytest.raises(UsageError) as caught:
        named(name, MACHINES["cuda_24"], WANT, "vllm")
    assert caught.value.message.startswith(said)
