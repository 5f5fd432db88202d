from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from support.event_cases import NAMES, complete, context, error, finding, load, many
from support.format_texts import command, hostile
from support.output_runs import rendered, runs

from reviewer.events import Event
from reviewer.outputs.github import command as written
from reviewer.outputs.page import clean, inline


def commands(run: list[Event]) -> list[tuple[str, dict[str, str], str]]:
    """All commands; every other line is one that no runner takes for a command."""
    text = rendered("github", run)
    assert text.endswith("\n")
    found = []
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("::"):
            found.append(command(line))
        else:
            assert line.startswith("reviewer: ")
            assert "##[" not in line
    return found


@pytest.mark.parametrize("case", NAMES)
def test_the_cases_are_commands(case: str) -> None:
    for name, properties, _ in commands(load(case)):
        assert name in ("error", "warning", "notice")
        assert properties.keys() <= {"file", "line", "endLine", "title"}


@given(runs())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_hostile_runs_make_no_other_commands(run: list[Event]) -> None:
    found = [event for event in run if event.type == "finding"]
    annotations = commands(run)
    assert len(annotations) == len(found) + 1
    names = Counter(itself(event.file_name) for event in found)
    assert Counter(properties["file"] for _, properties, _ in annotations[:-1]) == names


def itself(name: str) -> str:
    """The name as the runner finds it, if a terminal obeys nothing of it."""
    return "".join(char if char in "\t\r\n" else inline(char) for char in name)


@pytest.mark.fault(
    "output",
    "a line break, a colon or a comma in a file's name",
    "the GitHub annotation is on that file and injects no other command",
)
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("n\nl.txt", "n%0Al.txt"),
        ("a,b:c%0A.txt", "a%2Cb%3Ac%250A.txt"),
        ("::error ::x\r\n::y\t.py", "%3A%3Aerror %3A%3Ax%0D%0A%3A%3Ay\t.py"),
        ("\x1b[2J\u202e.py", "\\u{1b}[2J\\u{202e}.py"),
        ("caf\udce9.py", "caf\ufffd.py"),
    ],
)
def test_a_file_is_named_as_it_is(name: str, written: str) -> None:
    text = rendered("github", [context(), finding(7, file_name=name), complete(findings=1)])
    assert text.startswith(f"::error file={written},line=3,")
    assert commands([finding(7, file_name=name), complete()])[0][1]["file"] == itself(
        name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    )


@given(hostile, hostile)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_what_is_said_comes_out_again(title: str, text: str) -> None:
    title, text = inline(title), clean(text)
    line = written("error", {"title": title, "file": "a"}, text)
    assert "\n" not in line
    assert "\r" not in line
    assert command(line) == ("error", {"title": title, "file": "a"}, text)


def test_a_finding() -> None:
    run = [context(), finding(7, end_line=4, title="50% of: a,b"), complete(findings=1)]
    assert (
        rendered("github", run).split("\n")[0]
        == "::error file=shop/cart.py,line=3,endLine=4,title=major%3A 50%25 of%3A a%2Cb::The"
        " counter is never raised.%0AHow it fails: count(1)"
        " hangs%0Amodel/functional_correctness [000000000007]"
    )


@pytest.mark.parametrize("change", [{"start_line": None, "end_line": None}, {"side": "old"}])
def test_without_a_new_line_it_is_of_the_file(change: dict[str, Any]) -> None:
    name, properties, _ = commands([context(), finding(**change), complete(findings=1)])[0]
    assert (name, set(properties)) == ("error", {"file", "title"})


def test_at_most_ten_of_each_kind_and_the_rest_in_the_log() -> None:
    run = many(200)
    found = commands(run)
    assert Counter(name for name, _, _ in found) == {"error": 10, "warning": 10, "notice": 10}
    assert found[-1] == (
        "notice",
        {"title": "Review"},
        (
            "200 findings in 10 files: 40 critical, 40 major, 40 minor, 40 trivial, 40 info\n"
            "171 more findings in the log of this step."
        ),
    )
    logged = [line for line in rendered("github", run).split("\n") if line.startswith("reviewer: ")]
    assert len(logged) == 171


def test_the_verdict_keeps_its_place_among_the_errors() -> None:
    found = commands(
        [
            *many(
                100,
            )[:-1],
            complete(outcome="failed", exit_code=130, findings=100),
        ]
    )
    assert Counter(name for name, _, _ in found)["error"] == 10
    assert found[-1][:2] == ("error", {"title": "Review incomplete"})


def test_the_log_holds_no_command() -> None:
    found = [finding(number, title="##[error]x ::error::y ##vso[task]z") for number in range(12)]
    lines = [
        line
        for line in rendered("github", [*found, complete()]).split("\n")
        if line.startswith("reviewer")
    ]
    assert (
        lines[0]
        == "reviewer: major: shop/cart.py:3: # #[error]x ::error::y # #vso[task]z [00000000000a]"
    )


def test_ends() -> None:
    assert (
        rendered("github", load("clean")) == "::notice title=Review::No issues found in 2 files\n"
    )
    assert (
        rendered("github", [error(message="no\nbase")])
        == "::error title=Review incomplete::INCOMPLETE: no\\nbase\n"
    )
    assert "%0ASmoke model: a test of the setup, not a review" in rendered("github", load("smoke"))
