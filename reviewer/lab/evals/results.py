"""The results of a run over cases: a JSON-lines file, first its header, then one line per case and
repeat.

A line contains everything that the figures need, the case's answer included, so that a report needs
only the file.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reviewer.lab.evals.cases import Defect, StrictModel
from reviewer.types import Category, ModelRole, Severity, Side

Count = Annotated[int, Field(ge=0, lt=1 << 63)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Span = tuple[
    Count, Count, Count, Count
]  # old_start, old_count, new_start, new_count, as `git diff -U0` counts them


class Header(StrictModel):
    """What was run, and how. Two files are comparable when they contain the same cases by
    digest."""

    type: Literal["run"] = "run"
    schema_version: Literal["1.0"] = "1.0"
    name: str
    started: str  # ISO 8601, UTC
    tool_version: str
    engine: str
    model: str | None
    model_role: ModelRole
    effort: str
    thinking: str = "off"
    settings: dict[str, str]  # every other setting that was given
    cases: str  # where the cases came from
    repeats: Count
    ran_tests: bool


class Spot(StrictModel):
    """Another place of a finding, with the same cause."""

    file: str
    start_line: int
    end_line: int
    side: Side


class Reported(StrictModel):
    """One published finding."""

    id: str
    file: str
    start_line: int | None
    end_line: int | None
    side: Side
    severity: Severity
    category: Category
    source: str
    rule: str | None
    title: str
    comment: str
    location: Literal["exact", "normalized", "moved", "file"]
    confidence: float | None
    verification: (
        Literal["applies", "parses", "clean", "tests_pass"] | None
    )  # None: no patch was published
    places: list[Spot] = Field(default_factory=list, exclude_if=lambda value: not value)
    fixes: (
        bool | None
    )  # the failing tests pass with the patch; None: not tried (no patch, no tests, not allowed)


class Result(StrictModel):
    """One review of one case. With `unrunnable` nothing else was measured, and nothing is
    counted."""

    type: Literal["result"] = "result"
    case: str
    digest: str  # of the case: sha256 of its canonical JSON and trees
    repeat: Count
    language: str
    kind: Literal["defect", "clean"]
    tags: tuple[str, ...]
    defects: tuple[Defect, ...]
    changed_lines: Count  # added and removed
    hunks: dict[str, tuple[Span, ...]] = Field(
        default_factory=dict
    )  # the changed lines themselves, by path; empty: not recorded
    unrunnable: str | None = None  # why the case could not be run
    outcome: Literal["completed", "completed_with_warnings", "failed", "error"] | None = None
    exit_code: int | None = None
    unreviewed: Count = 0  # files that were not reviewed
    findings: tuple[Reported, ...] = ()
    held_back: dict[str, int] = Field(
        default_factory=dict
    )  # findings that were not published, by reason
    replies: Count = 0  # replies of the model
    bad_replies: Count = 0  # replies that did not match the schema
    calls: Count = 0
    prompt_tokens: Count = 0
    cached_tokens: Count = 0
    completion_tokens: Count = 0
    seconds: Seconds = 0.0
    tests_confirmed: bool | None = (
        None  # they pass on the base and fail on the head side; None: not tried
    )


Line = Annotated[Header | Result, Field(discriminator="type")]
