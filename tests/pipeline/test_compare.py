"""When a round of fixes leaves the files worse, and why."""

from __future__ import annotations

import pytest
from support.event_cases import finding as an_event

from reviewer.findings import grouped
from reviewer.pipeline.compare import rank, why_worse
from reviewer.pipeline.outcome import Outcome
from reviewer.types import Unreviewed


def outcome(*severities, unreviewed=(), warnings=()):
    return Outcome(
        findings=[
            an_event(number, severity=severity) for number, severity in enumerate(severities)
        ],
        unreviewed=[Unreviewed(path, reason) for path, reason in unreviewed],
        warnings=list(warnings),
    )


def group(number, severity="major"):
    """One finding at so many places."""
    others = [an_event(100 + place, start_line=place) for place in range(1, number)]
    return Outcome(findings=[grouped(an_event(1, severity=severity), others)])


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (outcome("major"), outcome(), ""),
        (outcome("major"), outcome("minor"), ""),
        (outcome("minor"), outcome("minor"), ""),
        (
            outcome("minor", "info"),
            outcome("major"),
            "more severe findings (1 major instead of 1 minor, 1 info)",
        ),
        (outcome("major"), outcome("info", "info"), "more findings (2 info instead of 1 major)"),
        (outcome(), outcome("info"), "more severe findings (1 info instead of none)"),
        (
            outcome("major"),
            outcome(unreviewed=[("a", "timeout")]),
            "a could not be reviewed again (out of time)",
        ),
        (outcome(unreviewed=[("a", "too_large")]), outcome(unreviewed=[("a", "too_large")]), ""),
        (
            outcome(unreviewed=[("a", "bad_reply")]),
            outcome(unreviewed=[("a", "interrupted")]),
            "a could not be reviewed again (interrupted)",
        ),
        (
            outcome("major"),
            outcome(warnings=["ruff: failed."]),
            "the review was less complete: ruff: failed",
        ),
        (group(3), group(2), ""),
        (group(2), outcome("major", "major"), ""),
        (
            group(2),
            group(3),
            "more severe findings (3 major instead of 2 major)",
        ),
        (outcome("major"), group(2, "minor"), "more findings (2 minor instead of 1 major)"),
        (outcome("major", warnings=["slow: 3 s"]), outcome(warnings=["slow: 4 s"]), ""),
    ],
)
def test_why_worse(before: Outcome, after: Outcome, why: str):
    assert why_worse(before, after) == why
    if not why:
        assert rank(after) <= rank(before)


def test_one_place_less_is_better():
    assert rank(group(2)) < rank(group(3))
