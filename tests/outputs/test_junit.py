from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from support.event_cases import NAMES, complete, context, finding, load, many
from support.format_texts import hostile
from support.output_runs import rendered, runs, told

from reviewer.events import Event
from reviewer.outputs.page import clean

ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"name", "classname", "time", "file", "line"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
}
NOT_A_CHAR = {*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "skipped", "system-out"},
}


def check(run: list[Event]) -> ET.Element:
    """The document, held against the schema that Jenkins and GitLab read: names, nesting, and sums
    that are right."""
    text = rendered("junit", run)
    assert text.isascii()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')
    assert not {int(ref) for ref in re.findall(r"&#(\d+);", text)} & NOT_A_CHAR
    root = ET.fromstring(text)
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        if element.tag == "testcase":
            assert {"name", "classname", "time"} <= set(element.attrib)
            assert len(element) <= 1
        if element.tag in ("testsuites", "testsuite"):
            for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
                assert int(element.attrib[name]) == len(list(element.iter(tag)))
    assert [suite.attrib["name"] for suite in root].count("reviewer") >= 1
    return root


@pytest.mark.parametrize("case", NAMES)
def test_the_cases_keep_the_schema(case: str) -> None:
    check(load(case))


@given(runs())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_hostile_runs_are_xml(run: list[Event]) -> None:
    root = check(run)
    shown = len(list(root.iter("failure"))) + len(
        [case for case in root.iter("testcase") if "[" in case.attrib["name"]]
    )
    assert shown >= told(run)


@given(hostile)
@example("\ufffe \uffff \x00 \x0b \ud800 ]]>")
@settings(max_examples=100, deadline=None, derandomize=True)
def test_what_is_said_comes_out_again(text: str) -> None:
    found = finding(comment=text, title="t", failure_scenario="")
    (failure,) = check([context(), found, complete(findings=1)]).iter("failure")
    expected = (
        clean(found.comment).strip().replace("\ufffe", "\\u{fffe}").replace("\uffff", "\\u{ffff}")
    )
    said = (failure.text or "").removeprefix("shop/cart.py: line 3").strip()
    assert said == ("" if expected == "t" else expected)


def test_what_fails_and_what_passes() -> None:
    found = [finding(1), finding(2, severity="info"), finding(3, file_name="b.py", side="old")]
    skipped = [{"file_name": "logo.png", "reason": "binary"}]
    root = check([context(), *found, complete(findings=3, skipped_files=skipped, exit_code=1)])
    assert root.attrib == {
        "name": "reviewer",
        "tests": "6",
        "failures": "2",
        "errors": "0",
        "time": "4.200",
    }
    told = [
        (suite.attrib["name"], case.attrib["name"], [child.tag for child in case])
        for suite in root
        for case in suite
    ]
    assert told == [
        ("b.py", "major: The loop never ends (line 3 of the base) [000000000003]", ["failure"]),
        ("shop/cart.py", "major: The loop never ends (line 3) [000000000001]", ["failure"]),
        ("shop/cart.py", "info: The loop never ends (line 3) [000000000002]", ["system-out"]),
        ("shop/price.py", "review", []),
        ("logo.png", "review", ["skipped"]),
        ("reviewer", "the whole change was reviewed", ["system-out"]),
    ]


def test_a_large_run() -> None:
    root = check(many(200))
    assert (root.attrib["tests"], root.attrib["failures"], len(root)) == ("201", "120", 11)
