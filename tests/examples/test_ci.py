"""The workflow examples: sound YAML, commands that the command line takes, and files that are
passed on as written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from ast_grep_py import SgNode, SgRoot

from reviewer.cli.review import review
from reviewer.outputs import OUTPUTS

FOLDER = Path(__file__).parents[2] / "examples" / "ci"
FILES = sorted(FOLDER.glob("*.yml"))
SHELL = re.compile(r"^ *(?:- )?(reviewer .*(?:\n +-\S.*)*)$", re.MULTILINE)


def nodes(node: SgNode) -> list[SgNode]:
    return [node, *(each for child in node.children() for each in nodes(child))]


def commands(text: str) -> list[list[str]]:
    """The arguments of every call of `reviewer`, as far as the shell would hand them to it."""
    found = []
    for match in SHELL.finditer(text):
        words = shlex.split(match[1].replace("\n", " "))
        ends = [number for number, word in enumerate(words) if word in ("||", "|", "&&", ";", ">")]
        found.append(words[1 : min(ends, default=len(words))])
    return found


def test_there_are_examples() -> None:
    assert [path.name for path in FILES] == [
        "github-code-scanning.yml",
        "github-reviewdog.yml",
        "gitlab-ci.yml",
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_they_are_yaml(path: Path) -> None:
    text = path.read_text("utf-8")
    bad = [node.text() for node in nodes(SgRoot(text, "yaml").root()) if node.kind() == "ERROR"]
    assert bad == []
    assert "\t" not in text
    keys = [match[0] for match in re.finditer(r"^[\w-]+(?=:)", text, re.MULTILINE)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_their_commands_are_ours(path: Path) -> None:
    (arguments,) = commands(path.read_text("utf-8"))
    given = review.make_context("reviewer", list(arguments)).params
    assert (given["committed"], given["fail_on"], given["paths"]) == (True, "major", ())
    formats = [given["format"], *(entry.partition("=")[0] for entry in given["output"])]
    assert {name for name in formats if name} <= set(OUTPUTS)


def test_a_wrong_option_would_be_seen() -> None:
    with pytest.raises(click.NoSuchOption):
        review.make_context("reviewer", ["--comitted"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_written_is_what_is_passed_on(path: Path) -> None:
    text = path.read_text("utf-8")
    (arguments,) = commands(text)
    written = {
        word.partition("=")[2] for word in arguments if re.match(r"(?!github-summary)[a-z]+=", word)
    }
    used = set(
        re.findall(
            r"^ *(?:- |sarif_file: |path: |codequality: |junit: )([\w-]+\.\w+)$", text, re.MULTILINE
        )
    )
    assert used == written


@pytest.mark.parametrize("path", FILES[:2], ids=lambda path: path.name)
def test_actions_are_named_with_a_version_and_no_host(path: Path) -> None:
    used = re.findall(r"uses: *(\S+)", path.read_text("utf-8"))
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+(/[\w-]+)?@v\d+", name) for name in used)


@pytest.mark.parametrize("path", FILES[:2], ids=lambda path: path.name)
def test_workflows_ask_for_no_more_than_they_need(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "\npermissions: {}\n" in text
    assert "persist-credentials: false" in text
    assert "pull_request_target" not in text
    used = [
        line for line in text.split("\n") if "${{" in line
    ]  # never inside of a script, where it would be code
    assert all(re.fullmatch(r" +(?!run)[\w-]+: [\w-]*\$\{\{[^{}]*\}\}", line) for line in used)
    assert set(re.findall(r"^ +([\w-]+): write$", text, re.MULTILINE)) <= {
        "security-events",
        "pull-requests",
    }
