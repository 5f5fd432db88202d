"""The manual pages, as `man` shows them."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib

import pytest
from support.documentation import ROOT
from support.reference import manual

PAGES = dict(manual.pages())


def test_there_is_no_other_page() -> None:
    assert {path.name for path in (ROOT / "man").iterdir()} == set(PAGES)


def test_the_wheel_brings_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    targets = project["tool"]["hatch"]["build"]["targets"]
    assert targets["wheel"]["shared-data"] == {"man": "share/man/man1"}
    assert "man" in targets["sdist"]["include"]


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff here")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_shown_without_warnings_in_80_columns(name: str) -> None:
    shown = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=78n"],
        input=PAGES[name],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert shown.stderr == ""
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert re.findall(r"^[A-Z][A-Z ]+$", shown.stdout, re.MULTILINE)[:3] == [
        *("NAME", "SYNOPSIS", "DESCRIPTION")
    ]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        (r"a\b", r"a\eb"),
        ("--it's `x`", r"\-\-it\(aqs \(gax\(ga"),
        ("…", r"\[u2026]"),
        ("~^", r"\(ti\(ha"),
    ],
)
def test_nothing_is_read_as_markup(text: str, escaped: str) -> None:
    assert manual.plain(text) == escaped
    assert manual._line(".TH") == r"\&.TH"
