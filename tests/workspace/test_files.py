from __future__ import annotations

import os
from pathlib import Path

import pytest

from reviewer.workspace import files


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "dir").mkdir(parents=True)
    (root / "dir/file").write_bytes(b"content")
    (root / "dir/link").symlink_to("../dir/file")
    (root / "linked").symlink_to("dir")
    (root / "zero").symlink_to("/dev/zero")
    os.mkfifo(root / "pipe")
    (tmp_path / "outside").write_bytes(b"secret")
    return root


def test_looking(tree: Path) -> None:
    paths = (
        "dir/file",
        "dir/link",
        "dir",
        "pipe",
        "zero",
        "nothing",
        "linked/file",
        "dir/file/x",
        "a\0b",
    )
    assert [files.kind_and_size(tree, path) for path in paths] == [
        ("file", 7),
        ("link", 11),
        ("directory", (tree / "dir").stat().st_size),
        ("special", 0),
        ("link", 9),
        ("absent", 0),
        ("absent", 0),
        ("absent", 0),
        ("absent", 0),
    ]


def test_reading(tree: Path) -> None:
    assert files.read(tree, "dir/file", 7) == b"content"
    assert files.read(tree, "dir/file", 6) is None
    assert files.read(tree, "dir/link", 100) == b"../dir/file"
    assert files.read(tree, "zero", 100) == b"/dev/zero"
    for path in (
        "dir",
        "pipe",
        "nothing",
        "linked/file",
        "../outside",
        "/etc/passwd",
        "dir/../dir/file",
        "",
        "a\0b",
    ):
        assert files.read(tree, path, 100) is None
    assert files.read(tree / "gone", "file", 100) is None


def test_peeking(tree: Path) -> None:
    assert files.peek(tree, "dir/file", 3) == b"con"
    assert (
        files.peek(tree, "dir/link", 3)
        is files.peek(tree, "pipe", 3)
        is files.peek(tree, "linked/file", 3)
        is None
    )


def test_names_that_are_safe() -> None:
    assert all(
        map(files.is_safe, ("a", "a/b", ".gitx", "git", "a/.gitignore", "...", "a\\..", "-n", " "))
    )
    unsafe = (
        "",
        "/a",
        "a//b",
        "a/",
        ".",
        "..",
        "a/../b",
        "./a",
        ".git",
        "a/.git/b",
        ".GIT/x",
        "a\0",
    )
    assert not any(map(files.is_safe, unsafe))


@pytest.mark.fault(
    "code",
    "names that Windows reads as another one: `..\\x`, `C:x`, `a:stream`, `aux.c`, `a.`",
    "there, the files are unreviewed, and nothing is read or written under such a name",
)
@pytest.mark.parametrize("path", ["..\\x", "a/C:x", "a:s", "dir/aux.c", "a./b", "nul"])
def test_names_that_only_some_platforms_can_hold(path: str) -> None:
    assert [files.is_safe(path, each) for each in ("linux", "darwin", "win32")] == [
        True,
        True,
        False,
    ]
