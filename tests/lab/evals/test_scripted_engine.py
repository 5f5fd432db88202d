"""From the cases to the figures: an engine whose answers are written down, through the ordinary
pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.eval_cases import RIGHT, loaded, ran, tree
from support.scripted import NOTHING, Scripted, finding, reply

from reviewer.lab.evals.files import read
from reviewer.lab.evals.metrics import Rules
from reviewer.lab.evals.report import report
from reviewer.lab.evals.report_model import Figure


def head(name: str, line: str) -> str:
    """The program with the defect, in a form that the engine tells from the others."""
    return f"def {name}(items):\n    {line}\n"


FOUND = "return sum(items[1:])"
OTHERWISE = "return sum(items[2:])"
OVERLOOKED = "return sum(items[:-1])"
UNREADABLE = "return sum(items[::2])"
HARMLESS = "return sum(tuple(items))"
HARMFUL = "return sum(list(items))"


def answer(prompt: object) -> str:
    """Finds two of the defects, the second as something else than it is; speaks of one clean
    change; says nothing of use about one."""
    user = getattr(prompt, "user", "")
    if UNREADABLE in user:
        return "no JSON"
    for line, category in (
        (FOUND, "functional_correctness"),
        (OTHERWISE, "performance"),
        (HARMFUL, "stability"),
    ):
        if line in user:
            return reply(finding(f"    {line}", "total.py", category=category))
    return NOTHING


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Figure | None]:
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    place = {
        "file": "total.py",
        "start_line": 2,
        "end_line": 2,
        "category": "functional_correctness",
    }
    cases = loaded(
        tmp_path / "cases.jsonl",
        *(
            tree(name, head=head("total", line), base=RIGHT, defects=[place])
            for name, line in (("a", FOUND), ("b", OTHERWISE), ("c", OVERLOOKED), ("d", UNREADABLE))
        ),
        *(
            tree(name, head=head("total", line), base=RIGHT, kind="clean")
            for name, line in (("k", HARMLESS), ("l", HARMFUL))
        ),
    )
    ran(cases, tmp_path / "run.jsonl", Scripted(answer), repeats=2, jobs=2)
    file = read(tmp_path / "run.jsonl")
    made = report(file.header, file.results, Rules())
    assert [each.case for each in made.incomplete] == ["d", "d"]
    return made.figures


def test_the_figures_of_a_scripted_engine_come_out_exactly(
    figures: dict[str, Figure | None],
) -> None:
    """Six cases, each reviewed twice, all answers the same both times. Each change is one line
    removed and one added; a comment on one of the two hits the defect where it is on the added
    one."""
    got = {
        key: each and (each.value, each.part, each.whole, each.cases)
        for key, each in figures.items()
    }
    timed = ("seconds_per_case", "seconds_per_1000")
    assert {key: each for key, each in got.items() if key not in timed} == {
        "recall_0": (0.666667, 4, 6, 3),
        "recall_3": (0.666667, 4, 6, 3),
        "recall_10": (0.666667, 4, 6, 3),
        "chance_0": (0.5, 3, 6, 3),
        "chance_3": (0.5, 3, 6, 3),
        "chance_10": (0.5, 3, 6, 3),
        "recall_strict": (0.333333, 2, 6, 3),
        "category_agreement": (0.5, 2, 4, 2),
        "precision": (0.666667, 4, 6, 3),
        "f1": (0.666667, 8, 12, 4),
        "false_per_clean": (0.5, 2, 4, 2),
        "silent_clean": (0.5, 2, 4, 2),
        "agreement_ids": (1.0, 5, 5, 5),
        "agreement_places": (1.0, 5, 5, 5),
        "complete": (0.833333, 10, 12, 6),
        "exact": (1.0, 6, 6, 3),
        "applies": (0.0, 0, 6, 3),
        "parses": (0.0, 0, 6, 3),
        "clean": (0.0, 0, 6, 3),
        "tests_pass": None,
        "fix_success": None,
        # One reply for each review, and of case d a second one, after it was asked to mend the
        # first.
        "schema_valid": (0.714286, 10, 14, 6),
        "bad_replies": (0.285714, 4, 14, 6),
        "cached": (0.5, 700, 1400, 6),
        "calls_per_case": (1.166667, 14, 12, 6),
        "tokens_per_case": (128.333333, 1540, 12, 6),
        "tokens_per_1000": (64166.666667, 1540, 24, 6),
    }
    for key in timed:
        assert (got[key] or (0,))[0] > 0


def test_the_intervals_of_a_scripted_engine_come_out_exactly(
    figures: dict[str, Figure | None],
) -> None:
    """Of six draws from six cases, each is one of the three with a known defect with 1/2: two
    found, one not. That nothing is found of what was drawn, and that all is, both have more than 1
    in 40."""
    recall, silent = figures["recall_3"], figures["silent_clean"]
    assert recall is not None
    assert silent is not None
    assert ((recall.low, recall.high), (silent.low, silent.high)) == ((0.0, 1.0), (0.0, 1.0))
