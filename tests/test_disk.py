"""Each platform's way with files, wherever the tests run."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.memory import child

from reviewer import disk


def free(path: Path) -> bool:
    try:
        with disk.locked(path, 0.0):
            return True
    except disk.Taken:
        return False


def test_a_lock_excludes_other_processes_and_ends_with_the_block(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with disk.locked(path):
        assert child(lambda: not free(path)) == ("exit", 0)
    assert child(lambda: free(path)) == ("exit", 0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_lock_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"symbolic"), disk.locked(tmp_path / "lock"):
        pass
    assert not (tmp_path / "elsewhere").exists()


class Busy:
    """os.replace while others have the file open for `times` attempts."""

    def __init__(self, times: int) -> None:
        self.times, self.calls = times, 0

    def __call__(self, old: Path, new: Path) -> None:
        self.calls += 1
        if self.calls <= self.times:
            raise PermissionError(13, "in use")
        old.replace(new)


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setattr(disk, "POLL", 0.0)
    (tmp_path / "old").write_text("old")
    (tmp_path / "new").write_text("new")
    return tmp_path / "new", tmp_path / "old"


@pytest.mark.fault(
    "files",
    "A file that another program has open, on Windows",
    "replacing it is tried again for a second; then one line says that nothing was changed",
)
def test_a_file_that_a_reader_has_open_is_replaced_when_it_is_closed(
    pair: tuple[Path, Path],
) -> None:
    move = Busy(3)
    disk.replace(*pair, platform="win32", move=move)
    assert (move.calls, pair[1].read_text(), pair[0].exists()) == (4, "new", False)


def test_a_file_that_stays_open_is_given_up(pair: tuple[Path, Path]) -> None:
    move = Busy(1000)
    with pytest.raises(PermissionError):
        disk.replace(*pair, platform="win32", move=move)
    assert (move.calls, pair[1].read_text()) == (50, "old")


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_refusal_elsewhere_is_final(pair: tuple[Path, Path], platform: str) -> None:
    move = Busy(1)
    with pytest.raises(PermissionError):
        disk.replace(*pair, platform=platform, move=move)
    assert move.calls == 1


def test_folders_are_not_opened_on_windows(tmp_path: Path) -> None:
    disk.sync_folder(tmp_path)
    disk.sync_folder(tmp_path / "no such folder", platform="win32")
    with pytest.raises(FileNotFoundError):
        disk.sync_folder(tmp_path / "no such folder", platform="linux")


def test_links_and_junctions(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    junction = SimpleNamespace(st_mode=stat.S_IFDIR | 0o777, st_reparse_tag=0xA0000003)
    plain = SimpleNamespace(st_mode=stat.S_IFDIR | 0o777, st_reparse_tag=0)
    cloud = SimpleNamespace(st_mode=stat.S_IFREG | 0o666, st_reparse_tag=0x9000001A)
    found = [disk.is_link(each) for each in ((tmp_path / "link").lstat(), junction, plain, cloud)]  # type: ignore[arg-type]
    assert found == [True, True, False, False]
    assert not disk.is_link(tmp_path.lstat())


def test_rights_of_others_count_where_the_bits_mean_something(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    file.chmod(0o666)
    info = file.stat()
    assert disk.is_ours(info)
    assert (disk.open_to(info, 0o022), disk.open_to(info, 0o011)) == (True, False)
    assert not disk.open_to(info, 0o022, platform="win32")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.chown(tmp_path / "file", 12345, 12345)
    assert not disk.is_ours((tmp_path / "file").stat())


@pytest.mark.parametrize(
    "part",
    [
        *("con", "NUL", "aux.c", "Com1.txt", "lpt³", "conin$", "nul .x"),
        *("a:b", "C:", "a\\b", "..\\x", "a.", "a ", "a?", "a|b", 'a"', "a\tb", "*"),
    ],
)
def test_names_that_windows_reads_as_something_else(part: str) -> None:
    assert not disk.is_name(part, "win32")
    assert disk.is_name(part, "linux")
    assert disk.is_name(part, "darwin")


@pytest.mark.parametrize("part", ["console", "com10", "nul_", "a.con", "com.py", "lpt", ".x", "é"])
def test_names_that_only_look_like_those(part: str) -> None:
    assert disk.is_name(part, "win32")


def test_read_only_files_become_writable_before_they_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _read_only(tmp_path)
    monkeypatch.setattr(disk.shutil, "rmtree", lambda folder, ignore_errors: None)
    disk.remove(tmp_path / "top", platform="win32")
    found = [stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "top").rglob("*")]
    assert found == [0o700, 0o700]


def _read_only(tmp_path: Path) -> None:
    (tmp_path / "top/sub").mkdir(parents=True)
    (tmp_path / "top/sub/object").touch(0o444)
    (tmp_path / "top/sub").chmod(0o555)
