from __future__ import annotations

import io
from typing import Any

import pytest
from support.event_cases import complete, context, error, finding

from reviewer.events import Event
from reviewer.outputs.collected import CollectedRun
from reviewer.outputs.ending import Ending, advice, ending, paragraphs, rule_of, title_of, why

INSTRUCTIONS = (
    "Review comment at @a at line 3:\nData.\nIt is wrong.\nIt fails like this: f(1)\nWhat to do:"
    " Raise it.\nSoon."
)


def ended(*run: Event) -> Ending:
    whole = CollectedRun(io.StringIO())
    for event in run:
        whole.emit(event)
    return ending(whole)


def test_a_clean_run() -> None:
    assert ended(context(), complete()) == Ending(
        "good", "No issues found in 2 files", "", (), 0, 0
    )


def test_an_incomplete_run() -> None:
    left = [{"file_name": "a", "reason": "timeout"}]
    last = complete(
        outcome="failed",
        unreviewed_files=left,
        unreviewed_file_count=3,
        exit_code=3,
        message="a\x1b\nb",
    )
    found = ended(context(), last)
    assert found == Ending(
        "bad",
        "INCOMPLETE: 3 of 5 files were not reviewed; no findings so far",
        "a\\u{1b}\nb",
        tuple(last.unreviewed_files),
        2,
        3,
    )
    assert found.incomplete


@pytest.mark.parametrize(
    ("run", "line"),
    [
        ([error(message="no\nbase")], "INCOMPLETE: no\\nbase"),
        ([finding(), error(message="no")], "INCOMPLETE: no; 1 finding so far"),
        ([], "INCOMPLETE: the run ended without a result: run it again with --verbose"),
    ],
)
def test_a_run_that_did_not_end(run: list[Event], line: str) -> None:
    assert ended(*run) == Ending("bad", line, "", (), 0, 4)


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({}, "The loop never ends"),
        ({"title": " \n"}, "\\n"),
        ({"title": ""}, "Unnamed problem"),
        ({"side": "old"}, "The loop never ends (line 3 of the base)"),
        ({"title": "x" * 400}, "x" * 299 + "…"),
    ],
)
def test_titles(change: dict[str, Any], title: str) -> None:
    assert title_of(finding(**change)) == title


def test_what_is_said_beyond_the_title() -> None:
    assert paragraphs(finding(codegen_instructions=INSTRUCTIONS)) == [
        "The counter is never raised.",
        "How it fails: count(1) hangs",
        "What to do: Raise it.\nSoon.",
    ]
    assert why(finding(comment="The loop never ends\n")) == ""
    assert advice(finding()) == ""
    assert paragraphs(finding(title="t", comment="t", failure_scenario=" ")) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "model/functional_correctness"),
        ({"source": "analyzer:ruff", "rule": "F821"}, "ruff/F821"),
        ({"source": "", "rule": ""}, "reviewer/functional_correctness"),
        ({"source": "analyzer:a\nb", "rule": "\x00"}, "a\\nb/\\u{0}"),
    ],
)
def test_rules(change: dict[str, Any], name: str) -> None:
    assert rule_of(finding(**change)) == name
