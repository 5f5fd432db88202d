"""The drawing of plans, whole lines."""

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
        "[████████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒░░░░░░░     ]",
        "█ weights 8.3  ▓ KV cache 7.3  ▒ margin 2.8  ░ free 3.3    for others 2.4  of 24.0 GiB",
    ]


def test_a_bar_without_blocks():
    assert show.bar(of(QAT12, RTX_4090, concurrency=4), 48, blocks=False) == [
        "[################==============++++++.......     ]",
        "# weights 8.3  = KV cache 7.3  + margin 2.8  . free 3.3    for others 2.4  of 24.0 GiB",
    ]


def test_what_does_not_fit_runs_past_the_mark():
    assert show.bar(of("google/gemma-4-31B-it-qat-w4a16-ct", RTX_4090), 50, blocks=False) == [
        "[##################################==========++++++]",
        "                                       ^ 21.6 GiB usable",
        "# weights 19.8  = KV cache 5.2  + margin 2.9  of 24.0 GiB",
    ]


def test_a_plan_in_words():
    lines = show.plan_lines(of("google/gemma-4-31B-it-qat-w4a16-ct", RTX_4090), 52, blocks=False)
    assert [lines[0], *lines[4:]] == [
        (
            "Gemma 4 31B (w4a16, google/gemma-4-31B-it-qat-w4a16-ct) with vllm on NVIDIA GeForce"
            " RTX 4090: does not fit"
        ),
        "Speed:   none: it does not start",
        "Get:     reviewer model pull google/gemma-4-31B-it-qat-w4a16-ct",
        (
            "! It does not fit: 1 × 16384 tokens need 6.5 GiB more. Choose a smaller model, a"
            " shorter"
            " --context or a lower --concurrency."
        ),
        (
            "! The size of the weights (19.8 GiB) is from the recipe; smaller checkpoints took up"
            " to 1.2 GiB more when measured, so 1.5 GiB more are kept free."
        ),
    ]


def test_a_plan_that_fits_in_words():
    lines = show.plan_lines(of(QAT12, RTX_4090), 80)
    assert (
        lines[3] == "At once: up to 5.8 requests of 16384 tokens (1.82 GiB each), or one of 131072"
    )
    assert (
        lines[4]
        == "Speed:   about 81 tokens/s for one stream, bound by memory bandwidth (at most 115 from"
        " the card alone)"
    )
    assert lines[6].startswith(
        "Serve:   vllm serve google/gemma-4-12B-it-qat-w4a16-ct --served-model-name gemma4 "
    )
    assert (
        """--structured-outputs-config '{"backend":"xgrammar","disable_any_whitespace":true}'"""
        in lines[6]
    )


def test_what_cannot_run_is_not_said_to_lack_memory():
    lines = show.plan_lines(of("google/gemma-4-E2B-it", T4), 80)
    assert lines[0].endswith("with vllm on Tesla T4: does not run here")
    assert "Speed:   none: it does not run here" in lines


def test_colours_are_the_printers():
    lines = show.plan_lines(
        of(QAT12, RTX_4090), 40, paint=lambda text, colour: f"<{colour}>{text}</{colour}>"
    )
    assert lines[0].endswith(": <green>fits</green>")
    assert lines[1].startswith("[<blue>███")
    assert lines[2].startswith(
        "<blue>█</blue> weights 8.3  <cyan>▓</cyan> KV cache 1.8  <yellow>▒</yellow> margin"
    )


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
        "checkpoint                          engine  quant   tokens/s    memory  context  at once",
        (
            "google/gemma-4-12B-it-qat-w4a16-ct  vllm    w4a16         81  12.9 GiB   131072     "
            " 5.8  <- start with this"
        ),
        (
            "    reviewer model pull google/gemma-4-12B-it-qat-w4a16-ct   then   "
            "reviewer serve start --model google/gemma-4-12B-it-qat-w4a16-ct"
        ),
        "gemma4:e2b                          ollama  q4_k_m      >200   7.8 GiB   131072    131.7",
        "    ollama pull gemma4:e2b   then   ollama serve",
        "google/gemma-4-31B-it               vllm    bf16           -  65.5 GiB        -        -",
        (
            "    reviewer model pull google/gemma-4-31B-it   then   reviewer serve start --model"
            " google/gemma-4-31B-it"
        ),
    ]
