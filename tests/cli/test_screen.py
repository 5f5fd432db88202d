"""How wide the terminal is, and whether to colour."""

from __future__ import annotations

import io
import os
import pty
import sys
from pathlib import Path

import click
import pytest
from support import terminals

from reviewer.cli import common, screen


@pytest.fixture
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS")
    for name in ("__stdin__", "__stdout__", "__stderr__"):
        monkeypatch.setattr(sys, name, io.StringIO())


@pytest.mark.parametrize(
    ("given", "columns"),
    [("200", 200), ("9", 20), ("0", 80), ("-5", 80), ("wide", 80), ("²", 80), ("", 80)],
)
def test_the_variable_comes_first(given: str, columns: int, no_terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", given)
    assert screen.columns() == columns


@pytest.mark.fault(
    "screen",
    "output in a pipe or a file",
    "as wide as the terminal that it was started in, or 80 columns",
)
def test_a_pipe_is_as_wide_as_the_terminal(no_terminal, monkeypatch):
    assert (screen.columns(), screen.prose()) == (80, 80)
    _, end = pty.openpty()
    terminals.resize(end, 24, 132)
    with os.fdopen(end, "w") as stream:
        monkeypatch.setattr(sys, "__stderr__", stream)
        assert (screen.columns(), screen.prose()) == (132, 100)
        terminals.resize(end, 0, 0)  # as some terminals of editors say
        assert screen.columns() == 80


@pytest.mark.parametrize(
    ("environ", "decided"),
    [
        ({}, None),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": "", "FORCE_COLOR": ""}, None),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "true", "TERM": "dumb"}, True),
        ({"FORCE_COLOR": "0"}, None),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"CLICOLOR_FORCE": "0"}, None),
        ({"TERM": "dumb"}, False),
        ({"CLICOLOR": "0"}, False),
        ({"CLICOLOR": "1", "TERM": "xterm"}, None),
    ],
)
def test_what_the_environment_says_of_colours(environ: dict[str, str], decided: bool | None):
    assert screen.decide(environ) == decided


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@click.command(cls=common.Command)
@click.pass_context
def example(ctx: click.Context) -> None:
    click.echo(f"{screen.color(_Terminal())} {screen.color(io.StringIO())}")


@pytest.mark.parametrize(
    ("option", "environ", "said"),
    [
        ("", {}, "True False"),
        ("", {"FORCE_COLOR": "1"}, "True True"),
        ("", {"NO_COLOR": "1"}, "False False"),
        ("--color=always", {"NO_COLOR": "1"}, "True True"),
        ("--color=never", {"FORCE_COLOR": "1"}, "False False"),
        ("--color=auto", {"FORCE_COLOR": "1"}, "True True"),
    ],
)
@pytest.mark.fault(
    "screen",
    "`--color`, NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, together or against each other",
    "one rule for every command: the option, then NO_COLOR, then the others, then the terminal",
)
def test_the_option_comes_first(option, environ, said, monkeypatch, capsys):
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    example.main([*filter(None, [option])], standalone_mode=False)
    assert capsys.readouterr().out == f"{said}\n"


def test_widths_and_colours_are_asked_in_one_place(root: Path):
    """doors/tui is a screen of its own."""
    asked = ("get_terminal_size", "NO_COLOR", "FORCE_COLOR")
    assert {
        path.relative_to(root / "reviewer").as_posix()
        for path in (root / "reviewer").rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in asked)
    } == {
        "analyzers/external.py",  # the environment of other programs
        "cli/pager.py",  # the height
        "cli/screen.py",
        "cli/help.py",  # a help text
        "doors/tui/__init__.py",
        "outputs/progress.py",  # follows a window that changes
        "serving/meter.py",  # one line that is written again and again
    }
