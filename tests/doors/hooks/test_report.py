"""What a hook says stays short, and nothing of it can steer a terminal."""

from __future__ import annotations

from support.event_cases import complete, error
from support.event_cases import finding as event

from reviewer.doors.hooks import Policy, Subject, report
from reviewer.doors.hooks.gate import SubjectResult
from reviewer.findings import grouped
from reviewer.types import Scope

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202egpj.\r\n\u200b"


def finding(number: int, severity: str = "major", **change: object):
    return event(
        number, **{"severity": severity, "start_line": number, "title": f"T{number}", **change}
    )


def said(*findings, name="topic", last=None, code=1, policy=None, problem=""):
    subject = Subject(name, Scope(), "reviewer --staged")
    seen = SubjectResult(
        subject, code, last or complete(exit_code=code), "major", tuple(findings), problem=problem
    )
    return report.lines("pre-push", [seen], policy or Policy())


def test_twenty_findings_worst_first():
    many = [finding(number) for number in range(1, 31)]
    lines = said(*many, finding(99, "critical"), finding(50, "minor"), finding(51, "info"))
    assert lines[0] == "reviewer: push blocked: topic: 31 findings at or above major"
    assert lines[1] == "  CRITICAL  shop/cart.py:99  T99"
    assert lines[20] == "  MAJOR     shop/cart.py:19  T19"
    assert lines[21:] == [
        "  and 11 more, 1 minor, 1 info",
        "  details:  reviewer --staged",
        "  push anyway:  git push --no-verify, or REVIEWER_SKIP=1 git push",
    ]


def test_what_was_there_before_never_blocks_and_other_places_are_counted():
    """Whatever its severity says: it is the reviewer's word that it is `info`."""
    other = grouped(finding(2), [finding(3), finding(4)])
    old = finding(1, "critical", preexisting=True)
    assert said(old, other) == [
        "reviewer: push blocked: topic: 1 finding at or above major",
        "  MAJOR     shop/cart.py:2  T2 (and 2 more places)",
        "  and 1 critical",
        "  details:  reviewer --staged",
        "  push anyway:  git push --no-verify, or REVIEWER_SKIP=1 git push",
    ]


def test_everything_is_sanitised_and_cut():
    crash = error(message=HOSTILE * 500)
    unreviewed = [{"file_name": HOSTILE, "reason": "too_large"}]
    half = complete(
        exit_code=3, unreviewed_files=unreviewed, unreviewed_file_count=1, message=HOSTILE * 500
    )
    block = Policy(on_server_down="block")
    for lines in (
        said(finding(1, file_name=HOSTILE * 500, title=HOSTILE * 500), name=HOSTILE * 500),
        said(last=crash, code=4, name=HOSTILE * 500),
        said(last=half, code=3, name=HOSTILE * 500),
        said(last=half, code=3, name=HOSTILE * 500, problem=HOSTILE * 500, policy=block),
    ):
        assert "\\u{1b}" in lines[0]
        assert all(line.isprintable() and len(line) < 4000 for line in lines)


def test_warnings_are_said():
    warned = complete(
        outcome="completed_with_warnings", message="ruff: files of such names cannot be checked."
    )
    assert (
        said(last=warned, code=0)[0]
        == "reviewer: topic: ruff: files of such names cannot be checked"
    )
