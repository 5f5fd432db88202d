"""The data of an evaluation report."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from reviewer.lab.evals.results import Header
from reviewer.types import Severity


class _ReportModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_ReportModel):
    """`value` = `part` / `whole`, times 1,000 if it is per 1,000 lines. `low` and `high`: the 95 %
    interval, None if fewer than two cases count. `cases`: the number of cases that count."""

    value: float
    low: float | None
    high: float | None
    part: float
    whole: int
    cases: int


class ReviewCounts(_ReportModel):
    """Numbers of cases and of reviews (each repeat reviews a case once). ran = complete +
    incomplete."""

    cases: int
    reviews: int
    unrunnable: int
    ran: int
    incomplete: int
    complete: int
    clean: int  # complete reviews of clean changes
    defects: int  # known defects in complete reviews
    findings: int  # published in complete reviews
    counted: int  # of those, severe enough to count


class ReviewNote(_ReportModel):
    case: str
    repeat: int
    why: str


class FigureGroup(_ReportModel):
    name: str
    cases: int
    figures: dict[str, Figure | None]


class FindingPlace(_ReportModel):
    file: str
    line: int | None
    severity: Severity
    title: str


class CaseRow(_ReportModel):
    """One case, summed over its repeats. `state` is that of its worst review."""

    case: str
    language: str
    kind: Literal["defect", "clean"]
    tags: tuple[str, ...]
    changed_lines: int
    state: Literal["complete", "incomplete", "unrunnable"]
    reviews: int  # complete ones; only these count in the fields below, up to `false`
    found: int
    missed: int
    repeated: int  # findings at a defect that another finding already hit
    false: int
    tokens: int  # of all reviews that ran, like seconds
    seconds: float
    missed_places: tuple[str, ...]  # file:line of each known defect that a review missed
    false_places: tuple[FindingPlace, ...]


class Report(_ReportModel):
    """`figures` has every name in `METRICS`; None means that no run measured it."""

    type: Literal["report"] = "report"
    schema_version: Literal["1.0"] = "1.0"
    warning: str | None  # shown first
    header: Header
    method: str
    tolerance: int  # lines; for all figures but the recalls that name their own
    min_severity: Severity  # of the findings that count
    counts: ReviewCounts
    figures: dict[str, Figure | None]
    held_back: dict[str, int]
    groups: dict[str, tuple[FigureGroup, ...]]
    incomplete: tuple[ReviewNote, ...]
    unrunnable: tuple[ReviewNote, ...]
    unconfirmed: tuple[
        ReviewNote, ...
    ]  # the case's own tests do not tell its two sides apart, so its defects are in doubt
    cases: tuple[CaseRow, ...]
