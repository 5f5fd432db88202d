"""From results with known behaviour to figures that were worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from support.eval_results import defect, finding, header, known_run, result

from reviewer.lab.evals.metrics import METRICS, Rules, judge
from reviewer.lab.evals.report import SMOKE, UNCONFIRMED, figures, report, size
from reviewer.lab.evals.report_model import FigureGroup, FindingPlace, Report, ReviewNote
from reviewer.lab.evals.results import Result

# The figure, what counts, of how much, and in how many cases there is any of it.
BY_HAND: dict[str, tuple[float, float, int, int] | None] = {
    "recall_0": (2 / 5, 2, 5, 4),  # c1 and c4; of c1, c2, c4 one defect each, of c3 two
    "recall_3": (3 / 5, 3, 5, 4),  # and c2, two lines off
    "recall_10": (4 / 5, 4, 5, 4),  # and the first one of c3, seven lines off
    "chance_0": None,  # the changed lines were not recorded
    "chance_3": None,
    "chance_10": None,
    "recall_strict": (
        2 / 4,
        2,
        4,
        4,
    ),  # c2 was said to be of another category; the second one of c3 has none
    "category_agreement": (2 / 3, 2, 3, 3),
    "precision": (
        3 / 8,
        3,
        8,
        5,
    ),  # 1 of 1, 1 of 2, 0 of 1, 1 of 2 (the other one repeats it), 0 of 2
    "f1": (6 / 13, 6, 13, 5),  # 2 * 3 / (5 + 8)
    "false_per_clean": (1.0, 2, 2, 2),
    "silent_clean": (1 / 2, 1, 2, 2),
    "agreement_ids": None,
    "agreement_places": None,
    "complete": (6 / 7, 6, 7, 7),
    "exact": (8 / 10, 8, 10, 6),  # of all published ones, those of the incomplete review too
    "applies": (3 / 10, 3, 10, 6),  # each level includes those above it
    "parses": (2 / 10, 2, 10, 6),
    "clean": (1 / 10, 1, 10, 6),
    "tests_pass": (1 / 10, 1, 10, 6),
    "fix_success": (1 / 2, 1, 2, 2),
    "schema_valid": (8 / 10, 8, 10, 7),
    "bad_replies": (2 / 10, 2, 10, 7),
    "cached": (400 / 5000, 400, 5000, 7),
    "calls_per_case": (10 / 7, 10, 7, 7),
    "tokens_per_case": (5500 / 7, 5500, 7, 7),
    "tokens_per_1000": (5500 / 180 * 1000, 5500, 180, 7),
    "seconds_per_case": (10 / 7, 10, 7, 7),
    "seconds_per_1000": (10 / 180 * 1000, 10, 180, 7),
}


def made(results: list[Result], rules: Rules = Rules(), **head: Any) -> Report:
    return report(header(**head), results, rules)


def told(report: Report) -> set[str]:
    return {key for key, figure in report.figures.items() if figure is not None}


def test_every_figure_is_what_was_worked_out_by_hand() -> None:
    figures = report(*known_run(), Rules()).figures
    got = {
        key: figure and (figure.value, figure.part, figure.whole, figure.cases)
        for key, figure in figures.items()
    }
    assert got == {
        key: expected and (round(expected[0], 6), *expected[1:])
        for key, expected in BY_HAND.items()
    }
    assert list(figures) == list(METRICS)


def test_what_is_counted_and_what_is_named() -> None:
    out = report(*known_run(), Rules())
    assert out.counts.model_dump() == {
        "cases": 8,
        "reviews": 8,
        "unrunnable": 1,
        "ran": 7,
        "incomplete": 1,
        "complete": 6,
        "clean": 2,
        "defects": 5,
        "findings": 9,
        "counted": 8,
    }
    assert out.incomplete == (
        ReviewNote(case="x1-incomplete", repeat=0, why="1 file not reviewed"),
    )
    assert out.unrunnable == (
        ReviewNote(case="x2-unrunnable", repeat=0, why="the clone is not there"),
    )
    assert out.unconfirmed == ()
    assert out.held_back == {"no place": 1, "refuted": 3}
    assert out.warning is None
    assert out.method.startswith("matched by location and category; no judge model")


def test_every_case_is_listed() -> None:
    rows = {row.case: row for row in report(*known_run(), Rules()).cases}
    numbers = {
        name: (row.state, row.found, row.missed, row.repeated, row.false)
        for name, row in rows.items()
    }
    assert numbers == {
        "c1-exact": ("complete", 1, 0, 0, 0),
        "c2-near": ("complete", 1, 0, 0, 1),
        "c3-far": ("complete", 0, 2, 0, 1),
        "c4-twice": ("complete", 1, 0, 1, 0),
        "k1-silent": ("complete", 0, 0, 0, 0),
        "k2-false": ("complete", 0, 0, 0, 2),
        "x1-incomplete": ("incomplete", 0, 0, 0, 0),
        "x2-unrunnable": ("unrunnable", 0, 0, 0, 0),
    }
    assert rows["c3-far"].missed_places == ("a.py:30", "a.py:60")
    assert rows["c2-near"].false_places == (
        FindingPlace(file="a.py", line=80, severity="major", title="<b>no</b>"),
    )
    assert (
        rows["x1-incomplete"].seconds,
        rows["x1-incomplete"].tokens,
        rows["x1-incomplete"].reviews,
    ) == (4.0, 400, 0)


def values(groups: tuple[FigureGroup, ...]) -> dict[str, tuple[float | None, ...]]:
    return {
        group.name: (group.cases, *(figure and figure.value for figure in group.figures.values()))
        for group in groups
    }


def test_groups() -> None:
    groups = report(*known_run(), Rules()).groups
    assert values(groups["kind"]) == {
        "clean": (2, None, None, None, 1.0, 0.5),
        "defect": (6, 0.6, 0.5, round(6 / 11, 6), None, 1.8),
    }
    assert values(groups["language"]) == {
        "go": (3, 1.0, 0.5, round(4 / 6, 6), 0.0, round(3.25 / 3, 6)),
        "python": (5, round(1 / 3, 6), 0.25, round(2 / 7, 6), 2.0, 1.6875),
    }
    assert values(groups["size"]) == {
        "1-10": (5, 1.0, 0.4, round(4 / 7, 6), 1.0, 1.4),
        "11-50": (1, 0.0, 0.0, 0.0, None, 0.5),
        "51-200": (1, 1.0, 0.5, round(2 / 3, 6), None, 2.5),
    }
    assert values(groups["tag"]) == {"cross-file": (1, 1.0, 1.0, 1.0, None, 1.5)}


def test_the_groups_by_category() -> None:
    """Recall of the defects of a category, and precision of what is said to be of it."""
    groups = values(report(*known_run(), Rules()).groups["category"])
    assert groups == {"security": (1, None, 1.0), "stability": (5, 0.75, round(2 / 7, 6))}
    assert list(groups) == ["security", "stability"]  # in the order of the categories


@pytest.mark.parametrize(
    ("lines", "name"),
    [(0, "1-10"), (10, "1-10"), (11, "11-50"), (1000, "201-1000"), (1001, "over 1000")],
)
def test_sizes(lines: int, name: str) -> None:
    assert size(lines) == name


def test_the_tolerance_and_the_severity_that_counts() -> None:
    head, results = known_run()
    figures = report(head, results, Rules(tolerance=10, min_severity="info")).figures
    got = {key: (figures[key].part, figures[key].whole) for key in ("recall_3", "precision", "f1")}  # type: ignore[union-attr]
    assert got == {"recall_3": (3, 5), "precision": (4, 9), "f1": (8, 14)}
    none = report(head, results, Rules(min_severity="critical")).figures
    assert none["precision"] is None  # there is nothing to be precise about
    assert none["recall_3"] is not None
    assert none["recall_3"].value == 0.0  # but this was run, and found nothing


def ends(key: str, results: list[Result], pair: Callable[[Result], tuple[int, int]]) -> None:
    """The interval of a figure is that of all n ** n samples of its cases."""
    pairs = [pair(each) for each in results]
    sums = [
        [sum(each) for each in zip(*sample, strict=True)]
        for sample in product(pairs, repeat=len(pairs))
    ]
    values = sorted(part / whole for part, whole in sums if whole)
    figure = made(results).figures[key]
    assert figure is not None
    assert (figure.low, figure.high) == (
        round(values[math.ceil(len(values) * 0.025) - 1], 6),
        round(values[math.ceil(len(values) * 0.975) - 1], 6),
    )


def test_intervals_are_those_of_all_samples() -> None:
    results = [
        result("a", [defect(1), defect(50)], [finding(1), finding(50), finding(90)]),
        result("b", [defect(1)], [finding(80)]),
        result("c", [defect(1)], [finding(2), finding(70)]),
        result("d", [defect(1), defect(20), defect(40)], [finding(20)]),
    ]
    ends("recall_3", results, lambda each: (len(judge(each, Rules()).found), len(each.defects)))
    ends("precision", results, lambda each: (len(judge(each, Rules()).found), len(each.findings)))


def test_one_case_has_no_interval() -> None:
    figure = made([result("a", [defect(1)], [finding(1)])]).figures["recall_3"]
    assert figure is not None
    assert (figure.value, figure.low, figure.high) == (1.0, None, None)


def test_a_smoke_model_says_nothing_about_quality() -> None:
    out = made([result("a")], model_role="smoke")
    assert out.warning == SMOKE
    assert "do not measure review quality" in SMOKE


def test_nothing_is_said_of_what_was_not_run() -> None:
    nothing = made([result("a", [defect(1)], unrunnable="no clone", outcome=None)])
    assert told(nothing) == set()
    failed = made([result("a", [defect(1)], outcome="error", exit_code=4)])
    assert told(failed) == {
        "complete",
        "calls_per_case",
        "tokens_per_case",
        "tokens_per_1000",
        "seconds_per_case",
        "seconds_per_1000",
    }
    assert failed.incomplete[0].why == "the review ended with error (exit 4)"
    assert told(made([])) == set()


def test_without_a_model_there_are_no_figures_of_one() -> None:
    out = told(made([result("a", [defect(1)], [finding(1)])], model_role="none", model=None))
    assert not out & {
        "calls_per_case",
        "tokens_per_case",
        "tokens_per_1000",
        "bad_replies",
        "cached",
    }
    assert {"recall_3", "seconds_per_case"} <= out


def test_without_tests_no_patch_has_failed_them() -> None:
    patched = result("a", [defect(1)], [finding(1, verification="clean")])
    assert made([patched], ran_tests=False).figures["tests_pass"] is None
    ran = made([patched], ran_tests=True).figures
    assert ran["tests_pass"] is not None
    assert (ran["tests_pass"].value, ran["fix_success"]) == (0.0, None)


def test_clean_changes_alone_have_no_precision() -> None:
    out = made([result("a", [], [finding(1)]), result("b")])
    assert (out.figures["precision"], out.figures["f1"], out.figures["recall_3"]) == (
        None,
        None,
        None,
    )
    assert out.figures["false_per_clean"] is not None


def test_repeats_are_of_one_case_and_agree_or_not() -> None:
    """Three repeats: {1, 2}, {1, 3} and {1, 2}: 1/3, 1 and 1/3; two silent ones agree; one alone
    says nothing."""
    sets = [(1, 2), (1, 3), (1, 2)]
    results = [
        *(
            result("a", [defect(1)], map(finding, lines), repeat=repeat)
            for repeat, lines in enumerate(sets)
        ),
        *(result("b", repeat=repeat) for repeat in range(2)),
        result("c", [defect(1)], [finding(1)]),
        result("c", [defect(1)], [], repeat=1, outcome="failed", unreviewed=1),
    ]
    out = made(results, repeats=3)
    agreement = out.figures["agreement_ids"]
    assert agreement is not None
    assert (agreement.value, agreement.cases) == (pytest.approx((5 / 9 + 1) / 2, abs=1e-6), 2)
    assert out.figures["agreement_places"] == agreement
    recall = out.figures["recall_0"]
    assert recall is not None
    assert (recall.part, recall.whole, recall.cases) == (4, 4, 2)
    assert [(row.case, row.reviews, row.state) for row in out.cases] == [
        ("a", 3, "complete"),
        ("b", 2, "complete"),
        ("c", 1, "incomplete"),
    ]


def test_the_same_place_under_another_id_agrees_in_place_only() -> None:
    results = [
        result("a", [defect(1)], [finding(1, id=each)], repeat=repeat)
        for repeat, each in enumerate("xy")
    ]
    out = made(results).figures
    assert out["agreement_ids"] is not None
    assert out["agreement_places"] is not None
    assert (out["agreement_ids"].value, out["agreement_places"].value) == (0.0, 1.0)


def test_the_chance_level_is_that_of_all_known_defects() -> None:
    """Ten changed lines, one of them the defect; twenty of which it takes two: 1/10 and 1/10 at the
    same line, and with three lines more on either side 4/10 and 8/20."""
    results = [
        result("a", [defect(1)], hunks={"a.py": ((0, 0, 1, 10),)}),
        result("b", [defect(9, 10)], hunks={"a.py": ((0, 0, 1, 20),)}),
        result("c", [defect(9, 10)]),  # not recorded
        result("d", hunks={"a.py": ((0, 0, 1, 20),)}),
    ]
    out = made(results).figures
    got = {key: (out[key].value, out[key].cases) for key in ("chance_0", "chance_3")}  # type: ignore[union-attr]
    assert got == {"chance_0": (0.1, 2), "chance_3": (0.4, 2)}


def test_an_answer_that_its_own_tests_do_not_confirm_is_named() -> None:
    out = made(
        [
            result("a", [defect(1)], [finding(1)], tests_confirmed=False),
            result("b", tests_confirmed=True),
        ]
    )
    assert out.unconfirmed == (ReviewNote(case="a", repeat=0, why=UNCONFIRMED),)


def test_the_order_of_the_results_does_not_matter() -> None:
    head, results = known_run()
    assert report(head, results[::-1], Rules()).model_dump(exclude={"incomplete"}) == report(
        head, results, Rules()
    ).model_dump(exclude={"incomplete"})


def test_one_random_comment_finds_one_defect_at_most() -> None:
    """Five lines, all of them defects: a comment always hits one, so that its recall is one of
    five, as that of a review with one finding is."""
    known = [defect(line) for line in range(1, 6)]
    out = made([result("a", known, [finding(1)], hunks={"a.py": ((0, 0, 1, 5),)})]).figures
    assert out["chance_0"] is not None
    assert out["recall_0"] is not None
    assert (out["chance_0"].value, out["recall_0"].value) == (0.2, 0.2)


def test_a_case_that_could_not_be_run_has_no_size() -> None:
    failed = result(
        "a", [defect(1)], changed_lines=0, outcome=None, exit_code=None, unrunnable="no clone"
    )
    assert made([failed]).groups["size"] == ()
    later = result("a", [defect(1)], changed_lines=30, repeat=1)
    assert [group.name for group in made([failed, later]).groups["size"]] == ["11-50"]


def test_an_interval_has_a_width_where_all_cases_agree() -> None:
    """Of shares only: a number such as findings per change has no upper end."""
    none, all_, number = {"recall_3": (0, 1)}, {"recall_3": (2, 2)}, {"false_per_clean": (0, 1)}
    found = [
        figures([case] * 13, [key])[key]
        for case, key in ((none, "recall_3"), (all_, "recall_3"), (number, "false_per_clean"))
    ]
    assert [(each.low, each.high) for each in found if each] == [
        (0.0, 0.228095),
        (0.771905, 1.0),
        (0.0, 0.0),
    ]
