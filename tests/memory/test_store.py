"""The file: who may use it, what happens when it is damaged, full, read-only, shared or left by a
killed process."""

from __future__ import annotations

import os
import re
import resource
import shutil
import stat
import tempfile
import threading
from pathlib import Path

import pytest
from support.memory import (
    NOBODY,
    PLACE,
    as_nobody,
    child,
    dismissal,
    judged,
    killed_at,
    opened,
    overwrite,
    path_in,
    record,
    select,
)

from reviewer import memory
from reviewer.memory import cache, dismissals, history, place
from reviewer.memory.tables import MIGRATIONS

ROOT = os.geteuid() == 0


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


@pytest.fixture
def shared():
    """A directory that other users can reach, too."""
    folder = Path(tempfile.mkdtemp(prefix="reviewer-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_what_is_put_is_there_for_the_next_process(tmp_path):
    with opened(tmp_path) as store:
        put(store, "k", "text")
        assert store.warning == ""
    with opened(tmp_path) as store:
        assert cache.get(store, "reply", "k") == cache.Hit("text", 1, 0.5)
        assert cache.get(store, "reply", "other") is None
        assert cache.get(store, "run", "k") is None
        assert store.rows("PRAGMA journal_mode") == [("wal",)]


def test_only_the_user_can_read_it(tmp_path):
    with opened(tmp_path) as store:
        put(store, "k")
        modes = {
            item.name: stat.S_IMODE(item.stat().st_mode) for item in (tmp_path / "memory").iterdir()
        }
    assert modes == dict.fromkeys(
        ("memory.sqlite3", "memory.sqlite3-wal", "memory.sqlite3-shm", "memory.lock"), 0o600
    )
    assert stat.S_IMODE((tmp_path / "memory").stat().st_mode) == 0o700


def test_the_default_is_the_users_state_directory(tmp_path):
    with memory.open_store({}) as store:
        assert (
            store.path
            == Path(os.environ["XDG_STATE_HOME"]) / "gemma-reviewer" / "memory" / "memory.sqlite3"
        )
        assert store.usable


def test_a_user_without_a_home(tmp_path, monkeypatch):
    """Nothing is written into the working directory, which is what is reviewed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "~")
    for own in ("~no-such-user/state", "~", "~/state"):
        with memory.open_store({"REVIEWER_STATE_DIR": own}) as store:
            assert (
                store.warning
                == "the memory is not used: no home directory is known: set REVIEWER_STATE_DIR"
            )
    assert list(tmp_path.iterdir()) == []


def test_a_strange_name(tmp_path):
    folder = tmp_path / "a?b#c%20 d\udcff"
    with opened(folder) as store:
        put(store, "k")
        assert store.warning == ""
    assert path_in(folder).is_file()


def test_reading_permission_of_others_is_taken_away(tmp_path):
    opened(tmp_path).close()
    path_in(tmp_path).chmod(0o644)
    (tmp_path / "memory").chmod(0o755)
    with opened(tmp_path) as store:
        assert store.usable
    assert stat.S_IMODE(path_in(tmp_path).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "memory").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["memory", "memory/memory.sqlite3"])
def test_what_others_can_write_is_not_used(tmp_path, name):
    with opened(tmp_path) as store:
        put(store, "k")
    (tmp_path / name).chmod(0o777)
    before = path_in(tmp_path).read_bytes()
    with opened(tmp_path) as store:
        assert cache.get(store, "reply", "k") is None
        put(store, "k2")
        mode = "700" if name == "memory" else "600"
        assert (
            store.warning
            == f"the memory is not used: {tmp_path / name} could be written by others; if you trust"
            f" what is in it: chmod {mode} {tmp_path / name}"
        )
    assert path_in(tmp_path).read_bytes() == before


def test_a_link_is_not_followed(tmp_path):
    opened(tmp_path / "real").close()
    (tmp_path / "state").mkdir()
    (tmp_path / "state/memory").symlink_to(tmp_path / "real/memory")
    with opened(tmp_path / "state") as store:
        assert (
            store.warning
            == f"the memory is not used: {tmp_path}/state/memory is not a directory of its own (a"
            " link?)"
        )
    (tmp_path / "other/memory").mkdir(parents=True, mode=0o700)
    path_in(tmp_path / "other").symlink_to(path_in(tmp_path / "real"))
    with opened(tmp_path / "other") as store:
        assert (
            store.warning
            == f"the memory is not used: {path_in(tmp_path / 'other')} is not a file of its own (a"
            " link?)"
        )


@pytest.mark.skipif(not ROOT, reason="only root can give files away")
@pytest.mark.parametrize("name", ["memory", "memory/memory.sqlite3", "memory/memory.sqlite3-wal"])
def test_what_belongs_to_somebody_else_is_not_used(tmp_path, name):
    opened(tmp_path).close()
    (tmp_path / "memory/memory.sqlite3-wal").touch(mode=0o600)
    os.chown(tmp_path / name, NOBODY, NOBODY)
    with opened(tmp_path) as store:
        assert store.warning == f"the memory is not used: {tmp_path / name} belongs to another user"


def test_a_file_of_a_newer_version_is_left_alone(tmp_path):
    opened(tmp_path).close()
    select(tmp_path, "PRAGMA user_version = 99")
    before = path_in(tmp_path).read_bytes()
    with opened(tmp_path) as store:
        put(store, "k")
        assert (
            store.warning
            == f"the memory is not used: {path_in(tmp_path)} was written by a newer reviewer"
            f" (format 99, not {len(MIGRATIONS)}); use that one, or set REVIEWER_STATE_DIR to"
            " another place"
        )
    assert path_in(tmp_path).read_bytes() == before


def aside(folder):
    return sorted(
        item.name
        for item in (folder / "memory").iterdir()
        if re.fullmatch(r".*\.corrupt-[^-]*(-\d+)?", item.name)
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"not a database at all, but long enough to be read" * 100, b"SQLite format 3\0"],
)
def test_garbage_is_set_aside_and_a_new_file_begun(tmp_path, content):
    (tmp_path / "memory").mkdir(mode=0o700)
    path_in(tmp_path).touch(mode=0o600)
    path_in(tmp_path).write_bytes(content)
    with opened(tmp_path, now=0.0) as store:
        put(store, "k")
        assert cache.get(store, "reply", "k") is not None
        assert (
            store.warning == "the memory was damaged; it was set aside as"
            f" {path_in(tmp_path)}.corrupt-19700101T000000Z and a new one begun (0 dismissals"
            " kept, others may be lost: dismiss those findings again when they come back)"
        )
    assert aside(tmp_path) == ["memory.sqlite3.corrupt-19700101T000000Z"]
    assert (tmp_path / "memory" / aside(tmp_path)[0]).read_bytes() == content
    with opened(tmp_path) as store:
        assert (store.warning, cache.get(store, "reply", "k")) == ("", cache.Hit("body", 1, 0.5))


def test_dismissals_survive_a_damaged_cache(tmp_path):
    with opened(tmp_path) as store:
        decide(store, dismissal(1), dismissal(2, "b.py"))
    overwrite(tmp_path, "cache")
    with opened(tmp_path, now=0.0) as store:
        assert decided(store) == ["000000000001", "000000000002"]
        assert store.warning.endswith("and a new one begun (2 dismissals kept)")


@pytest.mark.parametrize("version", [1, 2, len(MIGRATIONS)])
def test_dismissals_of_every_version_survive(tmp_path, version):
    """What they are about, too, where the file's version knows it."""
    entry = dismissal(1, category="security", code="    run(command)")
    with opened(tmp_path) as store:
        decide(store, entry)
    if version < len(MIGRATIONS):
        entry = dismissal(1)
        for column in ("category", "code"):
            select(tmp_path, f"ALTER TABLE dismissals DROP COLUMN {column}")
    overwrite(tmp_path, "cache")
    with opened(tmp_path, now=0.0) as store:
        assert store.warning.endswith("and a new one begun (1 dismissal kept)")
        assert dismissals.load(store, PLACE.repository) == (entry,)


def test_many_find_the_damage_at_once(tmp_path):
    """One of them replaces the file, and only once."""
    with opened(tmp_path) as store:
        decide(store, dismissal(1))
    overwrite(tmp_path, "cache")
    pids = []
    for number in range(6):
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                with opened(tmp_path) as store:
                    put(store, f"k{number}")
                    code = 0 if decided(store) == ["000000000001"] else 1
            finally:
                os._exit(code)
        pids.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0] * 6
    assert len(aside(tmp_path)) == 1
    assert select(tmp_path, "SELECT COUNT(*) FROM cache") == [(6,)]


def test_a_damaged_file_in_use_is_left_alone(tmp_path):
    """Renaming it under the feet of another process would cost that one, and the next, their
    writes."""
    with opened(tmp_path) as user:
        decide(user, dismissal(1))
        put(user, "k")
        user.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        overwrite(tmp_path, "cache")
        with opened(tmp_path, busy=0.1) as store:
            assert (
                store.warning
                == f"the memory is not used: another process keeps {tmp_path}/memory locked"
            )
        assert aside(tmp_path) == []
        assert cache.get(user, "reply", "other") is None
    with opened(tmp_path) as store:
        assert decided(store) == ["000000000001"]
        assert len(aside(tmp_path)) == 1


def test_a_new_file_can_be_used_by_others_at_once(tmp_path):
    with opened(tmp_path) as one, opened(tmp_path) as other:
        put(one, "k")
        assert cache.get(other, "reply", "k") is not None


def test_a_file_set_aside_is_never_overwritten(tmp_path):
    for _ in range(3):
        opened(tmp_path).close()
        overwrite(tmp_path, "runs")
        opened(tmp_path, now=0.0).close()
    name = "memory.sqlite3.corrupt-19700101T000000Z"
    assert aside(tmp_path) == [name, f"{name}-1", f"{name}-2"]


def test_lost_dismissals_are_said_to_be_lost(tmp_path):
    with opened(tmp_path) as store:
        decide(store, dismissal(1))
    overwrite(tmp_path, "dismissals")
    with opened(tmp_path) as store:
        assert decided(store) == []
        assert "others may be lost" in store.warning


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file(tmp_path, share):
    """What lies before the cut is kept."""
    with opened(tmp_path) as store:
        decide(store, dismissal(1))
        for number in range(100):
            put(store, f"k{number}", "x" * 3000)
    os.truncate(path_in(tmp_path), int(path_in(tmp_path).stat().st_size * share))
    with opened(tmp_path) as store:
        put(store, "k")
        assert store.warning.endswith("and a new one begun (1 dismissal kept)")
    with opened(tmp_path) as store:
        assert (store.warning, decided(store)) == ("", ["000000000001"])
        assert cache.get(store, "reply", "k") == cache.Hit("body", 1, 0.5)
    assert select(tmp_path, "PRAGMA integrity_check") == [("ok",)]


def test_damage_that_shows_up_on_the_way(tmp_path):
    with opened(tmp_path) as store:
        decide(store, dismissal(1))
        for number in range(50):
            put(store, f"k{number}", "x" * 3000)
    overwrite(tmp_path, "sqlite_autoindex_cache_1")
    with opened(tmp_path, now=0.0) as store:
        assert store.warning == ""
        assert cache.get(store, "reply", "k1") is None
        assert (
            store.warning == "the memory was damaged; it was set aside as"
            f" {path_in(tmp_path)}.corrupt-19700101T000000Z and a new one begun (1 dismissal"
            " kept)"
        )
        put(store, "lost")
        assert (store.usable, cache.get(store, "reply", "lost")) == (False, None)
    with opened(tmp_path) as store:
        assert (store.warning, decided(store)) == ("", ["000000000001"])


def test_a_table_that_is_missing(tmp_path):
    opened(tmp_path).close()
    select(tmp_path, "DROP TABLE runs")
    with opened(tmp_path) as store:
        assert store.warning.endswith("(0 dismissals kept)")
        assert history.record_run(store, PLACE, record(judged(1))).states == {"000000000001": "new"}


def test_rows_that_make_no_sense_are_ignored(tmp_path):
    with opened(tmp_path) as store:
        put(store, "k")
        decide(store, dismissal(1), dismissal(2))
    select_all = (
        "UPDATE dismissals SET reason = CAST(x'ff00' AS TEXT), id = 'not an id' WHERE id ="
        " '000000000001'"
    )
    with opened(tmp_path) as store:
        store.transaction(lambda run: run(select_all) and False)
        store.transaction(lambda run: run("UPDATE cache SET body = x'00'"))
        assert (cache.get(store, "reply", "k"), decided(store)) == (None, ["000000000002"])
        assert store.warning == ""


def test_a_directory_that_cannot_be_written(shared):
    """What is there is read; nothing is remembered, and that is said."""
    state = shared / "state"
    made = as_nobody_in(shared, lambda: fill(state))
    assert made == ("exit", 0)
    path_in(state).chmod(0o400)
    (state / "memory").chmod(0o500)
    said = shared / "said"

    def work():
        with opened(state) as store:
            known = decided(store), cache.get(store, "reply", "k")
            put(store, "k2")
            said.write_text(store.warning)
            return known == (["000000000001"], cache.Hit("body", 1, 0.5)) and store.usable

    shared.chmod(0o777)
    assert as_nobody(work) == ("exit", 0)
    assert (
        said.read_text()
        == f"not all of this run is remembered: {path_in(state)}: attempt to write a readonly"
        " database; set REVIEWER_STATE_DIR to a place on a local disk"
    )


def fill(state):
    with opened(state) as store:
        put(store, "k")
        return decide(store, dismissal(1)) and store.warning == ""


def as_nobody_in(folder, work):
    folder.chmod(0o777)
    try:
        return as_nobody(work)
    finally:
        folder.chmod(0o755)


def test_no_place_to_put_it(shared):
    (shared / "state").mkdir(mode=0o755)

    def work():
        (shared / "state").chmod(0o555) if not ROOT else None
        with opened(shared / "state") as store:
            put(store, "k")
            return (
                store.warning
                == f"the memory is not used: {path_in(shared / 'state')}: Permission denied; "
                "set REVIEWER_STATE_DIR to a place on a local disk"
            )

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
            told = re.fullmatch(
                rf"not all of this run is remembered: {re.escape(str(store.path))}: (disk I/O"
                r" error|database or disk "
                r"is full); set REVIEWER_STATE_DIR to a place on a local disk",
                store.warning,
            )
            kept = cache.get(store, "reply", "k"), cache.get(store, "reply", "big")
            return bool(told) and kept == (cache.Hit("x" * 20000, 1, 0.5), None)

    assert child(work) == ("exit", 0)
    with opened(tmp_path) as store:
        put(store, "big", "y" * 1_000_000)
        assert cache.get(store, "reply", "big") == cache.Hit("y" * 1_000_000, 1, 0.5)
        assert store.warning == ""


def test_a_writer_that_does_not_end(tmp_path):
    opened(tmp_path).close()
    holding, done = threading.Event(), threading.Event()

    def hold(run):
        run("INSERT INTO cache VALUES ('reply', 'held', 'b', 1, 1, 1.0, 1.0, 1.0)")
        holding.set()
        done.wait(20)

    with opened(tmp_path) as one, opened(tmp_path, busy=0.05) as other:
        thread = threading.Thread(target=lambda: one.transaction(hold))
        thread.start()
        holding.wait(20)
        put(other, "k")
        warning = other.warning
        done.set()
        thread.join()
        assert (
            warning == f"not all of this run is remembered: {other.path}: database is locked; "
            "set REVIEWER_STATE_DIR to a place on a local disk"
        )
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
    pids = []
    for writer in range(8):
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                with opened(tmp_path) as store:
                    for number in range(200):
                        put(store, f"{writer}-{number % 100}", f"{writer} {number}")
                    code = int(store.warning != "")
            finally:
                os._exit(code)
        pids.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0] * 8
    wanted = {
        (f"{writer}-{number}", f"{writer} {number + 100}")
        for writer in range(8)
        for number in range(100)
    }
    assert set(select(tmp_path, "SELECT key, body FROM cache")) == wanted
    assert select(tmp_path, "PRAGMA integrity_check") == [("ok",)]
    assert aside(tmp_path) == []


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


def test_a_forked_process_gets_a_connection_of_its_own(tmp_path):
    with opened(tmp_path) as store:
        put(store, "before")

        def work():
            put(store, "child")
            return cache.get(store, "reply", "before") is not None and store.warning == ""

        assert store.transaction(
            lambda run: run("SELECT 1") and child(lambda: not blocked(store))
        ) == ("exit", 0)
        assert child(work) == ("exit", 0)
        put(store, "after")
        assert store.rows("SELECT key FROM cache ORDER BY key") == [
            ("after",),
            ("before",),
            ("child",),
        ]
        assert store.warning == ""
    assert select(tmp_path, "PRAGMA integrity_check") == [("ok",)]


def blocked(store):
    """A child that was forked while its parent held the lock can still read."""
    return store.rows("SELECT COUNT(*) FROM cache") != [(1,)]


def everything(folder, before):
    """Makes the file, then writes in every way there is; a byte to `done` for each step that was
    confirmed."""
    done = os.open(folder / "done", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with opened(folder, before=before) as store:
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
        end = child(lambda folder=folder, number=number: everything(folder, killed_at(number)))
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


def test_kill_while_a_damaged_file_is_replaced(tmp_path):
    whole = tmp_path / "whole"
    with opened(whole) as store:
        decide(store, *(dismissal(number) for number in range(1, 4)))
    overwrite(whole, "cache")
    number, end = 0, ("signal", 9)
    while end == ("signal", 9):
        number += 1
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder)
        end = child(
            lambda folder=folder, number=number: opened(folder, before=killed_at(number)).usable
        )
        with opened(folder) as store:
            assert decided(store) == ["000000000001", "000000000002", "000000000003"], number
        assert len(aside(folder)) >= 1
    assert end == ("exit", 0)
    assert number > 10


def test_network_file_systems_are_known(tmp_path):
    device = tmp_path.stat().st_dev
    mounts = tmp_path / "mountinfo"
    row = (
        f"27 1 {os.major(device)}:{os.minor(device)} / /home rw,relatime shared:1 - {{}}"
        " server:/home rw\n"
    )
    found = {}
    for kind in ("nfs4", "lustre", "ext4", "tmpfs"):
        mounts.write_text("22 27 0:99 / /proc rw - proc proc rw\n" + row.format(kind))
        found[kind] = place.on_network(tmp_path, mounts)
    assert found == {"nfs4": True, "lustre": True, "ext4": False, "tmpfs": False}
    assert place.on_network(tmp_path, tmp_path / "no such file") is False
