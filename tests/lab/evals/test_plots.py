"""Plots: the same bytes for the same figures, and nothing in them that leads out of the page."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from support.eval_results import header, known_run, result

from reviewer.lab.evals.metrics import Rules
from reviewer.lab.evals.plots import plots
from reviewer.lab.evals.report import report
from reviewer.lab.evals.report_model import Report


@pytest.fixture(scope="module")
def known() -> Report:
    return report(*known_run(), Rules())


def test_the_plots_of_a_run(known: Report) -> None:
    assert [title for title, _ in plots(known, "r0")] == [
        "Recall by distance",
        "Recall and precision by category",
        "Tokens by changed lines",
        "Time per case",
    ]


def test_there_is_no_plot_of_what_was_not_run() -> None:
    assert (
        list(plots(report(header(), [result("a", unrunnable="no", outcome=None)], Rules()), "r0"))
        == []
    )
    assert [
        title for title, _ in plots(report(header(), [result("a", seconds=1.0)], Rules()), "r0")
    ] == ["Time per case"]


def test_the_same_figures_give_the_same_bytes(known: Report) -> None:
    assert list(plots(known, "r0")) == list(plots(known, "r0"))


def test_a_plot_stays_in_the_page_and_asks_for_no_style(known: Report) -> None:
    ids: list[str] = []
    for number, (title, svg) in enumerate(plots(known, "r0")):
        root = ElementTree.fromstring(svg)
        assert root.attrib["aria-label"] == title
        tags = {node.tag for node in root.iter()}
        assert tags <= {"svg", "g", "path", "text", "use", "defs", "clipPath", "rect", "tspan"}, (
            number
        )
        names = {name for node in root.iter() for name in node.attrib}
        assert not {"style", "src", "class", "onload"} & names
        assert "http" not in svg
        own = [node.attrib["id"] for node in root.iter() if "id" in node.attrib]
        ids += own
        wanted = re.findall(r'href="([^"]*)"', svg) + re.findall(r"url\(([^)]*)\)", svg)
        assert wanted
        assert {each.removeprefix("#") for each in wanted} <= set(own)
    assert len(set(ids)) == len(ids)


def test_bars_and_intervals_are_where_the_figures_are(known: Report) -> None:
    """The three bars of the recall have heights of 0.4, 0.6 and 0.8: in the ratio 2 : 3 : 4."""
    svg = dict(plots(known, "r0"))["Recall by distance"]
    root = ElementTree.fromstring(svg)
    bars = [
        [float(number) for number in re.findall(r"[\d.]+", node.attrib["d"])][1::2]
        for node in root.iter("path")
        if node.attrib.get("fill") == "var(--link)" and "clip-path" in node.attrib
    ]
    heights = [max(ys) - min(ys) for ys in bars]
    assert [height / heights[0] for height in heights] == pytest.approx([1, 1.5, 2], abs=1e-3)
    ticks = [node.text for node in root.iter("text")]
    assert {"same lines", "within 3", "within 10", "recall"} <= set(ticks)


def test_without_matplotlib_the_error_names_the_next_step() -> None:
    program = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from support.eval_results import known_run\n"
        "from reviewer.lab.evals import plots; from reviewer.lab.evals.metrics import Rules\n"
        "from reviewer.lab.evals.report import report; from reviewer.errors import UsageError\n"
        "try: list(plots.plots(report(*known_run(), Rules()), 'r0'))\n"
        "except UsageError as exc: print(exc)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (
        ran.stdout
        == f"plots need matplotlib: {sys.executable} -m pip install 'gemma-reviewer[eval]', or"
        " leave out --html\n"
    )
