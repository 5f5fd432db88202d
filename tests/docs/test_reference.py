"""The generated parts of the documentation are those that the code makes today."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from support.documentation import ROOT, name
from support.reference import BLOCKS, PAGES, expected, written_by_hand
from support.reference.events import models, properties
from support.reference.markdown import meanings
from support.reference.settings import variables
from support.reference.tables import codes, errors_in_order

from reviewer.cli import COMMANDS
from reviewer.cli.schema import NAMES
from reviewer.types import SkipReason, UnreviewedReason


def test_nothing_has_drifted() -> None:
    drifted = [name(path) for path, text in expected() if path.read_text(encoding="utf-8") != text]
    assert not drifted, "run: make docs-reference"


def test_a_change_of_a_generated_part_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BLOCKS, "exit-codes", lambda: "something else")
    drifted = [path for path, text in expected() if path.read_text(encoding="utf-8") != text]
    assert drifted == [ROOT / "README.md"]


def test_every_generated_page_is_in_the_tree() -> None:
    by_hand = {ROOT / "docs/reference/platforms.md"}
    made = set((ROOT / "docs/reference").glob("*.md")) - by_hand
    assert made == {ROOT / one for one in PAGES}


def test_every_block_is_used_and_closed() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in written_by_hand())
    opened = set(re.findall(r"^<!-- ([a-z-]+) -->$", text, re.M)) - {"run", "capture", "evals"}
    assert opened == set(BLOCKS)
    assert opened <= set(re.findall(r"^<!-- /([a-z-]+) -->$", text, re.M))


def test_every_command_is_described() -> None:
    page = Path(ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## reviewer ([a-z]+)$", page, re.M)
    assert sorted(headings) == sorted(COMMANDS)


def test_meanings_name_what_is_there_and_nothing_else() -> None:
    said = meanings()
    assert {int(code) for code in said["exit"]} == set(codes())
    assert set(said["error"]) == {kind.error_type for kind in errors_in_order()}
    assert set(said["skipped"]) == set(get_args(SkipReason))
    assert set(said["unreviewed"]) == set(get_args(UnreviewedReason))
    assert set(said["environment"]) == variables()
    assert set(said["schema"]) == set(NAMES)
    assert {model: set(fields) for model, fields in said["field"].items()} == {
        model.__name__: set(properties(model)) for model in models()
    }
