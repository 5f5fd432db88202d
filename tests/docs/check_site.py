"""The built site is complete and loads nothing from elsewhere.

usage: check_site.py SITE    ends with 1 and one line for each fault
"""

from __future__ import annotations

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
_STYLE = re.compile(r"@import|url\(\s*[\"']?(?:https?:)?//")
# The theme fetches a library for these from elsewhere as soon as a page has one.
_FETCHED = re.compile(r'class="[^"]*\b(?:mermaid|glightbox|arithmatex|pyodide)\b')


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if (name := _LOADED.get(tag)) and (address := values.get(name)):
            self.loads.append(address)
        if tag == "a" and (address := values.get("href")):
            self.links.append(address)


def faults(site: Path) -> list[str]:
    """One line for everything that is wrong with the site."""
    pages = sorted(site.rglob("*.html"))
    found = [] if pages else [f"{site}: no pages; run: make docs"]
    for path in pages:
        found += [f"{path.relative_to(site)}: {fault}" for fault in _page(path, site)]
    for path in sorted(site.rglob("*.css")):
        if _STYLE.search(path.read_text(encoding="utf-8")):
            found.append(f"{path.relative_to(site)}: loads something from elsewhere")
    if pages and len(_searchable(site)) < len(pages) - 1:  # all but 404.html
        found.append("search.json: pages are missing from the search")
    return found


def _page(path: Path, site: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    found = [f"loads {one}" for one in page.loads if urlsplit(one).netloc]
    found += ["has what the theme fetches a library for"] * bool(_FETCHED.search(text))
    if path.name == "404.html":
        return found  # its links start at the root of a server
    for address in {*page.loads, *page.links}:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            continue
        target = (path.parent / unquote(parts.path)).resolve()
        if not target.exists() or not target.is_relative_to(site.resolve()):
            found.append(f"links to {address}, which is not there")
    return found


def _searchable(site: Path) -> set[str]:
    """The pages that the search knows."""
    items = json.loads((site / "search.json").read_text(encoding="utf-8"))["items"]
    return {str(item["location"]).partition("#")[0] for item in items}


if __name__ == "__main__":
    problems = faults(Path(sys.argv[1]))
    print("\n".join(problems) or "the site is complete and loads nothing from elsewhere")
    sys.exit(bool(problems))
