from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from support.event_cases import NAMES, complete, context, error, finding, load, many
from support.output_runs import rendered, runs

from reviewer import events
from reviewer.events import EVENT, Complete, Event, Finding, Heartbeat
from reviewer.findings import grouped
from reviewer.outputs.ndjson import LIMIT

SCHEMA = Draft202012Validator(EVENT.json_schema(by_alias=True, mode="serialization"))


def sent(stream: list[Event]) -> list[Event]:
    """The events that arrive, each line checked against the schema and the whole against the
    limit."""
    text = rendered("ndjson", stream)
    assert len(text.encode()) < LIMIT
    assert text.isascii()
    lines = text.split("\n")
    assert lines.pop() == ""
    for line in lines:
        assert line.isprintable()
        SCHEMA.validate(json.loads(line))
    return [EVENT.validate_json(line) for line in lines]


@pytest.mark.parametrize("case", [name for name in NAMES if name != "hostile"])
def test_what_is_under_the_caps_arrives_unchanged(case: str) -> None:
    assert sent(load(case)) == load(case)


@given(runs())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_text_arrives_unchanged(run: list[Event]) -> None:
    assert sent(run) == run


def test_long_fields_are_cut_with_a_mark() -> None:
    quote = {
        "file_name": "a.py",
        "start_line": 1,
        "end_line": 1,
        "quote": "q" * 3000,
        "why": "w" * 600,
    }
    diff = "d" * 40_000
    patch = {"diff": diff, "verification": "applies", "checks": []}
    long = finding(
        title="t" * 400,
        comment="c" * 5000,
        failure_scenario="f" * 5000,
        codegen_instructions="g" * 9000,
        evidence=[quote] * 3,
        suggestions=["s" * 3000] * 3,
        patch=patch,
    )
    mark = "…"
    short = [quote["quote"][:1999] + mark, quote["why"][:499] + mark]
    (event,) = sent([long])
    assert event == long.model_copy(
        update={
            "title": "t" * 299 + mark,
            "comment": "c" * 3999 + mark,
            "failure_scenario": "f" * 3999 + mark,
            "codegen_instructions": "g" * 7999 + mark,
            "evidence": [events.Quote(**{**quote, "quote": short[0], "why": short[1]})] * 3,
            "suggestions": ["s" * 1999 + mark] * 3,
            "patch": None,  # half a patch would apply to something else
        }
    )


@pytest.mark.parametrize("number", [200, 2000, 8000])
def test_many_large_findings_stay_under_the_limit(number: int) -> None:
    text = "無" * 3000 if number < 8000 else "short"
    run = many(number, comment=text, codegen_instructions=text, patch=None)
    arrived = sent(run)
    found = [event for event in arrived if isinstance(event, Finding)]
    end = arrived[-1]
    assert isinstance(end, Complete)
    assert end.findings == len(found)
    assert end.counts == run[-1].counts  # type: ignore[union-attr]
    assert all(
        f.file_name == g.file_name and f.id == g.id for f, g in zip(found, run[1:], strict=False)
    )
    if number == 200:
        assert (len(found), end) == (200, run[-1])
    else:
        left = number - len(found)
        message = f"{left} more findings did not fit in this stream: --format json lists them all."
        assert left > 0
        assert (end.outcome, end.message) == ("completed_with_warnings", message)


def test_the_same_run_of_normal_size_is_not_cut() -> None:
    assert sent(many(200)) == many(200)


def test_lists_of_files_that_alone_pass_the_limit() -> None:
    names = [
        f"some/where/deep/in/a/monorepo/module_{index:06}/source_file.py" for index in range(60_000)
    ]
    left = [{"file_name": name, "reason": "timeout"} for name in names[:10_000]]
    end = complete(
        outcome="failed",
        reviewed_files=names,
        unreviewed_files=left,
        unreviewed_file_count=10_000,
        exit_code=3,
        message="10,000 files were not reviewed.",
    )
    (arrived,) = sent([end])
    assert isinstance(arrived, Complete)
    kept = len(arrived.reviewed_files)
    said = f"To keep the stream short, this line lists {kept:,} of 60,000 reviewedFiles."
    assert 40_000 < kept < 60_000
    assert arrived == end.model_copy(
        update={
            "reviewed_files": names[:kept],
            "message": f"10,000 files were not reviewed. {said}",
        }
    )


def test_every_list_may_have_to_go() -> None:
    names = [f"{'x' * 90}{index:06}" for index in range(60_000)]
    files = [{"file_name": name, "reason": "too_large"} for name in names]
    end = complete(
        outcome="failed", reviewed_files=names, unreviewed_files=files, unreviewed_file_count=60_000
    )
    (arrived,) = sent([end])
    assert isinstance(arrived, Complete)
    assert (arrived.reviewed_files, arrived.unreviewed_file_count) == ([], 60_000)
    kept = len(arrived.unreviewed_files)
    assert kept > 20_000
    lists = f"0 of 60,000 reviewedFiles and {kept:,} of 60,000 unreviewedFiles"
    assert arrived.message == f"To keep the stream short, this line lists {lists}."


def test_names_that_grow_when_they_are_escaped() -> None:
    names = ["\x7f" * 100 + "漢" * 100] * 9000
    (arrived,) = sent([complete(reviewed_files=names, resolved=["\x7f"])])
    assert isinstance(arrived, Complete)
    assert (2000 < len(arrived.reviewed_files) < 9000, arrived.resolved) == (True, ["\x7f"])


def test_many_items_of_one_finding_take_their_share_only() -> None:
    quote = {
        "file_name": "a.py",
        "start_line": 1,
        "end_line": 1,
        "quote": "q" * 2000,
        "why": "w" * 500,
    }
    (arrived,) = sent(
        [finding(evidence=[quote] * 30, suggestions=["s" * 2000] * 30, comment="c" * 3000)]
    )
    assert isinstance(arrived, Finding)
    assert (len(arrived.evidence), len(arrived.suggestions), len(arrived.comment)) == (5, 5, 2000)


def test_places_beyond_the_hundredth_are_counted() -> None:
    others = [finding(number, start_line=number) for number in range(1, 151)]
    (arrived,) = sent([grouped(finding(), others)])
    assert isinstance(arrived, Finding)
    assert [each.start_line for each in arrived.places] == list(range(1, 101))
    assert arrived.comment == (
        "The counter is never raised.\nAnd at 50 more places, which did not fit here."
    )


def test_heartbeats_leave_room_for_the_end() -> None:
    beats = [
        Heartbeat(elapsed_seconds=10.0 * n, units_done=1, units_total=99) for n in range(60_000)
    ]
    lines = rendered("ndjson", [context(), *beats, complete()]).splitlines(keepends=True)
    assert sum(map(len, lines)) < LIMIT
    assert EVENT.validate_json(lines[-1]) == complete()
    assert len(lines) > 30_000


def test_a_huge_scope_and_a_huge_error() -> None:
    paths = [f"path/{index}" for index in range(50_000)]
    first = context(scope={"kind": "all", "base": "b" * 5000, "paths": paths})
    cause: dict[str, Any] = {
        "body": "x" * 10**6,
        "deep": [{"a": "y" * 10**6}],
        "code": 500,
        "none": None,
    }
    shown, end = sent(
        [first, error(message="m" * 10**5, details={**cause, **{str(n): n for n in range(100)}})]
    )
    assert isinstance(shown, events.ReviewContext)
    assert isinstance(end, events.Error)
    assert (shown.scope.paths[:2], shown.scope.paths[-1]) == (
        ["path/0", "path/1"],
        "[…44,447 more…]",
    )
    assert shown.scope.base == "b" * 999 + "…"
    assert (len(end.message), len(end.details), end.details["code"], end.details["none"]) == (
        4000,
        16,
        500,
        None,
    )
    assert end.details["body"] == "x" * 999 + "…"
    assert end.details["deep"].startswith("[{'a': 'yyy")


def test_details_of_an_error_are_always_json() -> None:
    odd = {
        "\udce9": ("\ud800", float("inf"), float("nan")),
        "set": {1},
        "bytes": b"\xff",
        "flag": True,
    }
    (arrived,) = sent([error(details=odd)])
    assert isinstance(arrived, events.Error)
    assert arrived.details == {
        "\ufffd": ["\ufffd", "inf", "nan"],
        "set": "{1}",
        "bytes": "b'\\xff'",
        "flag": True,
    }


def test_each_line_is_flushed_at_once() -> None:
    class Stream(io.StringIO):
        flushed = 0

        def flush(self) -> None:
            self.flushed = len(self.getvalue())

    from reviewer.outputs import open_output

    stream = Stream()
    output = open_output("ndjson", stream, color=False, width=80, quiet=False, verbose=False)
    for event in load("example"):
        output.emit(event)
        assert stream.flushed == len(stream.getvalue()) > 0
