from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from support.event_cases import NAMES, complete, context, finding, load, many
from support.output_runs import rendered, runs, told

from reviewer.events import Event


def issues(run: list[Event]) -> list[dict[str, Any]]:
    """The report, held against what GitLab asks of it."""
    text = rendered("gitlab", run)
    assert text.isascii()
    found: list[dict[str, Any]] = json.loads(text)
    for issue in found:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["description"]
        assert issue["check_name"]
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert set(issue["location"]) == {"path", "lines"}
        assert 1 <= issue["location"]["lines"]["begin"] <= issue["location"]["lines"]["end"]
    return found


@pytest.mark.parametrize("case", NAMES)
def test_the_cases_keep_the_format(case: str) -> None:
    issues(load(case))


@given(runs())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_hostile_runs_keep_the_format(run: list[Event]) -> None:
    assert len(issues(run)) >= told(run)


@pytest.mark.fault(
    "output", "one finding several times in a file, in GitLab", "each has its own fingerprint"
)
def test_fingerprints_are_unique() -> None:
    left = [{"file_name": name, "reason": "timeout"} for name in ("a", "b", "\udce9", "\udcea")]
    end = complete(outcome="failed", unreviewed_files=left, unreviewed_file_count=4, exit_code=3)
    found = issues([*many(200)[:-1], end])
    assert len({issue["fingerprint"] for issue in found}) == len(found) == 205


def test_a_finding() -> None:
    assert issues(
        [context(), finding(7, end_line=5, severity="trivial"), complete(findings=1)]
    ) == [
        {
            "description": (
                "The loop never ends. The counter is never raised. How it fails: count(1) hangs"
            ),
            "check_name": "model/functional_correctness",
            "fingerprint": "000000000007",
            "severity": "info",
            "location": {"path": "shop/cart.py", "lines": {"begin": 3, "end": 5}},
        }
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start_line": None, "end_line": None}, "The loop never ends."),
        ({"side": "old"}, "The loop never ends (line 3 of the base)."),
    ],
)
def test_without_a_new_line_it_stands_at_line_one(change: dict[str, Any], said: str) -> None:
    (issue,) = issues([context(), finding(**change), complete(findings=1)])
    assert issue["location"]["lines"] == {"begin": 1, "end": 1}
    assert issue["description"].startswith(said)
