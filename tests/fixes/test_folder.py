"""Both ways to hold a folder: by an open descriptor, and by its name where there are none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reviewer.fixes import folder
from reviewer.fixes.folder import ByHandle, ByName, Folder


@pytest.fixture(params=["by handle", "by name"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type:
    by_handle = request.param == "by handle"
    monkeypatch.setattr(folder, "BY_HANDLE", by_handle)
    return ByHandle if by_handle else ByName


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root/dir/sub").mkdir(parents=True)
    (tmp_path / "root/dir/sub/file").write_bytes(b"old\r\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_bytes(b"secret")
    return tmp_path / "root"


@contextmanager
def opened(root: Path, *steps: str) -> Iterator[Folder]:
    with folder.opened(root, steps, lambda each: None) as found:
        yield found


def content(place: Folder, name: str) -> bytes:
    with os.fdopen(place.open(name, os.O_RDONLY), "rb") as file:
        return file.read()


def test_a_file_is_made_read_replaced_and_removed(root: Path, way: type) -> None:
    with opened(root, "dir", "sub") as place:
        assert isinstance(place, way)
        with os.fdopen(place.open("new", os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            file.write(b"new\r\n")
        assert (content(place, "file"), content(place, "new")) == (b"old\r\n", b"new\r\n")
        assert place.info("new").st_mode & 0o777 == 0o600
        place.chmod("new", 0o640)
        assert place.info("new").st_mode & 0o777 == 0o640
        place.replace("new", "file")
        place.sync()
        assert content(place, "file") == b"new\r\n"
        with pytest.raises(FileNotFoundError):
            place.info("new")
        place.unlink("file")
    assert list((root / "dir/sub").iterdir()) == []


def test_every_folder_on_the_way_is_checked(root: Path, way: type) -> None:
    seen = []
    with folder.opened(root, ["dir", "sub"], lambda each: seen.append(each.info("..").st_ino)):
        pass
    assert seen == [root.stat().st_ino, (root / "dir").stat().st_ino]


@pytest.mark.parametrize("step", ["link", "file", "missing"])
def test_only_plain_folders_are_entered(root: Path, way: type, step: str) -> None:
    (root / "dir/link").symlink_to(root.parent / "outside")
    (root / "dir/file").touch()
    with pytest.raises(folder.NotPlain), opened(root, "dir", step):
        pass


def test_a_link_is_not_opened(root: Path, way: type) -> None:
    (root / "link").symlink_to(root.parent / "outside/file")
    with opened(root) as place:
        with pytest.raises(OSError, match="link"):
            place.open("link", os.O_RDONLY)
        with pytest.raises(FileExistsError):
            place.open("link", os.O_WRONLY | os.O_CREAT | os.O_EXCL)


@pytest.mark.fault(
    "code",
    "a folder is replaced by a link while a fix writes into it, also on Windows",
    "nothing is read or written elsewhere",
)
@pytest.mark.parametrize("swapped", ["dir", "dir/sub"])
def test_a_folder_that_is_replaced_leads_nowhere_else(root: Path, way: type, swapped: str) -> None:
    victim = root.parent / "outside"
    (victim / "sub").mkdir()
    (victim / "sub/file").write_bytes(b"secret")
    with opened(root, "dir", "sub") as place:
        (root / swapped).rename(root / "aside")
        (root / swapped).symlink_to(victim, target_is_directory=True)
        if way is ByHandle:  # it is still the same folder
            assert content(place, "file") == b"old\r\n"
            return
        for step in (
            lambda: place.open("file", os.O_RDONLY),
            lambda: place.open("made", os.O_WRONLY | os.O_CREAT | os.O_EXCL),
            lambda: place.unlink("file"),
            lambda: place.replace("file", "other"),
        ):
            with pytest.raises(OSError, match="its folder was replaced"):
                step()
    assert (victim / "file").read_bytes() == b"secret"
    assert sorted(each.name for each in victim.rglob("*")) == ["file", "file", "sub"]


def test_a_file_that_is_replaced_while_it_is_opened(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, what stood there and what was opened are compared."""
    monkeypatch.setattr(folder, "BY_HANDLE", False)
    with opened(root) as place:
        assert isinstance(place, ByName)
        (root / "a").write_bytes(b"a")
        (root / "b").write_bytes(b"b")
        real = os.open

        def swap(path: Path, flags: int, mode: int) -> int:
            (root / "b").replace(root / "a")
            return real(path, flags, mode)

        monkeypatch.setattr(os, "open", swap)
        with pytest.raises(OSError, match="it was replaced"):
            place.open("a", os.O_RDONLY)
