"""The event contract of `--agent` and `--format ndjson`, and the report of `--format json`.

These models are the contract: `schemas/*.schema.json` is generated from them. Keys are camelCase
and a superset of the CodeRabbit CLI's. A change that is not an addition raises `schemaVersion`.
"""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, model_validator
from pydantic.alias_generators import to_camel

from reviewer import text
from reviewer.errors import ErrorType, RunExit
from reviewer.types import (
    Category,
    ModelRole,
    ScopeKind,
    Severity,
    Side,
    SkipReason,
    UnreviewedReason,
)


def _clean(value: Any) -> Any:
    return text.scalar(value) if isinstance(value, str) else value


def _clean_all(value: Any) -> Any:
    """`value` as nested JSON values; anything else becomes text."""
    match value:
        case str():
            return text.scalar(value)
        case dict():
            return {text.scalar(str(key)): _clean_all(item) for key, item in value.items()}
        case list() | tuple():
            return [_clean_all(item) for item in value]
        case float():
            return value if math.isfinite(value) else str(value)
        case bool() | int() | None:
            return value
        case _:
            return text.scalar(str(value))


Text = Annotated[str, BeforeValidator(_clean)]
Count = Annotated[int, Field(ge=0)]
LineNumber = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Details = Annotated[dict[str, Any], BeforeValidator(_clean_all)]


def _always_sent(schema: dict[str, Any]) -> None:
    """Mark constant fields with a default as required: they are always sent, and types generated
    from the schema may rely on it."""
    sent = [name for name in ("type", "schemaVersion") if name in schema["properties"]]
    schema["required"] = [*sent, *schema.get("required", ())]


class _Model(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        json_schema_extra=_always_sent,
    )


class _Named(_Model):
    """Has a file name. `fileNameBase64` is there only when the name is not UTF-8."""

    file_name: Text
    file_name_base64: str | None = Field(default=None, exclude_if=lambda value: value is None)

    @model_validator(mode="before")
    @classmethod
    def _split_name(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(name := data.get("file_name"), str):
            clean, encoded = text.file_name(name)
            if encoded is not None:
                return {**data, "file_name": clean, "file_name_base64": encoded}
        return data


class Tool(_Model):
    name: str
    version: str


class ScopeInfo(_Model):
    kind: ScopeKind
    base: Text | None
    rev: Text | None = Field(default=None, exclude_if=lambda value: value is None)
    paths: list[Text]


class ReviewContext(_Model):
    """Always the first event: what is reviewed, against what, with which model."""

    type: Literal["review_context"] = "review_context"
    schema_version: Literal["1.0"] = "1.0"
    tool: Tool
    review_type: Literal["all", "committed", "uncommitted"]
    scope: ScopeInfo
    current_branch: Text | None
    base_branch: Text | None
    base_commit: str | None
    head_commit: str | None
    working_directory: Text
    engine: str
    model: Text | None
    model_role: ModelRole
    thinking: Literal["off", "verify", "on"] = "off"
    input_digest: str
    files: Count
    units: Count


class Status(_Model):
    type: Literal["status"] = "status"
    phase: Literal["setup", "analyzing"]
    status: Literal[
        "setting_up",
        "building_code_graph",
        "tools_completed",
        "reviewing",
        "summarizing",
        "review_completed",
        "review_skipped",
    ]


class Heartbeat(_Model):
    """Sent when nothing else was sent for a while: the run is alive."""

    type: Literal["heartbeat"] = "heartbeat"
    status: Literal["reviewing"] = "reviewing"
    elapsed_seconds: Seconds
    units_done: Count
    units_total: Count


class Quote(_Named):
    """A place that supports the finding."""

    start_line: LineNumber
    end_line: LineNumber
    quote: Text
    why: Text


class Check(_Model):
    name: str
    status: Literal["passed", "failed", "skipped"]
    duration_seconds: Seconds
    detail: Text


class Patch(_Model):
    """A patch that was applied to a scratch copy. `verification` names the strongest check that it
    passed."""

    diff: Text
    diff_base64: str | None = Field(default=None, exclude_if=lambda value: value is None)
    verification: Literal["applies", "parses", "clean", "tests_pass"]
    checks: list[Check]


class CommitPlace(_Model):
    """The commit that a finding is in, when the lines are in no file of the change any more."""

    id: Text
    subject: Text
    start_line: LineNumber
    end_line: LineNumber


class Finding(_Named):
    """One issue: the exact place, why it is wrong, with which input, and what to do about it."""

    type: Literal["finding"] = "finding"
    id: Annotated[str, Field(pattern="^[0-9a-f]{12}$")]
    state: Literal["new", "open"]
    source: Text
    rule: Text | None
    severity: Severity
    category: Category
    title: Text
    start_line: LineNumber | None
    end_line: LineNumber | None
    side: Side
    in_diff: bool
    comment: Text
    failure_scenario: Text
    evidence: list[Quote]
    confidence: Annotated[float, Field(ge=0, le=1)] | None
    location: Literal["exact", "normalized", "moved", "file"]
    codegen_instructions: Text
    suggestions: list[Text]
    patch: Patch | None
    commit: CommitPlace | None = Field(default=None, exclude_if=lambda value: value is None)


class SkippedFile(_Named):
    reason: SkipReason


class UnreviewedFile(_Named):
    """`detail` is there only when there is more to say about the reason, on one line."""

    reason: UnreviewedReason
    detail: Text | None = Field(default=None, exclude_if=lambda value: value is None)


class Counts(_Model):
    critical: Count = 0
    major: Count = 0
    minor: Count = 0
    trivial: Count = 0
    info: Count = 0


class UsageInfo(_Model):
    calls: Count
    prompt_tokens: Count
    cached_tokens: Count
    completion_tokens: Count
    thinking_tokens: Count = 0


class CacheInfo(_Model):
    hits: Count
    misses: Count


class Complete(_Model):
    """The last event of a run that got as far as looking. Whoever reads only this and the exit code
    knows the truth: `outcome` is `failed` as soon as anything that should have been reviewed was
    not."""

    type: Literal["complete"] = "complete"
    status: Literal["review_completed", "review_skipped"]
    outcome: Literal["completed", "completed_with_warnings", "failed"]
    findings: Count
    counts: Counts
    resolved: list[str]
    reviewed_files: list[Text]
    skipped_files: list[SkippedFile]
    unreviewed_files: list[UnreviewedFile]
    unreviewed_file_count: Count
    usage: UsageInfo
    cache: CacheInfo
    duration_seconds: Seconds
    exit_code: RunExit
    message: Text


class Error(_Model):
    """The last event of a run that could not look at all. It may be the only one."""

    type: Literal["error"] = "error"
    error_type: ErrorType
    message: Text
    recoverable: bool
    details: Details = Field(default_factory=dict)
    metadata: Details = Field(default_factory=dict)


Event = Annotated[
    ReviewContext | Status | Heartbeat | Finding | Complete | Error, Field(discriminator="type")
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class Report(_Model):
    """The whole run as one object; findings are sorted by (fileName, startLine, id)."""

    context: ReviewContext
    findings: list[Finding]
    complete: Complete


def dump(model: BaseModel) -> dict[str, Any]:
    """The model as JSON values under the names of the contract; the type of an event comes
    first."""
    values = model.model_dump(mode="json", by_alias=True)
    return {"type": values["type"], **values} if "type" in values else values


def line(event: BaseModel) -> str:
    """The event as one line of pure ASCII without control characters, so that its content cannot
    confuse a line parser or a terminal."""
    return json.dumps(dump(event), ensure_ascii=True, separators=(",", ":")).replace(
        "\x7f", "\\u007f"
    )
