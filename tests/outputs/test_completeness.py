"""No format lets a run that was not whole look like a clean one."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest
from support.event_cases import complete, context, error, finding, load, many
from support.output_runs import rendered

from reviewer.events import Event

FORMATS = [
    "plain",
    "markdown",
    "html",
    "sarif",
    "github",
    "github-summary",
    "gitlab",
    "rdjson",
    "rdjsonl",
    "junit",
]
LEFT = [{"file_name": "shop/left.py", "reason": "timeout"}]


def says_incomplete(name: str, text: str) -> bool:
    """By what the consumers of the format look at, not by what a person might read."""
    match name:
        case "sarif":
            return not json.loads(text)["runs"][0]["invocations"][0]["executionSuccessful"]
        case "gitlab":
            return any(issue["check_name"] == "reviewer/incomplete" for issue in json.loads(text))
        case "rdjson":
            return any(
                each["code"]["value"] == "reviewer/incomplete"
                for each in json.loads(text)["diagnostics"]
            )
        case "rdjsonl":
            return any(
                json.loads(line)["code"]["value"] == "reviewer/incomplete"
                for line in text.splitlines()
            )
        case "junit":
            return int(ET.fromstring(text).attrib["errors"]) > 0
        case "github":
            return "\n::error title=Review incomplete::INCOMPLETE" in "\n" + text
        case "plain":
            return "\nreviewer: INCOMPLETE: " in "\n" + text
        case "html":
            return '<header class="bad">' in text and "<h1>INCOMPLETE: " in text
        case _:
            return re.search("^### INCOMPLETE: ", text, re.MULTILINE) is not None


BROKEN: dict[str, list[Event]] = {
    "unreviewed": [
        context(),
        complete(outcome="failed", unreviewed_files=LEFT, unreviewed_file_count=1, exit_code=3),
    ],
    "interrupted": [context(), complete(outcome="failed", exit_code=130)],
    "unnamed": [context(), complete(outcome="failed", unreviewed_file_count=5, exit_code=3)],
    "findings_too": [context(), finding(), complete(outcome="failed", findings=1, exit_code=130)],
    "error": [error()],
    "error_midway": [context(), finding(), error()],
    "nothing": [],
    "no_end": [context(), finding()],
}


@pytest.mark.parametrize("run", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("name", FORMATS)
def test_a_run_that_is_not_whole_says_so(name: str, run: list[Event]) -> None:
    assert says_incomplete(name, rendered(name, run))


@pytest.mark.parametrize("run", [load("clean"), load("skipped"), load("smoke"), many(200)], ids=len)
@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_run_does_not(name: str, run: list[Event]) -> None:
    assert not says_incomplete(name, rendered(name, run))


@pytest.mark.parametrize("name", FORMATS)
def test_files_that_were_not_reviewed_are_named(name: str) -> None:
    text = rendered(name, BROKEN["unreviewed"])
    assert "shop/left.py" in text
    assert "out of time" in text


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_arrival_does_not_matter(name: str) -> None:
    run = many(40)
    assert rendered(name, [run[0], *reversed(run[1:-1]), run[-1]]) == rendered(name, run)


@pytest.mark.parametrize("name", FORMATS)
def test_every_finding_of_a_large_run_is_there(name: str) -> None:
    text = rendered(name, many(200))
    assert all(finding.id in text for finding in many(200)[1:-1]) or name == "markdown"
    if name == "markdown":  # which has a limit: a line each
        assert text.count("The loop never ends") == 200


def test_a_clean_run_is_nothing_to_consumers_of_lists() -> None:
    assert rendered("rdjsonl", load("clean")) == ""
    assert json.loads(rendered("gitlab", load("clean"))) == []
    assert json.loads(rendered("rdjson", load("clean"))) == {
        "source": {"name": "reviewer"},
        "diagnostics": [],
    }


@pytest.mark.parametrize("name", FORMATS)
def test_no_toy_poses_as_a_reviewer(name: str) -> None:
    run = [context(model_role="smoke", model="gemma-3-270m"), complete()]
    assert "SMOKE RUN, not a review; no findings" in rendered(name, run)
