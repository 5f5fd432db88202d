"""Lists and summarizes what the memory holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from reviewer.events import Finding
from reviewer.memory import dismissals, feedback, siblings
from reviewer.memory.dismissals import LATEST, Dismissal
from reviewer.memory.siblings import Sibling
from reviewer.memory.store import Execute, Store
from reviewer.types import STATES, StoredState


@dataclass(frozen=True, slots=True)
class Remembered:
    """A finding as it was last seen. Times are seconds since the epoch."""

    finding: Finding
    state: StoredState
    first_seen: float
    last_seen: float
    dismissal: Dismissal | None
    fingerprint: str
    path: bytes
    places: tuple[Sibling, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return self.finding.id, *(each.id for each in self.places)

    def dismissed(self, reason: str) -> list[Dismissal]:
        """Dismissals of it at all of its places."""
        own = Dismissal(
            id=self.finding.id,
            fingerprint=self.fingerprint,
            path=self.path,
            title=self.finding.title,
            reason=reason,
        )
        return [own, *dismissals.at_other_places(own, self.places)]


def remembered(store: Store, repository: str, *, every: bool = False) -> list[Remembered]:
    """The findings of the last run in this repository, without those that are fixed. With `every`,
    the findings of all runs, as last seen. Invalid rows are ignored."""
    decided = {entry.id: entry for entry in dismissals.load(store, repository)}
    last = "last_run = (SELECT MAX(id) FROM runs WHERE repository = ?1) AND state <> 'fixed'"
    rows = store.rows(
        "SELECT body, state, first_seen, last_seen, fingerprint, path, places FROM findings "  # noqa: S608 words of ours
        f"WHERE repository = ?1 AND ({'1' if every else last}) ORDER BY last_run DESC, last_seen"
        " DESC",
        repository,
    )
    found: dict[str, Remembered] = {}
    for row in rows:
        if each := _remembered(row, decided):
            found.setdefault(each.finding.id, each)
    return list(found.values())


def last_run_complete(store: Store, repository: str) -> bool | None:
    """Whether the last run reviewed everything it should have; None if none is remembered."""
    rows = store.rows(
        "SELECT complete FROM runs WHERE repository = ? ORDER BY id DESC LIMIT 1", repository
    )
    return bool(rows[0][0]) if rows else None


def _remembered(row: tuple[Any, ...], decided: Mapping[str, Dismissal]) -> Remembered | None:
    body, state, first, last, fingerprint, path, places = row
    try:
        finding = Finding.model_validate_json(body)
    except ValidationError:
        return None
    if state not in STATES or not all(
        isinstance(at, float) and 0 <= at < LATEST for at in (first, last)
    ):
        return None
    if not isinstance(path, bytes) or not re.fullmatch("[0-9a-f]{12}", str(fingerprint)):
        return None
    dismissal = decided.get(finding.id)
    now: StoredState = "dismissed" if dismissal and state != "fixed" else state
    return Remembered(
        finding, now, first, last, dismissal, fingerprint, path, siblings.parse(places)
    )


def clear(store: Store, repository: str, *, decisions: bool, replies: bool) -> int | None:
    """Delete the runs and findings of a repository; with `decisions` also its dismissals, with
    `replies` every cached reply (of all repositories). Returns the number of findings deleted, or
    None if the memory could not be changed."""

    def work(run: Execute) -> int:
        (count,) = run("SELECT COUNT(DISTINCT id) FROM findings WHERE repository = ?", repository)[
            0
        ]
        run("DELETE FROM findings WHERE repository = ?", repository)
        run("DELETE FROM runs WHERE repository = ?", repository)
        run("DELETE FROM feedback WHERE repository = ?", repository)
        run("DELETE FROM examples WHERE repository = ?", repository)
        if decisions:
            run("DELETE FROM dismissals WHERE repository = ?", repository)
        if replies:
            run("DELETE FROM cache")
            run("DELETE FROM examples")
        return int(count)

    return store.transaction(work, durable=True)


@dataclass(frozen=True)
class Stats:
    """Totals over the remembered runs (the last 50 of each scope) and their findings."""

    runs: int
    complete_runs: int
    first_run: float | None
    calls: int
    prompt_tokens: int
    completion_tokens: int
    thinking_tokens: int
    seconds: float
    hits: int
    misses: int
    saved_tokens: int
    saved_seconds: float
    findings: int
    by_state: Mapping[str, int]
    by_severity: Mapping[str, int]
    by_category: Mapping[str, int]
    by_source: Mapping[str, int]
    dismissed_by_source: Mapping[str, int]
    cached_replies: int
    cached_runs: int
    cached_bytes: int
    examples: int
    example_bytes: int
    acceptance: feedback.Acceptance


def stats(store: Store, repository: str | None) -> Stats:
    """Statistics of one repository, or of all. All repositories share one cache."""
    totals = store.rows(
        "SELECT COUNT(*), COALESCE(SUM(complete), 0), MIN(at), COALESCE(SUM(calls), 0),"
        " COALESCE(SUM(prompt_tokens), 0), COALESCE(SUM(completion_tokens), 0),"
        " COALESCE(SUM(seconds), 0.0), COALESCE(SUM(hits), 0), COALESCE(SUM(misses), 0),"
        " COALESCE(SUM(saved_tokens), 0), COALESCE(SUM(saved_seconds), 0.0),"
        " COALESCE(SUM(thinking_tokens), 0) FROM runs WHERE ?1 IS NULL OR repository = ?1",
        repository,
    )
    names = (
        [repository]
        if repository
        else [row[0] for row in store.rows("SELECT DISTINCT repository FROM findings")]
    )
    found = [each for name in names for each in remembered(store, name, every=True)]
    kinds = {row[0]: row[1] for row in store.rows("SELECT kind, COUNT(*) FROM cache GROUP BY kind")}
    size = store.rows("SELECT COALESCE(SUM(size), 0) FROM cache")
    kept = store.rows(
        "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM examples WHERE ?1 IS NULL OR repository = ?1",
        repository,
    )
    runs = totals[0] if totals else (0, 0, None, 0, 0, 0, 0.0, 0, 0, 0, 0.0, 0)
    return Stats(
        runs=runs[0],
        complete_runs=runs[1],
        first_run=runs[2],
        calls=runs[3],
        prompt_tokens=runs[4],
        completion_tokens=runs[5],
        thinking_tokens=runs[11],
        seconds=runs[6],
        hits=runs[7],
        misses=runs[8],
        saved_tokens=runs[9],
        saved_seconds=runs[10],
        findings=len(found),
        by_state=dict(Counter(each.state for each in found)),
        by_severity=dict(Counter(each.finding.severity for each in found)),
        by_category=dict(Counter(each.finding.category for each in found)),
        by_source=dict(Counter(each.finding.source for each in found)),
        dismissed_by_source=dict(Counter(each.finding.source for each in found if each.dismissal)),
        cached_replies=kinds.get("reply", 0),
        cached_runs=kinds.get("run", 0),
        cached_bytes=size[0][0] if size else 0,
        examples=kept[0][0] if kept else 0,
        example_bytes=kept[0][1] if kept else 0,
        acceptance=feedback.acceptance(store, repository),
    )
