import os
import sys

import pytest
from support.doctor import shown

from reviewer.serving.checks import machine

KNOWN = {sys.executable: "PYTHON"}


def line(check, **hide):
    return shown([check], {**KNOWN, **{value: name for name, value in hide.items()}})[0]


def test_python():
    assert line(machine.python((3, 12, 1))) == "ok python: 3.12.1 (PYTHON)"
    assert machine.python().status == "ok"
    assert (
        line(machine.python((3, 10, 9)))
        == "failed python: 3.10.9 (PYTHON) is too old -> install reviewer under Python 3.11 or"
        " newer"
    )
    assert (
        line(machine.python((3, 12, 1), {"_ssl": object()}.get))
        == "failed python: 3.12.1 (PYTHON) was built without _sqlite3 (the cache and the history of"
        " findings) -> use a complete build of Python"
    )


def test_git_of_this_machine():
    check = machine.git()
    assert (check.name, check.status in ("ok", "warning")) == ("git", True)
    assert check.detail[0].isdigit()


def test_no_git(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (
        line(machine.git())
        == "failed git: git is not installed: no `git` in an absolute directory of PATH;"
        " install it and try again -> install git, and check that `git version` works"
    )


NOVEMBER, JULY, JANUARY, MAY = (name for name, _ in machine._GIT_FIXES)


@pytest.mark.parametrize(
    ("version", "newest_lacking", "others"),
    [
        ("2.39.3", NOVEMBER, 3),
        ("2.39.4", NOVEMBER, 2),
        ("2.39.5 (Apple Git-154)", NOVEMBER, 2),
        ("2.40.4", NOVEMBER, 1),
        ("2.43.7", NOVEMBER, 0),
        ("2.45.0", NOVEMBER, 3),
        ("2.46.0", NOVEMBER, 2),  # newer than the release of May 2024
        ("2.49.1", NOVEMBER, 0),
        ("2.50.0", NOVEMBER, 1),
        ("2.50.1.windows.1", NOVEMBER, 0),
        ("2.50.2", None, 0),
        ("2.51.2", NOVEMBER, 0),
        ("2.51.3", None, 0),
        ("2.56.0", NOVEMBER, 0),
        ("2.56.1", None, 0),
        ("2.57.0.rc1", None, 0),
        ("3.0.0", None, 0),
    ],
)
def test_git_versions(version, newest_lacking, others):
    check = machine.judge_git(f"git version {version}", "/usr/bin/git")
    if newest_lacking is None:
        assert check.status == "ok"
        return
    more = f" and {others} older ones" if others else ""
    number = ".".join(version.split()[0].split(".")[:3])
    assert (
        line(check) == f"warning git: {number} (/usr/bin/git) lacks the security release of"
        f" {newest_lacking}{more}, by its version number -> update git; a distribution may"
        " have backported the fixes: see its changelog"
    )


def test_git_that_cannot_be_disarmed():
    assert (
        line(machine.judge_git("git version 2.30.9", "/usr/bin/git"))
        == "failed git: 2.30.9 (/usr/bin/git) cannot be stopped from running programs of a"
        " repository -> install git 2.31 or newer"
    )
    assert machine.judge_git("hub version 1", "/x/git").status == "warning"


def test_directories_that_are_not_there_yet(tmp_path):
    environ = {
        "REVIEWER_CACHE_DIR": str(tmp_path / "a/cache"),
        "REVIEWER_STATE_DIR": str(tmp_path / "state"),
    }
    assert shown(machine.directories(environ), {str(tmp_path): "TMP"}) == [
        "ok cache directory: TMP/a/cache (will be created)",
        "ok state directory: TMP/state (will be created)",
    ]
    assert list(tmp_path.iterdir()) == []  # a look changes nothing


def test_directories_open_to_others(tmp_path):
    cache = tmp_path / "cache"
    (cache / "models").mkdir(mode=0o700, parents=True)
    cache.chmod(0o755)
    look = lambda: line(  # noqa: E731
        machine.directory("cache directory", cache, "REVIEWER_CACHE_DIR"), TMP=str(tmp_path)
    )  # noqa: E731, RUF100
    assert look() == "ok cache directory: TMP/cache"  # what lies in it is closed
    (cache / "replies.db").touch(mode=0o644)
    (cache / "replies.db").chmod(0o644)
    assert (
        look() == "warning cache directory: other users can read TMP/cache/replies.db -> chmod -R"
        " go-rwx TMP/cache"
    )
    cache.chmod(0o700)
    assert look() == "ok cache directory: TMP/cache"
    cache.chmod(0o777)
    assert look().startswith("warning cache directory: other users can read TMP/cache ->")


def test_a_directory_that_is_a_file(tmp_path):
    (tmp_path / "cache").touch()
    for path in (tmp_path / "cache", tmp_path / "cache/below"):
        assert (
            line(
                machine.directory("cache directory", path, "REVIEWER_CACHE_DIR"), TMP=str(tmp_path)
            )
            == "failed cache directory: TMP/cache is not a directory -> make it writable, or"
            " set REVIEWER_CACHE_DIR to a directory of yours"
        )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    assert machine.directory("cache directory", tmp_path, "REVIEWER_CACHE_DIR").status == "failed"


def test_a_dangling_link(tmp_path):
    (tmp_path / "cache").symlink_to(tmp_path / "gone")
    assert (
        line(
            machine.directory("state directory", tmp_path / "cache", "REVIEWER_STATE_DIR"),
            TMP=str(tmp_path),
        )
        == "failed state directory: TMP/cache: No such file or directory -> make it writable, or"
        " set REVIEWER_STATE_DIR to a directory of yours"
    )


@pytest.mark.parametrize(
    ("gib", "expected"),
    [
        (50, "ok disk: N GiB free for the cache (TMP) ['freeBytes']"),
        (
            1,
            (
                "warning disk: N GiB free for the cache (TMP): not enough for a model -> free some"
                " space before `reviewer model pull` ['freeBytes']"
            ),
        ),
        (
            0.1,
            (
                "failed disk: N GiB free for the cache (TMP) -> free some space, or set"
                " REVIEWER_CACHE_DIR, REVIEWER_STATE_DIR and TMPDIR ['freeBytes']"
            ),
        ),
    ],
)
def test_disk(tmp_path, gib, expected):
    environ = {"REVIEWER_CACHE_DIR": str(tmp_path / "x/y"), "REVIEWER_STATE_DIR": "/"}
    free = lambda path: int((gib if path == tmp_path else 100) * 2**30)  # noqa: E731
    assert line(machine.disk(environ, free), TMP=str(tmp_path)) == expected


def test_a_disk_that_is_gone(tmp_path):
    def free(path):
        raise OSError(5, "Input/output error", str(path))

    assert machine.disk({}, free).status == "failed"
