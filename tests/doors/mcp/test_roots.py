"""What is below the roots, and everything that only looks so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reviewer.doors.mcp import roots
from reviewer.doors.mcp.roots import BadPath, OutsideRoots
from reviewer.errors import UsageError


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """root/{sub, out -> ../other, loop -> loop, in -> sub, file}, other/, root-evil/"""
    for name in ("root/sub", "other/secret", "root-evil/sub"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "root/file").write_text("x")
    (tmp_path / "root/out").symlink_to("../other")
    (tmp_path / "root/in").symlink_to("sub")
    (tmp_path / "root/loop").symlink_to("loop")
    (tmp_path / "root/evil").symlink_to(tmp_path / "root-evil")
    return Path(os.path.realpath(tmp_path))


def test_inside(place):
    allowed = (place / "root",)
    names = (None, ".", "sub", "./sub/", "in", str(place / "root/sub"))
    assert [roots.directory(allowed, given) for given in names] == [
        place / "root",
        place / "root",
        *[place / "root/sub"] * 4,
    ]
    assert (
        roots.directory((place / "root", place / "other"), str(place / "other/secret"))
        == place / "other/secret"
    )


@pytest.mark.parametrize(
    "given",
    [
        "out",
        "out/secret",
        "evil",
        "evil/sub",
        "/",
        "/etc",
        "{}/root-evil",
        "{}/other",
        "{}",
        "/proc/self/root",
        "/nowhere/at/all",
        "{}/rootevil",
        "{}/ROOT/x",
    ],
)
def test_outside(place, given):
    given = given.format(place)
    with pytest.raises(OutsideRoots) as refused:
        roots.directory((place / "root",), given)
    assert refused.value.message == (
        f"{given} is outside the directories that this server may read: call `status` to list"
        " them, or restart it with --root DIR"
    )
    assert refused.value.details == {"reason": "outside_roots"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "(empty) is empty or too long"),
        ("x" * 4097, "x" * 199 + "… is empty or too long"),
        ("..", ".. contains .."),
        ("sub/../sub", "sub/../sub contains .."),
        ("sub\\..\\x", "sub\\..\\x contains .."),
        ("a\0b", "a\\u{0}b contains a control character"),
        ("a\nb", "a\\nb contains a control character"),
        ("\x1b[2J", "\\u{1b}[2J contains a control character"),
        ("-rf", "-rf begins with -"),
        ("~/x", "~/x begins with ~"),
        ("~root", "~root begins with ~"),
        ("file:///etc", "file:///etc looks like a URL"),
        ("FILE:/etc", "FILE:/etc looks like a URL"),
        ("file:sub", "file:sub looks like a URL"),
        ("https://example.com/x", "https://example.com/x looks like a URL"),
        ("C:\\x", "C:\\x is a path of Windows"),
    ],
)
def test_no_plain_path(place, given, said):
    with pytest.raises(BadPath) as refused:
        roots.directory((place / "root",), given)
    assert (refused.value.message, refused.value.details) == (
        f"{said}: give a plain path",
        {"reason": "bad_path"},
    )
    with pytest.raises(BadPath, match="give a plain path"):
        roots.paths((place / "root",), place / "root", [given])


@pytest.mark.parametrize("given", ["file", "missing", "loop"])
def test_no_directory(place, given):
    with pytest.raises(UsageError, match=f"^{given} is not a directory$") as refused:
        roots.directory((place / "root",), given)
    assert refused.value.details == {"reason": "no_directory"}


def test_paths(place):
    allowed, start = (place / "root",), place / "root"
    assert roots.paths(allowed, start, []) == ()
    assert roots.paths(
        allowed, start, ["sub", "file", "in/x", "not/there", ":(top)x", "a:b.py"]
    ) == ("sub", "file", "in/x", "not/there", ":(top)x", "a:b.py")
    for name in ("out", "out/secret", "evil/sub"):
        with pytest.raises(OutsideRoots):
            roots.paths(allowed, start, ["sub", name])
    with pytest.raises(BadPath, match="not relative"):
        roots.paths(allowed, start, [str(start / "sub")])
    (start / "sub/up").symlink_to("../file")
    with pytest.raises(OutsideRoots):  # below a root, but not below the directory
        roots.paths(allowed, start / "sub", ["up"])
    assert roots.paths((place,), start, ["in"]) == ("in",)


def test_given_at_start(place, monkeypatch):
    monkeypatch.chdir(place / "root")
    assert roots.roots(()) == (place / "root",)
    assert roots.roots(("in", "sub", "../other")) == (place / "root/sub", place / "other")
    for name in ("file", "missing", "loop"):
        with pytest.raises(UsageError, match=f"^--root {name} is not a directory$"):
            roots.roots((".", name))


def test_a_drive_is_a_path_on_windows():
    roots._plain("C:\\work\\repo", "win32")
    with pytest.raises(BadPath, match="looks like a URL"):
        roots._plain("https:\\\\example.com", "win32")
    with pytest.raises(BadPath, match=r"contains \.\."):
        roots._plain("C:\\work\\..\\x", "win32")
