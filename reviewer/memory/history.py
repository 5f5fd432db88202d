"""Findings of earlier runs with the same scope, and their outcomes."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from typing import Any

from reviewer import events
from reviewer.memory import cache, dismissals, examples, feedback, siblings
from reviewer.memory.fixed import is_gone, record_fix_by_hand, was_fixed, writes
from reviewer.memory.records import (
    FindingState,
    HistoryKey,
    JudgedFinding,
    KnownFinding,
    Recorded,
    RunRecord,
)
from reviewer.memory.store import Execute, Store

KEPT_RUNS = 50  # of each scope
KEPT_SECONDS = (
    400 * 86400.0
)  # entries that no run touches for longer are deleted; dismissals never are


def known(store: Store, key: HistoryKey) -> dict[str, KnownFinding]:
    """The findings of this scope that are not fixed, by id."""
    rows = store.rows(_OPEN, key.repository, key.scope)
    return {
        row[0]: KnownFinding(row[0], row[1], os.fsdecode(row[2]), row[3], siblings.parse(row[7]))
        for row in rows
        if isinstance(row[2], bytes)
    }


_OPEN = (
    "SELECT f.id, f.fingerprint, f.path, f.source, f.first_seen, f.first_run, r.base, f.places"
    " FROM findings AS f LEFT JOIN runs AS r ON r.id = f.last_run WHERE f.repository = ? AND"
    " f.scope = ? AND f.state <> 'fixed'"
)
_DELETE = "DELETE FROM findings WHERE repository = ? AND scope = ?"


def record_run(store: Store, key: HistoryKey, record: RunRecord) -> Recorded:
    """Add a run to the history, atomically. If the memory cannot be written, every finding counts
    as new and none as resolved."""
    now = store.clock()
    done = store.transaction(lambda run: _record(run, key, record, now))
    return done or Recorded({each.finding.id: "new" for each in record.judged}, ())


def _record(run: Execute, key: HistoryKey, record: RunRecord, now: float) -> Recorded:
    mine = (key.repository, key.scope)
    before = {row[0]: row for row in run(_OPEN, *mine)}
    number = _add_run(run, key, record, now)
    states: dict[str, FindingState] = {}
    judged = {each.finding.id for each in record.judged}
    for each in record.judged:
        rows = [before[name] for name in (each.finding.id, *each.earlier) if name in before]
        earlier = min(rows, key=lambda row: row[4], default=None)
        states[each.finding.id] = "open" if earlier else "new"
        for row in rows:  # it goes on under this id
            if row[0] not in judged:
                run(f"{_DELETE} AND id = ?", *mine, row[0])
        if earlier is None and was_fixed(run, key, each.finding.id):
            feedback.add(run, key.repository, each.finding.id, "returned", now)
        _add_finding(run, key, each, states[each.finding.id], earlier, number, now)
        if record.shown is not None:
            run(
                "UPDATE findings SET shown = ? WHERE repository = ? AND scope = ? AND id = ?",
                int(each.finding.id in record.shown),
                *mine,
                each.finding.id,
            )
        for entry in each.followed:
            dismissals.insert(run, key.repository, entry)
    present = {*record.present, *(name for each in record.judged for name in each.ids)}
    present.update(name for each in record.judged for name in each.earlier)
    closed = [name for name, row in before.items() if _is_gone(row, present, record)]
    gone = [name for name in closed if name not in record.dropped]
    for each_id in set(closed).difference(gone):  # not mended: it was never so
        run(f"{_DELETE} AND id = ?", *mine, each_id)
    written = writes(run, key, {before[each_id][2] for each_id in gone}) if gone else {}
    for each_id in gone:
        run(
            "UPDATE findings SET state = 'fixed', last_run = ? WHERE repository = ? AND scope = ?"
            " AND id = ?",
            number,
            *mine,
            each_id,
        )
        if os.fsdecode(before[each_id][2]) in record.reviewed:  # else its file is back to the base
            record_fix_by_hand(run, key, each_id, record, written, now)
    for example in record.examples:
        examples.insert(run, key.repository, example, now)
    cache.touch(run, "reply", record.used, now)
    cache.prune(run)
    _forget(run, key, now)
    return Recorded(states, tuple(sorted(gone)))


def _is_gone(row: tuple[Any, ...], present: Collection[str], record: RunRecord) -> bool:
    """Whether neither the finding nor any of its places is there any more."""
    places = siblings.parse(row[7])
    if row[0] in present or any(each.id in present for each in places):
        return False
    return all(
        is_gone(path, row[3], row[6], record) for path in (row[2], *(p.path for p in places))
    )


def _add_run(run: Execute, key: HistoryKey, record: RunRecord, now: float) -> int:
    run(
        "INSERT INTO runs (repository, scope, at, base, complete, seconds, calls, prompt_tokens,"
        " completion_tokens, thinking_tokens, hits, misses, saved_tokens, saved_seconds) VALUES (?,"
        " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        key.repository,
        key.scope,
        now,
        record.base,
        int(record.complete),
        record.seconds,
        record.usage.calls,
        record.usage.prompt_tokens,
        record.usage.completion_tokens,
        record.usage.thinking_tokens,
        record.hits,
        record.misses,
        record.saved_tokens,
        record.saved_seconds,
    )
    return int(run("SELECT last_insert_rowid()")[0][0])


def _add_finding(
    run: Execute,
    key: HistoryKey,
    each: JudgedFinding,
    state: FindingState,
    earlier: tuple[Any, ...] | None,
    number: int,
    now: float,
) -> None:
    first_seen, first_run = (earlier[4], earlier[5]) if earlier else (now, number)
    run(
        "INSERT OR REPLACE INTO findings (repository, scope, id, fingerprint, path, source, state,"
        " first_seen, last_seen, first_run, last_run, body, places) VALUES (?, ?, ?, ?, ?,"
        " ?, ?, ?, ?, ?, ?, ?, ?)",
        key.repository,
        key.scope,
        each.finding.id,
        each.fingerprint,
        os.fsencode(each.path),
        each.found_by,
        state,
        first_seen,
        now,
        first_run,
        number,
        json.dumps(events.dump(each.finding)),
        siblings.dump(each.places),
    )


def _forget(run: Execute, key: HistoryKey, now: float) -> None:
    mine = (key.repository, key.scope)
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
