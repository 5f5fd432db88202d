from __future__ import annotations

import json
import random

import pytest
from jsonschema import Draft202012Validator
from support.event_cases import NAMES, complete, context, error, finding, load, many
from support.output_runs import rendered

from reviewer import events

SCHEMA = Draft202012Validator(events.Report.model_json_schema(by_alias=True, mode="serialization"))


@pytest.mark.parametrize("case", [name for name in NAMES if "error" not in name])
def test_the_document_is_a_report(case: str) -> None:
    text = rendered("json", load(case))
    assert text.isascii()
    assert text.endswith("}\n")
    SCHEMA.validate(json.loads(text))
    report = events.Report.model_validate_json(text)
    assert (report.context, report.complete) == (load(case)[0], load(case)[-1])


def test_findings_are_sorted_by_place_whatever_the_order() -> None:
    run = many(50)
    whole_file = finding(99, file_name="src/m0.py", start_line=None)
    shuffled = [run[0], *random.Random(1).sample([*run[1:-1], whole_file], 51), run[-1]]
    text = rendered("json", shuffled)
    found = events.Report.model_validate_json(text).findings
    assert found[0] == whole_file
    assert found == sorted(found, key=lambda each: (each.file_name, each.start_line or 0, each.id))
    assert text == rendered("json", [run[0], whole_file, *run[1:]])


def test_an_error_is_the_document() -> None:
    end = error(details={"ref": "mian"})
    assert json.loads(rendered("json", [context(), finding(), end])) == events.dump(end)


@pytest.mark.parametrize("run", [[], [context()], [complete()]])
def test_a_run_without_its_end_is_an_error(run: list[events.Event]) -> None:
    document = json.loads(rendered("json", run))
    assert (document["type"], document["errorType"]) == ("error", "internal")
    assert document["message"] == "the run ended without a result: run it again with --verbose"
