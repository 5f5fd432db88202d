"""`reviewer` and `python -m reviewer`: the module path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from reviewer import __main__ as entry

ROOT = Path(entry.__file__).parents[1]
COMMAND = "import sys; from reviewer.__main__ import main; sys.argv[1:] = ['--version']; main()"


def test_the_command_starts_here():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"reviewer": "reviewer.__main__:main"}


@pytest.mark.fault(
    "code",
    "PYTHONPATH names the reviewed repository, which has a module of a name that we import",
    "its code does not run",
)
@pytest.mark.parametrize("given", [".", "", "{top}", "sub"])
def test_modules_of_the_repository_are_not_imported(tmp_path: Path, given: str):
    for folder in (tmp_path, tmp_path / "sub"):
        (folder / ".git").mkdir(parents=True)
        for name in ("types", "re", "enum", "typing", "click"):
            (folder / f"{name}.py").write_text("raise SystemExit('it ran')\n", encoding="utf-8")
    path = os.pathsep.join((given.format(top=tmp_path), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-P", "-c", COMMAND],
        cwd=tmp_path,
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.fault(
    "lines",
    "a locale that is not UTF-8, and file names that are not ASCII",
    "the names are read as git stores them",
)
def test_another_encoding_of_the_system(tmp_path: Path):
    code = (
        "import sys, reviewer.cli; from reviewer import __main__\n"
        "reviewer.cli.main = lambda: print(sys.getfilesystemencoding(), sys.stdout.encoding)\n"
        "__main__.main(); print(*sys.argv)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "word"],
        cwd=tmp_path,
        env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("utf-8 ascii\n-c word\n", "")


def _left(monkeypatch: pytest.MonkeyPatch, here: Path, *entries: Path | str) -> list[str]:
    """What is left of these entries of the module path when the command starts in `here`."""
    monkeypatch.chdir(here)
    monkeypatch.setattr(sys, "path", list(map(str, entries)))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, entries)))
    entry._leave_out_the_worktree()
    assert os.environ["PYTHONPATH"].split(os.pathsep) == [os.path.abspath(e) for e in sys.path]  # noqa: PTH100
    return sys.path


def test_what_stays_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    top, beside = tmp_path / "top", tmp_path / "top-2"
    venv = top / ".venv"
    (top / ".git").mkdir(parents=True)
    (top / "sub").mkdir()
    (tmp_path / "link").symlink_to(top)
    monkeypatch.setattr(sys, "prefix", str(venv))
    found = _left(
        monkeypatch,
        top / "sub",
        *(ROOT, beside, venv / "lib", tmp_path),
        *(top, top / "sub", top / "src", tmp_path / "link" / "src", ".", "", "../src"),
    )
    assert found == [str(ROOT), str(beside), str(venv / "lib"), str(tmp_path)]


def test_a_prefix_around_the_worktree_lends_it_no_trust(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """For example /usr around /usr/src/app, in a container."""
    top = tmp_path / "src" / "app"
    (top / ".git").mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert _left(monkeypatch, top, tmp_path / "lib", top) == [str(tmp_path / "lib")]


def test_without_a_worktree_only_the_working_directory_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(entry, "_worktree", lambda directory: None)
    found = _left(monkeypatch, tmp_path, tmp_path / "deps", tmp_path, ".")
    assert found == [str(tmp_path / "deps")]


def test_a_working_directory_that_has_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr(sys, "path", ["/a", "."])
    entry._leave_out_the_worktree()
    assert sys.path == ["/a", "."]


@pytest.mark.fault(
    "deadline", "SIGTERM, SIGHUP or Ctrl-C while the program starts", "a last event, 143 or 130"
)
@pytest.mark.parametrize(
    ("name", "code", "word"),
    [
        ("SIGTERM", 143, "terminated"),
        ("SIGHUP", 143, "terminated"),
        ("SIGINT", 130, "interrupted"),
    ],
)
def test_a_signal_during_the_imports_is_answered(tmp_path, name, code, word):
    start = (
        "import os, signal, sys\n"
        f"signal.pthread_sigmask(signal.SIG_BLOCK, [signal.{name}])\n"
        f"os.kill(os.getpid(), signal.{name})\n"
        "from reviewer.__main__ import main\n"
        "sys.argv = ['reviewer', '--agent']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", start], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    (line,) = done.stdout.splitlines()
    event = json.loads(line)
    assert (done.returncode, event["type"], event["errorType"], event["message"]) == (
        code,
        "error",
        "interrupted",
        word,
    )
