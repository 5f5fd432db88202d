"""The parts of the documentation that are made from the code.

PAGES are whole files under docs/; those under man/ are the manual pages. BLOCKS are tables inside
pages that people write, between `<!-- name -->` and `<!-- /name -->`. `<!-- file PATH -->` shows a
file of the repository.
`make docs-reference` writes them; a test fails when they drift.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from support.reference import commands, events, faults, languages, manual, settings, tables

ROOT = Path(__file__).parents[3]
_HEAD = "<!-- Made from the code by `make docs-reference`: do not edit. -->\n\n"

PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/commands.md": commands.page,
    "docs/reference/settings.md": settings.page,
    "docs/reference/events.md": events.page,
    "docs/reference/formats.md": tables.formats_page,
    "docs/reference/exit-codes.md": tables.exit_codes_page,
    "docs/reference/rules.md": tables.rules_page,
    "docs/reference/languages.md": languages.page,
    "docs/reference/schemas.md": tables.schemas_page,
}
BLOCKS: dict[str, Callable[[], str]] = {
    "hardware": tables.hardware,
    "hardware-figures": tables.hardware_figures,
    "analyzers": tables.analyzers,
    "exit-codes": tables.exit_codes,
    "mcp-tools": tables.mcp_tools,
    "repository-settings": settings.repository,
    "security-faults": faults.security,
    "reliability-faults": faults.reliability,
}
_BLOCK = re.compile(r"(<!-- (?P<name>[a-z-]+) -->\n).*?(<!-- /(?P=name) -->)", re.DOTALL)
_FILE = re.compile(r"(<!-- file (?P<path>\S+) -->\n).*?(<!-- /file -->)", re.DOTALL)
_FENCES = {".py": "python", ".yml": "yaml", ".yaml": "yaml", ".toml": "toml", ".json": "json"}


def expected() -> Iterator[tuple[Path, str]]:
    """Every file with generated parts, and the text that it should have."""
    for name, page in PAGES.items():
        yield ROOT / name, _HEAD + page()
    for name, text in manual.pages():
        yield ROOT / "man" / name, text
    for path in written_by_hand():
        text = path.read_text(encoding="utf-8")
        filled = _FILE.sub(_shown, _BLOCK.sub(_made, text))
        if _BLOCK.search(text) or _FILE.search(text):
            yield path, filled


def written_by_hand() -> list[Path]:
    """The pages that people write, README.md among them."""
    made = {ROOT / name for name in PAGES}
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path for path in pages if path not in made]


def _made(found: re.Match[str]) -> str:
    make = BLOCKS.get(found["name"])
    return f"{found[1]}{make()}\n{found[3]}" if make else found[0]


def _shown(found: re.Match[str]) -> str:
    path = ROOT / found["path"]
    text = path.read_text(encoding="utf-8").strip("\n")
    return f"{found[1]}```{_FENCES.get(path.suffix, 'text')}\n{text}\n```\n{found[3]}"
