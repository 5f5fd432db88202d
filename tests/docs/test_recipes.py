"""The recipes of CONTRIBUTING.md, followed in a copy of the tree with a small new thing each.

The paths and names come from the text of each step, so that a recipe that leads nowhere fails.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.docs
ROOT = Path(__file__).parents[2]
NEW = "toy"
COPIED = (
    "pyproject.toml",
    "reviewer",
    "prompts",
    "schemas",
    "tests/conftest.py",
    "tests/contract.ndjson",
    "tests/support",
    "tests/analyzers",
    "tests/outputs",
    "tests/models",
)

ANALYZER = '''"""Lines that say TOY."""

from reviewer.analyzers.base import Limits, AnalyzerResult
from reviewer.analyzers.delta import added_lines
from reviewer.types import Change, Evidence


def check(change: Change, limits: Limits) -> AnalyzerResult:
    hits = [
        Evidence("toy", "says-toy", file.path, number, number, "It says TOY.")
        for file in change.files
        for number, line in added_lines(file)
        if b"TOY" in line
    ]
    return AnalyzerResult("toy", tuple(hits))
'''
OUTPUT = '''"""How many findings there are."""

from typing import TextIO

from reviewer.events import Complete, Event


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> "Toy":
    return Toy(stream)


class Toy:
    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def emit(self, event: Event) -> None:
        if isinstance(event, Complete):
            self.stream.write(f"{event.findings} findings\\n")

    def close(self) -> None:
        pass
'''
ENGINE = '''"""A server that says that it is a toy."""

from dataclasses import replace

from reviewer.models.dialects.base import owned_by
from reviewer.models.dialects.openai import OPENAI

TOY = replace(OPENAI, name="toy", recognise=lambda facts: owned_by(facts, "toy"))
'''
ASKED = """import asyncio
from support.server import Server
from reviewer.models import probe

served = {"data": [{"id": "gemma-4-toy", "object": "model", "owned_by": "toy"}]}
with Server(get={"/v1/models": served}) as server:
    print(asyncio.run(probe(server.url)).engine)
"""


def recipe(title: str) -> list[list[str]]:
    """The words in code of each step, with the new thing's name filled in."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.search(rf"^### {title}\n\n(.*?)\n\n#", text, re.M | re.S)
    assert found is not None
    steps = re.split(r"^\d\. ", found[1], flags=re.M)[1:]
    return [re.findall(r"`([^`]+)`", step.replace("NAME", NEW)) for step in steps]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the recipes touch."""
    for name in COPIED:
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, target)
    return tmp_path


def insert(path: Path, name: str, entry: str) -> None:
    """Add `entry` as the first one of the dict, list or tuple that is called `name`."""
    text = path.read_text(encoding="utf-8")
    opening = re.compile(rf"^{name}\b[^=\n]*= [{{\[(]", re.M)
    assert len(opening.findall(text)) == 1, f"{path} has no {name}"
    path.write_text(opening.sub(lambda found: f"{found[0]}{entry}, ", text), encoding="utf-8")


def python(tree: Path, *words: str) -> str:
    """What Python prints in the copy. It must succeed."""
    environment = {**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{tree / 'tests'}"}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def pytest_run(tree: Path, *words: str) -> str:
    return python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", NEW, *words)


def test_add_an_analyzer(tree: Path) -> None:
    module, register, rate, case, _ = recipe("Add an analyzer")
    (tree / module[0]).write_text(ANALYZER)
    insert(tree / register[2], register[1], register[0])
    with (tree / rate[0]).open("a", encoding="utf-8") as file:
        file.write(f'\n{rate[1]}\nsays-toy = {{ severity = "minor", category = "security" }}\n')
    folder, base, head, expected, core, test = case
    for side, text in ((base, "one\n"), (head, "one\nTOY\n")):
        (tree / folder / side).mkdir(parents=True)
        (tree / folder / side / "a.txt").write_text(text)
    row = {"source": NEW, "rule": "says-toy", "path": "a.txt", "line": 2, "severity": "minor"}
    (tree / folder / expected).write_text(json.dumps([row]))
    insert(tree / test, core, f'"{NEW}"')
    assert "1 passed" in pytest_run(tree, test)


def test_add_an_output(tree: Path) -> None:
    module, register, tests, golden, _ = recipe("Add an output")
    (tree / module[0]).write_text(OUTPUT)
    insert(tree / register[2], register[1], register[0])
    insert(tree / tests[2], tests[1], tests[0])
    assert (tree / tests[3]).is_file()
    _, path, option = golden[0].split()
    pytest_run(tree, path, option)
    assert (tree / f"tests/outputs/golden/example.{NEW}").read_text() == "2 findings\n"
    assert re.search(r"\n[1-9]\d* passed, \d+ deselected", pytest_run(tree, path))


def test_add_an_engine(tree: Path) -> None:
    module, register, local, surface, _ = recipe("Add an engine")
    (tree / module[0]).write_text(ENGINE)
    path = tree / register[1]
    text = path.read_text(encoding="utf-8")
    assert register[0] in text
    line = f"from reviewer.models.dialects.{NEW} import TOY\n"
    text = text.replace("\nfrom reviewer", f"\n{line}from reviewer", 1)
    path.write_text(text.replace(" in (LLAMACPP", " in (TOY, LLAMACPP"), encoding="utf-8")
    assert local[0] in (tree / local[1]).read_text(encoding="utf-8")
    assert surface[0] in (tree / surface[1]).read_text(encoding="utf-8")
    assert python(tree, "-c", ASKED) == f"{NEW}\n"
