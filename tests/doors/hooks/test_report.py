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


ANYWAY = "  push anyway:  git push --no-verify, or REVIEWER_SKIP=1 git push"


def test_ten_findings_worst_first():
    many = [finding(number) for number in range(1, 31)]
    lines = said(*many, finding(99, "critical"), finding(50, "minor"), finding(51, "info"))
    assert lines[:5] == [
        "reviewer: push blocked: topic: 31 findings at or above major",
        f"  CRITICAL  shop/cart.py:99  {finding(99).id}",
        "            T99",
        f"  MAJOR     shop/cart.py:1  {finding(1).id}",
        "            T1",
    ]
    assert lines[19:] == [
        f"  MAJOR     shop/cart.py:9  {finding(9).id}",
        "            T9",
        "  and 21 more, 1 minor, 1 info",
        "  details:  reviewer --staged",
        '  dismiss:  reviewer findings dismiss ID --reason "why"',
        ANYWAY,
    ]


def test_what_was_there_before_never_blocks_and_other_places_are_counted():
    """Whatever its severity says: it is the reviewer's word that it is `info`."""
    other = grouped(finding(2), [finding(3), finding(4)])
    old = finding(1, "critical", preexisting=True)
    assert said(old, other) == [
        "reviewer: push blocked: topic: 1 finding at or above major",
        f"  MAJOR     shop/cart.py:2  {other.id}",
        "            T2 (and 2 more places)",
        "  and 1 critical",
        "  details:  reviewer --staged",
        f'  dismiss:  reviewer findings dismiss {other.id} --reason "why"',
        ANYWAY,
    ]


def test_equal_titles_are_all_shown():
    lines = said(*(finding(number, title="The same") for number in (1, 2)))
    assert lines.count("            The same") == 2


def test_findings_fit_into_eighty_columns():
    long = finding(7, file_name="deep/" * 25 + "a.py", title="何か word " * 20)
    lines = said(grouped(long, [finding(8)]))
    wide = [len(line) + line.count("何") + line.count("か") for line in lines]
    assert (max(wide[1:]), wide[4]) == (80, 80)
    assert lines[4].endswith("… (and 1 more place)")
    assert "".join(line[12:] for line in lines[1:4]).endswith(f"a.py:7{long.id}")


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


def test_what_is_ignored_is_counted():
    last = complete(reviewed_files=["a.py"], ignored=2, outcome="completed")
    clean = said(last=last, code=0)
    assert clean == [
        "reviewer: topic: No issues found in 1 file, except 2 ignored by configuration"
    ]
    small = said(finding(1, "minor"), last=last, code=0)
    assert small == [
        "reviewer: topic: 1 finding in 1 file: 1 minor; 2 ignored by configuration; see:"
        " reviewer --staged"
    ]
