"""The model's replies: one static schema per stage, in the JSON Schema subset that every server's
grammar engine enforces (closed objects, everything required, enums, small `maxItems` and
`maxLength`).

Servers write properties in schema order, so the grounds for a judgement come before the judgement.

A reply is validated once, against the schema (`models.reply`), which gives messages that a model
can act on. Valid replies are read into values here. Both steps come from the same classes and
accept the same replies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reviewer.types import Category, Severity

MAX_CODE_LINE = 200  # characters
MAX_PROBLEM, MAX_SCENARIO, MAX_TITLE, MAX_ADVICE, MAX_WHY = 400, 300, 100, 300, 160
CodeLine = Annotated[str, Field(max_length=MAX_CODE_LINE)]


Verdicts = Literal["right", "wrong", "cannot_tell"]


class _Closed(BaseModel):
    """Strict like JSON Schema: neither true nor "1" is a number."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True, strict=True
    )


def _whole(value: Any) -> Any:
    """JSON has a single number type: 3.0 is an integer, too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_WHOLE = BeforeValidator(_whole)  # listed after the bounds, or the schema would lack them


class CheckedAnswer(_Closed):
    """The answer to a question about the change, or, with an empty id, to one that the model asks
    itself: what it tried and what came of it, before the judgement."""

    id: Annotated[str, Field(max_length=8)]
    quote: Annotated[str, Field(max_length=120)]
    input: Annotated[str, Field(max_length=120)]
    note: Annotated[str, Field(max_length=200)]
    needs: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=2)]
    answer: Verdicts


class QuotedEvidence(_Closed):
    file_name: Annotated[str, Field(max_length=200)]
    quote: CodeLine
    why: Annotated[str, Field(max_length=MAX_WHY)]


class ReplyFinding(_Closed):
    file_name: Annotated[str, Field(max_length=200)]
    quote: CodeLine
    # Only a hint that tells equal lines apart; never trusted alone.
    line: Annotated[int, Field(ge=0, le=9_999_999), _WHOLE]
    problem: Annotated[str, Field(max_length=MAX_PROBLEM)]
    scenario: Annotated[str, Field(max_length=MAX_SCENARIO)]
    evidence: Annotated[list[QuotedEvidence], Field(max_length=2)]
    title: Annotated[str, Field(max_length=MAX_TITLE)]
    category: Category
    severity: Severity
    advice: Annotated[str, Field(max_length=MAX_ADVICE)]
    old_lines: Annotated[list[CodeLine], Field(max_length=12)]
    new_lines: Annotated[list[CodeLine], Field(max_length=24)]


class Reply(_Closed):
    """The reply about one unit."""

    checked: Annotated[list[CheckedAnswer], Field(max_length=16)]
    findings: Annotated[list[ReplyFinding], Field(max_length=8)]


class Verdict(_Closed):
    """The judgement of one candidate, after the evidence against it."""

    index: Annotated[int, Field(ge=0, le=99), _WHOLE]
    contradiction: CodeLine  # "" for none; a quote that is not in the shown text counts as none
    contradiction_file: Annotated[str, Field(max_length=200)]
    before: CodeLine  # the removed line that did the same; "" for none
    reason: Annotated[str, Field(max_length=300)]
    precedent: Annotated[int, Field(ge=0, le=99), _WHOLE] = (
        0  # number of the precedent shown; 0 or left out: none
    )
    verdict: Literal["supported", "refuted", "unsure"]
    confidence: Annotated[int, Field(ge=0, le=100), _WHOLE]  # that the candidate is a real defect
    impact: Literal["severe", "serious", "limited", "cosmetic"]
    likelihood: Literal["ordinary", "realistic", "rare", "theoretical"]
    # Number of an earlier candidate, or mark of a known finding, with the same cause; "" for none.
    same_as: Annotated[str, Field(max_length=8)]
    needs: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=2)]


class Refutation(_Closed):
    """The reply about the candidates of one unit."""

    verdicts: Annotated[list[Verdict], Field(max_length=8)]


def read_findings(value: Mapping[str, Any]) -> list[ReplyFinding]:
    """The findings in a reply that follows the schema, or in the salvaged part of one."""
    items = value.get("findings", ())
    return [ReplyFinding.model_validate(item, by_name=False) for item in items]


def read_answers(value: Mapping[str, Any]) -> list[CheckedAnswer]:
    """The answers in a reply that follows the schema, or in the salvaged part of one."""
    items = value.get("checked", ())
    return [CheckedAnswer.model_validate(item, by_name=False) for item in items]


def read_verdicts(value: Mapping[str, Any]) -> list[Verdict]:
    """The verdicts in a refutation that follows the schema, or in the salvaged part of one."""
    return [Verdict.model_validate(item, by_name=False) for item in value.get("verdicts", ())]


def portable_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a reply, without `$ref`, titles and descriptions: some grammar engines
    mishandle them, and the model never sees them."""
    full = model.model_json_schema(by_alias=True)
    definitions = full.get("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, list):
            return [resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return resolve(definitions[node["$ref"].rsplit("/", 1)[1]])
        return {
            key: {name: resolve(value) for name, value in node[key].items()}
            if key == "properties"
            else resolve(value)
            for key, value in node.items()
            if key not in ("title", "description", "$defs")
        }

    resolved: dict[str, Any] = resolve(full)
    return resolved


def refutation_schema(*, precedents: bool) -> dict[str, Any]:
    """The schema of Refutation that a model gets. `precedent` is included only if precedents were
    shown, and is then required like everything else."""
    schema = portable_schema(Refutation)
    item = schema["properties"]["verdicts"]["items"]
    field = item["properties"].pop("precedent")
    if precedents:
        named = {"precedent": {key: value for key, value in field.items() if key != "default"}}
        item["properties"] = _before(item["properties"], "verdict", named)
        item["required"] = list(item["properties"])
    return schema


def _before(fields: dict[str, Any], name: str, more: dict[str, Any]) -> dict[str, Any]:
    at = list(fields).index(name)
    rows = list(fields.items())
    return dict([*rows[:at], *more.items(), *rows[at:]])


# Limits for the smoke model, so tight that it always finishes. A reply within them is a valid
# Reply.
_SMOKE_LIMITS = {
    "checked": 0,
    "findings": 1,
    "fileName": 0,
    "quote": 80,
    "problem": 60,
    "scenario": 40,
    "evidence": 0,
    "title": 40,
    "advice": 40,
    "oldLines": 0,
    "newLines": 0,
}


def smoke_schema() -> dict[str, Any]:
    """The schema of Reply, with limits that a 270M model can keep to."""

    def tighten(node: dict[str, Any]) -> dict[str, Any]:
        properties = {}
        for name, value in node["properties"].items():
            value = (
                {**value, "items": tighten(value["items"])}
                if "properties" in value.get("items", {})
                else value
            )
            key = "maxItems" if value["type"] == "array" else "maxLength"
            properties[name] = (
                {**value, key: _SMOKE_LIMITS[name]} if name in _SMOKE_LIMITS else value
            )
        return {**node, "properties": properties}

    return tighten(portable_schema(Reply))
