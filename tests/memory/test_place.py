"""Who may use the directory, and who has to wait for whom."""

from __future__ import annotations

import os
import stat
import threading

import pytest
from support.memory import child

from reviewer.memory import place
from reviewer.memory.place import Unusable


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "memory"
    place.prepare(made)
    return made


def test_the_folder_is_made_for_the_user_alone(tmp_path):
    before = os.umask(0)
    try:
        place.prepare(tmp_path / "a/b/memory")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a/b/memory").stat().st_mode) == 0o700


def test_alone_means_alone(folder):
    with place.alone(folder) as mine:
        assert mine
        with (
            pytest.raises(Unusable, match=r"another process keeps .*/memory locked"),
            place.alone(folder, seconds=0.05),
        ):
            pass
        assert child(lambda: refused(folder)) == ("exit", 0)
    with place.alone(folder, seconds=0.05) as mine:
        assert mine


def refused(folder):
    try:
        with place.alone(folder, seconds=0.05):
            return False
    except Unusable:
        return True


def test_users_share_and_a_replacer_waits_for_all_of_them(folder):
    one, other = place.share(folder), place.share(folder)
    assert refused(folder)
    os.close(one)
    assert refused(folder)
    done = []

    def end():
        done.append(other)
        os.close(other)

    timer = threading.Timer(0.1, end)
    timer.start()
    with place.alone(folder) as mine:
        assert mine
        assert done == [other]
    timer.join()


def test_nobody_waits_for_what_somebody_else_has_done(folder):
    user = place.share(folder)
    with place.alone(folder, unless=lambda: True) as mine:
        assert not mine
    os.close(user)


def test_the_lock_of_a_process_that_dies_is_gone(folder):
    def die():
        place.share(folder)
        os.kill(os.getpid(), 9)

    assert child(die) == ("signal", 9)
    assert not refused(folder)


def test_what_was_set_aside_keeps_its_log(folder):
    path = folder / place.FILE
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).write_text(f"content{suffix}")
    aside = place.set_aside(path, 0.0)
    assert {item.name: item.read_text() for item in folder.iterdir()} == {
        "memory.sqlite3.corrupt-19700101T000000Z": "content",
        "memory.sqlite3.corrupt-19700101T000000Z-wal": "content-wal",
    }
    assert aside.read_text() == "content"
