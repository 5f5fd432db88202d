"""What earlier runs of the same scope have found, and what became of it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from reviewer import events
from reviewer.events import Finding
from reviewer.memory import cache, dismissals, examples, feedback
from reviewer.memory.dismissals import Dismissal
from reviewer.memory.store import Execute, Store
from reviewer.types import Change, Usage

KEPT_RUNS = 50  # of each scope
KEPT_SECONDS = 400 * 86400.0  # what no run has touched for longer is forgotten; decisions never are
State = Literal["new", "open"]


@dataclass(frozen=True, slots=True)
class Where:
    """Whose history: the repository (all its worktrees), and the scope of the run in it."""

    repository: str
    scope: str


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that was there when its scope was last looked at. `by` is who found it: the source,
    for the model with its name."""

    id: str
    fingerprint: str
    path: str
    by: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding of this run, published or held back. `former` is the id that it had in an earlier
    run, where its file has been renamed since; `dismissal` a decision in the memory that holds for
    it."""

    finding: Finding
    fingerprint: str
    path: str
    by: str
    former: str | None = None
    dismissal: Dismissal | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run has seen. `present` are ids that were found and are not among `judged` (refuted,
    say); `reviewed` the paths that were looked at in full; `touched` all paths of the change,
    skipped and unreviewed ones too; `looked` who looked at all that was reviewed (as in Known.by);
    `shown` the ids that the user was told about (None: all of them); `stands` whether the code that
    a finding quotes is there as it was."""

    judged: Sequence[Judged]
    reviewed: Collection[str]
    touched: Collection[str]
    looked: Collection[str]
    base: str | None
    complete: bool
    seconds: float
    usage: Usage = field(default_factory=Usage)
    present: Collection[str] = ()
    hits: int = 0
    misses: int = 0
    saved_tokens: int = 0
    saved_seconds: float = 0.0
    used: Sequence[str] = ()  # keys of the replies that were remembered
    shown: Collection[str] | None = None
    stands: Callable[[str], bool] = lambda body: False  # given the finding as JSON
    examples: Sequence[examples.Example] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """The state of each finding that was judged, by id, and the ids that the last fix removed."""

    states: Mapping[str, State]
    resolved: tuple[str, ...]


def repository_key(common_dir: Path) -> str:
    """The same for all worktrees of a repository."""
    return hashlib.sha256(os.fsencode(os.path.realpath(common_dir))).hexdigest()[:32]


def where(change: Change) -> Where | None:
    """Whose history a change belongs to; None for a patch without a repository."""
    if change.common_dir is None:
        return None
    scope = change.scope
    parts: list[Any] = [
        os.path.realpath(change.root),
        scope.kind,
        sorted(scope.paths),
        change.base_branch,
    ]
    # Other commits are another subject, even under the same name; so is another branch.
    fixed = scope.kind in ("commit", "range")
    parts += [change.base_commit, change.head_commit] if fixed else [change.current_branch]
    key = hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:32]
    return Where(repository_key(change.common_dir), key)


def known(store: Store, place: Where) -> dict[str, Known]:
    """The findings of this scope that are not fixed, by id."""
    rows = store.rows(_OPEN, place.repository, place.scope)
    return {
        row[0]: Known(row[0], row[1], os.fsdecode(row[2]), row[3])
        for row in rows
        if isinstance(row[2], bytes)
    }


_OPEN = (
    "SELECT f.id, f.fingerprint, f.path, f.source, f.first_seen, f.first_run, r.base FROM findings"
    " AS f LEFT JOIN runs AS r ON r.id = f.last_run WHERE f.repository = ? AND f.scope = ? AND"
    " f.state <> 'fixed'"
)


def record_run(store: Store, place: Where, record: RunRecord) -> Recorded:
    """Add a run to the history: all of it or nothing. When the memory cannot be written, every
    finding is new and nothing is known to be resolved."""
    now = store.clock()
    done = store.transaction(lambda run: _record(run, place, record, now))
    return done or Recorded({each.finding.id: "new" for each in record.judged}, ())


def _record(run: Execute, place: Where, record: RunRecord, now: float) -> Recorded:
    mine = (place.repository, place.scope)
    before = {row[0]: row for row in run(_OPEN, *mine)}
    number = _add_run(run, place, record, now)
    states: dict[str, State] = {}
    for each in record.judged:
        former = each.former if each.former in before else None
        earlier = before.get(each.finding.id) or (before[former] if former else None)
        states[each.finding.id] = "open" if earlier else "new"
        if former and former != each.finding.id:
            run("DELETE FROM findings WHERE repository = ? AND scope = ? AND id = ?", *mine, former)
        if earlier is None and _was_fixed(run, place, each.finding.id):
            feedback.add(run, place.repository, each.finding.id, "returned", now)
        _add_finding(run, place, each, states[each.finding.id], earlier, number, now)
        if record.shown is not None:
            run(
                "UPDATE findings SET shown = ? WHERE repository = ? AND scope = ? AND id = ?",
                int(each.finding.id in record.shown),
                *mine,
                each.finding.id,
            )
        if each.dismissal and each.dismissal.id != each.finding.id:
            dismissals.insert(run, place.repository, _followed(each, each.dismissal))
    present = {*states, *record.present, *(each.former for each in record.judged)}
    gone = [row[0] for row in before.values() if row[0] not in present and _is_gone(row, record)]
    for each_id in gone:
        run(
            "UPDATE findings SET state = 'fixed', last_run = ? WHERE repository = ? AND scope = ?"
            " AND id = ?",
            number,
            *mine,
            each_id,
        )
        if (
            os.fsdecode(before[each_id][2]) in record.reviewed
        ):  # else its file is as it is at the base again
            _fixed_by_hand(run, place, each_id, record, now)
    for example in record.examples:
        examples.insert(run, place.repository, example, now)
    cache.touch(run, "reply", record.used, now)
    cache.prune(run)
    _forget(run, place, now)
    return Recorded(states, tuple(sorted(gone)))


def _is_gone(row: tuple[Any, ...], record: RunRecord) -> bool:
    """Whether a finding that was not found again is not there any more: its file was read in full,
    or is as it is at the base (the one it was found against: else the finding may have become part
    of the base)."""
    path, by, base = row[2], row[3], row[6]
    if by not in record.looked or not isinstance(path, bytes):
        return False
    name = os.fsdecode(path)
    return name in record.reviewed or (
        record.complete and base == record.base and name not in record.touched
    )


def _was_fixed(run: Execute, place: Where, finding_id: str) -> bool:
    rows = run(
        "SELECT state FROM findings WHERE repository = ? AND scope = ? AND id = ?",
        place.repository,
        place.scope,
        finding_id,
    )
    gone = {*feedback.ACCEPTED, "auto"}
    return rows == [("fixed",)] and feedback.latest(run, place.repository, finding_id) in gone


def _fixed_by_hand(
    run: Execute, place: Where, finding_id: str, record: RunRecord, now: float
) -> None:
    """Say so when the user was told, nothing else is known of it, and its lines have changed: a
    model that does not say the same thing twice about the same lines has not been told that it was
    right."""
    if feedback.latest(run, place.repository, finding_id) in (
        "applied",
        "fixed",
        "dismissed",
        "auto",
    ):
        return
    rows = run(
        "SELECT shown, body, path, last_seen FROM findings WHERE repository = ? AND scope = ? AND"
        " id = ?",
        place.repository,
        place.scope,
        finding_id,
    )
    for shown, body, path, since in rows:
        if (
            shown
            and not record.stands(body)
            and not _written_over(run, place, finding_id, body, path, since)
        ):
            feedback.add(run, place.repository, finding_id, "fixed", now)


def _written_over(
    run: Execute, place: Where, finding_id: str, body: str, path: bytes, since: float
) -> bool:
    """Whether the fix of another finding on one of its lines was written, or taken back, after it
    was last seen."""
    rows = run(
        "SELECT DISTINCT other.body FROM feedback JOIN findings AS other ON other.repository ="
        " feedback.repository AND other.id = feedback.finding WHERE feedback.repository = ? AND"
        " feedback.at > ? AND other.path = ? AND feedback.finding <> ? AND feedback.kind IN"
        " ('applied', 'undone', 'auto')",
        place.repository,
        since,
        path,
        finding_id,
    )
    first, last = _lines(body)
    return any(
        first <= end and start <= last for start, end in (_lines(other) for (other,) in rows)
    )


def _lines(body: str) -> tuple[int, int]:
    """The first and the last line of a finding; (1, 0) for none."""
    try:
        finding = Finding.model_validate_json(body)
    except ValidationError:
        return 1, 0
    first = finding.start_line
    return (first, finding.end_line or first) if first else (1, 0)


def _add_run(run: Execute, place: Where, record: RunRecord, now: float) -> int:
    run(
        "INSERT INTO runs (repository, scope, at, base, complete, seconds, calls, prompt_tokens,"
        " completion_tokens, hits, misses, saved_tokens, saved_seconds) VALUES (?, ?, ?, ?, ?, ?,"
        " ?, ?, ?, ?, ?, ?, ?)",
        place.repository,
        place.scope,
        now,
        record.base,
        int(record.complete),
        record.seconds,
        record.usage.calls,
        record.usage.prompt_tokens,
        record.usage.completion_tokens,
        record.hits,
        record.misses,
        record.saved_tokens,
        record.saved_seconds,
    )
    return int(run("SELECT last_insert_rowid()")[0][0])


def _add_finding(
    run: Execute,
    place: Where,
    each: Judged,
    state: State,
    earlier: tuple[Any, ...] | None,
    number: int,
    now: float,
) -> None:
    first_seen, first_run = (earlier[4], earlier[5]) if earlier else (now, number)
    run(
        "INSERT OR REPLACE INTO findings (repository, scope, id, fingerprint, path, source, state,"
        " first_seen, last_seen, first_run, last_run, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?)",
        place.repository,
        place.scope,
        each.finding.id,
        each.fingerprint,
        os.fsencode(each.path),
        each.by,
        state,
        first_seen,
        now,
        first_run,
        number,
        json.dumps(events.dump(each.finding)),
    )


def _followed(each: Judged, found: Dismissal) -> Dismissal:
    """The decision under the finding's new id, so that it holds when the old name is used again."""
    update = {
        "id": each.finding.id,
        "fingerprint": each.fingerprint,
        "path": os.fsencode(each.path),
        "origin": found.origin or found.id,
    }
    return found.model_copy(update=update)


def _forget(run: Execute, place: Where, now: float) -> None:
    mine = (place.repository, place.scope)
    run(
        "DELETE FROM runs WHERE repository = ? AND scope = ? AND id NOT IN "
        "(SELECT id FROM runs WHERE repository = ? AND scope = ? ORDER BY id DESC LIMIT ?)",
        *mine,
        *mine,
        KEPT_RUNS,
    )
    run(
        "DELETE FROM findings WHERE repository = ? AND scope = ? AND last_run < "
        "(SELECT MIN(id) FROM runs WHERE repository = ? AND scope = ?)",
        *mine,
        *mine,
    )
    run("DELETE FROM runs WHERE at < ?", now - KEPT_SECONDS)
    run("DELETE FROM findings WHERE last_seen < ?", now - KEPT_SECONDS)
    feedback.forget(run, now)
    examples.prune(run, now)
