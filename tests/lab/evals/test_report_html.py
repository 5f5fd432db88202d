"""The page: what others wrote is text in it, and a real browser shows, sorts and loads nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from support.chromium import EXECUTABLE, Page, chromium
from support.eval_results import defect, finding, header, known_run, result

from reviewer.lab.evals import report_html
from reviewer.lab.evals.metrics import Rules
from reviewer.lab.evals.report import report
from reviewer.lab.evals.report_model import Report
from reviewer.lab.evals.results import Header, Result

HOSTILE = (
    '"><script>window.bad = 1</script><img src="http://127.0.0.1:9/x" onerror="window.bad ='
    ' 2">\u202e\x1b[31m&amp;'
)


def hostile() -> tuple[Header, list[Result]]:
    results = [
        result(
            HOSTILE,
            [defect(1, file=HOSTILE)],
            [finding(9, title=HOSTILE, file=HOSTILE)],
            language=HOSTILE,
            tags=(HOSTILE,),
            held_back={HOSTILE: 1},
            seconds=1.0,
            prompt_tokens=10,
        ),
        result(
            "y" + HOSTILE,
            outcome="error",
            tests_confirmed=False,
            defects=(defect(1),),
            kind="defect",
        ),
        result("x" + HOSTILE, unrunnable=HOSTILE, outcome=None),
    ]
    return (
        header(
            name=HOSTILE, model=HOSTILE, settings={HOSTILE: HOSTILE}, cases=HOSTILE, started=HOSTILE
        ),
        results,
    )


def made(run: tuple[Header, list[Result]]) -> Report:
    return report(*run, Rules())


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_what_others_wrote_is_text() -> None:
    tags = Tags()
    page = report_html.page([made(hostile())])
    tags.feed(page)
    counts = {
        tag: sum(each == tag for each, _ in tags.seen)
        for tag in ("script", "img", "style", "a", "link", "iframe")
    }
    assert counts == {"script": 1, "img": 0, "style": 1, "a": 0, "link": 0, "iframe": 0}
    assert not [
        attrs
        for _, attrs in tags.seen
        if any(name.startswith("on") or name in ("style", "src") for name in attrs)
    ]
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert HOSTILE not in page


def test_two_runs_on_one_page_have_ids_of_their_own() -> None:
    tags = Tags()
    tags.feed(report_html.page([made(known_run()), made(known_run())]))
    ids = [attrs["id"] for _, attrs in tags.seen if "id" in attrs]
    assert len(ids) == len(set(ids)) > 100


def test_a_smoke_run_is_told_before_anything_else() -> None:
    page = report_html.page([report(header(model_role="smoke"), known_run()[1], Rules())])
    text = re.sub(r"<[^>]*>", " ", page.partition("<body>")[2])
    assert text.split()[:2] == ["SMOKE", "MODEL:"]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert report_html.page([made(known_run())]) == written("known")


# In the browser.

in_browser = pytest.mark.skipif(EXECUTABLE is None, reason="no chromium: apt-get install chromium")
TABLE = (
    "Array.from(document.querySelectorAll('.table')).find(each =>"
    " each.querySelector('h2').textContent === {title!r})"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


RUNS = {"known": known_run, "hostile": hostile}


@cache
def written(name: str) -> str:
    return report_html.page([made(RUNS[name]())])


def show(browser: Page, folder: Path, name: str) -> Path:
    path = folder / "report.html"
    path.write_text(written(name), encoding="utf-8")
    browser.requests.clear()
    browser.said.clear()
    browser.open(path)
    return path


def column(browser: Page, title: str, number: int) -> list[str]:
    rows = f"Array.from({TABLE.format(title=title)}.querySelector('tbody').rows)"
    found: list[str] = browser.evaluate(f"{rows}.map(row => row.cells[{number}].textContent)")
    return found


def click(browser: Page, title: str, number: int) -> str:
    head = f"{TABLE.format(title=title)}.querySelector('thead').rows[0].cells[{number}]"
    sorted_: str = browser.evaluate(
        f"{head}.querySelector('button').click(), {head}.getAttribute('aria-sort')"
    )
    return sorted_


@pytest.mark.chromium
@in_browser
def test_tables_sort_on_a_click(browser: Page, tmp_path: Path) -> None:
    show(browser, tmp_path, "known")
    names = column(browser, "Cases", 0)
    assert names == [
        "c1-exact",
        "c2-near",
        "c3-far",
        "c4-twice",
        "k1-silent",
        "k2-false",
        "x1-incomplete",
        "x2-unrunnable",
    ]
    assert click(browser, "Cases", 9) == "ascending"  # tokens: as numbers, not as text
    assert column(browser, "Cases", 9) == ["0", "310", "390", "400", "550", "550", "1,100", "2,200"]
    assert click(browser, "Cases", 9) == "descending"
    assert column(browser, "Cases", 9) == ["2,200", "1,100", "550", "550", "400", "390", "310", "0"]
    assert (
        click(browser, "Cases", 8) == "ascending"
    )  # false findings; "not run" comes first, and is not 0
    assert column(browser, "Cases", 8) == ["not run", "not run", "0", "0", "0", "1", "1", "2"]
    assert click(browser, "Cases", 0) == "ascending"
    assert column(browser, "Cases", 0) == names
    assert click(browser, "By size", 0) == "ascending"
    assert click(browser, "By size", 0) == "descending"
    assert column(browser, "By size", 0) == ["51-200", "11-50", "1-10"]  # by size, not by letters
    assert browser.evaluate("document.querySelectorAll('[aria-sort]').length") == 2


@pytest.mark.chromium
@in_browser
def test_plots_show(browser: Page, tmp_path: Path) -> None:
    show(browser, tmp_path, "known")
    boxes: list[list[float]] = browser.evaluate(
        "Array.from(document.querySelectorAll('figure svg')).map(each =>"
        " each.getBoundingClientRect()).map(box => [box.width, box.height])"
    )
    assert len(boxes) == 4
    assert all(width > 200 and height > 100 for width, height in boxes)
    bars: list[dict[str, Any]] = browser.evaluate(
        "Array.from(document.querySelectorAll('#r0-recall path[fill=\"var(--link)\"]'))"
        ".filter(each => each.getBoundingClientRect().height > 20)"
        ".map(each => getComputedStyle(each).fill)"
    )
    assert bars == ["rgb(31, 95, 196)"] * 3  # drawn, in the colour of the page
    assert (
        browser.evaluate("document.querySelector('#r0-recall text').getBoundingClientRect().height")
        > 4
    )


@pytest.mark.chromium
@in_browser
@pytest.mark.parametrize("run", list(RUNS))
def test_it_loads_nothing_and_runs_nothing(browser: Page, tmp_path: Path, run: str) -> None:
    path = show(browser, tmp_path, run)
    assert browser.evaluate("performance.getEntriesByType('resource').length") == 0
    assert browser.requests == [path.as_uri()]
    assert browser.said == []  # no error, no violation of the policy
    assert browser.evaluate("window.bad === undefined && document.scripts.length === 1")


@pytest.mark.chromium
@in_browser
def test_the_policy_stops_what_would_get_in(browser: Page, tmp_path: Path) -> None:
    path = show(browser, tmp_path, "known")
    bad = (
        '<script>window.bad = 1</script><img src="file:///etc/hostname" onerror="window.bad ='
        ' 2"></table>'
    )
    path.write_text(path.read_text("utf-8").replace("</table>", bad, 1), encoding="utf-8")
    browser.open(path)
    assert browser.evaluate("window.bad") is None
    assert sum("Content Security Policy" in each for each in browser.said) >= 2


@pytest.mark.chromium
@in_browser
@pytest.mark.parametrize("width", [320, 1200])
def test_it_fits_the_screen(browser: Page, tmp_path: Path, width: int) -> None:
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=800,
        deviceScaleFactor=1,
        mobile=width < 500,
    )
    for run in RUNS:
        show(browser, tmp_path, run)
        assert browser.evaluate("document.documentElement.scrollWidth") <= width
