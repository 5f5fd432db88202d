from __future__ import annotations

import re

from hypothesis import given, settings
from support.event_cases import complete, context, error, finding, load
from support.output_runs import rendered, runs

from reviewer.events import Event
from reviewer.outputs.page import inline

LINE = re.compile(
    r"(.*):(\d+):(\d+): (critical|major|minor|trivial|info|error): (.*)"
    r" \[([0-9a-f]{12}|unreviewed)\]"
)


def test_a_finding_in_a_commit_names_it() -> None:
    place = {"id": "ad79766e83" + "0" * 30, "subject": "x", "start_line": 3, "end_line": 3}
    one = finding(1, start_line=None, end_line=None, in_diff=False, commit=place)
    end = complete(findings=1)
    where = "line 3 of commit ad79766e83"
    line = rendered("plain", [context(), one, end]).split("\n")[0]
    assert line == f"shop/cart.py:1:1: major: The loop never ends ({where}) [000000000001]"
    for output in ("terminal", "html", "junit"):
        shown = rendered(output, [context(), one, end])
        assert where in shown
        assert "outside the change" not in shown
        assert "whole file" not in shown


def test_lines() -> None:
    found = [
        finding(1),
        finding(2, side="old", severity="critical"),
        finding(3, start_line=None, end_line=None, severity="info", title="a\nb"),
    ]
    left = [{"file_name": "b\n.py", "reason": "timeout"}]
    end = complete(
        outcome="failed", findings=3, unreviewed_files=left, unreviewed_file_count=1, exit_code=3
    )
    assert rendered("plain", [context(), *found, end]).split("\n") == [
        "shop/cart.py:1:1: critical: The loop never ends (line 3 of the base) [000000000002]",
        "shop/cart.py:3:1: major: The loop never ends [000000000001]",
        "shop/cart.py:1:1: info: a\\nb (whole file) [000000000003]",
        "b\\n.py:1:1: error: Not reviewed: out of time [unreviewed]",
        (
            "reviewer: INCOMPLETE: 1 of 3 files was not reviewed; 3 findings so far: 1 critical, 1"
            " major, 1 info"
        ),
        "",
    ]


def test_ends() -> None:
    assert rendered("plain", load("clean")) == "reviewer: No issues found in 2 files\n"
    assert rendered("plain", [error(message="no base")]) == "reviewer: INCOMPLETE: no base\n"


@given(runs())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_every_finding_is_one_line_that_editors_read(run: list[Event]) -> None:
    lines = rendered("plain", run).removesuffix("\n").split("\n")
    found = [event for event in run if event.type == "finding"]
    matches = [LINE.fullmatch(line) for line in lines[: len(found)]]
    assert sorted(match[1] for match in matches if match) == sorted(
        inline(event.file_name) for event in found
    )
    assert "reviewer: " in lines[-1] or "reviewer: " in lines[-2]
