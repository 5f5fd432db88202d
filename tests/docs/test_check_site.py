"""What `make docs` says of a site that is broken, or loads something from elsewhere."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def faults() -> Callable[[Path], list[str]]:
    path = Path(__file__).with_name("check_site.py")
    spec = importlib.util.spec_from_file_location("check_site", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[Path], list[str]] = module.faults
    return found


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write(tmp_path, "index.html", '<a href="how/a.html#x">a</a><script src="a.js"></script>')
    write(tmp_path, "how/a.html", '<a href="../index.html">up</a><a href="https://x.y/">out</a>')
    write(tmp_path, "404.html", '<script src="/a.js"></script>')
    write(tmp_path, "a.js", "")
    write(tmp_path, "a.css", "a { background: url(data:image/png;base64,AA) }")
    items = [{"location": "index.html#one"}, {"location": "index.html"}, {"location": "how/a.html"}]
    write(tmp_path, "search.json", json.dumps({"items": items}))
    return tmp_path


def write(site: Path, name: str, text: str) -> None:
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).write_text(text, encoding="utf-8")


def test_a_whole_site_has_no_faults(faults: Callable[[Path], list[str]], site: Path) -> None:
    assert faults(site) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.css", "@import 'b.css';", "a.css: loads something from elsewhere"),
        ("a.css", 'a { b: url("//x.y/z.woff") }', "a.css: loads something from elsewhere"),
        ("index.html", '<script src="https://x.y/z.js"></script>', "loads https://x.y/z.js"),
        ("404.html", '<link href="//x.y/z.css">', "404.html: loads //x.y/z.css"),
        ("index.html", '<img src="no.png">', "index.html: links to no.png, which is not there"),
        ("how/a.html", "<a href=b.html#x>b</a>", "links to b.html#x, which is not there"),
        ("index.html", '<a href="../">up</a>', "index.html: links to ../, which is not there"),
        ("index.html", '<pre class="mermaid">', "what the theme fetches a library for"),
        (
            "search.json",
            '{"items": [{"location": "a.html#b"}]}',
            "pages are missing from the search",
        ),
    ],
)
def test_each_fault_is_one_line(
    faults: Callable[[Path], list[str]], site: Path, name: str, text: str, said: str
) -> None:
    write(site, name, text)
    (found,) = faults(site)
    assert said.removesuffix(", which is not there") in found


def test_an_empty_folder_is_no_site(faults: Callable[[Path], list[str]], tmp_path: Path) -> None:
    assert len(faults(tmp_path)) == 1
