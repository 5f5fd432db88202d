"""Every case in every format, whole. `pytest tests/outputs --update-golden` writes the files
anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.event_cases import NAMES, load
from support.output_runs import rendered

FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "terminal": ("terminal", {}),
    "color": ("terminal", {"color": True, "width": 120, "verbose": True}),
    "quiet": ("terminal", {"quiet": True}),
    "ndjson": ("ndjson", {}),
    "json": ("json", {}),
    "prompts": ("prompts", {}),
    "patch": ("patch", {}),
    "plain": ("plain", {}),
    "markdown": ("markdown", {}),
    "sarif": ("sarif", {}),
    "github": ("github", {}),
    "github-summary": ("github-summary", {}),
    "gitlab": ("gitlab", {}),
    "rdjson": ("rdjson", {}),
    "rdjsonl": ("rdjsonl", {}),
    "junit": ("junit", {}),
}


def test_there_are_cases() -> None:
    assert len(NAMES) >= 10


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("case", NAMES)
def test_golden(case: str, form: str, golden: Callable[[str, str], None]) -> None:
    name, options = FORMATS[form]
    golden(f"{case}.{form}", rendered(name, load(case), **options))
