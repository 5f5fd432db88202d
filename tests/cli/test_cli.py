from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest
from support import forked
from support.repo import Repo

from reviewer import __version__, cli
from reviewer.cli import COMMANDS, GROUPS


def reviewer(*args: str, cwd: Path | None = None) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "reviewer", *args],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


LIGHT = {"reviewer", "reviewer.errors", "reviewer.cli"} | {
    f"reviewer.cli.{name}" for name in ("help", "failures", "screen", "streams")
}
FOR_HELP = {"reviewer.text"}


def test_version():
    assert reviewer("--version") == (0, f"reviewer {__version__}\n", "")


def test_version_imports_click_and_a_constant():
    code = (
        "import sys; from reviewer.cli import main\n"
        "try: main(['--version'])\nexcept SystemExit: pass\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.startswith("reviewer")}
    assert loaded == LIGHT
    assert not {"git", "httpx", "pydantic", "jsonschema", "asyncio"} & set(done.stdout.split())


def test_help_teaches():
    code, out, _ = reviewer("--help")
    assert code == 0
    for name in COMMANDS:
        assert f"  {name} " in out
    assert "reviewer --agent" in out


def test_every_command_is_in_one_group():
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(COMMANDS)


def test_help_begins_with_the_ways_in_and_shows_the_groups():
    _, out, _ = reviewer("--help")
    headings = [line[:-1] for line in out.splitlines() if line[:1].isalpha() and line.endswith(":")]
    assert headings == ["Options", *GROUPS]
    top = out[: out.index("Options:")]
    assert [
        line.split("  ")[2] for line in top.splitlines() if line.startswith("    reviewer")
    ] == ["reviewer", "reviewer --agent", "reviewer hook install"]
    for heading, names in GROUPS.items():
        section = out[out.index(f"\n{heading}:\n") :].split("\n\n")[0].strip().splitlines()
        assert [line.split()[0] for line in section[1:]] == list(names)
        assert [line.split(maxsplit=1)[1] for line in section[1:]] == [
            COMMANDS[name][2] for name in names
        ]


def test_help_imports_no_command():
    code = (
        "import sys; from reviewer.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name for name in done.stderr.split() if name.startswith("reviewer")}
    assert loaded == LIGHT | FOR_HELP
    assert not {"git", "httpx", "pydantic", "jsonschema", "asyncio"} & set(done.stderr.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, tmp_path: Path):
    done = forked.run(name, "--help", cwd=tmp_path, env=os.environ)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith(f"Usage: reviewer {name} ")


def test_a_command_that_does_not_exist(tmp_path: Path):
    code, out, err = reviewer("reveiw", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert "No such command 'reveiw'" in err


def test_config_show(tmp_path: Path):
    code, out, err = reviewer("config", "show", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert 'engine "auto" [default]' in " ".join(out.split())


def test_schema(root: Path):
    code, out, _ = reviewer("schema", "event")
    assert (code, out) == (0, (root / "schemas/event.schema.json").read_text())
    assert reviewer("schema", "nonsense")[0] == 2


@pytest.fixture(params=["", "1"], ids=["buffered", "unbuffered"])
def env(request):
    """Buffered is what most machines are: what is left is written at the very end."""
    return {**os.environ, "PYTHONUNBUFFERED": request.param}


@pytest.mark.parametrize("command", ["config show", "schema event", "findings list"])
def test_a_reader_that_has_gone_is_no_verdict(command, env):
    """1 is the exit code for findings."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "reviewer", *command.split()],
            stdout=writer,
            check=False,
            env=env,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (4, "")


@pytest.mark.parametrize(
    ("target", "said"), [("/dev/full", "No space left on device"), ("&-", "Bad file descriptor")]
)
@pytest.mark.parametrize(
    "command",
    ["--version", "--help", "config show", "schema event", "findings list", "hook status"],
)
def test_output_that_cannot_be_written_is_an_error(command, target, said, tmp_path: Path):
    Repo(tmp_path / "work", tmp_path / "home")
    done = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m reviewer {command} >{target}"],
        cwd=tmp_path / "work",
        env=os.environ | {"XDG_STATE_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (4, f"reviewer: cannot write the output: {said}\n")


GONE = "the working directory no longer exists; change to one that does"


@pytest.mark.parametrize("command", [*COMMANDS, "--agent"])
@pytest.mark.fault(
    "files",
    "a working directory that was deleted under the shell",
    "one clear line, exit 4, from every command that needs one",
)
def test_a_deleted_working_directory(command: str, tmp_path: Path):
    place = tmp_path / "gone"
    place.mkdir()
    done = subprocess.run(
        ["sh", "-c", f"rmdir {place}; exec {sys.executable} -m reviewer {command}"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if command == "help":
        assert (done.returncode, done.stderr) == (0, "")
    elif command in ("completion", "schema"):
        assert (done.returncode, GONE in done.stderr) == (2, False)  # what to print is not said
    elif command == "--agent":
        (event,) = map(json.loads, done.stdout.splitlines())
        assert (done.returncode, event["errorType"], event["message"], done.stderr) == (
            4,
            "no_repository",
            GONE,
            "",
        )
    else:
        assert (done.returncode, done.stdout, done.stderr) == (4, "", f"reviewer: {GONE}\n")


def test_a_working_directory_deleted_while_a_command_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gone").mkdir()
    os.chdir("gone")

    def command(**_: object) -> None:
        (tmp_path / "gone").rmdir()
        Path().resolve()

    monkeypatch.setattr(cli.cli, "main", command)
    with pytest.raises(SystemExit) as ended:
        cli.main(["stats"])
    assert (ended.value.code, capsys.readouterr().err) == (4, f"reviewer: {GONE}\n")
    full = OSError(errno.ENOSPC, "No space left on device")  # which is not the directory's fault
    monkeypatch.setattr(cli.cli, "main", Mock(side_effect=full))
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().err == f"reviewer: cannot write the output: {full.strerror}\n"


def test_a_bug_of_ours_never_ends_like_a_verdict(monkeypatch, capsys):
    """1 is the exit code for findings, and that of a Python program that stumbled; 120 that of one
    whose last words could not be written."""
    for bug in (ValueError("no"), OSError("no"), OSError(2, "no", "file")):
        monkeypatch.setattr(cli.cli, "main", Mock(side_effect=bug))
        with pytest.raises(SystemExit) as ended:
            cli.main(["config", "show"])
        assert (ended.value.code, capsys.readouterr().err[:9]) == (4, "Traceback")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")  # noqa: PTH110
def test_an_error_that_cannot_be_written_keeps_its_exit_code(tmp_path):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "reviewer", "--no-such-option"],
            cwd=tmp_path,
            stderr=full,
            stdout=subprocess.DEVNULL,
            check=False,
        )
    assert done.returncode == 2
