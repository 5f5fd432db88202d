"""Files of older versions: taken on whole or not at all, also by several processes, and read where
none can."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from support.memory import PLACE, as_nobody, child, killed_at, mark, opened, path_in, select

from reviewer.memory import dismissals
from reviewer.memory.tables import APPLICATION_ID, MIGRATIONS

OLDER = range(1, len(MIGRATIONS))
KEPT = [("000000000001", "checked elsewhere", "")]


def older(folder, version, page=4096):
    """The file as a reviewer of that version left it, with one dismissal."""
    folder.joinpath("memory").mkdir(parents=True, mode=0o700)
    with closing(sqlite3.connect(path_in(folder))) as db:
        db.execute(f"PRAGMA page_size = {page}")
        for statement in (each for part in MIGRATIONS[:version] for each in part):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {version}")
        db.execute(
            "INSERT INTO dismissals (repository, id, fingerprint, path, title, reason, at, origin) "
            "VALUES (?, ?, ?, ?, 'Problem 1', 'checked elsewhere', 1000.0, NULL)",
            (PLACE.repository, "000000000001", mark(1), b"a.py"),
        )
        db.commit()
        db.execute("PRAGMA journal_mode = wal")
    path_in(folder).chmod(0o600)


def decided(folder, warning=""):
    with opened(folder) as store:
        found = [
            (each.id, each.reason, each.category)
            for each in dismissals.load(store, PLACE.repository)
        ]
        return found == KEPT and store.warning == warning


@pytest.fixture
def shared():
    """A directory that other users can reach, too."""
    folder = Path(tempfile.mkdtemp(prefix="reviewer-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("version", OLDER)
def test_a_process_that_is_killed_meanwhile(tmp_path, version):
    for number in range(1, 30):
        state = tmp_path / str(number)
        older(state, version)
        ended = child(
            lambda state=state, number=number: opened(state, before=killed_at(number)).usable
        )
        assert decided(state)
        assert select(state, "PRAGMA user_version") == [(len(MIGRATIONS),)]
        if ended == ("exit", 0):
            break
    assert ended == ("exit", 0)
    assert number > 4


@pytest.mark.parametrize("version", OLDER)
def test_several_processes_at_once(tmp_path, version):
    older(tmp_path, version)
    waiting = []
    for _ in range(4):
        waiting.append(os.fork())
        if waiting[-1] == 0:
            os._exit(0 if decided(tmp_path) else 1)
    assert [os.waitpid(pid, 0)[1] for pid in waiting] == [0] * 4
    assert decided(tmp_path)


def test_a_newer_reviewer_that_was_faster(tmp_path):
    """Its version stays: else it would do its part again."""
    older(tmp_path, 1)

    def before(sql):
        if sql == "BEGIN IMMEDIATE":
            select(tmp_path, "PRAGMA user_version = 99")

    opened(tmp_path, before=before).close()
    assert select(tmp_path, "PRAGMA user_version") == [(99,)]


@pytest.mark.parametrize("version", OLDER)
def test_a_directory_that_cannot_be_written(shared, version):
    """The decisions hold; that nothing is remembered is said when something would be."""
    state = shared / "state"
    shared.chmod(0o777)
    assert as_nobody(lambda: older(state, version) is None) == ("exit", 0)
    path_in(state).chmod(0o400)
    (state / "memory").chmod(0o500)

    def work():
        with opened(state) as store:
            assert store.transaction(lambda run: run("DELETE FROM dismissals")) is None
            assert "attempt to write a readonly database" in store.warning
        return decided(state)

    assert as_nobody(work) == ("exit", 0)
    assert select(state, "PRAGMA user_version") == [(version,)]


def test_a_full_disk(tmp_path):
    older(tmp_path, 1, page=16384)

    def work():
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (32768, 32768)
        )  # room for the index of the log, not for new tables
        return decided(tmp_path)

    assert child(work) == ("exit", 0)
    assert select(tmp_path, "PRAGMA user_version") == [(1,)]
    assert decided(tmp_path)
    assert select(tmp_path, "PRAGMA user_version") == [(len(MIGRATIONS),)]
