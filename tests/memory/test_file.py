"""Files that are damaged: what people have decided is kept, the rest begins anew."""

from __future__ import annotations

import os
import re
import shutil

import pytest
from support.memory import (
    OLDER,
    PLACE,
    at_once,
    child,
    dismissal,
    has_decision,
    killed_at,
    older,
    opened,
    overwrite,
    path_in,
    select,
)

from reviewer.memory import cache, dismissals, feedback

HIT = cache.Hit("body", 1, 0.5)
STAMP = "corrupt-19700101T000000Z"


def put(store, key, body="body"):
    cache.put(store, "reply", key, body, tokens=1, seconds=0.5)


def insert(store, entry):
    store.transaction(lambda run: dismissals.insert(run, PLACE.repository, entry))


def decide(folder, *entries):
    with opened(folder) as store:
        for entry in entries:
            store.transaction(
                lambda run, entry=entry: dismissals.insert(run, PLACE.repository, entry)
            )
            feedback.record(store, PLACE.repository, "dismissed", [entry.id])


def decided(store):
    """The ids that are dismissed; what became of them must say the same."""
    ids = [entry.id for entry in dismissals.load(store, PLACE.repository)]
    assert [key for _, key in feedback.standing(store, PLACE.repository)] == ids
    return ids


def aside(folder):
    found = (item.name for item in (folder / "memory").iterdir())
    return sorted(name for name in found if re.fullmatch(r".*\.corrupt-[^-]*(-\d+)?", name))


def said(folder, kept):
    return (
        f"the memory was damaged and has been replaced ({kept}); the old file is"
        f" {path_in(folder)}.{STAMP}"
    )


LOST = "; if others were lost, dismiss those findings again when they come back"


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be read" * 100, b"SQLite format 3\0"]
)
def test_garbage_is_set_aside_and_a_new_file_begun(tmp_path, content):
    (tmp_path / "memory").mkdir(mode=0o700)
    path_in(tmp_path).touch(mode=0o600)
    path_in(tmp_path).write_bytes(content)
    with opened(tmp_path, now=0.0) as store:
        put(store, "k")
        assert cache.get(store, "reply", "k") == HIT
        assert store.warning == said(tmp_path, f"0 dismissals kept{LOST}")
    assert aside(tmp_path) == [f"memory.sqlite3.{STAMP}"]
    assert (tmp_path / "memory" / aside(tmp_path)[0]).read_bytes() == content
    with opened(tmp_path) as store:
        assert (store.warning, cache.get(store, "reply", "k")) == ("", HIT)
        assert store.rows("PRAGMA journal_mode") == [("wal",)]


def test_a_database_of_another_program_is_set_aside(tmp_path):
    (tmp_path / "memory").mkdir(mode=0o700)
    path_in(tmp_path).touch(mode=0o600)
    select(tmp_path, "CREATE TABLE theirs (x)")
    with opened(tmp_path, now=0.0) as store:
        assert store.warning == said(tmp_path, f"0 dismissals kept{LOST}")
        assert store.rows("SELECT name FROM sqlite_master WHERE name = 'theirs'") == []


def test_what_a_process_that_died_has_left_beside_garbage(tmp_path):
    def die():
        store = opened(tmp_path)
        put(store, "k")
        os.kill(os.getpid(), 9)

    opened(tmp_path).close()
    assert child(die) == ("signal", 9)
    path_in(tmp_path).write_bytes(b"garbage" * 1000)
    with opened(tmp_path, now=0.0) as store:
        put(store, "k2")
    assert aside(tmp_path) == [f"memory.sqlite3.{STAMP}"]
    assert select(tmp_path, "SELECT key FROM cache") == [("k2",)]
    assert select(tmp_path, "PRAGMA integrity_check") == [("ok",)]


def test_decisions_survive_a_damaged_cache(tmp_path):
    entry = dismissal(1, "b.py", category="security", code="    run(command)", origin=f"{2:012x}")
    decide(tmp_path, entry, dismissal(2))
    overwrite(tmp_path, "cache")
    with opened(tmp_path, now=0.0) as store:
        assert store.warning == said(tmp_path, "2 dismissals kept")
        assert dismissals.load(store, PLACE.repository) == (entry, dismissal(2))
        assert decided(store) == ["000000000001", "000000000002"]


@pytest.mark.parametrize("version", OLDER)
def test_decisions_in_a_damaged_file_of_every_version_survive(tmp_path, version):
    older(tmp_path, version, page=16384)
    overwrite(tmp_path, "cache")
    assert has_decision(tmp_path, said(tmp_path, "1 dismissal kept"))
    assert has_decision(tmp_path)


@pytest.mark.parametrize(
    ("table", "kept"), [("dismissals", 0), ("feedback", 1)], ids=["dismissals", "feedback"]
)
def test_decisions_that_cannot_be_read_are_said_to_be_lost(tmp_path, table, kept):
    decide(tmp_path, dismissal(1))
    overwrite(tmp_path, table)
    with opened(tmp_path, now=0.0) as store:
        assert len(dismissals.load(store, PLACE.repository)) == kept
        assert len(feedback.standing(store, PLACE.repository)) == 1 - kept
        assert store.warning == said(
            tmp_path, "1 dismissal kept" if kept else f"0 dismissals kept{LOST}"
        )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file(tmp_path, share):
    """What lies before the cut is kept."""
    decide(tmp_path, dismissal(1))
    with opened(tmp_path) as store:
        for number in range(100):
            put(store, f"k{number}", "x" * 3000)
    os.truncate(path_in(tmp_path), int(path_in(tmp_path).stat().st_size * share))
    with opened(tmp_path, now=0.0) as store:
        put(store, "k")
        assert store.warning == said(tmp_path, "1 dismissal kept")
    with opened(tmp_path) as store:
        assert (store.warning, cache.get(store, "reply", "k")) == ("", HIT)
    assert has_decision(tmp_path)
    assert select(tmp_path, "PRAGMA integrity_check") == [("ok",)]


def test_damage_that_shows_up_on_the_way(tmp_path):
    decide(tmp_path, dismissal(1))
    with opened(tmp_path) as store:
        for number in range(50):
            put(store, f"k{number}", "x" * 3000)
    overwrite(tmp_path, "sqlite_autoindex_cache_1")
    with opened(tmp_path, now=0.0) as store:
        assert store.warning == ""
        assert cache.get(store, "reply", "k1") is None
        assert store.warning == said(tmp_path, "1 dismissal kept")
        put(store, "lost")
        assert (store.usable, cache.get(store, "reply", "lost")) == (False, None)
    with opened(tmp_path) as store:
        assert (store.warning, decided(store)) == ("", ["000000000001"])


def test_a_table_that_is_missing(tmp_path):
    decide(tmp_path, dismissal(1))
    select(tmp_path, "DROP TABLE runs")
    with opened(tmp_path, now=0.0) as store:
        assert store.warning == said(tmp_path, "1 dismissal kept")
        assert store.rows("SELECT COUNT(*) FROM runs") == [(0,)]


def test_many_find_the_damage_at_once(tmp_path):
    """One of them replaces the content, and only once."""
    decide(tmp_path, dismissal(1))
    overwrite(tmp_path, "cache")

    def work(number):
        with opened(tmp_path) as store:
            put(store, f"k{number}")
            return decided(store) == ["000000000001"]

    assert at_once(*(lambda number=number: work(number) for number in range(6)))
    assert len(aside(tmp_path)) == 1
    assert select(tmp_path, "SELECT COUNT(*) FROM cache") == [(6,)]


def test_who_has_a_damaged_file_open_can_go_on(tmp_path):
    """Nothing is renamed under the feet of another process, and what it decides is kept."""
    with opened(tmp_path) as user:
        put(user, "k")
        user.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        overwrite(tmp_path, "cache")
        decide(tmp_path, dismissal(1))
        assert len(aside(tmp_path)) == 1
        insert(user, dismissal(2))
        put(user, "k2")
        assert cache.get(user, "reply", "k2") == HIT
        assert user.warning == ""
    with opened(tmp_path) as store:
        found = [entry.id for entry in dismissals.load(store, PLACE.repository)]
        assert (store.warning, found) == ("", ["000000000001", "000000000002"])


def test_what_is_being_written_to_a_damaged_file_is_waited_for(tmp_path):
    with opened(tmp_path) as user:
        put(user, "k")
        user.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        overwrite(tmp_path, "cache")

        def work(run):
            dismissals.insert(run, PLACE.repository, dismissal(1))
            with opened(tmp_path, busy=0.1) as store:
                assert (
                    store.warning
                    == f"the memory is not used: {store.path}: database is locked; set"
                    " REVIEWER_STATE_DIR to a directory on a local disk"
                )
            return True

        assert user.transaction(work)
    assert aside(tmp_path) == []
    assert has_decision(tmp_path, said(tmp_path, "1 dismissal kept"))


def test_kill_while_a_damaged_file_is_replaced(tmp_path):
    whole = tmp_path / "whole"
    decide(whole, *(dismissal(number) for number in range(1, 4)))
    overwrite(whole, "cache")

    def work(folder, number):
        return killed_at(number) and opened(folder).usable

    number, end = 0, ("signal", 9)
    while end == ("signal", 9):
        number += 1
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder)
        end = child(lambda folder=folder, number=number: work(folder, number))
        with opened(folder) as store:
            assert decided(store) == ["000000000001", "000000000002", "000000000003"], number
        assert len(aside(folder)) >= 1
    assert end == ("exit", 0)
    assert number > 10
