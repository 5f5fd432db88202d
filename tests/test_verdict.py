from __future__ import annotations

import errno
from dataclasses import replace

import pytest
from findings.test_build import FINDING

from reviewer import verdict
from reviewer.errors import BadBase, Interrupted, NoRepository
from reviewer.events import Error, dump
from reviewer.pipeline.outcome import Outcome
from reviewer.types import REPORT, Skipped, Unreviewed

CLEAN = Outcome(model_role="reviewer", reviewed=["a.py"], seconds=1.23456)
INCOMPLETE = replace(CLEAN, unreviewed=[Unreviewed("b.py", "timeout")])


UNREAD = (("b", "timeout"), ("c", "timeout"), ("d", "bad_reply"))


def finding(severity: str, source: str = "model"):
    return FINDING.model_copy(update={"severity": severity, "source": source})


OLD = finding("info").model_copy(update={"preexisting": True})  # there before the change


def test_a_whole_complete_event():
    outcome = replace(
        INCOMPLETE,
        findings=[finding("major"), finding("minor"), finding("major")],
        skipped=(Skipped("l.lock", "lockfile"),),
    )
    assert dump(verdict.complete(outcome, "major")) == {
        "type": "complete",
        "status": "review_completed",
        "outcome": "failed",
        "findings": 3,
        "counts": {"critical": 0, "major": 2, "minor": 1, "trivial": 0, "info": 0},
        "resolved": [],
        "reviewedFiles": ["a.py"],
        "skippedFiles": [{"fileName": "l.lock", "reason": "lockfile"}],
        "unreviewedFiles": [{"fileName": "b.py", "reason": "timeout"}],
        "unreviewedFileCount": 1,
        "usage": {
            "calls": 0,
            "promptTokens": 0,
            "cachedTokens": 0,
            "completionTokens": 0,
            "thinkingTokens": 0,
        },
        "cache": {"hits": 0, "misses": 0},
        "durationSeconds": 1.235,
        "exitCode": 1,
        "message": "1 of 2 files was not reviewed (out of time).",
    }


@pytest.mark.fault(
    "verdict", "--fail-on info, and what was there before the change", "it never counts"
)
@pytest.mark.parametrize(
    ("outcome", "fail_on", "code", "said"),
    [
        (CLEAN, None, 0, "completed"),
        (replace(CLEAN, findings=[finding("critical")]), None, 0, "completed"),
        (replace(CLEAN, findings=[finding("minor")]), "major", 0, "completed"),
        (replace(CLEAN, findings=[finding("major")]), "major", 1, "completed"),
        (replace(CLEAN, findings=[finding("critical")]), "info", 1, "completed"),
        (INCOMPLETE, None, 3, "failed"),
        (replace(INCOMPLETE, findings=[finding("minor")]), "major", 3, "failed"),
        (replace(INCOMPLETE, findings=[finding("major")]), "major", 1, "failed"),
        (replace(CLEAN, warnings=["x"]), None, 0, "completed_with_warnings"),
        (replace(INCOMPLETE, warnings=["x"]), None, 3, "failed"),
        (
            replace(CLEAN, stopped="interrupted", findings=[finding("major")]),
            "major",
            130,
            "failed",
        ),
        (replace(INCOMPLETE, stopped="terminated"), None, 143, "failed"),
        (replace(CLEAN, findings=[OLD]), "info", 0, "completed"),
        (replace(CLEAN, findings=[OLD, finding("info")]), "info", 1, "completed"),
        (replace(INCOMPLETE, findings=[OLD]), "info", 3, "failed"),
        (Outcome(), "info", 0, "completed"),
        (Outcome(stopped="interrupted"), None, 130, "failed"),
        (Outcome(stopped="terminated"), "info", 143, "failed"),
        (
            replace(CLEAN, model_role="smoke", findings=[finding("critical")]),
            "info",
            0,
            "completed",
        ),
        (
            replace(CLEAN, model_role="smoke", findings=[finding("major", "analyzer:ty")]),
            "major",
            1,
            "completed",
        ),
    ],
)
def test_exit_code_and_outcome(outcome: Outcome, fail_on, code: int, said: str):
    complete = verdict.complete(outcome, fail_on)
    assert (complete.exit_code, complete.outcome) == (code, said)


@pytest.mark.parametrize(
    ("outcome", "status", "message"),
    [
        (CLEAN, "review_completed", "Review completed"),
        (Outcome(), "review_skipped", "No changes detected."),
        (
            Outcome(skipped=(Skipped("r.html", "excluded", REPORT),), notes=("Look: `there`",)),
            "review_skipped",
            "No changes detected. Look: `there`.",
        ),
        (
            Outcome(skipped=(Skipped("a.png", "binary"),)),
            "review_skipped",
            "Every changed file was skipped.",
        ),
        (
            Outcome(unreviewed=[Unreviewed("a", "no_model")]),
            "review_completed",
            "the only file was not read by a model.",
        ),
        (
            replace(CLEAN, unreviewed=[Unreviewed(*each) for each in UNREAD]),
            "review_completed",
            "3 of 4 files were not reviewed (2 out of time, 1 the model's reply could not be"
            " used).",
        ),
        (replace(CLEAN, warnings=["ty is missing."]), "review_completed", "ty is missing."),
        (  # nothing was looked at because it was stopped, which is not the same as nothing to do
            Outcome(stopped="interrupted"),
            "review_completed",
            "The run was interrupted.",
        ),
        (
            Outcome(stopped="terminated", skipped=(Skipped("a.png", "binary"),)),
            "review_completed",
            "The run was interrupted.",
        ),
        (
            replace(INCOMPLETE, stopped="interrupted"),
            "review_completed",
            "1 of 2 files was not reviewed (out of time). The run was interrupted.",
        ),
    ],
)
def test_status_and_message(outcome: Outcome, status: str, message: str):
    complete = verdict.complete(outcome, None)
    assert (complete.status, complete.message) == (status, message)


def test_errors_are_events_too():
    assert verdict.error(BadBase("no such base: x\x1b[0m", candidates=["main"])) == Error(
        error_type="bad_base",
        message="no such base: x\\u{1b}[0m",
        recoverable=False,
        details={"candidates": ["main"]},
    )
    assert verdict.error(NoRepository("not here")).error_type == "no_repository"
    assert Interrupted("x", terminated=True).exit_code == 143


@pytest.mark.fault(
    "files",
    "a system limit: open files, file sizes, memory, a full disk",
    "one line names the limit and how to raise it, exit code 4; not taken for a bug",
)
def test_a_limit_of_the_system_is_no_bug():
    event = verdict.crash(OSError(errno.EFBIG, "File too large", "/tmp/x"), verbose=False)
    assert event == Error(
        error_type="internal",
        message="a file would exceed the size limit; raise it: ulimit -f",
        recoverable=False,
    )
    other = verdict.crash(OSError(errno.ENOTDIR, "Not a directory"), verbose=False)
    assert other.message.startswith("internal error: NotADirectoryError: ")


def test_a_bug_of_ours_ends_the_stream_as_internal_error(capsys: pytest.CaptureFixture[str]):
    event = verdict.crash(ValueError("odd\nthing"), verbose=True)
    assert event.error_type == "internal"
    assert event.message.startswith("internal error: ValueError: odd\\nthing; please report it")
    assert "ValueError: odd" in capsys.readouterr().err
