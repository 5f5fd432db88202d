"""`pytest tests/questions --update-golden` writes what is asked anew: read the diff."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.questions import cases, made, shown, written

from reviewer.questions.registry import FAMILIES

FOLDER = Path(__file__).with_name("cases")


def test_every_family_has_cases():
    assert {path.stem for path in FOLDER.glob("*.txt")} == {*FAMILIES, "nothing"}


@pytest.mark.parametrize("family", [*FAMILIES, "nothing"])
def test_family(family: str, request: pytest.FixtureRequest):
    file = FOLDER / f"{family}.txt"
    known = cases(file)
    wanted = None if family == "nothing" else family
    now = [replace(case, asks=shown(made(case), wanted)) for case in known]
    if request.config.getoption("--update-golden"):
        file.write_text(written(now), encoding="utf-8")
    assert now == cases(file)
    assert all(bool(case.asks) == (family != "nothing") for case in now)
