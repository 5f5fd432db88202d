"""Two runs over the same cases."""

from __future__ import annotations

from typing import Any

import pytest
from support.eval_results import defect, finding, header, result

from reviewer.errors import UsageError
from reviewer.lab.evals.compare import CaseChange, Comparison, Defects, Difference, compare
from reviewer.lab.evals.metrics import Rules
from reviewer.lab.evals.results import Header, Reported, Result

ONE, TWO = [defect(10)], [defect(10), defect(40)]
Run = tuple[Header, list[Result]]


def run(found: dict[str, list[Reported]], **head: Any) -> Run:
    """Six cases: four with defects (five in all) and two clean ones."""
    known = {"d1": ONE, "d2": ONE, "d3": TWO, "d4": ONE, "k1": [], "k2": []}
    return header(**head), [
        result(case, defects, found.get(case, [])) for case, defects in known.items()
    ]


A = run(
    {"d1": [finding(10)], "d3": [finding(10)], "k1": [finding(1), finding(2)], "k2": [finding(3)]},
    name="a",
)
B = run(
    {
        "d1": [finding(11)],
        "d2": [finding(10)],
        "d3": [finding(41)],
        "d4": [finding(9), finding(90)],
        "k2": [finding(5)],
    },
    name="b",
)


def made(a: Run = A, b: Run = B, rules: Rules = Rules()) -> Comparison:
    return compare(a, b, rules)


def test_who_found_what() -> None:
    out = made()
    # d1 by both, d3's first by a only; d2, d3's second and d4 by b only: 2 * (1 + 4) / 16.
    assert out.defects == Defects(both=1, only_a=1, only_b=3, neither=0, p=0.625)
    assert out.won == (
        CaseChange(case="d2", what="defect found", places=("a.py:10",)),
        CaseChange(case="d3", what="defect found", places=("a.py:40",)),
        CaseChange(case="d4", what="defect found", places=("a.py:10",)),
        CaseChange(case="k1", what="silent on a clean change", places=("a.py:1", "a.py:2")),
    )
    assert out.lost == (CaseChange(case="d3", what="defect found", places=("a.py:10",)),)
    assert (out.cases, out.left_out, out.warnings) == (6, {}, ())


def test_the_figures_of_both_and_their_difference() -> None:
    figures = made().figures
    got = {key: each and (each.a, each.b, each.difference) for key, each in figures.items()}
    assert got == {
        "recall": (0.4, 0.8, 0.4),
        "recall_strict": (0.4, 0.8, 0.4),
        "precision": (0.4, round(4 / 6, 6), round(4 / 6 - 0.4, 6)),  # 2 of 5, 4 of 6
        "f1": (0.4, round(8 / 11, 6), round(8 / 11 - 0.4, 6)),
        "false_per_clean": (1.5, 0.5, -1.0),
        "silent_clean": (0.0, 0.5, 0.5),
    }


def test_the_tests_of_the_differences_by_hand() -> None:
    """Only k1 differs in false findings: of the two ways round both are as far apart, so p is 1. In
    recall d2 and d4 differ, each by one defect more: of the four ways round the two with both on
    one side are as far apart."""
    figures = made().figures
    false, recall = figures["false_per_clean"], figures["recall"]
    assert false is not None
    assert recall is not None
    assert (false.p, recall.p) == (1.0, 0.5)
    assert (false.low, false.high) == (-2.0, 0.0)


def test_a_run_against_itself_shows_no_difference() -> None:
    out = made(A, A)
    assert out.figures["recall"] == Difference(
        a=0.4, b=0.4, difference=0.0, low=0.0, high=0.0, p=None
    )
    assert out.defects == Defects(both=2, only_a=0, only_b=0, neither=3, p=None)
    assert (out.won, out.lost) == ((), ())


def test_the_other_way_round_wins_and_losses_change_places() -> None:
    forth, back = made(A, B), made(B, A)
    assert (forth.won, forth.lost) == (back.lost, back.won)
    assert forth.defects.p == back.defects.p


def test_only_what_is_complete_in_both_and_the_same_is_compared() -> None:
    a = (
        header(),
        [
            result("same", ONE, [finding(10)]),
            result("changed", ONE),
            result("failed", ONE),
            result("unrunnable", ONE),
            result("old", ONE),
        ],
    )
    b = (
        header(),
        [
            result("same", ONE),
            result("changed", ONE, digest="sha256:other"),
            result("failed", ONE, outcome="failed", unreviewed=1),
            result("unrunnable", ONE, unrunnable="no clone"),
            result("new", ONE),
        ],
    )
    out = made(a, b)
    assert (out.cases, out.defects.only_a) == (1, 1)
    assert out.left_out == {
        "only in a": ("old",),
        "only in b": ("new",),
        "not the same case any more": ("changed",),
        "not complete in both": ("failed", "unrunnable"),
    }
    assert out.figures["false_per_clean"] is None  # no clean change was run


def test_nothing_in_common_is_refused() -> None:
    with pytest.raises(UsageError) as raised:
        made((header(), [result("a", ONE)]), (header(), [result("b", ONE), result("c", ONE)]))
    assert (
        raised.value.message
        == "the runs have no complete case in common (1 only in a, 2 only in b): run both over the"
        " same cases"
    )
    with pytest.raises(UsageError, match="both are empty"):
        made((header(), []), (header(), []))


def test_what_differs_besides_is_told() -> None:
    a = (header(settings={"seed": "1"}, tool_version="0.1"), A[1])
    b = (header(settings={"context": "16384"}, tool_version="0.2", model=None), B[1])
    assert made(a, b).warnings == (
        "tool version differs: 0.1 in a, 0.2 in b",
        "model differs: gemma in a, not given in b",
        "context differs: not given in a, 16384 in b",
        "seed differs: 1 in a, not given in b",
        "4 settings differ: no difference below can be attributed to one of them",
    )
    assert made((header(effort="fast"), A[1]), B).warnings == (
        "effort differs: fast in a, standard in b",
    )
    assert made((header(thinking="verify"), A[1]), B).warnings == (
        "thinking differs: verify in a, off in b",
    )


def test_a_smoke_model_is_told_first() -> None:
    first = made((header(model_role="smoke"), A[1])).warnings[0]
    assert first.startswith(
        "SMOKE MODEL: these figures prove that the pipeline works; they do not measure"
    )
    assert first.endswith("(a)")


def test_with_repeats_a_defect_is_found_in_more_than_half_of_them() -> None:
    def repeated(times: int) -> Run:
        reviews = [
            result("d", ONE, [finding(10)] if number < times else [], repeat=number)
            for number in range(4)
        ]
        return header(repeats=4), reviews

    assert made(repeated(2), repeated(3)).defects == Defects(
        both=0, only_a=0, only_b=1, neither=0, p=1.0
    )
    recall = made(repeated(2), repeated(3)).figures["recall"]
    assert recall is not None
    assert (recall.a, recall.b, recall.low) == (
        0.5,
        0.75,
        None,
    )  # one case: nothing can be said of its spread


def test_the_rules_are_those_of_the_report() -> None:
    assert made(rules=Rules(tolerance=0)).defects == Defects(
        both=0, only_a=2, only_b=1, neither=2, p=1.0
    )
