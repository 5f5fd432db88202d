"""The report and the comparison as text, whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.eval_results import defect, finding, header, known_run, result

from reviewer.lab.evals import report_text
from reviewer.lab.evals.compare import compare
from reviewer.lab.evals.metrics import Rules
from reviewer.lab.evals.report import report

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = "\x1b[31m<script>alert(1)</script>\u202e\nnext"


def texts() -> dict[str, str]:
    head, results = known_run()
    other = [each.model_copy(update={"findings": each.findings[1:]}) for each in results[:-1]]
    return {
        "report.txt": report_text.report(report(head, results, Rules())),
        "comparison.txt": report_text.comparison(
            compare(
                (head, results),
                (header(name="one finding less", effort="fast", model_role="smoke"), other),
                Rules(),
            )
        ),
    }


@pytest.mark.parametrize("name", ["report.txt", "comparison.txt"])
def test_the_whole_text(name: str, request: pytest.FixtureRequest) -> None:
    made, path = texts()[name], GOLDEN / name
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


def test_the_first_line_says_that_a_smoke_model_proves_nothing() -> None:
    text = report_text.report(report(header(model_role="smoke"), known_run()[1], Rules()))
    assert (
        text.splitlines()[0]
        == "SMOKE MODEL: these figures prove that the pipeline works; they do not measure"
        " review quality."
    )


def test_chance_and_agreement_are_shares_too() -> None:
    reviews = [
        result("a", [defect(1)], [finding(1)], repeat=number, hunks={"a.py": ((0, 0, 1, 8),)})
        for number in (0, 1)
    ]
    lines = report_text.report(report(header(repeats=2), reviews, Rules())).splitlines()
    shown = [
        " ".join(line.split()) for line in lines if "random" in line or "repeats agree" in line
    ]
    assert shown == [
        "one random comment, same lines 12.5 % 2 known defects",
        "one random comment, within 3 lines 50.0 % 2 known defects",
        "one random comment, within 10 lines 100.0 % 2 known defects",
        "repeats agree, same findings 100.0 % 1 cases run more than once",
        "repeats agree, same places 100.0 % 1 cases run more than once",
    ]


def test_what_others_wrote_steers_no_terminal() -> None:
    results = [
        result(
            HOSTILE,
            [defect(1, file=HOSTILE)],
            [finding(9, title=HOSTILE)],
            language=HOSTILE,
            tags=(HOSTILE,),
            held_back={HOSTILE: 1},
        ),
        result("x" + HOSTILE, unrunnable=HOSTILE, outcome=None),
    ]
    head = header(name=HOSTILE, model=HOSTILE, settings={HOSTILE: HOSTILE}, cases=HOSTILE)
    other = [results[0].model_copy(update={"findings": (finding(1, file=HOSTILE),)})]
    text = report_text.report(report(head, results, Rules()))
    text += report_text.comparison(
        compare((head, results), (header(model="\x1b["), other), Rules())
    )
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\u{1b}[31m<script>" in text
    assert not [line for line in text.splitlines() if line.startswith("next")]


def test_names_without_end_are_cut() -> None:
    results = [result(f"c{number:02}", unrunnable="no clone", outcome=None) for number in range(25)]
    lines = report_text.report(report(header(), results, Rules())).splitlines()
    assert lines[-1] == "  and 5 more (--format json lists all)"
    assert sum("no clone" in line for line in lines) == 20


def test_a_comparison_does_not_say_that_reviews_without_a_finding_were_not_run() -> None:
    results = [result("a", [defect(1)]), result("b", [defect(1)])]
    text = report_text.comparison(compare((header(), results), (header(), results), Rules()))
    (line,) = [line for line in text.splitlines() if "precision" in line]
    assert line.split() == ["precision", "(lower", "bound)", "–"]
