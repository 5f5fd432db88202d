"""Who may use the directory, and who has to wait for whom."""

from __future__ import annotations

import os
import sqlite3
import stat

import pytest
from support.memory import NOBODY, child, opened, path_in

from reviewer.memory import place


@pytest.fixture
def folder(tmp_path):
    opened(tmp_path).close()
    return tmp_path / "memory"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_user_can_read_it(tmp_path):
    before = os.umask(0)
    try:
        with opened(tmp_path / "a/b") as store:
            store.transaction(lambda run: run("DELETE FROM cache"))
            folder = tmp_path / "a/b/memory"
            modes = {item.name: mode(item) for item in folder.iterdir()}
    finally:
        os.umask(before)
    names = ("memory.sqlite3", "memory.sqlite3-wal", "memory.sqlite3-shm", "memory.lock")
    assert modes == dict.fromkeys(names, 0o600)
    assert mode(folder) == 0o700


def test_reading_permission_of_others_is_taken_away(tmp_path, folder):
    (folder / place.FILE).chmod(0o644)
    folder.chmod(0o755)
    with opened(tmp_path) as store:
        assert store.usable
    assert (mode(folder / place.FILE), mode(folder)) == (0o600, 0o700)


@pytest.mark.parametrize(("name", "wanted"), [("memory", "700"), ("memory/memory.sqlite3", "600")])
def test_what_others_can_write_is_not_used(tmp_path, folder, name, wanted):
    (tmp_path / name).chmod(0o777)
    before = path_in(tmp_path).read_bytes()
    with opened(tmp_path) as store:
        assert store.transaction(lambda run: run("DELETE FROM cache")) is None
        assert (
            store.warning
            == f"the memory is not used: {tmp_path / name} is writable by others; if you trust"
            f" its content, run: chmod {wanted} {tmp_path / name}"
        )
    assert path_in(tmp_path).read_bytes() == before


@pytest.mark.parametrize(
    ("name", "noun"), [("memory", "directory"), ("memory/memory.sqlite3", "file")]
)
def test_a_link_is_not_followed(tmp_path, name, noun):
    opened(tmp_path / "real").close()
    link = tmp_path / "state" / name
    link.parent.mkdir(parents=True, mode=0o700)
    link.symlink_to(tmp_path / "real" / name)
    with opened(tmp_path / "state") as store:
        assert store.warning == f"the memory is not used: {link} is not a plain {noun} (a link?)"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", ["memory", "memory/memory.sqlite3", "memory/memory.sqlite3-wal"])
def test_what_belongs_to_somebody_else_is_not_used(tmp_path, folder, name):
    (folder / "memory.sqlite3-wal").touch(mode=0o600)
    os.chown(tmp_path / name, NOBODY, NOBODY)
    with opened(tmp_path) as store:
        assert store.warning == f"the memory is not used: {tmp_path / name} belongs to another user"


def free(folder):
    try:
        with place.locked(folder, 0.05):
            return True
    except sqlite3.OperationalError:
        return False


def test_one_process_at_a_time_has_the_lock(folder):
    with place.locked(folder, 0.0):
        assert child(lambda: not free(folder)) == ("exit", 0)
    assert free(folder)


def test_where_no_lock_file_can_be_made_sqlite_reports_it(tmp_path):
    with place.locked(tmp_path / "no such folder", 0.0):
        pass


def test_the_lock_of_a_process_that_dies_is_gone(folder):
    def die():
        with place.locked(folder, 0.0):
            os.kill(os.getpid(), 9)

    assert child(die) == ("signal", 9)
    assert free(folder)


def test_what_was_set_aside_keeps_its_log(tmp_path):
    path = tmp_path / place.FILE
    for suffix in ("", "-wal", "-shm"):
        place.sibling(path, suffix).write_text(f"content{suffix}")
    aside = place.set_aside(path, 0.0)
    assert aside == place.sibling(path, ".corrupt-19700101T000000Z")
    assert aside.read_text() == "content"
    assert place.sibling(aside, "-wal").read_text() == "content-wal"
    assert not place.sibling(aside, "-shm").exists()
    assert place.set_aside(path, 0.0) == place.sibling(aside, "-1")
    assert place.set_aside(path, 0.0) == place.sibling(aside, "-2")


def test_network_file_systems_are_known(tmp_path):
    device = tmp_path.stat().st_dev
    mounts = tmp_path / "mountinfo"
    row = (
        f"27 1 {os.major(device)}:{os.minor(device)} / /home rw,relatime shared:1 - {{}}"
        " server:/home rw\n"
    )
    found = {}
    for kind in ("nfs4", "lustre", "ext4", "tmpfs"):
        mounts.write_text("22 27 0:99 / /proc rw - nfs proc rw\n" + row.format(kind))
        found[kind] = place.on_network(tmp_path, mounts)
    assert found == {"nfs4": True, "lustre": True, "ext4": False, "tmpfs": False}
    assert place.on_network(tmp_path, tmp_path / "no such file") is False
