"""Help pages, and what was probably meant by a word that is not known."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from support import commands
from support.repo import Repo

from reviewer import cli
from reviewer.cli import common
from reviewer.cli import help as help_pages

EPILOG = """\b
Codes:
  0    nothing was found, and everything that was asked for was read
  130  interrupted

Filled
prose."""


@click.command(cls=common.Command, epilog=EPILOG)
@common.under("Scope")("--staged", is_flag=True, help="Only staged changes.")
@click.option("--plain", is_flag=True, help="Without a heading.")
@common.under("Gate")("--fail-on", metavar="SEVERITY", help="Exit 1 for such a finding.")
@common.under("Gate")(
    "--kind", type=click.Choice(["correctness", "security", "performance"]), help="Of one kind."
)
@common.under("Scope")("--base", metavar="REF", help="Another base, to compare with.")
def example(**_: object) -> None:
    """Do it. Then say so."""


PAGE = """\
Usage: example [OPTIONS]

  Do it. Then say so.

Scope:
  --staged            Only staged changes.
  --base REF          Another base, to
                      compare with.

Gate:
  --fail-on SEVERITY  Exit 1 for such a
                      finding.
  --kind CHOICE       Of one kind. One of
                      correctness,
                      security,
                      performance.

Options:
  --plain             Without a heading.
  -h, --help          Show this message
                      and exit.

  Codes:
    0    nothing was found, and everything
         that was asked for was read
    130  interrupted

  Filled prose.
"""


def test_options_stand_under_their_headings(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "42")
    assert CliRunner().invoke(example, ["-h"], prog_name="example").output == PAGE


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.fault(
    "screen",
    "the help page of any command in a narrow or a wide terminal",
    "no line is longer than the terminal, nor than what reads well",
)
def test_every_help_page_fits(width: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", str(width))
    assert not [
        (context.command_path, line)
        for context in commands.every()
        for line in context.get_help().splitlines()
        if len(line) > min(width, 100)
    ]


def test_every_command_has_our_help_page():
    assert not [
        context.command_path
        for context in commands.every()
        if not isinstance(context.command, common.Command)
    ]


def test_every_option_says_what_it_does():
    assert not [
        (context.command_path, each.name)
        for context in commands.every()
        for each in context.command.params
        if isinstance(each, click.Option) and not each.hidden and not each.help
    ]


def test_every_command_takes_the_common_options():
    for context in commands.every():
        names = {each.name for each in context.command.get_params(context)}
        assert {"color", "no_pager"} <= names


@pytest.mark.parametrize(
    "folded",
    [
        "  short  line",
        "  reviewer --staged  only what is staged,\n                     and nothing else",
        "  a-long-command --with=options-and-more\n      and why",
        "one two three four five six seven eight\nnine ten",
        "  git diff main and something more |\n      reviewer --diff -",
    ],
)
def test_lines_that_are_kept_are_continued_in_their_column(folded: str):
    first, _, rest = folded.partition("\n")
    gap = "  " if rest.startswith("      and why") else " "
    line = (first + gap + rest.lstrip()).rstrip()
    assert "\n".join(help_pages.fold(line, 41)) == folded


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("reveiw", "No such command 'reveiw'; did you mean `reviewer review`?"),
        ("stagd", "No such command 'stagd'; did you mean `reviewer --staged`?"),
        ("staged", "No such command 'staged'; did you mean `reviewer --staged`?"),
        ("src", "No such command 'src'; to review a path, run `reviewer review src`"),
        ("xyzzy", "No such command 'xyzzy'; see: reviewer --help"),
        ("--stagd", "No such option --stagd; did you mean --staged?"),
        ("--xyzzy", "No such option --xyzzy; see: reviewer review --help"),
        ("--bogus", "No such option --bogus; see: reviewer review --help"),
        ("x" * 300, f"No such command '{'x' * 300}'; see: reviewer --help"),
        ("findings lst", "No such command 'lst'; did you mean `reviewer findings list`?"),
        ("help reveiw", "No such command 'reveiw'; did you mean `reviewer review`?"),
        ("help serve strt", "No such command 'strt'; did you mean `reviewer serve start`?"),
        ("help fix it", "reviewer fix has no commands; see: reviewer fix --help"),
        ("findings xyzzy", "No such command 'xyzzy'; see: reviewer findings --help"),
        (
            "fix --color alway",
            "Invalid value for '--color': 'alway' is not one of 'auto', 'always', 'never'; did you"
            " mean always?",
        ),
        (
            "fix --color x",
            "Invalid value for '--color': 'x' is not one of 'auto', 'always', 'never'; see:"
            " reviewer fix --help",
        ),
    ],
)
@pytest.mark.fault(
    "screen",
    "a misspelt command, option or value",
    "the error names what was probably meant, or the help page",
)
def test_what_was_meant(args: str, said: str, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(Repo(tmp_path / "work", tmp_path / "home").path)
    Path("src").mkdir()
    with pytest.raises(SystemExit) as ended:
        cli.main(args.split())
    assert (ended.value.code, *capsys.readouterr()) == (2, "", f"reviewer: {said}\n")


@pytest.mark.parametrize("words", ["", "review", "findings list", "serve start", "help"])
def test_help_is_what_the_option_prints(words: str, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    pages = []
    for args in (["help", *words.split()], [*words.split(), "--help"]):
        with pytest.raises(SystemExit) as ended:
            cli.main(args)
        pages.append((ended.value.code, *capsys.readouterr()))
    assert pages[0] == pages[1]
    assert pages[0][0] == 0
    assert pages[0][1].startswith(f"Usage: {f'reviewer {words}'.strip()} ")
