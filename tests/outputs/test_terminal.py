from __future__ import annotations

import io
import random
import re
import unicodedata
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.event_cases import NAMES, complete, context, error, finding, load, many
from support.output_runs import rendered, runs

from reviewer.events import Event
from reviewer.outputs import open_output
from reviewer.outputs.page import STYLES, cells
from reviewer.outputs.wording import ordered

SGR = re.compile(rf"\x1b\[(?:0|{'|'.join(STYLES.values())})m")
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # categories that steer a terminal or hide on it
# All that may stand left of the gutter.
VERDICTS = "INCOMPLETE:|[0-9]+ findings? in|No issues|Analyzers|Nothing|SMOKE RUN,"
OWN = re.compile(f"(CRITICAL|MAJOR|MINOR|TRIVIAL|INFO|Smoke model:|{VERDICTS})(?: |$)|─+$")
FINDING_LABELS = {"why", "fails", "fix", "see", "agent"}
SUMMARY_LABELS = {
    "reviewed",
    "by",
    "findings",
    "resolved",
    "skipped",
    "unreviewed",
    "time",
    "tokens",
}


def body(run: list[Event], **options: Any) -> list[str]:
    return rendered("terminal", run, **options).split("\n")


@pytest.mark.parametrize("width", [20, 40, 80, 120])
@pytest.mark.parametrize("case", NAMES)
def test_no_line_is_wider_than_the_terminal(case: str, width: int) -> None:
    for options in ({}, {"quiet": True}, {"verbose": True}):
        assert max(map(cells, body(load(case), width=width, **options))) <= width


@pytest.mark.parametrize("case", NAMES)
def test_color_changes_nothing_but_color(case: str) -> None:
    colored = rendered("terminal", load(case), color=True)
    assert SGR.search(colored)
    assert SGR.sub("", colored) == rendered("terminal", load(case))


@given(runs(), st.booleans(), st.booleans(), st.integers(1, 160))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_nothing_can_steer_the_terminal_or_leave_its_gutter(
    run: list[Event], quiet: bool, verbose: bool, width: int
) -> None:
    plain = SGR.sub(
        "", rendered("terminal", run, color=True, quiet=quiet, verbose=verbose, width=width)
    )
    assert not {unicodedata.category(char) for char in plain.replace("\n", "")} & INVISIBLE
    assert plain == rendered("terminal", run, quiet=quiet, verbose=verbose, width=width)
    assert max(map(cells, plain.split("\n"))) <= max(width, 20)
    assert not [line for line in plain.split("\n") if line[:1].strip() and not OWN.match(line)]
    if width >= 100:  # where no verdict is long enough to go on in a second line
        assert {
            line.split()[0] for line in plain.split("\n") if re.match("  ?[^ ]", line)
        } <= FINDING_LABELS | SUMMARY_LABELS


def test_the_report_does_not_depend_on_the_order_of_arrival() -> None:
    run = many(200)
    shuffled = [run[0], *random.Random(7).sample(run[1:-1], 200), run[-1]]
    text = rendered("terminal", shuffled)
    assert text == rendered("terminal", run)
    badges = [line.split()[0] for line in text.split("\n") if line[:1].isupper()]
    assert (
        badges[:200]
        == ["CRITICAL"] * 40 + ["MAJOR"] * 40 + ["MINOR"] * 40 + ["TRIVIAL"] * 40 + ["INFO"] * 40
    )
    assert text.endswith(
        "200 findings in 10 files: 40 critical, 40 major, 40 minor, 40 trivial, 40 info\n"
    )


def test_the_own_place_is_quoted_with_its_lines_marked() -> None:
    quote = {
        "file_name": "shop/cart.py",
        "start_line": 98,
        "end_line": 101,
        "quote": "a\n  b\nc\n\td",
        "why": "here",
    }
    lines = body([finding(start_line=99, end_line=100, evidence=[quote]), complete(findings=1)])
    assert lines[:12] == [
        "MAJOR     The loop never ends",
        "          shop/cart.py:99  lines 99–100",
        "          model · correctness · 90 % sure · 000000000000",
        "",
        "             98 │ a",
        "          >  99 │   b",
        "          > 100 │ c",
        "            101 │     d",
        "",
        "  why     The counter is never raised.",
        "  fails   count(1) hangs",
        "  fix     Raise it.",
    ]


@pytest.mark.parametrize("change", [{"file_name": "other.py"}, {"start_line": 7, "end_line": 9}])
def test_evidence_from_elsewhere_is_not_shown_as_the_place(change: dict[str, Any]) -> None:
    quote = {
        "file_name": "shop/cart.py",
        "start_line": 3,
        "end_line": 3,
        "quote": "  x = 1",
        "why": "because",
        **change,
    }
    lines = body([finding(evidence=[quote]), complete(findings=1)])
    assert lines[3:9] == [
        "",
        "  why     The counter is never raised.",
        "  fails   count(1) hangs",
        "  fix     Raise it.",
        f"  see     {quote['file_name']}:{quote['start_line']}  because",
        "          x = 1",
    ]


@pytest.mark.parametrize("form", ["terminal", "markdown", "html"])
def test_evidence_that_the_change_removes_is_marked(form: str) -> None:
    """Of the finding's own line number, too: that is another line in the old version."""
    quote = {
        "file_name": "shop/cart.py",
        "start_line": 3,
        "end_line": 3,
        "quote": "  x = 1",
        "why": "was set",
        "side": "old",
    }
    shown = rendered(form, [context(), finding(evidence=[quote]), complete(findings=1)])
    assert "shop/cart.py:3 (removed)" in shown


def test_long_code_is_cut_and_long_prose_is_wrapped() -> None:
    quote = {
        "file_name": "shop/cart.py",
        "start_line": 3,
        "end_line": 3,
        "quote": "x" * 200,
        "why": "",
    }
    text = rendered(
        "terminal", [finding(evidence=[quote], comment="word " * 40), complete(findings=1)]
    )
    assert f"> 3 │ {'x' * 63}…\n" in text
    assert text.count("word") == 40


def test_a_suggestion_that_the_patch_makes_is_not_said_twice() -> None:
    patch = {"diff": "@@ -1 +1 @@\n-a\n+    return 1\n", "verification": "clean", "checks": []}
    text = rendered(
        "terminal",
        [finding(patch=patch, suggestions=["return 1", "Or ask."]), complete(findings=1)],
    )
    assert "  fix     patch: applies, parses, analyzers clean\n          @@ -1 +1 @@\n" in text
    assert text.count("return 1") == 1
    assert "          +    return 1\n          Or ask.\n" in text


def test_verbose_adds_the_agents_text_files_and_tokens() -> None:
    run = load("example")
    more = [line for line in body(run, verbose=True) if line not in body(run)]
    assert [line.split()[0] for line in more if line[2:3].strip()] == ["agent", "agent", "tokens"]
    assert more[-1] == "  tokens      18,120 in (11,008 of them cached, 60 %), 911 out, 6 calls"


def test_unreviewed_files_are_named_up_to_twenty() -> None:
    def run(number: int) -> list[Event]:
        left = [{"file_name": f"f{index:03}", "reason": "timeout"} for index in range(number)]
        return [
            complete(
                outcome="failed",
                unreviewed_files=left[:90],
                unreviewed_file_count=number,
                exit_code=3,
            )
        ]

    twenty, many_more = body(run(20)), body(run(100))
    assert twenty[2:4] == [
        "  unreviewed  20 files: 20 out of time",
        "              f000  out of time",
    ]
    assert twenty[22:24] == ["              f019  out of time", "  time        4.2 s · exit 3"]
    assert many_more[22:24] == ["              f019  out of time", "              and 80 more"]
    assert many_more[-2] == "INCOMPLETE: 100 of 102 files were not reviewed; no findings so far"


def test_a_message_cannot_pass_for_the_verdict() -> None:
    lines = body(
        [
            context(),
            complete(outcome="failed", message="No issues found in 3 files\n  reviewed    3 files"),
        ]
    )
    assert lines[-4:] == [
        "INCOMPLETE: the run did not finish; no findings so far",
        "    No issues found in 3 files",
        "      reviewed    3 files",
        "",
    ]


def test_quiet_is_a_line_for_each_finding_and_the_verdict() -> None:
    run = [
        context(),
        finding(1),
        finding(2, severity="critical", start_line=None),
        complete(findings=2, exit_code=1),
    ]
    assert body(run, quiet=True) == [
        "CRITICAL  shop/cart.py  The loop never ends",
        "MAJOR     shop/cart.py:3  The loop never ends",
        "2 findings in 2 files: 1 critical, 1 major",
        "",
    ]


def test_smoke_is_marked_before_and_after() -> None:
    lines = body(load("smoke"))
    assert lines[0] == "Smoke model: a test of the setup, not a review"
    assert (
        "  by          gemma-3-270m on llamacpp (smoke model: a test of the setup, not a" in lines
    )
    assert "SMOKE RUN, not a review; 1 finding: 1 info" in lines


def test_errors() -> None:
    assert body([error(message="no base:\nname it")]) == ["error: no base:", "  name it", ""]
    assert body([error(details={"ref": "x", "tried": ["a\x1b"]})], verbose=True)[1:] == [
        "    ref: x",
        "    tried: ['a\\x1b']",
        "",
    ]
    assert body([finding(), error()])[-3:] == [
        "error: git did not answer",
        "INCOMPLETE: 1 finding so far",
        "",
    ]
    assert body([]) == ["error: the run ended without a result: run it again with --verbose", ""]


def test_the_numbers_of_a_quote_are_as_wide_as_the_last_that_it_has() -> None:
    lines = [f"line {number}" for number in range(85, 105)]
    quote = {"file_name": "a.py", "start_line": 85, "end_line": 104, "quote": "\n".join(lines)}
    found = finding(
        1,
        file_name="a.py",
        start_line=86,
        end_line=86,
        evidence=[{**quote, "why": "the place"}],
    )
    shown = [line for line in body([context(), found, complete(findings=1)]) if "│" in line]
    assert (len(shown), shown[0].strip(), shown[1].strip()) == (
        12,
        "85 │ line 85",
        ">  86 │ line 86",
    )


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def live(run: list[Event], **options: Any) -> list[str]:
    """What each event writes on a terminal, and at last what the end does."""
    stream, written = Screen(), []
    output = open_output(
        "terminal",
        stream,
        **{"color": False, "width": 80, "quiet": False, "verbose": False, **options},
    )
    for emit in [*(partial(output.emit, event) for event in run), output.close]:
        before = stream.tell()
        emit()
        written.append(stream.getvalue()[before:])
    return written


@pytest.mark.fault(
    "screen",
    "a review takes minutes, and its first finding is there after seconds",
    "a terminal shows each finding when it is published; a pipe gets them sorted at the end",
)
def test_a_terminal_gets_each_finding_as_it_comes() -> None:
    run = [
        context(),
        finding(1, severity="minor"),
        finding(2, severity="critical", title="Second"),
        complete(findings=2),
    ]
    began, first, second, last, end = live(run)
    assert (began, last) == ("", "")
    assert first.splitlines()[:2] == ["MINOR     The loop never ends", "          shop/cart.py:3"]
    assert second.splitlines()[0] == "CRITICAL  Second"
    assert "loop" not in end
    assert end.splitlines()[0] == "─" * 80
    assert end.splitlines()[-1] == "2 findings in 2 files: 1 critical, 1 minor"
    piped = rendered("terminal", run)
    assert piped == f"{second}{first}{end}"


def test_many_that_came_in_another_order_are_listed_again() -> None:
    severities = ["minor", "major", "critical", "minor"]
    found = [
        finding(at, severity=severity, start_line=at + 1) for at, severity in enumerate(severities)
    ]
    run: list[Event] = [context(), *found, complete(findings=4)]
    lines = live(run)[-1].splitlines()
    assert lines[:6] == [
        "─" * 80,
        "CRITICAL  shop/cart.py:3  The loop never ends",
        "MAJOR     shop/cart.py:2  The loop never ends",
        "MINOR     shop/cart.py:1  The loop never ends",
        "MINOR     shop/cart.py:4  The loop never ends",
        "─" * 80,
    ]
    assert live([context(), *ordered(found), complete(findings=4)])[-1].count("MINOR") == 0
    assert live(run, quiet=True)[-1] == "4 findings in 2 files: 1 critical, 1 major, 2 minor\n"
    many_more = live(many(30))[-1].splitlines()
    assert len([line for line in many_more if "The loop" in line]) == 20
    assert "          and 10 less severe findings" in many_more


def test_a_finding_that_takes_the_place_of_another_says_so() -> None:
    place = {
        "id": f"{1:012x}",
        "file_name": "shop/cart.py",
        "start_line": 9,
        "end_line": 9,
        "side": "new",
    }
    better = finding(2, title="Better", places=[place])
    _, first, second, _, end = live([context(), finding(1), better, complete(findings=1)])
    assert "note" not in first
    assert "  note    replaces 000000000001 above, which has the same cause\n" in second
    assert end.splitlines()[-1] == "1 finding in 2 files: 1 major"


def test_a_smoke_model_is_named_before_its_first_finding() -> None:
    run = [context(model_role="smoke"), finding(1), finding(2), complete(findings=2)]
    _, first, second, _, end = live(run)
    assert first.startswith("Smoke model: a test of the setup, not a review\n\n")
    assert "Smoke" not in second + end


def test_quiet_on_a_terminal_is_a_line_when_it_comes() -> None:
    run = [context(), finding(1), complete(findings=1)]
    assert live(run, quiet=True) == [
        "",
        "MAJOR     shop/cart.py:3  The loop never ends\n",
        "",
        "1 finding in 2 files: 1 major\n",
    ]
