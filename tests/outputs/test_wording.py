from __future__ import annotations

from typing import Any, get_args

import pytest
from support.event_cases import complete, context, finding

from reviewer.events import UnreviewedFile
from reviewer.outputs.wording import (
    REASONS,
    against,
    by_severity,
    duration,
    engine,
    ordered,
    share,
    time_left,
    verdict,
    why_unreviewed,
)
from reviewer.types import SkipReason, UnreviewedReason

LEFT = {"unreviewed_files": [{"file_name": "a", "reason": "timeout"}], "unreviewed_file_count": 1}


def test_every_reason_has_words() -> None:
    assert set(REASONS) == {*get_args(SkipReason), *get_args(UnreviewedReason)}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"),
        (23.44, "23.4 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (125.4, "2 min 05 s"),
        (3599.6, "1 h 00 min"),
        (7322, "2 h 02 min"),
    ],
)
def test_duration(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "a few seconds left"),
        (5, "a few seconds left"),
        (5.1, "about 10 s left"),
        (60, "about 60 s left"),
        (61, "about 2 min left"),
        (3600, "about 1 h 00 min left"),
        (3601, "about 1 h 01 min left"),
    ],
)
def test_the_time_that_is_left_looks_like_a_guess(seconds: float, words: str) -> None:
    assert time_left(seconds) == words


def test_share_is_never_rounded_up_to_all() -> None:
    assert [share(999, 1000), share(0, 0), share(2, 2)] == ["99 %", "0 %", "100 %"]


def test_order_is_by_severity_and_place() -> None:
    found = [
        finding(1, severity="minor"),
        finding(2, file_name="z.py"),
        finding(3, start_line=None),
        finding(4, severity="critical"),
        finding(5, start_line=1),
    ]
    assert [each.id[-1] for each in ordered(found)] == ["4", "3", "5", "2", "1"]
    assert ordered(found) == ordered(reversed(found))
    assert by_severity(found) == "1 critical, 3 major, 1 minor"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "everything on feature against main (5f0c1d2e5f0c)"),
        (
            {"base_branch": None, "scope": {"kind": "staged", "base": None, "paths": []}},
            "staged changes on feature against 5f0c1d2e5f0c",
        ),
        (
            {
                "base_branch": None,
                "base_commit": None,
                "current_branch": None,
                "scope": {"kind": "uncommitted", "base": None, "paths": []},
            },
            "uncommitted changes on detached HEAD, no base: every line is new",
        ),
        (
            {"scope": {"kind": "committed", "base": None, "paths": []}},
            "commits on feature against main (5f0c1d2e5f0c)",
        ),
        (
            {
                "base_branch": "5f0c1d2e",
                "scope": {"kind": "commit", "rev": "HEAD", "base": None, "paths": []},
            },
            "commit HEAD against 5f0c1d2e5f0c",
        ),
        (
            {"scope": {"kind": "range", "rev": "a..b", "base": None, "paths": []}},
            "range a..b against main (5f0c1d2e5f0c)",
        ),
        ({"scope": {"kind": "diff", "rev": "x.patch", "base": None, "paths": []}}, "patch x.patch"),
    ],
)
def test_against(change: dict[str, Any], words: str) -> None:
    assert against(context(**change)) == words


def test_engine() -> None:
    assert engine(context()) == "google/gemma-4-12b-it on vllm"
    assert engine(context(model_role="none", model=None)) == "analyzers only"
    smoke = engine(context(model_role="smoke", model="tiny", engine="llamacpp"))
    assert smoke == "tiny on llamacpp (smoke model: a test of the setup, not a review)"


@pytest.mark.parametrize(
    ("role", "change", "number", "words"),
    [
        ("reviewer", {}, 0, "No issues found in 2 files"),
        (
            "reviewer",
            {"outcome": "completed_with_warnings"},
            0,
            "No issues found in 2 files, with warnings",
        ),
        ("reviewer", {}, 2, "2 findings in 2 files: 2 major"),
        ("reviewer", {"findings": 3}, 0, "3 findings in 2 files"),
        ("reviewer", {"reviewed_files": []}, 0, "Nothing was reviewed"),
        ("reviewer", {"status": "review_skipped", "reviewed_files": []}, 0, "Nothing to review"),
        (
            "reviewer",
            {"status": "review_skipped", **LEFT},
            0,
            "INCOMPLETE: 1 of 3 files was not reviewed; no findings so far",
        ),
        ("reviewer", LEFT, 0, "INCOMPLETE: 1 of 3 files was not reviewed; no findings so far"),
        (
            "reviewer",
            LEFT,
            1,
            "INCOMPLETE: 1 of 3 files was not reviewed; 1 finding so far: 1 major",
        ),
        (
            "reviewer",
            {"unreviewed_file_count": 5},
            0,
            "INCOMPLETE: 5 of 7 files were not reviewed; no findings so far",
        ),
        (
            "reviewer",
            {"outcome": "failed"},
            0,
            "INCOMPLETE: the run did not finish; no findings so far",
        ),
        (
            "reviewer",
            {"exit_code": 130},
            0,
            "INCOMPLETE: the run did not finish; no findings so far",
        ),
        ("reviewer", {"exit_code": 1}, 1, "1 finding in 2 files: 1 major"),
        ("none", {}, 0, "Analyzers found nothing in 2 files; no model reviewed them"),
        (
            "none",
            {"ignored": 3, "reviewed_files": ["a"]},
            0,
            "Analyzers found nothing in 1 file, except 3 ignored by configuration;"
            " no model reviewed it",
        ),
        ("none", {}, 1, "1 finding in 2 files, analyzers only: 1 major"),
        ("none", LEFT, 0, "INCOMPLETE: 1 of 3 files was not reviewed; no findings so far"),
        ("smoke", {}, 0, "SMOKE RUN, not a review; no findings"),
        ("smoke", {}, 1, "SMOKE RUN, not a review; 1 finding: 1 major"),
    ],
)
def test_the_verdict_cannot_lie(role: str, change: dict[str, Any], number: int, words: str) -> None:
    found = [finding(index) for index in range(number)]
    assert verdict(context(model_role=role), complete(**change), found)[1] == words


@pytest.mark.fault(
    "verdict",
    "all findings of a review are ignored by configuration",
    "the verdict itself says how many, and is not shown as a clean one",
)
def test_what_is_ignored_is_not_clean() -> None:
    said = verdict(context(), complete(ignored=3), [])
    assert said == ("bold", "No issues found in 2 files, except 3 ignored by configuration")


def test_clean_is_said_only_of_a_whole_review() -> None:
    for outcome in ("completed", "completed_with_warnings", "failed"):
        for code in (0, 1, 3, 4, 130, 143):
            for change in (
                {},
                LEFT,
                {"unreviewed_file_count": 1},
                {"findings": 1},
                {"reviewed_files": []},
            ):
                for role in ("reviewer", "smoke", "none"):
                    end = complete(outcome=outcome, exit_code=code, **change)
                    _, words = verdict(context(model_role=role), end, [])
                    whole = (
                        outcome != "failed" and code in (0, 1) and not change and role == "reviewer"
                    )
                    assert words.startswith("No issues found") == whole


def test_the_reason_of_an_unreviewed_file_says_more_where_there_is_more() -> None:
    file = UnreviewedFile(file_name="a.py", reason="bad_reply")
    more = file.model_copy(update={"detail": "not JSON\x1b[2J" + "x" * 300})
    words = "the model's reply could not be used"
    assert why_unreviewed(file) == words
    assert why_unreviewed(more).startswith(f"{words}: not JSON\\u{{1b}}[2Jxxx")
    assert len(why_unreviewed(more)) < 260
