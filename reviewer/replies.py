"""What the model must answer, one static schema per stage, in the JSON Schema subset that every
server's grammar engine enforces: closed objects, everything required, enums, small `maxItems` and
`maxLength`.

Servers write properties in schema order, so what a judgement rests on comes before the judgement.

What a model sent is checked once, against the schema (`models.reply`), whose messages a model can
act on. What has passed is read here into values. Both come from the same classes and accept the
same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reviewer.types import Category, Severity

MAX_CODE_LINE = 200  # characters
CodeLine = Annotated[str, Field(max_length=MAX_CODE_LINE)]


class _Closed(BaseModel):
    """Strict, as JSON Schema is: neither true nor "1" is a number."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True, strict=True
    )


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 3.0 is an integer, too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_WHOLE = BeforeValidator(_whole)  # after the bounds, which the schema would not know else


class CheckedStatement(_Closed):
    """A changed statement, and what became of following it: the model looks before it judges."""

    quote: Annotated[str, Field(max_length=120)]
    check: Annotated[str, Field(max_length=200)]


class QuotedEvidence(_Closed):
    file_name: Annotated[str, Field(max_length=200)]
    quote: CodeLine
    why: Annotated[str, Field(max_length=160)]


class ReplyFinding(_Closed):
    file_name: Annotated[str, Field(max_length=200)]
    quote: CodeLine
    # A hint among equal lines, never trusted alone.
    line: Annotated[int, Field(ge=0, le=9_999_999), _WHOLE]
    problem: Annotated[str, Field(max_length=400)]
    scenario: Annotated[str, Field(max_length=300)]
    evidence: Annotated[list[QuotedEvidence], Field(max_length=2)]
    title: Annotated[str, Field(max_length=100)]
    category: Category
    severity: Severity
    advice: Annotated[str, Field(max_length=300)]
    old_lines: Annotated[list[CodeLine], Field(max_length=12)]
    new_lines: Annotated[list[CodeLine], Field(max_length=24)]


class Reply(_Closed):
    """The answer about one unit."""

    checked: Annotated[list[CheckedStatement], Field(max_length=8)]
    findings: Annotated[list[ReplyFinding], Field(max_length=8)]


class Verdict(_Closed):
    """What became of trying to refute one candidate: what speaks against it first, the judgement
    last."""

    index: Annotated[int, Field(ge=0, le=99), _WHOLE]
    contradiction: CodeLine  # "" for none; what does not occur in the shown text counts as none
    contradiction_file: Annotated[str, Field(max_length=200)]
    reason: Annotated[str, Field(max_length=300)]
    precedent: Annotated[int, Field(ge=0, le=99), _WHOLE] = (
        0  # of those that were given; 0, or left out: none
    )
    verdict: Literal["supported", "refuted", "unsure"]
    confidence: Annotated[int, Field(ge=0, le=100), _WHOLE]  # that the candidate is a real defect
    impact: Literal["severe", "serious", "limited", "cosmetic"]
    likelihood: Literal["ordinary", "realistic", "rare", "theoretical"]
    needs: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=2)]


class Refutation(_Closed):
    """The answer about the candidates of one unit."""

    verdicts: Annotated[list[Verdict], Field(max_length=8)]


def read_findings(value: Mapping[str, Any]) -> list[ReplyFinding]:
    """The findings of a reply that follows the schema, or of the part of one that was cut."""
    items = value.get("findings", ())
    return [ReplyFinding.model_validate(item, by_name=False) for item in items]


def read_verdicts(value: Mapping[str, Any]) -> list[Verdict]:
    """The verdicts of a refutation that follows the schema, or of the part of one that was cut."""
    return [Verdict.model_validate(item, by_name=False) for item in value.get("verdicts", ())]


def portable_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a reply without `$ref`, titles and descriptions, which some grammar
    engines mishandle and no model ever sees."""
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
    """The schema of Refutation as a model is asked for it: `precedent` is there where precedents
    were given, and required then like everything else."""
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


# What the smoke model may write: so little that it always gets to the end. A reply within these
# limits is a Reply.
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
    """The schema of Reply with limits that a 270M model can keep."""

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
