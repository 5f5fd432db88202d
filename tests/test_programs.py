from __future__ import annotations

import os
from pathlib import Path

import pytest

from reviewer import programs


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A PATH: a working directory with programs, in two spellings, then two folders."""
    for folder in ("here", "first", "second"):
        (tmp_path / folder).mkdir()
        for name in ("tool", "tool.exe", "tool.bat"):
            (tmp_path / folder / name).touch(0o755)
    (tmp_path / "first/tool").chmod(0o644)
    (tmp_path / "first/tool.exe").unlink()
    (tmp_path / "first/tool.exe").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return os.pathsep.join(["", ".", str(tmp_path / "first"), str(tmp_path / "second")])


@pytest.mark.fault(
    "code",
    "a `git` or a `git.exe` in the working directory, where Windows looks first",
    "only absolute entries of PATH are searched, and batch files are no programs",
)
@pytest.mark.parametrize(
    ("platform", "name"), [("linux", "tool"), ("darwin", "tool"), ("win32", "tool.exe")]
)
def test_only_absolute_entries_are_searched(
    path: str, tmp_path: Path, platform: str, name: str
) -> None:
    assert programs.find("tool", path, platform=platform) == str(tmp_path / "second" / name)


def test_what_is_nowhere(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert programs.find("other", path) is None
    monkeypatch.setenv("PATH", ".")
    assert programs.find("tool") is None


def test_an_ending_that_is_given_is_enough(path: str, tmp_path: Path) -> None:
    found = str(tmp_path / "second" / "tool.exe")
    assert programs.find("tool.exe", path, platform="win32") == found
