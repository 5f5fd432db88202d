"""The drawing of plans, whole lines."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.devices import CPU, RTX_4090, T4

from reviewer.serving import catalogue, plan, show
from reviewer.serving.fit import Want


def of(id_, device, **want):
    model, (checkpoint,) = catalogue.find(id_)
    return plan.make_plan(model, checkpoint, device, Want(**want), CPU)


QAT12 = "google/gemma-4-12B-it-qat-w4a16-ct"


def test_a_bar():
    assert show.bar(of(QAT12, RTX_4090, concurrency=4), 48) == [
        "[██████████████████▓▓▓▓▓▓▓▓▓▓▒▒▒▒░░░░░░░░░░░     ]",
        "█ weights 9.6  ▓ KV cache 4.8  ▒ margin 1.6",
        "░ free 5.6    for others 2.4  of 24.0 GiB",
    ]


def test_a_bar_without_blocks():
    assert show.bar(of(QAT12, RTX_4090, concurrency=4), 90, blocks=False) == [
        "[###################################==================+++++++....................."
        "         ]",
        "# weights 9.6  = KV cache 4.8  + margin 1.6  . free 5.6    for others 2.4  of 24.0 GiB",
    ]


def test_what_does_not_fit_runs_past_the_mark():
    assert show.bar(of("google/gemma-4-31B-it-qat-w4a16-ct", RTX_4090), 50, blocks=False) == [
        "[#######################################=======++++]",
        "                                         ^ 21.6 GiB usable",
        "# weights 21.6  = KV cache 3.6  + margin 1.7",
        "of 24.0 GiB",
    ]


def test_a_plan_in_words():
    lines = show.plan_lines(of("google/gemma-4-31B-it-qat-w4a16-ct", RTX_4090), 52, blocks=False)
    assert lines == [
        "Gemma 4 31B (w4a16) with vllm on NVIDIA GeForce RTX",
        "4090: does not fit",
        "[#######################################=======++++]",
        "                                         ^ 21.6 GiB usable",
        "# weights 21.6  = KV cache 3.6  + margin 1.7",
        "of 24.0 GiB",
        "Model:   google/gemma-4-31B-it-qat-w4a16-ct",
        "Size:    23.2 GB, in memory 21.6 GiB (calculated)",
        "Speed:   none: it does not start",
        "Needs:   vLLM 0.19.1 or newer",
        "Get:     reviewer model pull \\",
        "         google/gemma-4-31B-it-qat-w4a16-ct",
        "! It does not fit: 1 × 16384 tokens need 5.5 GiB",
        "  more. Choose a smaller model, a shorter --context",
        "  or a lower --concurrency.",
        "! The size of the weights (21.6 GiB) is not",
        "  measured; others took up to 0.4 GiB more than",
        "  calculated, so 0.5 GiB more are kept free.",
    ]


def test_a_plan_that_fits_in_words():
    lines = show.plan_lines(of(QAT12, RTX_4090), 80)
    assert [lines[0], *lines[4:10]] == [
        "Gemma 4 12B (w4a16) with vllm on NVIDIA GeForce RTX 4090: fits",
        "Model:   google/gemma-4-12B-it-qat-w4a16-ct",
        "Size:    10.3 GB, in memory 9.6 GiB (the size of the file)",
        "At once: up to 8.7 requests of 16384 tokens (1.19 GiB each), or one of 131072",
        "Speed:   about 80 tokens/s for one stream (the memory alone would allow 117)",
        "Needs:   vLLM 0.23.0 or newer",
        "Get:     reviewer model pull google/gemma-4-12B-it-qat-w4a16-ct",
    ]


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("id_", [QAT12, "google/gemma-4-12B-it-qat-q4_0-gguf", "gemma4:12b-it-qat"])
def test_a_folded_command_is_still_the_command(id_, width):
    made = of(id_, RTX_4090)
    lines = show.folded("Runs:", shlex.join(made.command), width)
    pasted = "\n".join(lines).removeprefix("Runs:").replace("\\\n", "")  # as a shell reads it
    assert shlex.split(pasted) == made.command
    assert width < 80 or max(map(len, lines)) <= width


def test_what_cannot_run_is_not_said_to_lack_memory():
    lines = show.plan_lines(of("google/gemma-4-E2B-it", T4), 80)
    assert lines[0].endswith("with vllm on Tesla T4: does not run here")
    assert "Speed:   none: it does not run here" in lines


def test_colours_are_the_printers():
    lines = show.plan_lines(
        of(QAT12, RTX_4090), 40, paint=lambda text, colour: f"<{colour}>{text}</{colour}>"
    )
    assert lines[:2] == [
        "Gemma 4 12B (w4a16) with vllm on NVIDIA",
        "GeForce RTX 4090: <green>fits</green>",
    ]
    assert lines[2].startswith("[<blue>███")
    assert lines[3] == "<blue>█</blue> weights 9.6  <cyan>▓</cyan> KV cache 1.2"
    assert [line for line in lines if line.startswith("<yellow>!</yellow> The size")]


@pytest.mark.parametrize(
    ("encoding", "can"),
    [
        ("utf-8", True),
        ("cp437", True),
        ("ascii", False),
        ("latin-1", False),
        (None, False),
        ("no-such", False),
    ],
)
def test_which_streams_can_show_blocks(encoding, can):
    assert show.drawable(encoding) is can


@given(st.integers(0, 120), st.lists(st.integers(0, 10**12), min_size=1, max_size=5))
def test_cells_add_up(width, parts):
    cells = show.split(width, parts)
    assert sum(cells) == (width if any(parts) else 0)
    assert all(cell >= 0 for cell in cells)
    assert all(cell == 0 for cell, part in zip(cells, parts, strict=True) if not part)
    if width >= len(parts):
        assert all(cell > 0 for cell, part in zip(cells, parts, strict=True) if part)


@given(st.lists(st.integers(10**9, 10**12), min_size=2, max_size=5))
def test_cells_are_in_proportion(parts):
    cells = show.split(1000, parts)
    assert all(
        abs(cell - 1000 * part / sum(parts)) <= len(parts)
        for cell, part in zip(cells, parts, strict=True)
    )


def test_a_list():
    made = [of(QAT12, RTX_4090), of("gemma4:e2b", RTX_4090), of("google/gemma-4-31B-it", RTX_4090)]
    assert show.list_lines(made, made[0]) == [
        "  program  form    coding  tokens/s   GiB  context  at once",
        "google/gemma-4-12B-it-qat-w4a16-ct  <- start with this",
        "  vllm     w4a16       72        80  12.4   131072      8.7",
        "gemma4:e2b",
        "  ollama   q4_k_m      44       188   7.8   131072    128.9",
        "google/gemma-4-31B-it",
        "  vllm     bf16        80         -  63.8        -        -",
    ]
    two = of("google/gemma-4-31B-it-qat-w4a16-ct", RTX_4090, gpus=2)
    assert show.list_lines([two], None)[2].startswith("  vllm ×2  w4a16 ")
