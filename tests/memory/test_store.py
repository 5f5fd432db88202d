"""The store: what is put there is there for the next process, whatever is wrong the review goes on,
and processes do not harm each other."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import threading
from pathlib import Path

import pytest
from support.memory import (
    PLACE,
    as_nobody,
    at_once,
    child,
    dismissal,
    judged,
    killed_at,
    opened,
    path_in,
    record,
    select,
)

from reviewer import memory
from reviewer.memory import cache, dismissals, history

HIT = cache.Hit("body", 1, 0.5)


def put(store, key, body="body"):
    cache.put(store, "reply", key, body, tokens=1, seconds=0.5)


def decide(store, *entries):
    def work(run):
        for entry in entries:
            dismissals.insert(run, PLACE.repository, entry)
        return True

    return store.transaction(work, durable=True)


def decided(store):
    return [entry.id for entry in dismissals.load(store, PLACE.repository)]


def said(store, kind, error):
    return store.warning == (
        f"{kind}: {store.path}: {error}; set REVIEWER_STATE_DIR to a directory on a local disk"
    )


@pytest.fixture
def shared():
    """A directory that other users can write to, too."""
    folder = Path(tempfile.mkdtemp(prefix="reviewer-test-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def test_what_is_put_is_there_for_the_next_process(tmp_path):
    with opened(tmp_path) as store:
        put(store, "k")
        assert store.warning == ""
    with opened(tmp_path) as store:
        assert cache.get(store, "reply", "k") == HIT
        assert cache.get(store, "reply", "other") is None
        assert cache.get(store, "run", "k") is None
        assert store.rows("PRAGMA journal_mode") == [("wal",)]


@pytest.mark.parametrize("durable", [False, True])
def test_what_is_durable_survives_a_power_cut(tmp_path, durable):
    with opened(tmp_path) as store:
        level = store.transaction(lambda run: run("PRAGMA synchronous"), durable=durable)
        assert level == [(2,)] if durable else [(1,)]


def test_the_default_is_the_users_state_directory():
    with memory.open_store({}) as store:
        folder = Path(os.environ["XDG_STATE_HOME"]) / "gemma-reviewer/memory"
        assert (store.path, store.usable) == (folder / "memory.sqlite3", True)


def test_a_user_without_a_home(tmp_path, monkeypatch):
    """Nothing is written into the working directory, which is what is reviewed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "~")
    for own in ("~no-such-user/state", "~", "~/state"):
        with memory.open_store({"REVIEWER_STATE_DIR": own}) as store:
            assert (
                store.warning
                == "the memory is not used: no home directory found; set REVIEWER_STATE_DIR"
            )
    assert list(tmp_path.iterdir()) == []


def test_a_strange_name(tmp_path):
    folder = tmp_path / "a?b#c%20 d\udcff"
    with opened(folder) as store:
        put(store, "k")
        assert store.warning == ""
    assert path_in(folder).is_file()


def test_rows_that_make_no_sense_are_ignored(tmp_path):
    broken = (
        "UPDATE dismissals SET reason = CAST(x'ff00' AS TEXT), id = 'not an id' WHERE id ="
        " '000000000001'"
    )
    with opened(tmp_path) as store:
        put(store, "k")
        decide(store, dismissal(1), dismissal(2))
        store.transaction(lambda run: run(broken))
        store.transaction(lambda run: run("UPDATE cache SET body = x'00'"))
        assert (cache.get(store, "reply", "k"), decided(store)) == (None, ["000000000002"])
        assert store.warning == ""


def test_a_directory_that_cannot_be_written(shared):
    """What is there is read; nothing is remembered, and that is said."""

    def fill():
        with opened(shared / "state") as store:
            put(store, "k")
            return decide(store, dismissal(1)) and store.warning == ""

    def work():
        with opened(shared / "state") as store:
            known = decided(store), cache.get(store, "reply", "k")
            assert store.warning == ""
            put(store, "k2")
            assert said(
                store,
                "this run is not fully remembered",
                "attempt to write a readonly database",
            )
            return known == (["000000000001"], HIT) and store.usable

    assert as_nobody(fill) == ("exit", 0)
    path_in(shared / "state").chmod(0o400)
    (shared / "state/memory").chmod(0o500)
    assert as_nobody(work) == ("exit", 0)


def test_a_log_that_cannot_be_read_back(shared):
    """A process that died has left its decisions in the log: the file alone would not tell them."""

    def fill():
        opened(shared / "state").close()
        store = opened(shared / "state")
        return decide(store, dismissal(1)) and os.kill(os.getpid(), 9)

    def work():
        with opened(shared / "state") as store:
            return store.warning.startswith("the memory is not used: ") and not store.usable

    assert as_nobody(fill) == ("signal", 9)
    (shared / "state/memory").chmod(0o500)
    for name in ("memory.sqlite3-shm", "memory.lock"):
        (shared / "state/memory" / name).unlink()
    assert as_nobody(work) == ("exit", 0)


def test_no_place_to_put_it(shared):
    def work():
        with opened(shared / "state") as store:
            put(store, "k")
            return said(store, "the memory is not used", "Permission denied")

    shared.chmod(0o755 if os.geteuid() == 0 else 0o555)
    assert as_nobody(work) == ("exit", 0)


def test_a_full_disk_at_the_very_beginning(tmp_path):
    def work():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        with opened(tmp_path) as store:
            put(store, "k")
            return store.warning.startswith(f"the memory is not used: {store.path}: ")

    assert child(work) == ("exit", 0)
    with opened(tmp_path) as store:
        assert (store.usable, store.warning) == (True, "")


def test_a_full_disk(tmp_path):
    """What was stored stays readable, the rest is not remembered."""
    with opened(tmp_path) as store:
        put(store, "k", "x" * 20000)
    size = path_in(tmp_path).stat().st_size

    def work():
        with opened(tmp_path) as store:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 8192, size + 8192))
            put(store, "big", "y" * 1_000_000)
            put(store, "small")
            errors = ("disk I/O error", "database or disk is full")
            assert any(said(store, "this run is not fully remembered", each) for each in errors)
            kept = [cache.get(store, "reply", key) for key in ("k", "big", "small")]
            return kept == [cache.Hit("x" * 20000, 1, 0.5), None, None]

    assert child(work) == ("exit", 0)
    with opened(tmp_path) as store:
        put(store, "big", "y" * 1_000_000)
        assert cache.get(store, "reply", "big") == cache.Hit("y" * 1_000_000, 1, 0.5)
        assert store.warning == ""


def test_a_writer_that_does_not_end(tmp_path):
    with opened(tmp_path) as one, opened(tmp_path, busy=0.05) as other:

        def hold(run):
            run("INSERT INTO cache VALUES ('reply', 'held', 'b', 1, 1, 1.0, 1.0, 1.0)")
            put(other, "k")
            return said(other, "this run is not fully remembered", "database is locked")

        assert one.transaction(hold)
        assert cache.get(other, "reply", "held") is not None


def test_an_error_inside_a_transaction_undoes_it(tmp_path):
    with opened(tmp_path) as store:

        def work(run):
            dismissals.insert(run, PLACE.repository, dismissal(1))
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            store.transaction(work)
        assert decided(store) == []
        assert decide(store, dismissal(2))
        assert decided(store) == ["000000000002"]


def test_eight_writers(tmp_path):
    """All begin on an empty directory; none loses a row or meets a lock."""

    def write(writer):
        with opened(tmp_path) as store:
            for number in range(200):
                put(store, f"{writer}-{number % 100}", f"{writer} {number}")
            return store.warning == ""

    assert at_once(*(lambda writer=writer: write(writer) for writer in range(8)))
    wanted = {
        (f"{writer}-{number}", f"{writer} {number + 100}")
        for writer in range(8)
        for number in range(100)
    }
    assert set(select(tmp_path, "SELECT key, body FROM cache")) == wanted
    assert select(tmp_path, "PRAGMA integrity_check") == [("ok",)]
    assert select(tmp_path, "PRAGMA journal_mode") == [("wal",)]
    assert not [each.name for each in (tmp_path / "memory").iterdir() if "corrupt" in each.name]


def test_threads_share_a_store(tmp_path):
    with opened(tmp_path) as store:

        def write(name):
            for number in range(50):
                put(store, f"{name}-{number}")
                assert cache.get(store, "reply", f"{name}-{number}")

        threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert store.rows("SELECT COUNT(*) FROM cache") == [(200,)]
        assert store.warning == ""


def everything(folder, number):
    """Makes the file, then writes in every way there is, until the `number`-th statement; a byte to
    `done` for each step that was confirmed."""
    killed_at(number)
    done = os.open(folder / "done", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with opened(folder) as store:
        put(store, "k")
        os.write(done, b"c")
        history.record_run(store, PLACE, record(judged(1), judged(2)))
        os.write(done, b"r")
        memory.dismiss(store, PLACE.repository, "000000000001", "fine")
        os.write(done, b"d")
        history.record_run(store, PLACE, record(judged(2)))
        os.write(done, b"R")
        memory.reopen(store, PLACE.repository, "000000000001")
        os.write(done, b"o")
        return store.warning == ""


# after the confirmed steps: (cache rows, runs, states, dismissals); one step more may have happened
STAGES = {
    "": (0, 0, [], []),
    "c": (1, 0, [], []),
    "cr": (1, 1, ["new", "new"], []),
    "crd": (1, 1, ["new", "new"], ["000000000001"]),
    "crdR": (1, 2, ["fixed", "open"], ["000000000001"]),
    "crdRo": (1, 2, ["fixed", "open"], []),
}


def test_kill_at_every_operation(tmp_path):
    """Old or new, nothing between, and what was confirmed is there."""
    number, end = 0, ("signal", 9)
    while end == ("signal", 9):
        number += 1
        folder = tmp_path / str(number)
        folder.mkdir()
        end = child(lambda folder=folder, number=number: everything(folder, number))
        confirmed = (folder / "done").read_text() if (folder / "done").exists() else ""
        with opened(folder) as store:
            assert store.warning == ""
            found = (
                store.rows("SELECT COUNT(*) FROM cache")[0][0],
                store.rows("SELECT COUNT(*) FROM runs")[0][0],
                [row[0] for row in store.rows("SELECT state FROM findings ORDER BY id")],
                decided(store),
            )
        stages = list(STAGES)
        index = stages.index(confirmed)
        assert found in [STAGES[stage] for stage in stages[index : index + 2]], (number, confirmed)
        assert select(folder, "PRAGMA integrity_check") == [("ok",)]
        shutil.rmtree(folder)
    assert end == ("exit", 0)
    assert number > 40


def test_when_there_is_no_time_left_nothing_is_half_written(tmp_path):
    with opened(tmp_path) as store:

        def work(run):
            dismissals.insert(run, PLACE.repository, dismissal(1))
            store.give_up()
            dismissals.insert(run, PLACE.repository, dismissal(2))
            return True

        assert store.transaction(work) is None
        assert said(store, "this run is not fully remembered", "there was no time left")
    with opened(tmp_path) as store:
        assert decided(store) == []
