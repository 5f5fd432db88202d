"""Figures in words."""

from __future__ import annotations

import pytest
from support.eval_results import defect, finding, header, known_run, result

from reviewer.lab.evals import wording
from reviewer.lab.evals.metrics import METRICS, Rules
from reviewer.lab.evals.report import report
from reviewer.lab.evals.report_model import Figure


def figure(value: float, low: float | None = None, high: float | None = None) -> Figure:
    return Figure(value=value, low=low, high=high, part=3, whole=6000, cases=4)


@pytest.mark.parametrize(
    ("key", "number", "shown"),
    [
        ("recall_3", 0.12345, "12.3 %"),
        ("recall_3", 1.0, "100.0 %"),
        ("chance_3", 0.16, "16.0 %"),
        ("false_per_clean", 0.333333, "0.33"),
        ("tokens_per_case", 99.994, "99.99"),
        ("tokens_per_case", 12345.6, "12,346"),
        ("seconds_per_case", 1234.56, "1,234.6 s"),
    ],
)
def test_amounts(key: str, number: float, shown: str) -> None:
    assert wording.value(METRICS[key], figure(number)) == shown


def test_intervals() -> None:
    assert wording.interval(METRICS["f1"], figure(0.5, 0.25, 0.75)) == "25.0 % to 75.0 %"
    assert wording.interval(METRICS["f1"], figure(0.5)) == ""
    assert wording.interval(METRICS["f1"], None) == ""


@pytest.mark.parametrize(
    ("key", "shown", "why"),
    [
        ("recall_3", "not run", ""),
        ("fix_success", "not run", ""),
        ("precision", "–", "no findings, or no known defects"),
        ("exact", "–", "no published findings"),
        ("category_agreement", "–", "no defects found that have a category"),
    ],
)
def test_what_is_not_there(key: str, shown: str, why: str) -> None:
    assert (wording.value(METRICS[key], None), wording.counted(METRICS[key], None)) == (shown, why)


def test_what_was_counted() -> None:
    assert wording.counted(METRICS["recall_3"], figure(0.0005)) == "3 of 6,000 known defects"
    assert (
        wording.counted(METRICS["false_per_clean"], figure(0.0005))
        == "6,000 reviews of clean changes"
    )


@pytest.mark.parametrize(
    ("p", "shown"),
    [(None, "no difference"), (0.0004, "p < 0.001"), (0.001, "p = 0.001"), (1.0, "p = 1.000")],
)
def test_probabilities(p: float | None, shown: str) -> None:
    assert wording.probability(p) == shown


def test_every_figure_has_its_line_in_one_section() -> None:
    shown = [key for keys in wording.SECTIONS.values() for key in keys]
    assert sorted(shown) == sorted(METRICS)


def test_a_chance_level_that_is_not_known_has_no_line() -> None:
    keys = [
        metric.key for _, rows in wording.rows(report(*known_run(), Rules())) for metric, _ in rows
    ]
    assert keys == [
        key for keys in wording.SECTIONS.values() for key in keys if not key.startswith("chance")
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "gemma on vllm, effort standard"),
        ({"thinking": "on"}, "gemma on vllm, effort standard, thinking on"),
        ({"model": None}, "unnamed model on vllm, effort standard"),
        (
            {"model": None, "model_role": "none", "engine": "none"},
            "analyzers only, effort standard",
        ),
    ],
)
def test_who_reviewed(given: dict[str, str | None], expected: str) -> None:
    assert dict(wording.facts(report(header(**given), [], Rules())))["engine"] == expected


def test_the_settings_that_were_given() -> None:
    facts = dict(
        wording.facts(
            report(header(settings={"seed": "1", "cache": "off"}), [result("a")], Rules(10, "info"))
        )
    )
    assert facts["settings"] == "cache off, seed 1"
    assert (
        facts["counted"]
        == "1 complete review (1 of clean changes) with 0 known defects and 0 findings, 0 of them"
        " info or more"
    )
    assert facts["method"].endswith("within 10 lines unless noted otherwise")


def test_patches_that_no_tests_were_run_on() -> None:
    """There are findings, so it must not be said that there are none."""
    found = [result("a", [defect(1)], [finding(1, verification="clean")])]
    for ran_tests, shown in ((False, "not run"), (True, "0.0 %")):
        rows = [
            row
            for _, rows in wording.rows(report(header(ran_tests=ran_tests), found, Rules()))
            for row in rows
        ]
        (value,) = [wording.value(*row) for row in rows if row[0].key == "tests_pass"]
        assert value == shown
    rows = [
        row
        for _, rows in wording.rows(report(header(ran_tests=False), [result("a")], Rules()))
        for row in rows
    ]
    assert [wording.value(*row) for row in rows if row[0].key == "tests_pass"] == ["–"]
