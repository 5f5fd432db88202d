"""Files of older versions: taken on whole or not at all, also by several processes."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from support.memory import (
    OLDER,
    at_once,
    child,
    has_decision,
    killed_at,
    older,
    opened,
    path_in,
    select,
    traced,
)

from reviewer.memory import cache
from reviewer.memory.tables import MIGRATIONS


@pytest.mark.parametrize("version", OLDER)
def test_a_process_that_is_killed_while_it_migrates(tmp_path, version):
    for number in range(1, 50):
        state = tmp_path / str(number)
        older(state, version)
        ended = child(lambda state=state, number=number: killed_at(number) and opened(state).usable)
        assert has_decision(state)
        assert select(state, "PRAGMA user_version") == [(len(MIGRATIONS),)]
        if ended == ("exit", 0):
            break
    assert ended == ("exit", 0)
    assert number > 10


@pytest.mark.parametrize("version", OLDER)
def test_several_processes_migrate_at_once(tmp_path, version):
    older(tmp_path, version)
    assert at_once(*[lambda: has_decision(tmp_path)] * 4)
    assert has_decision(tmp_path)


def test_a_newer_reviewer_that_was_faster(tmp_path):
    """Its version stays: else it would do its part again."""
    older(tmp_path, 1)

    def work():
        def before(sql):
            if sql == "BEGIN IMMEDIATE":
                with closing(connect(path_in(tmp_path))) as db:
                    db.execute("PRAGMA user_version = 99")

        connect = sqlite3.connect
        return traced(before) and opened(tmp_path).warning

    assert child(work) == ("exit", 0)
    assert select(tmp_path, "PRAGMA user_version") == [(99,)]


def test_a_file_of_a_newer_version_is_left_alone(tmp_path):
    opened(tmp_path).close()
    select(tmp_path, "PRAGMA user_version = 99")
    before = path_in(tmp_path).read_bytes()
    with opened(tmp_path) as store:
        cache.put(store, "reply", "k", "body", tokens=1, seconds=0.5)
        assert (
            store.warning
            == f"the memory is not used: {path_in(tmp_path)} was written by a newer reviewer"
            f" (format 99, not {len(MIGRATIONS)}); upgrade, or set REVIEWER_STATE_DIR to"
            " another directory"
        )
    assert path_in(tmp_path).read_bytes() == before


@pytest.mark.fault(
    "secrets",
    "a memory that an earlier version filled with credentials in the clear",
    "masked or deleted when the file is upgraded, also in its free pages",
)
def test_what_earlier_versions_kept_in_the_clear_is_masked(tmp_path):
    value = "kJ8x2LmQ" + "z7RtVw4"
    told = f"db_password: {value}"
    older(tmp_path, 3)
    with closing(sqlite3.connect(path_in(tmp_path))) as db:
        db.execute("UPDATE dismissals SET reason = ?, code = ?", (told, told))
        db.execute(
            "INSERT INTO feedback (repository, finding, kind, at, source, rule, category, reason)"
            " VALUES ('r', 'f', 'dismissed', 1.0, '', '', '', ?)",
            (told,),
        )
        for kind in ("reply", "run", "seen"):
            body = told if kind != "seen" else ""
            db.execute(
                "INSERT INTO cache (kind, key, body, size, tokens, seconds, created, used)"
                " VALUES (?, 'k', ?, 1, 1, 1.0, 1.0, 1.0)",
                (kind, body),
            )
        for key, body in (("a", told), ("b", "{}")):
            db.execute("INSERT INTO examples VALUES ('r', ?, 1.0, 1, '{}', ?)", (key, body))
        db.execute(
            "INSERT INTO findings VALUES ('r', 's', 'f', 'm', x'61', 'model', 'open', 1.0, 1.0, 1,"
            " 1, ?, 1)",
            (f'{{"comment": "{told}"}}',),
        )
        db.commit()
    opened(tmp_path).close()
    masked = "db_password: [REDACTED:password]"
    assert select(tmp_path, "SELECT reason, code FROM dismissals") == [(masked, masked)]
    assert select(tmp_path, "SELECT reason FROM feedback") == [(masked,)]
    assert select(tmp_path, "SELECT kind FROM cache") == [("seen",)]
    assert select(tmp_path, "SELECT key FROM examples") == [("b",)]
    assert select(tmp_path, "SELECT body FROM findings") == [(f'{{"comment": "{masked}"}}',)]
    with closing(sqlite3.connect(path_in(tmp_path))) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = path_in(tmp_path).parent.iterdir()
    assert not [
        path.name for path in files if path.is_file() and value.encode() in path.read_bytes()
    ]
