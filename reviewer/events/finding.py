"""The event `finding`: one issue."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reviewer.events.base import InFile, LineNumber, Part, Seconds, Text
from reviewer.types import Category, Severity, Side

FindingId = Annotated[str, Field(pattern="^[0-9a-f]{12}$")]


class Quote(InFile):
    """A place that supports the finding. `side` is there only for lines that the change removes:
    then the numbers are those of the old version."""

    start_line: LineNumber
    end_line: LineNumber
    quote: Text
    why: Text
    side: Side = Field(default="new", exclude_if=lambda value: value == "new")


class Check(Part):
    name: str
    status: Literal["passed", "failed", "skipped"]
    duration_seconds: Seconds
    detail: Text


class Patch(Part):
    """A patch that was applied to a scratch copy. `verification` names the strongest check that it
    passed."""

    diff: Text
    diff_base64: str | None = Field(default=None, exclude_if=lambda value: value is None)
    verification: Literal["applies", "parses", "clean", "tests_pass"]
    checks: list[Check]


class CommitPlace(Part):
    """The commit that a finding is in, when the lines are in no file of the change any more."""

    id: Text
    subject: Text
    start_line: LineNumber
    end_line: LineNumber


class SameCause(InFile):
    """Another place with the same cause: what is said about the finding holds there too. `id` is
    the one that the finding would have if it were reported there."""

    id: FindingId
    start_line: LineNumber
    end_line: LineNumber
    side: Side


class Finding(InFile):
    """One issue: the exact place, why it is wrong, with which input, and what to do about it."""

    type: Literal["finding"] = "finding"
    id: FindingId
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
    places: list[SameCause] = Field(default_factory=list, exclude_if=lambda value: not value)
    preexisting: bool = Field(
        default=False,
        exclude_if=lambda value: not value,
        description="the line that was rewritten had it too",
    )
    question: Text | None = Field(default=None, exclude_if=lambda value: value is None)
    commit: CommitPlace | None = Field(default=None, exclude_if=lambda value: value is None)
