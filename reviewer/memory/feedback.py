"""The outcomes of findings, recorded as they happen: people's decisions and what later runs see.

The last event of a finding is its standing. A fix that `--fix` applies by itself (`auto`) is not a
judgement, and a finding that came back (`returned`) or whose dismissal was undone (`reopened`) is
undecided again.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from reviewer import text
from reviewer.events import Finding
from reviewer.memory.store import Execute, Store
from reviewer.types import CATEGORIES

FeedbackKind = Literal["applied", "undone", "dismissed", "reopened", "fixed", "returned", "auto"]
KINDS: tuple[FeedbackKind, ...] = get_args(FeedbackKind)
ACCEPTED: frozenset[str] = frozenset({"applied", "fixed"})  # `fixed`: by hand
DECLINED: frozenset[str] = frozenset({"dismissed", "undone"})
KEPT_SECONDS = 400 * 86400.0
_COLUMNS = "finding, kind, at, source, rule, category, reason"
_MAX_NAME = 300


@dataclass(frozen=True, slots=True)
class Feedback:
    """One event. `source` is what found it (the model with its name), `rule` is "" if there is
    none, `at` is in seconds since the epoch."""

    finding: str
    kind: FeedbackKind
    at: float
    source: str
    rule: str
    category: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Numbers of findings by standing, {standing: number}, for each category, rule and model that
    has any."""

    by_category: Mapping[str, Mapping[str, int]]
    by_rule: Mapping[str, Mapping[str, int]]
    by_model: Mapping[str, Mapping[str, int]]


def add(
    run: Execute,
    repository: str,
    finding_id: str,
    kind: FeedbackKind,
    at: float,
    *,
    reason: str = "",
    finding: Finding | None = None,
) -> None:
    """Add an event within a transaction. Pass `finding` in case the memory does not know it."""
    source, rule, category = _origin(run, repository, finding_id, finding)
    run(
        f"INSERT INTO feedback (repository, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 names of ours
        repository,
        finding_id,
        kind,
        at,
        source,
        rule,
        category,
        reason,
    )


def record(
    store: Store,
    repository: str,
    kind: FeedbackKind,
    ids: Iterable[str],
    *,
    findings: Iterable[Finding] = (),
) -> None:
    """Add the same event for several findings. If it cannot be stored, the action still stands."""
    now, named = store.clock(), {each.id: each for each in findings}

    def work(run: Execute) -> bool:
        for each in dict.fromkeys(ids):
            add(run, repository, each, kind, now, finding=named.get(each))
        return True

    store.transaction(work)


def latest(run: Execute, repository: str, finding_id: str) -> str | None:
    """The standing of one finding, within a transaction; None if nothing is recorded."""
    rows = run(
        "SELECT kind FROM feedback WHERE repository = ? AND finding = ? ORDER BY id DESC LIMIT 1",
        repository,
        finding_id,
    )
    return str(rows[0][0]) if rows else None


def standing(store: Store, repository: str | None) -> dict[tuple[str, str], Feedback]:
    """The last event of each (repository, finding id), in all repositories for None. Invalid rows
    are ignored."""
    rows = store.rows(
        f"SELECT repository, {_COLUMNS} FROM feedback WHERE ?1 IS NULL OR repository = ?1 ORDER"  # noqa: S608
        " BY id",  # noqa: RUF100, S608
        repository,
    )
    return {(row[0], row[1]): each for row in rows if (each := _feedback(row[1:]))}


def acceptance(store: Store, repository: str | None) -> Acceptance:
    """Standings of findings in one repository, or in all."""
    counts: tuple[dict[str, Counter[str]], ...] = ({}, {}, {})
    for each in standing(store, repository).values():
        model = each.source.removeprefix("model ") if each.source.startswith("model ") else ""
        analyzer = each.source.removeprefix("analyzer:")
        rule = f"{analyzer}/{each.rule}" if each.rule else ""
        for name, group in zip((each.category, rule, model), counts, strict=True):
            if name:
                group.setdefault(name, Counter())[each.kind] += 1
    return Acceptance(*({name: dict(group[name]) for name in sorted(group)} for group in counts))


def decided(counts: Mapping[str, int]) -> tuple[int, int]:
    """(accepted, declined) in the numbers of a group."""
    return sum(counts.get(kind, 0) for kind in ACCEPTED), sum(
        counts.get(kind, 0) for kind in DECLINED
    )


def forget(run: Execute, now: float) -> None:
    run("DELETE FROM feedback WHERE at < ?", now - KEPT_SECONDS)


def _origin(
    run: Execute, repository: str, finding_id: str, finding: Finding | None
) -> tuple[str, str, str]:
    """(source, rule, category), from the last run if it knows the finding, else from the last
    event."""
    rows = run(
        "SELECT source, body FROM findings WHERE repository = ? AND id = ? ORDER BY last_run DESC"
        " LIMIT 1",
        repository,
        finding_id,
    )
    if rows:
        stored = _object(rows[0][1])
        return _name(rows[0][0]), _name(stored.get("rule")), _name(stored.get("category"))
    if finding is not None:
        return _name(finding.source), _name(finding.rule), finding.category
    before = run(
        "SELECT source, rule, category FROM feedback WHERE repository = ? AND finding = ? ORDER BY"
        " id DESC LIMIT 1",
        repository,
        finding_id,
    )
    return (
        (_name(before[0][0]), _name(before[0][1]), _name(before[0][2])) if before else ("", "", "")
    )


def _object(body: Any) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError, TypeError):
        return {}
    return value if isinstance(value, dict) else {}


def _name(value: Any) -> str:
    return text.cut(text.scalar(value), _MAX_NAME) if isinstance(value, str) else ""


def _feedback(row: tuple[Any, ...]) -> Feedback | None:
    finding, kind, at, *names = row
    sound = re.fullmatch("[0-9a-f]{12}", str(finding)) and kind in KINDS and isinstance(at, float)
    if not sound or not all(isinstance(each, str) for each in names):
        return None
    source, rule, category, reason = names
    return Feedback(
        finding, kind, at, source, rule, category if category in CATEGORIES else "", reason
    )
