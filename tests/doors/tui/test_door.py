"""`--interactive` as it is called: what it needs, and a real terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.repo import Repo

from reviewer import cli
from reviewer.doors import tui
from reviewer.errors import UsageError

BAD = "def f(x):\n    return x is 'a'\n"
FIXED = "def f(x):\n    return x == 'a'\n"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "githome")
    made.commit({"a.py": "def f(x):\n    return x\n"})
    made.git("checkout", "-q", "-b", "work")
    made.write("a.py", BAD)
    monkeypatch.chdir(made.path)
    return made


class Terminal:
    """`reviewer ARGS` on a terminal of 80 by 24 cells."""

    def __init__(
        self, repo: Repo, *args: str, program: Sequence[str] = ("-m", "reviewer"), **env: str
    ) -> None:
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        environ = {**os.environ, "TERM": "xterm-256color", **env}
        environ.pop("COLUMNS")
        self.before = termios.tcgetattr(follower)
        self.process = subprocess.Popen(
            [sys.executable, *program, *args],
            cwd=repo.path,
            env=environ,
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        )
        self.follower = follower
        self.seen, self.at = b"", 0

    def until(self, wanted: bytes, seconds: float = 30) -> None:
        """Read until `wanted` has been written behind what the last call has found."""
        end = time.monotonic() + seconds
        while (at := self.seen.find(wanted, self.at)) < 0:
            ready, _, _ = select.select([self.leader], [], [], max(0.0, end - time.monotonic()))
            assert ready, (wanted, self.seen[self.at :][-2000:])
            self.seen += os.read(self.leader, 65536)
        self.at = at + len(wanted)

    def press(self, keys: str) -> None:
        os.write(self.leader, keys.encode())

    def end(self) -> tuple[int, str]:
        """(exit code, everything that was written)"""
        while self.process.poll() is None:
            if select.select([self.leader], [], [], 0.05)[0]:
                self.seen += os.read(self.leader, 65536)
        while select.select([self.leader], [], [], 0)[0]:
            self.seen += os.read(self.leader, 65536)
        assert termios.tcgetattr(self.follower) == self.before  # the terminal is as it was
        os.close(self.follower)
        os.close(self.leader)
        return self.process.returncode, self.seen.decode()


def test_apply_edit_and_quit_on_a_real_terminal(repo: Repo, tmp_path: Path):
    editor = tmp_path / "my editor"
    editor.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{tmp_path}/opened"\necho in the editor\n')
    editor.chmod(0o755)
    screen = Terminal(
        repo,
        "--interactive",
        "--no-model",
        "--analyzers",
        "ruff",
        "-o",
        f"json={tmp_path}/r.json",
        "--fail-on",
        "trivial",
        VISUAL=f"'{editor}' -n",
    )
    screen.until(b"exit 1")
    screen.press("a")
    screen.until(b"applied to a.py")
    assert (repo.path / "a.py").read_text() == FIXED
    screen.press("e")
    screen.until(b"in the editor")
    screen.until(b"\x1b[?1049h")  # and it is here again
    screen.press("u")
    screen.until(b"undone: ")
    assert (repo.path / "a.py").read_text() == BAD
    screen.press("q")
    code, said = screen.end()
    assert code == 1
    assert (tmp_path / "opened").read_text().split("\n") == [
        "-n",
        "+2",
        str(repo.path.resolve() / "a.py"),
        "",
    ]
    report = json.loads((tmp_path / "r.json").read_text())
    assert (report["complete"]["exitCode"], len(report["findings"])) == (1, 1)
    after = said.rpartition("\x1b[?1049l")[2]  # what is there when the screen is gone
    assert "1 finding in 1 file, analyzers only: 1 minor" in after
    assert not re.search(r"\x1b\[[0-9;]*(3[0-7]|38|48)[;m]", said)  # NO_COLOR is set


def test_colours_where_they_are_asked_for(repo: Repo):
    screen = Terminal(
        repo, "--interactive", "--no-model", "--analyzers", "ruff", "--color", "always"
    )
    screen.until(b"analyzers only")
    screen.press("q")
    code, said = screen.end()
    assert code == 0
    assert re.search(r"\x1b\[[0-9;]*31[;m]", said)
    assert "\x1b[1;33m1 finding in 1 file" in said.rpartition("\x1b[?1049l")[2]


@pytest.mark.parametrize(
    ("number", "mode", "wanted"),
    [(signal.SIGTERM, "", 143), (signal.SIGINT, "", 130), (signal.SIGTERM, "never", 143)],
)
def test_a_signal_ends_the_review_in_order_and_leaves_the_terminal_as_it_was(
    repo: Repo, root: Path, number: int, mode: str, wanted: int
):
    program = [str(root / "tests/support/hanging_screen.py"), *mode.split()]
    screen = Terminal(repo, program=program, PYTHONPATH=f"{root}/tests{os.pathsep}{root}")
    screen.until(b"Found so far")
    screen.process.send_signal(number)
    if mode:  # nothing ends it, so that a second one has to
        screen.until(b"stopping; finished work is kept")
        screen.process.send_signal(number)
    code, said = screen.end()
    after = said.rpartition("\x1b[?1049l")[2]
    assert code == wanted
    assert "INCOMPLETE: " in after
    assert "1 finding so far" in after


def test_a_signal_when_the_review_is_over(repo: Repo):
    screen = Terminal(repo, "--interactive", "--no-model", "--analyzers", "ruff")
    screen.until(b"analyzers only")
    screen.process.send_signal(signal.SIGTERM)
    code, said = screen.end()
    assert code == 143
    assert "\x1b[?1049l" in said


def test_what_is_wrong_with_a_report_is_said_before_there_is_a_screen(repo: Repo):
    screen = Terminal(repo, "--interactive", "-o", "nope=x")
    screen.until(b"reviewer: -o nope=x: unknown format nope")
    code, said = screen.end()
    assert code == 2
    assert "\x1b[?1049h" not in said
    assert not (repo.path / "x").exists()


def test_what_was_found_is_read_again(repo: Repo):
    assert (
        subprocess.run(
            [sys.executable, "-m", "reviewer", "--no-model", "--analyzers", "ruff", "-q"],
            cwd=repo.path,
            capture_output=True,
        ).returncode
        == 0
    )
    screen = Terminal(repo, "findings", "--interactive")
    screen.until(b"the last run here: 1 open finding")
    screen.press("dfine here\r")
    screen.until(b"dismissed ")
    screen.press("q")
    assert screen.end()[0] == 0
    listed = subprocess.run(
        [sys.executable, "-m", "reviewer", "findings", "list", "--format", "json"],
        cwd=repo.path,
        capture_output=True,
    )
    (item,) = json.loads(listed.stdout)["findings"]
    assert (item["state"], item["dismissal"]["reason"]) == ("dismissed", "fine here")


@pytest.mark.parametrize("args", [("review", "--interactive"), ("findings", "--interactive")])
def test_without_the_extra(repo: Repo, args: tuple[str, ...]):
    code = "import sys; sys.modules['textual'] = None; from reviewer.cli import main; main()"
    screen = Terminal(repo, *args, program=("-c", code))
    code, said = screen.end()
    assert (code, said.partition(": --")[0]) == (2, "reviewer")
    assert "--interactive needs Textual 8 or newer: " in said
    assert "'gemma-reviewer[tui]'" in said


def test_without_a_terminal(repo: Repo, capsys: pytest.CaptureFixture[str]):
    for args in (["--interactive"], ["findings", "--interactive"]):
        with pytest.raises(SystemExit) as end:
            cli.main(args)
        assert (end.value.code, *capsys.readouterr()) == (2, "", f"reviewer: {tui.NO_TERMINAL}\n")
    screen = Terminal(repo, "--interactive", TERM="dumb")
    assert screen.end() == (2, f"reviewer: {tui.NO_TERMINAL}\r\n")


@pytest.mark.parametrize(
    "option",
    [
        "--agent",
        "--format=json",
        "--prompt-only",
        "--quiet",
        "--fix",
        "--explain=a.py",
        "--show-rejected",
    ],
)
def test_what_does_not_go_together(repo: Repo, capsys: pytest.CaptureFixture[str], option: str):
    with pytest.raises(SystemExit) as end:
        cli.main(["review", "--interactive", option])
    assert end.value.code == 2
    said = "".join(capsys.readouterr())
    assert f"--interactive and {option.partition('=')[0]} exclude each other" in said


def test_a_patch_on_standard_input(repo: Repo, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        cli.main(["--interactive", "--diff", "-"])
    assert end.value.code == 2
    assert "give the patch in a file, --diff FILE" in capsys.readouterr().err


def test_findings_without_anything_is_its_help(repo: Repo, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        cli.main(["findings"])
    assert end.value.code == 2
    assert "--interactive" in capsys.readouterr().err
    with pytest.raises(SystemExit) as end:
        cli.main(["findings", "--interactive", "list"])
    assert (end.value.code, capsys.readouterr().err) == (
        2,
        "reviewer: --interactive and list exclude each other\n",
    )


def test_nobody_pays_for_the_screen_who_does_not_ask_for_it(repo: Repo):
    code = (
        "import sys; from reviewer import cli; cli._run(['findings', 'list']); print('textual' in"
        " sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repo.path, capture_output=True, text=True
    )
    assert done.stdout.endswith("False\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_a_report_that_could_not_be_written_is_said_last(repo: Repo):
    screen = Terminal(
        repo, "--interactive", "--no-model", "--analyzers", "ruff", "-o", "html=/dev/full"
    )
    screen.until(b"cannot write the report")
    screen.press("q")
    code, said = screen.end()
    assert code == 4
    assert said.endswith("\nreviewer: cannot write the report: No space left on device\r\n")


def test_the_editor_does_not_open_a_file_that_is_being_written(repo: Repo, tmp_path: Path):
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\ncat "$2" >>"{tmp_path}/seen"\n')
    editor.chmod(0o755)
    screen = Terminal(
        repo, "--interactive", "--no-model", "--analyzers", "ruff", VISUAL=str(editor)
    )
    screen.until(b"analyzers only")
    screen.press("ae")
    screen.until(b"applied to a.py")
    screen.press("e")
    screen.until(b"\x1b[?1049h")
    screen.press("q")
    assert screen.end()[0] == 0
    assert (tmp_path / "seen").read_text() == FIXED


@pytest.mark.parametrize("args", [("findings", "--interactive"), ("--interactive", "--no-model")])
@pytest.mark.fault(
    "deadline", "the terminal goes away while the screen is open", "the process ends, with 143"
)
def test_it_ends_with_its_terminal(repo: Repo, args: tuple[str, ...]) -> None:
    """Also when nothing tells it that the terminal is gone: this one does not control it, so no
    signal comes."""
    with pytest.raises(SystemExit):
        cli.main(["--no-model", "-q"])
    screen = Terminal(repo, *args)
    screen.until(b"quit")
    os.close(screen.follower)
    os.close(screen.leader)
    assert screen.process.wait(timeout=20) == 143


@pytest.mark.fault(
    "deadline", "the terminal goes away before the screen opens", "one line, exit 2: no screen"
)
def test_a_terminal_that_is_gone_already(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(fd: int) -> None:
        raise termios.error(5, "Input/output error")

    monkeypatch.setattr(termios, "tcgetattr", gone)
    with pytest.raises(UsageError, match="needs a terminal"):
        tui._modes()
