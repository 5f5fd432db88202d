from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from reviewer import events
from reviewer.cli import schema

EXAMPLE = Path(__file__).with_name("contract.ndjson").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", EXAMPLE, ids=lambda line: json.loads(line)["type"])
def test_the_contract_example_passes_through_unchanged(line: str):
    event = events.EVENT.validate_json(line)
    assert events.dump(event) == json.loads(line)
    jsonschema.validate(json.loads(line), schema.generate("event"))


def test_a_line_is_pure_ascii_without_control_characters():
    status = events.Error(
        error_type="usage",
        message="\x1b[2J\u2028\x7fü\udcff\nline",
        recoverable=False,
        details={"k": "\x85"},
    )
    line = events.line(status)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == "\x1b[2J\u2028\x7fü\ufffd\nline"


def test_names_that_are_not_utf8_keep_their_bytes():
    skipped = events.SkippedFile(file_name="caf\udce9.png", reason="binary")
    assert events.dump(skipped) == {
        "fileName": "caf\ufffd.png",
        "fileNameBase64": "Y2Fm6S5wbmc=",
        "reason": "binary",
    }
    assert events.dump(events.SkippedFile(file_name="a.png", reason="binary")) == {
        "fileName": "a.png",
        "reason": "binary",
    }


def test_consumers_rules_hold_for_ourselves_too():
    """Unknown fields are tolerated, unknown values are not."""
    line = {**json.loads(EXAMPLE[0]), "somethingNew": 1}
    assert events.dump(events.EVENT.validate_python(line)) == json.loads(EXAMPLE[0])
    with pytest.raises(ValidationError):
        events.EVENT.validate_python({"type": "surprise"})


@pytest.mark.parametrize("name", schema.NAMES)
def test_the_committed_schemas_are_what_the_models_say(name: str, root: Path):
    committed = json.loads((root / "schemas" / f"{name}.schema.json").read_text())
    assert committed == schema.generate(name), "run: make schemas"
    jsonschema.Draft202012Validator.check_schema(committed)


def test_the_reply_schema_is_in_the_portable_subset():
    allowed = {
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "enum",
        "maxItems",
        "maxLength",
        "minimum",
        "maximum",
    }

    def check(node: object, inside_properties: bool = False) -> None:
        if isinstance(node, dict):
            if not inside_properties:
                assert set(node) <= allowed | {"$schema", "$id"}
                if node.get("type") == "object":
                    assert node["additionalProperties"] is False
                    assert node["required"] == list(node["properties"])
                if node.get("type") == "string" and "enum" not in node:
                    assert node["maxLength"] <= 400
                if node.get("type") == "array":
                    assert node["maxItems"] <= 24
            for key, value in node.items():
                check(value, inside_properties=key == "properties" and not inside_properties)

    check(schema.generate("reply"))


def test_the_judgement_comes_after_what_it_rests_on():
    fields = list(schema.generate("reply")["properties"]["findings"]["items"]["properties"])
    assert (
        fields.index("quote")
        < fields.index("problem")
        < fields.index("scenario")
        < fields.index("evidence")
    )
    assert (
        fields.index("evidence")
        < fields.index("category")
        < fields.index("severity")
        < fields.index("newLines")
    )
