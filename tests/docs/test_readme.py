"""The README says what the code does: generated parts, commands, exit codes."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from reviewer.cli import cli
from reviewer.errors import Exit

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
# Read-only and quick: these are run for real in the example workspace. The others are only parsed.
RUN = (
    "--agent",
    "--staged",
    "--commit",
    "--base",
    "review",
    "config",
    "schema",
    "model list",
    "model plan",
    "findings list",
    "stats",
)


def commands() -> list[str]:
    lines = [
        line
        for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
        for line in block.splitlines()
    ]
    return sorted(
        {
            line.split("  #")[0].strip()
            for line in lines
            if re.match(r"(git diff .*\| )?reviewer\b", line)
        }
    )


def test_generated_parts_are_up_to_date():
    spec = importlib.util.spec_from_file_location("readme", Path(__file__).with_name("readme.py"))
    assert spec is not None
    readme = importlib.util.module_from_spec(spec)
    assert spec.loader is not None
    spec.loader.exec_module(readme)
    assert readme.filled(TEXT) == TEXT, "run: python tests/docs/readme.py"


@pytest.mark.parametrize("line", commands())
def test_every_command_parses(line: str):
    words = shlex.split(line.rpartition("| ")[2].split(" > ")[0].removeprefix("reviewer"))
    if not words or words[0].startswith("-"):
        words.insert(0, "review")
    context = cli.make_context("reviewer", list(words), resilient_parsing=False)
    group: click.Command = cli
    while isinstance(group, click.Group) and words:  # some groups say something by themselves
        name, group, words = group.resolve_command(context, words)
        assert group is not None
        context = group.make_context(name, list(words), parent=context)
        words = [*context._protected_args, *context.args] if isinstance(group, click.Group) else []


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("readme") / "shop"
    subprocess.run(
        [sys.executable, ROOT / "examples/make_workspace.py", target],
        check=True,
        capture_output=True,
    )
    return target


@pytest.mark.parametrize(
    "line", [line for line in commands() if line.removeprefix("reviewer ").startswith(RUN)]
)
def test_commands_run_as_written(line: str, shop: Path):
    words = [sys.executable, "-m", *shlex.split(line)]
    env = {**os.environ, "REVIEWER_ENGINE": "none"}
    done = subprocess.run(
        words, cwd=shop, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode in (Exit.OK, Exit.FINDINGS), done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_exit_codes_are_those_of_the_code():
    table = dict(
        re.findall(
            r"^\| ([\d, ]+) \| (.+) \|$",
            TEXT.partition("## Exit codes")[2].partition("\n## ")[0],
            re.M,
        )
    )
    listed = {int(code) for codes in table for code in codes.split(",")}
    assert listed == {value for name, value in vars(Exit).items() if name.isupper()}
