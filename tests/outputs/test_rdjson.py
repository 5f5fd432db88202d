from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.event_cases import NAMES, complete, context, error, finding, load
from support.output_runs import rendered, runs, told

from reviewer.events import Event, Patch
from reviewer.fixes import patch as patches

NUMBER = {"type": "integer", "minimum": 1}
POSITION = {
    "type": "object",
    "properties": {"line": NUMBER, "column": NUMBER},
    "additionalProperties": False,
}
RANGE = {
    "type": "object",
    "properties": {"start": POSITION, "end": POSITION},
    "required": ["start"],
    "additionalProperties": False,
}
SOURCE = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "additionalProperties": False,
}
# What we use of the format, closed: reviewdog ignores what it does not know, so a typing error
# would go unseen.
DIAGNOSTIC = Draft202012Validator(
    {
        "type": "object",
        "required": ["message", "location", "severity", "code"],
        "additionalProperties": False,
        "properties": {
            "message": {"type": "string", "minLength": 1},
            "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
            "source": SOURCE,
            "code": {
                "type": "object",
                "properties": {"value": {"type": "string"}},
                "additionalProperties": False,
            },
            "location": {
                "type": "object",
                "properties": {"path": {"type": "string"}, "range": RANGE},
                "required": ["path"],  # reporters of reviewdog take a location for granted
                "additionalProperties": False,
            },
            "suggestions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"range": RANGE, "text": {"type": "string"}},
                    "required": ["range", "text"],
                    "additionalProperties": False,
                },
            },
        },
    }
)


def diagnostics(run: list[Event]) -> list[dict[str, Any]]:
    """Those of both forms, which say the same."""
    text = rendered("rdjsonl", run)
    assert text.isascii()
    lines = [json.loads(line) for line in text.splitlines()]
    document = json.loads(rendered("rdjson", run))
    assert set(document) == {"source", "diagnostics"}
    assert lines == [{**each, "source": document["source"]} for each in document["diagnostics"]]
    for line in lines:
        DIAGNOSTIC.validate(line)
    found: list[dict[str, Any]] = document["diagnostics"]
    return found


@pytest.mark.parametrize("case", NAMES)
def test_the_cases_keep_the_format(case: str) -> None:
    diagnostics(load(case))


@given(runs())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_hostile_runs_keep_the_format(run: list[Event]) -> None:
    assert len(diagnostics(run)) >= told(run)


def test_a_finding() -> None:
    run = [
        context(),
        finding(7, end_line=5, severity="minor", rule="R1", source="analyzer:x"),
        complete(findings=1),
    ]
    assert diagnostics(run) == [
        {
            "message": (
                "minor: The loop never ends\n\nThe counter is never raised.\n\nHow it fails:"
                " count(1) hangs"
            ),
            "location": {
                "path": "shop/cart.py",
                "range": {"start": {"line": 3}, "end": {"line": 5}},
            },
            "severity": "WARNING",
            "code": {"value": "x/R1#000000000007"},
        }
    ]


@pytest.mark.parametrize("change", [{"start_line": None, "end_line": None}, {"side": "old"}])
def test_without_a_new_line_it_is_of_the_file(change: dict[str, Any]) -> None:
    (diagnostic,) = diagnostics([context(), finding(**change), complete(findings=1)])
    assert diagnostic["location"] == {"path": "shop/cart.py"}


def test_an_error_is_a_diagnostic() -> None:
    assert diagnostics([error()]) == [
        {
            "message": "INCOMPLETE: git did not answer",
            "location": {"path": "."},
            "severity": "ERROR",
            "code": {"value": "reviewer/incomplete"},
        }
    ]


def suggestions(
    old: bytes, new: bytes, path: str = "shop/cart.py", **change: Any
) -> list[dict[str, Any]]:
    patch = Patch(diff=patches.write([(path, old, new)]).decode(), verification="clean", checks=[])
    (diagnostic,) = diagnostics([context(), finding(patch=patch, **change), complete(findings=1)])
    made: list[dict[str, Any]] = diagnostic.get("suggestions", [])
    return made


def apply(old: str, made: list[dict[str, Any]]) -> str:
    """As reviewdog does: lines `start` to `end` become the text, which has no line end; columns
    only for a point."""
    lines = old.splitlines(keepends=True)
    for each in reversed(made):
        start, end = each["range"]["start"], each["range"]["end"]
        if "column" in start:
            assert (start, end) == ({"line": 1, "column": 1}, {"line": 1, "column": 1})
            return str(each["text"]) + old
        ends = "\n" if lines[end["line"] - 1].endswith("\n") else ""
        lines[start["line"] - 1 : end["line"]] = [each["text"] + ends] if each["text"] else []
    return "".join(lines)


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c c\n", "ä𐐀\n"]), max_size=8)


@given(LINES, LINES, st.sampled_from(["", "end"]))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_suggestions_make_what_the_patch_makes(
    before: list[str], after: list[str], tail: str
) -> None:
    old, new = "".join(before) + tail, "".join(after) + tail
    if old != new and (made := suggestions(old.encode(), new.encode())):
        assert apply(old, made) == new


def test_one_suggestion_for_a_hunk_by_whole_lines() -> None:
    assert suggestions(b"1\n2\n3\n4\n", b"1\nx\n3\ny\n") == [
        {"range": {"start": {"line": 2}, "end": {"line": 4}}, "text": "x\n3\ny"}
    ]


def test_half_a_fix_is_none() -> None:
    assert suggestions(b"1\n", b"2\n", path="other.py") == []
    assert suggestions(b"1", b"2\n") == []  # lines cannot say a line end at the end of the file
    assert suggestions(b"1\n", b"2\n", side="old") == []
    two = patches.write([("shop/cart.py", b"1\n", b"2\n"), ("b.py", b"1\n", b"2\n")]).decode()
    patch = Patch(diff=two, verification="clean", checks=[])
    (diagnostic,) = diagnostics([context(), finding(patch=patch), complete(findings=1)])
    assert "suggestions" not in diagnostic


def test_what_was_never_proved_is_words() -> None:
    (diagnostic,) = diagnostics(
        [context(), finding(suggestions=["return 1"]), complete(findings=1)]
    )
    assert "suggestions" not in diagnostic
    assert diagnostic["message"].endswith("\n\nSuggested:\nreturn 1")
