"""What is counted of one case."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from support.eval_results import defect, finding, result

from reviewer.lab.evals.metrics import (
    METRICS,
    MILLION,
    Judged,
    Rules,
    by_category,
    complete,
    judge,
    ran,
    tally,
)
from reviewer.lab.evals.results import Reported, Result


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (True, True)),
        ({"outcome": "completed_with_warnings"}, (True, True)),
        ({"outcome": "failed"}, (True, False)),
        ({"outcome": "error"}, (True, False)),
        ({"outcome": None}, (True, False)),
        ({"unreviewed": 1}, (True, False)),
        ({"unrunnable": ""}, (False, False)),
        ({"unrunnable": "no clone", "outcome": "completed"}, (False, False)),
    ],
)
def test_what_ran_and_what_is_complete(given: dict[str, Any], expected: tuple[bool, bool]) -> None:
    made = result("a", **given)
    assert (ran(made), complete(made)) == expected


def test_a_review_is_judged_finding_by_finding() -> None:
    hit, again, false, slight = finding(10), finding(12), finding(50), finding(51, severity="info")
    known = [defect(90), defect(11)]
    made = result("a", known, [false, again, slight, hit])
    assert judge(made, Rules()) == Judged(
        (1,), (0,), (again,), (hit,), (false,)
    )  # the first of two that are as near
    assert judge(made, Rules(0)) == Judged((), (0, 1), (), (), (false, again, hit))
    assert judge(made, Rules(3, "critical")) == Judged((), (0, 1), (), (), ())


def test_a_finding_about_a_whole_file_hits_nothing() -> None:
    whole = finding(None)
    assert judge(result("a", [defect(1)], [whole]), Rules()) == Judged((), (0,), (), (), (whole,))


@pytest.mark.parametrize(
    ("severity", "counts"),
    [("critical", 1), ("major", 2), ("minor", 3), ("trivial", 4), ("info", 5)],
)
def test_the_severity_that_counts(severity: Any, counts: int) -> None:
    findings = [
        finding(1, severity=each) for each in ("critical", "major", "minor", "trivial", "info")
    ]
    assert sum(map(Rules(3, severity).counts, findings)) == counts


def test_all_counts_of_a_case_with_defects() -> None:
    made = result(
        "a",
        [defect(10, category="security")],
        [
            finding(15, verification="clean", fixes=True),
            finding(10, location="file", verification="applies"),
        ],
        changed_lines=40,
        replies=4,
        bad_replies=3,
        calls=5,
        prompt_tokens=70,
        cached_tokens=20,
        completion_tokens=7,
        seconds=1.2345,
        hunks={"a.py": ((0, 0, 10, 3),)},
    )
    assert tally([made], Rules()) == {
        "complete": (1, 1),
        "exact": (1, 2),
        "applies": (2, 2),
        "parses": (1, 2),
        "clean": (1, 2),
        "tests_pass": (0, 2),
        "fix_success": (1, 1),
        "schema_valid": (1, 4),
        "bad_replies": (3, 4),
        "cached": (20, 70),
        "calls_per_case": (5, 1),
        "tokens_per_case": (77, 1),
        "tokens_per_1000": (77, 40),
        "seconds_per_case": (1234, 1),
        "seconds_per_1000": (1234, 40),
        "recall_0": (1, 1),
        "recall_3": (1, 1),
        "recall_10": (1, 1),
        "recall": (1, 1),
        "recall_strict": (0, 1),
        "category_agreement": (0, 1),
        "precision": (1, 2),
        "f1": (2, 3),
        "chance_0": (round(MILLION / 3), 1),
        "chance_3": (MILLION, 1),
        "chance_10": (MILLION, 1),
    }


def test_a_clean_case_has_false_findings_only() -> None:
    made = tally([result("a", [], [finding(1), finding(2, severity="info")])], Rules())
    judged = {
        key: pair
        for key, pair in made.items()
        if key in ("precision", "f1", "false_per_clean", "silent_clean")
    }
    assert judged == {
        "precision": (0, 1),
        "f1": (0, 1),
        "false_per_clean": (1, 1),
        "silent_clean": (0, 1),
    }
    assert not [key for key in made if key.startswith(("recall", "chance"))]


def test_an_incomplete_review_counts_as_work_only() -> None:
    failed = result(
        "a",
        [defect(1)],
        [finding(1)],
        outcome="failed",
        unreviewed=1,
        calls=3,
        replies=2,
        bad_replies=2,
    )
    made = tally([failed], Rules())
    assert (made["complete"], made["calls_per_case"], made["bad_replies"]) == (
        (0, 1),
        (3, 1),
        (2, 2),
    )
    assert not [
        key
        for key in made
        if key.startswith(("recall", "precision", "f1", "category", "false", "silent"))
    ]


def test_what_could_not_be_run_counts_for_nothing() -> None:
    assert tally([result("a", [defect(1)], unrunnable="no clone", seconds=3.0)], Rules()) == {}
    assert tally([], Rules()) == {}


def test_repeats_are_added_up() -> None:
    one, two = (
        result("a", [defect(1)], [finding(1)]),
        result("a", [defect(1)], [finding(9)], repeat=1),
    )
    made = tally([one, two], Rules())
    assert {
        key: made[key]
        for key in ("recall_0", "recall_10", "precision", "calls_per_case", "agreement_ids")
    } == {
        "recall_0": (1, 2),
        "recall_10": (2, 2),
        "precision": (1, 2),
        "calls_per_case": (0, 2),
        "agreement_ids": (0, 1),
    }


def agreement(*sets: list[Reported]) -> tuple[tuple[int, int], tuple[int, int]]:
    made = tally(
        [result("a", [], found, repeat=number) for number, found in enumerate(sets)], Rules()
    )
    return made["agreement_ids"], made["agreement_places"]


def test_agreement_is_the_mean_over_all_pairs() -> None:
    a, b, moved = finding(1), finding(2), finding(7, id=f"{2:012x}")
    assert agreement([a, b], [a, b]) == ((MILLION, 1), (MILLION, 1))
    assert agreement([a, b], [b], []) == (
        (round(MILLION / 6), 1),
        (round(MILLION / 6), 1),
    )  # 1/2, 0 and 0
    assert agreement([b], [moved]) == ((MILLION, 1), (0, 1))


def test_categories_are_counted_on_either_side() -> None:
    made = result(
        "a",
        [defect(10, category="security"), defect(20), defect(30, category=None)],
        [
            finding(10),
            finding(20, category="security"),
            finding(30, category="security"),
            finding(70),
        ],
    )

    def pairs(category: Any) -> tuple[tuple[int, int], tuple[int, int]]:
        counts = by_category([made], Rules(), category)
        return counts["recall"], counts["precision"]

    assert pairs("security") == (
        (1, 1),
        (2, 2),
    )  # found, if under another name; both that are called so hit something
    assert pairs("stability") == ((1, 1), (1, 2))
    assert pairs("performance") == ((0, 0), (0, 0))


def test_more_bad_replies_than_replies_do_not_go_below_nothing() -> None:
    assert tally([result("a", replies=1, bad_replies=2)], Rules())["schema_valid"] == (0, 1)


def test_every_metric_says_what_it_is_of() -> None:
    assert all(metric.label and metric.of and metric.key == key for key, metric in METRICS.items())
    counted = tally(
        [result("a", [defect(1)], [finding(1)]), result("a", [defect(1)], repeat=1)], Rules()
    )
    known: set[str] = set(METRICS) | {"recall"}
    assert set(counted) <= known


def test_results_of_unusual_size_are_counted_exactly() -> None:
    huge = Result.model_validate(
        result("a", prompt_tokens=10**18, completion_tokens=1).model_dump()
    )
    assert tally([huge], Rules())["tokens_per_case"] == (10**18 + 1, 1)


@pytest.mark.parametrize("seconds", ["Infinity", "NaN", "1e999"])
def test_a_time_is_a_number(seconds: str) -> None:
    line = result("a").model_dump_json().replace('"seconds":0.0', f'"seconds":{seconds}')
    assert seconds in line  # as it would stand in a file
    with pytest.raises(ValidationError):
        Result.model_validate_json(line)


def test_a_count_that_no_figure_can_hold_is_refused() -> None:
    with pytest.raises(ValidationError):
        result("a", prompt_tokens=10**400)
