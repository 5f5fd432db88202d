"""What a report of an evaluation holds."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from reviewer.lab.evals.results import Header
from reviewer.types import Severity


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(_Strict):
    """`value` = `part` / `whole`, times 1,000 where it is per 1,000 lines. `low` and `high`: the 95
    % interval, None where fewer than two cases count. `cases`: how many do."""

    value: float
    low: float | None
    high: float | None
    part: float
    whole: int
    cases: int


class Counts(_Strict):
    """Of cases and of reviews (one case is reviewed once in each repeat). ran = complete +
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
    counted: int  # those of them that are severe enough to count


class Named(_Strict):
    case: str
    repeat: int
    why: str


class Group(_Strict):
    name: str
    cases: int
    figures: dict[str, Figure | None]


class Place(_Strict):
    file: str
    line: int | None
    severity: Severity
    title: str


class CaseRow(_Strict):
    """One case, its repeats added up. `state` is that of its worst review."""

    case: str
    language: str
    kind: Literal["defect", "clean"]
    tags: tuple[str, ...]
    changed_lines: int
    state: Literal["complete", "incomplete", "unrunnable"]
    reviews: int  # complete ones: only they count for what follows up to `false`
    found: int
    missed: int
    repeated: int  # findings at a defect that another finding had hit
    false: int
    tokens: int  # of every review that ran, like seconds
    seconds: float
    missed_places: tuple[str, ...]  # file:line of each known defect that a review missed
    false_places: tuple[Place, ...]


class Report(_Strict):
    """`figures` has every name of `METRICS`; None means that nothing was run that would tell."""

    type: Literal["report"] = "report"
    schema_version: Literal["1.0"] = "1.0"
    warning: str | None  # first of all
    header: Header
    method: str
    tolerance: int  # lines; for all but the recalls that name their own
    min_severity: Severity  # of the findings that count
    counts: Counts
    figures: dict[str, Figure | None]
    held_back: dict[str, int]
    groups: dict[str, tuple[Group, ...]]
    incomplete: tuple[Named, ...]
    unrunnable: tuple[Named, ...]
    unconfirmed: tuple[
        Named, ...
    ]  # the case's own tests do not tell its two sides apart: its answer is in doubt
    cases: tuple[CaseRow, ...]
