"""Pages that people write: their size, their links, the menu, and the files that they name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.documentation import ROOT, name, pages

README = ROOT / "README.md"
ARCHITECTURE = ROOT / "docs/architecture.md"
_FENCED = re.compile(r"^(`{3,})\w*\n.*?^\1$", re.M | re.S)
_LINK = re.compile(r"\[(?:[^\]]|\n)*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.M)


def test_the_readme_is_short() -> None:
    assert len(README.read_bytes()) <= 10_000


def prose(path: Path) -> str:
    return _FENCED.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub and the site give to headings."""
    headings = _HEADING.findall(prose(path))
    plain = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings)
    return {re.sub(r"\s+", "-", heading.strip()) for heading in plain}


def links(path: Path) -> Iterator[str]:
    for found in _LINK.finditer(prose(path)):
        if "://" not in found["target"]:
            yield found["target"]


def broken(path: Path) -> list[str]:
    """The relative links of a page that lead nowhere."""
    found = []
    for link in links(path):
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.is_file() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("path", pages(), ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    assert broken(path) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One, two\n[a](#one-two) [b](page.md#one-two) [c](#three) [d](no.md) [e](https://x.y/z)\n"
        "```md\n# Three\n[f](no.md)\n```\n[g\nh](no.md#one)\n"
    )
    assert broken(page) == ["#three", "no.md", "no.md#one"]


def test_the_menu_has_every_page_once() -> None:
    with (ROOT / "zensical.toml").open("rb") as file:
        menu = list(_in_menu(tomllib.load(file)["project"]["nav"]))
    docs = ROOT / "docs"
    assert sorted(menu) == sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))


def _in_menu(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        for each in entry.values() if isinstance(entry, dict) else entry:
            yield from _in_menu(each)


def test_the_architecture_names_files_that_exist() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:reviewer|tests|prompts|schemas|examples)/[\w./-]*)`", text))
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []
    assert len(named) > 30
