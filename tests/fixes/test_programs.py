"""Small programs with a bug and a test that shows it, and what a model might put in place of the
buggy lines."""

from __future__ import annotations

import asyncio
import functools
import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from support.change import change

from reviewer.fixes import Edit, Refused, Withheld, build, prove, run_before
from reviewer.types import Change

PROGRAMS = Path(__file__).parent / "programs"
NAMES = sorted(path.parent.name for path in PROGRAMS.glob("*/case.json"))
KINDS = ("right", "wrong", "unparsable", "misplaced", "breaking")
ANALYZERS = {
    "python": ("ruff", "ty"),
    "javascript": ("astgrep",),
    "c": ("astgrep",),
    "shell": ("astgrep",),
}


def test_there_are_enough() -> None:
    assert len(NAMES) >= 30
    assert {name.split("_")[0] for name in NAMES} == set(ANALYZERS)


@functools.cache
def program(name: str) -> tuple[Change, dict[str, Any]]:
    files = {path.name: path.read_bytes() for path in (PROGRAMS / name).iterdir()}
    case = json.loads(files.pop("case.json"))
    return change({}, files), case


def command(case: dict[str, Any], which: str) -> str:
    return case[which].replace("{python}", shlex.quote(sys.executable))


@functools.cache
def before(name: str, which: str) -> Any:
    under_review, case = program(name)
    return asyncio.run(run_before(under_review, command(case, which), 20))


async def outcome(name: str, kind: str) -> str:
    """The level that is published, the check for which the patch is withheld, or `refused`."""
    under_review, case = program(name)
    said = case["replacements"][kind]
    old = tuple(said.get("old", case["old"]))
    built = build([Edit(case["file"], case["line"], old, tuple(said["new"]))], under_review)
    if isinstance(built, Refused):
        return "refused"
    which = "holds" if kind == "breaking" else "fails"
    proved = await prove(
        built,
        under_review,
        names=ANALYZERS[name.split("_")[0]],
        verify_command=command(case, which),
        before=before(name, which),
        timeout=20,
    )
    return (
        f"withheld: {proved.checks[-1].name}"
        if isinstance(proved, Withheld)
        else proved.verification
    )


async def outcomes(name: str) -> dict[str, str]:
    return dict(
        zip(KINDS, await asyncio.gather(*(outcome(name, kind) for kind in KINDS)), strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_test_shows_the_bug(name: str) -> None:
    assert (before(name, "fails").passed, before(name, "holds").passed) == (False, True)


@pytest.mark.parametrize("name", NAMES)
def test_each_replacement_gets_the_level_that_it_deserves(name: str) -> None:
    expected = {kind: program(name)[1]["replacements"][kind]["expect"] for kind in KINDS}
    for which in ("fails", "holds"):
        before(name, which)
    assert asyncio.run(outcomes(name)) == expected
