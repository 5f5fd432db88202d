"""Commands in the documentation: all of them parse, and those in marked blocks do what is shown.

A block with `<!-- run -->` before it is run line by line in the example workspace; one with
`<!-- capture -->` shows the output, too. The blocks of a page run in order, in one workspace.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from support.documentation import Block, blocks, name, pages, pattern, steps

from reviewer.cli import cli
from reviewer.errors import Exit

ROOT = Path(__file__).parents[2]
_START = re.compile(r"(?:\w+=\S+ )*(?:git diff .*\| )?(reviewer\b.*)")
GENERATED = ROOT / "docs/reference"
# What the documented commands name, and click wants to see.
FILES = (
    "before.jsonl",
    "after.jsonl",
    "run.jsonl",
    "a.jsonl",
    "b.jsonl",
    "cases.jsonl",
    "review.train.jsonl",
)
FOLDERS = ("examples/evals", "src/app")  # ~ is the working directory here


def written() -> list[str]:
    """Every command line that starts the reviewer."""
    lines = {
        line.removeprefix("$ ")
        for path in pages()
        if path.parent != GENERATED
        for block in blocks(path.read_text(encoding="utf-8"))
        for line in block.text.splitlines()
        if block.language == "sh" or (block.language == "console" and line.startswith("$ "))
    }
    found = {match[1] for line in lines if (match := _START.match(line))}
    return sorted({re.split(r" # | \| | > |; ", line)[0].strip() for line in found})


def marked(path: Path) -> list[Block]:
    return [block for block in blocks(path.read_text(encoding="utf-8")) if block.mark]


@pytest.mark.parametrize("line", written())
def test_every_command_parses(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for each in FOLDERS:
        (tmp_path / each).mkdir(parents=True)
    for each in FILES:
        (tmp_path / each).touch()
    words = [re.sub("^~/", "", word) for word in shlex.split(line)[1:]]
    if not words or words[0].startswith("-"):
        words.insert(0, "review")
    context = cli.make_context("reviewer", list(words), resilient_parsing=False)
    group: click.Command = cli
    while isinstance(group, click.Group) and words:  # some groups say something by themselves
        found, group, words = group.resolve_command(context, words)
        assert group is not None
        context = group.make_context(found, list(words), parent=context)
        words = [*context._protected_args, *context.args] if isinstance(group, click.Group) else []


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("example") / "shop"
    make = [sys.executable, ROOT / "examples/make_workspace.py", target]
    subprocess.run(make, check=True, capture_output=True)
    return target


@pytest.mark.docs
@pytest.mark.parametrize("path", [path for path in pages() if marked(path)], ids=name)
def test_marked_blocks_run_as_written(path: Path, example: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "shop"
    subprocess.run(["cp", "-a", example, workspace], check=True)
    for block in marked(path):
        for command, shown in steps(block):
            said = run(command, workspace)
            if shown is not None:
                assert pattern(shown).fullmatch(said), f"{command} prints:\n{said}"


def run(command: str, workspace: Path) -> str:
    """What the command prints. No model is asked, whatever runs on this machine."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=workspace,
        env={**os.environ, "REVIEWER_ENGINE": "none", "PATH": programs},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    said = "".join(f"{line.rstrip()}\n" for line in done.stdout.strip("\n").splitlines())
    assert done.returncode in (Exit.OK, Exit.FINDINGS), f"{command}: {done.returncode}\n{said}"
    assert "Traceback" not in said
    return said


def test_blocks_are_found_with_their_marks() -> None:
    text = "<!-- run -->\n```sh\na\n\nb  # c\n```\n````text\n```sh\nx\n```\n````\n"
    found = list(blocks(text))
    assert found == [Block("run", "sh", "a\n\nb  # c"), Block("", "text", "```sh\nx\n```")]
    assert list(steps(found[0])) == [("a", None), ("b  # c", None)]
    assert list(steps(Block("capture", "console", "$ a\nout\n$ b"))) == [("a", "out\n"), ("b", "")]


def test_a_capture_is_compared_line_by_line() -> None:
    shown = pattern("one …\n…\nlast in 0.6 s\n")
    assert shown.fullmatch("one 1\nlast in 12.3 s\n")
    assert shown.fullmatch("one 1\nmore\nand more\nlast in 0.1 s\n")
    assert not shown.fullmatch("one 1\nlast in 0.1 s\nmore\n")
    assert not shown.fullmatch("two\nlast in 0.1 s\n")
    assert not pattern("a.c\n").fullmatch("abc\n")
