"""The line that says where a review is, and how it ended: never clean when something was not looked
at."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.event_cases import complete, context, error, finding

from reviewer.doors.tui.live import Live, remembered_status
from reviewer.doors.tui.model import Item
from reviewer.events import Heartbeat, Status
from reviewer.outputs.page import Page

LEFT = {
    "outcome": "failed",
    "unreviewed_file_count": 1,
    "exit_code": 3,
    "reviewed_files": ["a.py"],
    "unreviewed_files": [{"file_name": "b\x1b.py", "reason": "timeout"}],
    "message": "1 of 2 files was not reviewed (out of time). Run again to continue.",
}


def after(*events):
    live = Live()
    for event in events:
        live = live.after(event)
    return live


def over(*events):
    return replace(after(*events), over=True)


def text(line):
    return "".join(said for _, said in line)


def test_where_it_is():
    live = after(context(units=12))
    assert text(live.status(0.4)) == "reading the change · 0 findings · 0:00"
    live = live.after(Status(phase="analyzing", status="reviewing")).after(finding(1))
    live = live.after(Heartbeat(elapsed_seconds=9, units_done=3, units_total=12))
    assert live.status(75) == (("running", "reviewing · 3 of 12 units · 1 finding · 1:15"),)
    assert (
        text(Live(stopping=True).status(1)) == "stopping; finished work is kept · 0 findings · 0:01"
    )


def test_the_time_that_is_left_falls_while_nothing_is_heard():
    beat = Heartbeat(elapsed_seconds=9, units_done=3, units_total=12, seconds_left=40)
    live = after(context(), Status(phase="analyzing", status="reviewing"), beat)
    assert [text(live.status(second)) for second in (9, 24.1)] == [
        "reviewing · 3 of 12 units · 0 findings · 0:09 · about 40 s left",
        "reviewing · 3 of 12 units · 0 findings · 0:24 · about 25 s left",
    ]
    assert "left" not in text(replace(live, stopping=True).status(9))


def test_an_end_that_has_not_been_left_yet_is_no_verdict():
    """The exit code is known when the reports are written."""
    live = after(context(), complete())
    assert text(live.status(3)) == "reading the change · 0 findings · 0:03"


@pytest.mark.parametrize(
    ("events", "style", "said"),
    [
        ([context(), complete()], "good", "No issues found in 2 files"),
        (
            [context(), finding(1), complete(findings=1, exit_code=1)],
            "warn",
            "1 finding in 2 files: 1 major · exit 1",
        ),
        (
            [context(), complete(**LEFT)],
            "bad",
            (
                "INCOMPLETE: 1 of 2 files was not reviewed; no findings so far · exit 3"
                "  1 of 2 files was not reviewed (out of time). Run again to continue."
            ),
        ),
        (
            [
                context(),
                complete(outcome="failed", exit_code=130, message="The run was interrupted."),
            ],
            "bad",
            (
                "INCOMPLETE: the run did not finish; no findings so far · exit 130  The run"
                " was interrupted."
            ),
        ),
        (
            [context(model_role="none", model=None), complete()],
            "bold",
            "Analyzers found nothing in 2 files; no model reviewed them",
        ),
        ([context(model_role="smoke"), complete()], "warn", "SMOKE RUN, not a review; no findings"),
        (
            [context(), complete(outcome="completed_with_warnings", message="ty: \x1b[2Jfailed.")],
            "good",
            "No issues found in 2 files, with warnings  ty: \\u{1b}[2Jfailed.",
        ),
        ([error(message="git\x1b did not\nanswer")], "bad", "error: git\\u{1b} did not\\nanswer"),
        (
            [context(), finding(1), error()],
            "bad",
            "error: git did not answer; INCOMPLETE: 1 finding so far",
        ),
        ([context()], "bad", "error: the run ended without a result: run it again with --verbose"),
        ([], "bad", "error: the run ended without a result: run it again with --verbose"),
    ],
)
def test_how_it_ended(events, style, said):
    line = over(*events).status(9)
    assert (line[0][0], text(line)) == (style, said)


def test_the_whole_run_names_what_was_not_reviewed():
    live = over(
        context(), complete(**LEFT, skipped_files=[{"file_name": "x.lock", "reason": "lockfile"}])
    )
    said = [text(line) for line in live.report(60)]
    assert [
        line.split("  ")[-1].strip() for line in said if "timeout" in line or "out of time" in line
    ] == [
        "1 file: 1 out of time",
        "out of time",
    ]
    assert any("b\\u{1b}.py" in line for line in said)
    assert any("x.lock" in line for line in said)
    assert all(len(line) <= 60 for line in said)
    assert [text(line) for line in over(error(message="no\x1b way")).report(60)] == [
        "no\\u{1b} way"
    ]


def test_what_stays_on_the_terminal():
    page = Page(80, False)
    assert over(context(), complete()).last_lines(page) == ["No issues found in 2 files"]
    assert over(context(), complete(**LEFT)).last_lines(page) == [
        "INCOMPLETE: 1 of 2 files was not reviewed; no findings so far",
        "    1 of 2 files was not reviewed (out of time). Run again to continue.",
    ]
    assert over(context(), finding(1)).last_lines(page) == [
        "error: the run ended without a result: run it again with --verbose",
        "INCOMPLETE: 1 finding so far",
    ]
    assert over(error()).last_lines(page) == ["error: git did not answer"]


def test_what_is_reviewed():
    assert (
        text(after(context()).head())
        == "everything on feature against main (5f0c1d2e5f0c) · google/gemma-4-12b-it on vllm"
    )
    assert text(after(context(current_branch="a\x1b[31m")).head()).startswith(
        "everything on a\\u{1b}[31m against"
    )
    assert text(Live().head()) == "reviewer"


def test_remembered_findings():
    items = [Item(finding(1), "new"), Item(finding(2), "open"), Item(finding(3), "dismissed")]
    assert (
        text(remembered_status(items, complete=True))
        == "the last run here: 2 open findings, 1 dismissed"
    )
    assert text(remembered_status(items[:1], complete=None)) == "the last run here: 1 open finding"
    assert text(remembered_status([], complete=None)) == "No findings recorded here"
    cut = text(remembered_status(items[:1], complete=False))
    assert cut == "the last run here: 1 open finding; INCOMPLETE: it did not review everything"
