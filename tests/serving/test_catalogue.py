"""The catalogue against the model cards, the published sizes and the shapes of the models."""

from dataclasses import replace

import pytest

from reviewer.errors import UsageError
from reviewer.serving import catalogue
from reviewer.serving.catalogue import GIB

MODELS = {model.id: model for model in catalogue.models()}
BY_ID = {checkpoint.id: (model, checkpoint) for model, checkpoint in catalogue.checkpoints()}


def near(value, printed):
    """Within 1 %, or half of the last digit that was printed."""
    digits = len(printed.partition(".")[2])
    return abs(value - float(printed)) <= max(abs(float(printed)) * 0.01, 0.5 * 10**-digits)


def test_the_family():
    assert {
        model.id: (model.base, model.context, model.min_vllm, model.text_only)
        for model in MODELS.values()
    } == {
        "e2b": ("google/gemma-4-E2B-it", 131072, "0.19.1", "language_model_only"),
        "e4b": ("google/gemma-4-E4B-it", 131072, "0.19.1", "language_model_only"),
        "12b": ("google/gemma-4-12B-it", 131072, "0.23.0", "limit_multimodal"),
        "26b": ("google/gemma-4-26B-A4B-it", 131072, "0.19.1", "language_model_only"),
        "31b": ("google/gemma-4-31B-it", 262144, "0.19.1", "language_model_only"),
    }


@pytest.mark.parametrize(
    ("size", "global_bytes", "sliding_bytes", "block", "window"),
    [
        ("e2b", 6_144, 12_288, 32, 512),
        ("e4b", 16_384, 40_960, 32, 512),
        ("12b", 16_384, 327_680, 16, 1024),
        ("26b", 20_480, 204_800, 16, 1024),
        ("31b", 81_920, 819_200, 16, 1024),
    ],
)
def test_kv_bytes_follow_from_the_shapes(size, global_bytes, sliding_bytes, block, window):
    model = MODELS[size]
    assert (model.kv_global_bytes, model.kv_sliding_bytes) == (global_bytes, sliding_bytes)
    assert (model.sliding_block, model.window) == (block, window)


@pytest.mark.parametrize(
    ("size", "text_parameters"),
    [("e2b", "4.63"), ("e4b", "7.46"), ("12b", "11.91"), ("26b", "25.23"), ("31b", "30.70")],
)
def test_text_parameters(size, text_parameters):
    model = MODELS[size]
    assert near(model.core + model.embedding + model.per_layer_embedding, text_parameters)


def test_body_of_the_mixture_from_its_shapes():
    """Counted from heads, widths and experts: what the table says is active is what a token
    passes."""
    hidden, experts = 2816, 3 * 2816 * 704
    sliding = 2 * 16 * 256 * hidden + 2 * 8 * 256 * hidden
    global_ = 2 * 16 * 512 * hidden + 2 * 512 * hidden  # K and V are one projection
    shared = 25 * sliding + 5 * global_ + 30 * (3 * 2112 * hidden + 128 * hidden)
    model = MODELS["26b"]
    assert near((shared + 30 * 8 * experts) / 1e9, str(model.active_core))
    assert near((shared + 30 * 128 * experts) / 1e9, str(model.core))


@pytest.mark.parametrize(
    ("size", "streamed"),
    [("e2b", "4.56"), ("e4b", "9.29"), ("12b", "23.8"), ("26b", "7.64"), ("31b", "61.4")],
)
def test_streamed_bytes_of_bf16(size, streamed):
    assert near(catalogue.streamed_bytes(MODELS[size], "bf16") / 1e9, streamed)


def test_gathers_are_resident_but_not_streamed():
    model = MODELS["e4b"]
    without = replace(model, per_layer_embedding=0, multimodal=0)
    assert catalogue.streamed_bytes(without, "w4a16") == catalogue.streamed_bytes(model, "w4a16")
    gathered = catalogue.formula_bytes(model, "w4a16") - catalogue.formula_bytes(without, "w4a16")
    assert gathered == round((2.82 + 0.45) * 2e9)


def test_the_output_head_of_w4a16_is_stored_and_loaded_apart():
    """So that the formula gives the 10.3 GB of the 12B's repository; streamed it is only once."""
    model = MODELS["12b"]
    twice = catalogue.formula_bytes(model, "w4a16") - catalogue.formula_bytes(model, "awq")
    assert twice == round(model.embedding * 2e9)
    assert catalogue.formula_bytes(model, "w4a16") / 1e9 == pytest.approx(10.3, abs=0.06)
    streamed = [catalogue.streamed_bytes(model, name) for name in ("w4a16", "awq")]
    assert streamed[0] == streamed[1]


@pytest.mark.parametrize(
    ("size", "quantization", "gib"),
    [
        ("e2b", "w4a16", "7.69"),
        ("e4b", "w4a16", "10.67"),
        ("e2b", "bf16", "9.46"),
        ("31b", "bf16", "58.2"),
    ],
)
def test_formula_of_resident_bytes(size, quantization, gib):
    assert near(catalogue.formula_bytes(MODELS[size], quantization) / GIB, gib)


@pytest.mark.parametrize(("size", "gb"), [("e2b", 9.6), ("26b", 48), ("31b", 58.3)])
def test_formula_against_googles_table(size, gb):
    """Google's static bf16 weights (in GiB, as 31B shows: 30.7e9 × 2 bytes are 57.2 GiB and 61.4
    GB)."""
    assert catalogue.formula_bytes(MODELS[size], "bf16") / GIB == pytest.approx(gb, rel=0.02)


@pytest.mark.parametrize(("size", "measured"), [("e2b", 8.01), ("e4b", 11.04)])
def test_formula_of_w4a16_is_a_little_below_what_was_measured(size, measured):
    assert 0.3 <= measured - catalogue.formula_bytes(MODELS[size], "w4a16") / GIB <= 0.4


@pytest.mark.parametrize(
    ("id_", "gb"),
    [
        ("google/gemma-4-E2B-it-qat-q4_0-gguf", 3.35),
        ("google/gemma-4-E4B-it-qat-q4_0-gguf", 5.154939136),
        ("google/gemma-4-12B-it-qat-q4_0-gguf", 6.98),
        ("google/gemma-4-26B-A4B-it-qat-q4_0-gguf", 14.439363584),
        ("google/gemma-4-31B-it-qat-q4_0-gguf", 17.651001568),
    ],
)
def test_formula_gives_the_sizes_of_googles_gguf_files(id_, gb):
    model, checkpoint = BY_ID[id_]
    assert catalogue.formula_bytes(model, checkpoint.quantization) / 1e9 == pytest.approx(
        gb, rel=0.02
    )
    assert catalogue.weight_bytes(model, checkpoint) / 1e9 == pytest.approx(gb, rel=0.001)


@pytest.mark.parametrize(
    ("id_", "gib", "known"),
    [
        ("google/gemma-4-E2B-it", 9.75, "measured"),
        ("google/gemma-4-E2B-it-qat-w4a16-ct", 8.01, "measured"),
        ("google/gemma-4-E4B-it-qat-w4a16-ct", 11.04, "measured"),
        ("google/gemma-4-12B-it-qat-w4a16-ct", 9.59, "file"),
        ("google/gemma-4-31B-it-qat-w4a16-ct", 21.6, "formula"),
        ("RedHatAI/gemma-4-12B-it-NVFP4", 7.7, "formula"),
        ("google/gemma-4-31B-it", 59.0, "reported"),
        ("nvidia/Gemma-4-31B-IT-NVFP4", 31.0, "measured"),
        ("RedHatAI/gemma-4-26B-A4B-it-FP8-dynamic", 25.2, "formula"),
        ("google/gemma-4-26B-A4B-it#int8", 25.2, "formula"),
        ("RedHatAI/gemma-4-26B-A4B-it-NVFP4", 15.2, "formula"),
    ],
)
def test_resident_bytes_are_measured_where_they_can_be(id_, gib, known):
    model, checkpoint = BY_ID[id_]
    assert near(catalogue.weight_bytes(model, checkpoint) / GIB, str(gib))
    assert checkpoint.weights == known


def test_online_int8_halves_the_mixture():
    model, checkpoint = BY_ID["google/gemma-4-26B-A4B-it#int8"]
    bf16 = catalogue.formula_bytes(model, "bf16")
    assert catalogue.weight_bytes(model, checkpoint) / bf16 == pytest.approx(1 - 0.47, abs=0.01)
    assert catalogue.download_bytes(model, checkpoint) == pytest.approx(bf16, rel=0.01)
    assert (checkpoint.repository, checkpoint.flags) == (
        "google/gemma-4-26B-A4B-it",
        ("--quantization", "int8_per_channel_weight_only"),
    )


def test_nvfp4_of_nvidia_is_as_large_as_its_bf16_attention_makes_it():
    """Attention of 31B counted from its shapes, 2 bytes each, the rest 0.5625: 30 GiB, where 31
    were measured."""
    hidden = 5376
    attention = 50 * (2 * 32 * 256 + 2 * 16 * 256) * hidden + 10 * (2 * 32 * 512 + 4 * 512) * hidden
    body = attention * 2 + (29.29e9 - attention) * 0.5625
    assert body / 29.29e9 == pytest.approx(
        catalogue.QUANTIZATIONS["nvfp4_bf16_attention"].core, rel=0.01
    )
    assert (body + 2.82e9 + 1.1e9) / GIB == pytest.approx(31, rel=0.03)


def test_what_the_family_can_do_and_what_runs_it():
    assert {
        model.id: (model.coding, model.min_llamacpp, model.min_ollama) for model in MODELS.values()
    } == {
        "e2b": (44.0, 8637, "0.20.0"),
        "e4b": (52.0, 8637, "0.20.0"),
        "12b": (72.0, 9509, "0.30.5"),
        "26b": (77.1, 8637, "0.20.0"),
        "31b": (80.0, 8637, "0.20.0"),
    }


def test_ollama_has_the_forms_that_were_trained_for_4_bits():
    tags = {
        checkpoint.id: checkpoint.file_gb
        for _, checkpoint in catalogue.checkpoints()
        if checkpoint.id.endswith("-it-qat")
    }
    assert tags == {
        "gemma4:e2b-it-qat": 4.3,
        "gemma4:e4b-it-qat": 6.1,
        "gemma4:12b-it-qat": 7.2,
        "gemma4:26b-a4b-it-qat": 16.0,
        "gemma4:31b-it-qat": 19.0,
    }


def test_whose_makers_answer_for_them():
    others = {item.id for _, item in catalogue.checkpoints() if not item.official}
    assert others == {
        "cyankiwi/gemma-4-26B-A4B-it-AWQ-4bit",
        "cyankiwi/gemma-4-31B-it-AWQ-4bit",
        "xbill9/gemma-4-26B-A4B-it-qat-q4_0-w4a16-ct",
    }


def test_every_size_has_a_form_for_each_engine():
    engines = {
        model.id: {entry.engine for entry in model.checkpoints if not entry.avoid}
        for model in catalogue.models()
    }
    assert engines == {size: {"vllm", "llamacpp", "ollama"} for size in MODELS}
    assert all(
        entry.quantization in catalogue.QUANTIZATIONS for _, entry in catalogue.checkpoints()
    )
    assert len(BY_ID) == len(list(catalogue.checkpoints()))


def test_what_to_avoid_says_why():
    avoided = {entry.id: entry.avoid for _, entry in catalogue.checkpoints() if entry.avoid}
    assert sorted(avoided) == [
        "cyankiwi/gemma-4-26B-A4B-it-AWQ-4bit",
        "google/gemma-4-E2B-it-qat-mobile-ct",
        "google/gemma-4-E4B-it-qat-mobile-ct",
        "nvidia/Gemma-4-31B-IT-NVFP4",
        "xbill9/gemma-4-26B-A4B-it-qat-q4_0-w4a16-ct",
    ]
    assert "31 GiB" in avoided["nvidia/Gemma-4-31B-IT-NVFP4"]
    assert "704" in avoided["xbill9/gemma-4-26B-A4B-it-qat-q4_0-w4a16-ct"]


@pytest.mark.parametrize(
    "name", ["12b", "12B", "gemma-4-12b", "gemma-4-12B-it", "gemma4-12b", "GEMMA-4-12B"]
)
def test_a_size_by_any_name_is_all_its_checkpoints(name):
    assert catalogue.find(name) == (MODELS["12b"], MODELS["12b"].checkpoints)


@pytest.mark.parametrize("name", ["26b", "26b-a4b", "gemma-4-26B-A4B-it"])
def test_the_mixture_by_its_names(name):
    assert catalogue.find(name)[0].id == "26b"


@pytest.mark.parametrize("id_", sorted(BY_ID))
def test_an_id_is_one_checkpoint(id_):
    model, checkpoint = BY_ID[id_]
    assert catalogue.find(id_.upper()) == (model, (checkpoint,))


def test_unknown_names():
    assert catalogue.lookup("someone/else") is None
    with pytest.raises(
        UsageError,
        match=r"'70b\\u\{1b\}' is not in the catalogue: name a size \(e2b, e4b, 12b, 26b, 31b",
    ):
        catalogue.find("70b\x1b")


def test_a_diffusion_model_cannot_review():
    with pytest.raises(UsageError, match="vLLM rejects structured outputs for diffusion models"):
        catalogue.lookup("google/diffusiongemma-26B-A4B-it")
