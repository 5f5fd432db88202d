"""Figures in words, shared by terminal and page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewer.lab.evals.metrics import METRICS, Metric
from reviewer.lab.evals.report_model import Figure, Report
from reviewer.text import count

NOT_RUN, NOTHING = "not run", "–"
OF_FINDINGS = ("findings", "published findings", "defects found that have a category")
SECTIONS = {
    "Judgement (complete reviews)": (
        "recall_0",
        "recall_3",
        "recall_10",
        "chance_0",
        "chance_3",
        "chance_10",
        "recall_strict",
        "category_agreement",
        "precision",
        "f1",
        "false_per_clean",
        "silent_clean",
        "agreement_ids",
        "agreement_places",
    ),
    "Work (every review that ran)": (
        "complete",
        "exact",
        "applies",
        "parses",
        "clean",
        "tests_pass",
        "fix_success",
        "schema_valid",
        "bad_replies",
        "cached",
        "calls_per_case",
        "tokens_per_case",
        "tokens_per_1000",
        "seconds_per_case",
        "seconds_per_1000",
    ),
}
GROUP_LABELS = {
    "recall": "recall",
    "precision": "precision",
    "f1": "F1",
    "false_per_clean": "false / clean",
    "seconds_per_case": "time",
}


def value(metric: Metric, figure: Figure | None) -> str:
    """A figure of findings without any findings is not the same as one that was not run."""
    if figure is None:
        return NOTHING if metric.of in OF_FINDINGS else NOT_RUN
    return amount(metric, figure.value)


def interval(metric: Metric, figure: Figure | None) -> str:
    if figure is None or figure.low is None or figure.high is None:
        return ""
    return f"{amount(metric, figure.low)} to {amount(metric, figure.high)}"


def amount(metric: Metric, number: float) -> str:
    """Percentages with one decimal, small numbers with three digits."""
    if metric.kind in ("share", "level"):
        return f"{100 * number:.1f} %"
    if metric.kind == "seconds":
        return f"{number:,.1f} s"
    return f"{number:,.0f}" if number >= 100 else f"{number:.2f}"


def counted(metric: Metric, figure: Figure | None) -> str:
    """`3 of 6 known defects`, `4 reviews that ran`."""
    if figure is None:
        reason = (
            "no findings, or no known defects" if metric.key == "precision" else f"no {metric.of}"
        )
        return reason if metric.of in OF_FINDINGS else ""
    if metric.kind == "share":
        return f"{figure.part:,.0f} of {figure.whole:,} {metric.of}"
    return f"{figure.whole:,} {metric.of}"


def facts(report: Report) -> Iterator[tuple[str, str]]:
    """What was run, and how much of it counts."""
    header, counts = report.header, report.counts
    yield "run", f"{header.name}, {header.started}, reviewer {header.tool_version}"
    model = (
        "analyzers only"
        if header.model_role == "none"
        else f"{header.model or 'unnamed model'} on {header.engine}"
    )
    thinking = "" if header.thinking == "off" else f", thinking {header.thinking}"
    yield "engine", f"{model}, effort {header.effort}{thinking}"
    if header.settings:
        yield (
            "settings",
            ", ".join(f"{name} {text}" for name, text in sorted(header.settings.items())),
        )
    yield "cases", f"{counts.cases:,} from {header.cases}, {count(counts.reviews, 'review')}"
    yield (
        "counted",
        (
            f"{count(counts.complete, 'complete review')} ({counts.clean:,} of clean changes) with"
            f" {count(counts.defects, 'known defect')} and {count(counts.findings, 'finding')},"
            f" {counts.counted:,} of them {report.min_severity} or more"
        ),
    )
    yield "left out", f"{counts.incomplete:,} incomplete, {counts.unrunnable:,} could not be run"
    yield (
        "method",
        f"{report.method}; within {count(report.tolerance, 'line')} unless noted otherwise",
    )


def rows(report: Report) -> Iterator[tuple[str, list[tuple[Metric, Figure | None]]]]:
    """The figures by section. An unknown chance level has no line."""
    for title, keys in SECTIONS.items():
        shown = [(METRICS[key], report.figures[key]) for key in keys]
        if (
            not report.header.ran_tests and report.figures["applies"]
        ):  # there were findings, but no tests
            shown = [
                (replace(each, of="") if each.key == "tests_pass" else each, figure)
                for each, figure in shown
            ]
        yield (
            title,
            [
                (metric, figure)
                for metric, figure in shown
                if figure or not metric.key.startswith("chance")
            ],
        )


def metric_of(key: str) -> Metric:
    """The metric of a key, including figures of groups, which have no tolerance in their name."""
    return METRICS.get(key) or Metric(key, key)


def probability(p: float | None) -> str:
    if p is None:
        return "no difference"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
