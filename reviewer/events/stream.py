"""The events of a run, and the report that holds them all."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from reviewer.errors import ErrorType, RunExit
from reviewer.events.base import Count, Details, InFile, Part, Seconds, Text
from reviewer.events.finding import Finding
from reviewer.types import ModelRole, ScopeKind, SkipReason, UnreviewedReason


class Tool(Part):
    name: str
    version: str


class ScopeInfo(Part):
    kind: ScopeKind
    base: Text | None
    rev: Text | None = Field(default=None, exclude_if=lambda value: value is None)
    paths: list[Text]


class ReviewContext(Part):
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


class Status(Part):
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


class Heartbeat(Part):
    """Sent when units were finished, at most once a second, and when nothing else was sent for a
    while: the run is alive. `seconds_left` is there once the model's speed is known."""

    type: Literal["heartbeat"] = "heartbeat"
    status: Literal["reviewing"] = "reviewing"
    elapsed_seconds: Seconds
    units_done: Count
    units_total: Count
    seconds_left: Seconds | None = Field(default=None, exclude_if=lambda value: value is None)


class SkippedFile(InFile):
    """`detail` is there only when there is more to say about the reason, on one line."""

    reason: SkipReason
    detail: Text | None = Field(default=None, exclude_if=lambda value: value is None)


class UnreviewedFile(InFile):
    """`detail` is there only when there is more to say about the reason, on one line."""

    reason: UnreviewedReason
    detail: Text | None = Field(default=None, exclude_if=lambda value: value is None)


class Counts(Part):
    critical: Count = 0
    major: Count = 0
    minor: Count = 0
    trivial: Count = 0
    info: Count = 0


class UsageInfo(Part):
    calls: Count
    prompt_tokens: Count
    cached_tokens: Count
    completion_tokens: Count
    thinking_tokens: Count = 0


class CacheInfo(Part):
    hits: Count
    misses: Count


class QuestionsInfo(Part):
    """What became of the questions about the change, where any were asked. `wrong` and
    `cannot_tell` are answers."""

    asked: Count = 0
    answered: Count = 0
    wrong: Count = 0
    cannot_tell: Count = 0
    unanswered: Count = 0


class Complete(Part):
    """The last event of a run that got as far as looking. Whoever reads only this and the exit code
    knows the truth: `outcome` is `failed` as soon as anything that should have been reviewed was
    not."""

    type: Literal["complete"] = "complete"
    status: Literal["review_completed", "review_skipped"]
    outcome: Literal["completed", "completed_with_warnings", "failed"]
    findings: Count
    counts: Counts
    ignored: Count = Field(
        default=0,
        exclude_if=lambda value: not value,
        description="findings that the configuration leaves out",
    )
    resolved: list[str]
    reviewed_files: list[Text]
    skipped_files: list[SkippedFile]
    unreviewed_files: list[UnreviewedFile]
    unreviewed_file_count: Count
    usage: UsageInfo
    cache: CacheInfo
    questions: QuestionsInfo = Field(
        default_factory=QuestionsInfo, exclude_if=lambda value: not value.asked
    )
    duration_seconds: Seconds
    exit_code: RunExit
    message: Text


class Error(Part):
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


class Report(Part):
    """The whole run as one object; findings are sorted by (fileName, startLine, id)."""

    context: ReviewContext
    findings: list[Finding]
    complete: Complete
