"""Findings that are gone: decides whether they were fixed, and how."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from reviewer.events import Finding
from reviewer.memory import feedback
from reviewer.memory.records import HistoryKey, RunRecord
from reviewer.memory.store import Execute

IN_COMMITS = "analyzer:history"


def is_gone(path: Any, by: str, base: str | None, record: RunRecord) -> bool:
    """Whether what `by` found in a file and did not report again is really gone: the file was
    reviewed in full, or is back to its state at the base. That must be the base the finding was
    reported against; otherwise the finding may have become part of the base."""
    if by not in record.sources or not isinstance(path, bytes):
        return False
    name = os.fsdecode(path)
    if by == IN_COMMITS:  # all commits since the same base were read, whatever their files are now
        return bool(base == record.base) and not record.excluded(name)
    return name in record.reviewed or (
        record.complete and base == record.base and name not in record.touched
    )


def was_fixed(run: Execute, key: HistoryKey, finding_id: str) -> bool:
    rows = run(
        "SELECT state FROM findings WHERE repository = ? AND scope = ? AND id = ?",
        key.repository,
        key.scope,
        finding_id,
    )
    gone = {*feedback.ACCEPTED, "auto"}
    return rows == [("fixed",)] and feedback.latest(run, key.repository, finding_id) in gone


def record_fix_by_hand(
    run: Execute,
    key: HistoryKey,
    finding_id: str,
    record: RunRecord,
    written: Writes,
    now: float,
) -> None:
    """Record a fix by hand if the user saw the finding, no other outcome is known and its lines
    changed. A model that merely does not repeat itself about the same lines proves nothing."""
    if feedback.latest(run, key.repository, finding_id) in (
        "applied",
        "fixed",
        "dismissed",
        "auto",
    ):
        return
    rows = run(
        "SELECT shown, body, path, last_seen FROM findings WHERE repository = ? AND scope = ? AND"
        " id = ?",
        key.repository,
        key.scope,
        finding_id,
    )
    for shown, body, path, since in rows:
        if (
            shown
            and not record.stands(body)
            and not _written_over(written, finding_id, body, path, since)
        ):
            feedback.add(run, key.repository, finding_id, "fixed", now)


@dataclass(frozen=True, slots=True)
class Write:
    """A fix that was applied or undone: of which finding, when, and the lines of that finding."""

    finding: str
    at: float
    first: int
    last: int


Writes = Mapping[bytes, Sequence[Write]]  # by path


def writes(run: Execute, key: HistoryKey, paths: Collection[bytes]) -> Writes:
    """The fixes of findings in these files that were applied or undone."""
    rows = run(
        "SELECT DISTINCT feedback.finding, feedback.at, other.path, other.body FROM feedback JOIN"
        " findings AS other ON other.repository = feedback.repository AND other.id ="
        " feedback.finding WHERE feedback.repository = ? AND feedback.kind IN"
        " ('applied', 'undone', 'auto')",
        key.repository,
    )
    found: dict[bytes, list[Write]] = {}
    for finding, at, path, body in rows:
        if path in paths:
            found.setdefault(path, []).append(Write(finding, at, *_lines(body)))
    return found


def _written_over(written: Writes, finding_id: str, body: str, path: bytes, since: float) -> bool:
    """Whether the fix of another finding on one of its lines was applied or undone since it was
    last seen."""
    first, last = _lines(body)
    return any(
        write.finding != finding_id
        and write.at > since
        and first <= write.last
        and write.first <= last
        for write in written.get(path, ())
    )


def _lines(body: str) -> tuple[int, int]:
    """The first and last line of a finding; (1, 0) if it has none."""
    try:
        finding = Finding.model_validate_json(body)
    except ValidationError:
        return 1, 0
    first = finding.start_line
    return (first, finding.end_line or first) if first else (1, 0)
