"""What earlier runs of the same scope have found, and what became of it."""

from __future__ import annotations

import json
import os
from typing import Any

from reviewer import events
from reviewer.memory import cache, dismissals, examples, feedback
from reviewer.memory.dismissals import Dismissal
from reviewer.memory.fixed import is_gone, record_fix_by_hand, was_fixed
from reviewer.memory.records import Judged, Known, Recorded, RunRecord, State, Where
from reviewer.memory.store import Execute, Store

KEPT_RUNS = 50  # of each scope
KEPT_SECONDS = 400 * 86400.0  # what no run has touched for longer is forgotten; decisions never are


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
        if earlier is None and was_fixed(run, place, each.finding.id):
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
    gone = [row[0] for row in before.values() if row[0] not in present and is_gone(row, record)]
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
            record_fix_by_hand(run, place, each_id, record, now)
    for example in record.examples:
        examples.insert(run, place.repository, example, now)
    cache.touch(run, "reply", record.used, now)
    cache.prune(run)
    _forget(run, place, now)
    return Recorded(states, tuple(sorted(gone)))


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
