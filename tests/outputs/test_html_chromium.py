"""The HTML report in a real browser: it sorts, filters and folds, loads nothing, and runs nothing
of what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.chromium import EXECUTABLE, Page, chromium
from support.event_cases import complete, context, finding, load, many
from support.output_runs import rendered

from reviewer.events import Event

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(EXECUTABLE is None, reason="no chromium: apt-get install chromium"),
]

SHOWN = (
    "Array.from(document.querySelectorAll('article')).filter(each => each.getClientRects().length)"
)
LOADED = "performance.getEntriesByType('resource').length"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


def show(page: Page, run: list[Event], folder: Path) -> Path:
    path = folder / "report.html"
    path.write_text(rendered("html", run), encoding="utf-8")
    page.requests.clear()
    page.said.clear()
    page.open(path)
    return path


def ids(page: Page) -> list[str]:
    found: list[str] = page.evaluate(f"{SHOWN}.map(each => each.id.slice(2))")
    return found


def choose(page: Page, name: str, value: str) -> None:
    page.evaluate(
        f"(() => {{ const field = document.getElementById('controls').elements['{name}'];"
        f" field.value = '{value}';for (const type of ['input', 'change']) field.dispatchEvent(new"
        " Event(type, {bubbles: true})); })()"
    )


def found() -> list[Event]:
    places = [("b.py", 9), ("a.py", 30), ("a.py", 4), ("c.py", None)]
    severities = ["minor", "major", "critical", "minor"]
    categories = ["security", "performance", "stability", "security"]
    return [
        finding(
            number,
            file_name=name,
            start_line=line,
            end_line=line,
            severity=severities[number],
            category=categories[number],
            confidence=[0.2, 0.9, None, 0.5][number],
            title=f"Number {number}",
        )
        for number, (name, line) in enumerate(places)
    ]


def test_it_sorts(page: Page, tmp_path: Path) -> None:
    show(page, [context(), *found(), complete(findings=4)], tmp_path)
    orders = {"severity": "2103", "file": "2103", "category": "1032", "confidence": "1302"}
    for order, expected in orders.items():
        choose(page, "sort", order)
        assert [each[-1] for each in ids(page)] == list(expected), order


def test_it_filters(page: Page, tmp_path: Path) -> None:
    show(page, [context(), *found(), complete(findings=4)], tmp_path)
    assert page.evaluate("document.getElementById('shown').textContent") == "4 of 4 shown"
    choose(page, "file", "a.py")
    assert [each[-1] for each in ids(page)] == ["2", "1"]
    choose(page, "file", "")
    choose(page, "category", "security")
    assert [each[-1] for each in ids(page)] == ["0", "3"]
    choose(page, "category", "")
    page.evaluate("document.querySelector('input[value=minor]').click()")
    assert [each[-1] for each in ids(page)] == ["2", "1"]
    choose(page, "search", "NUMBER 2")
    assert [each[-1] for each in ids(page)] == ["2"]
    assert page.evaluate("document.getElementById('shown').textContent") == "1 of 4 shown"


def test_it_folds_two_hundred_findings(page: Page, tmp_path: Path) -> None:
    show(page, many(200), tmp_path)
    opened = "document.querySelectorAll('article > details[open]').length"
    assert page.evaluate(opened) == 12
    page.evaluate("document.getElementById('unfold').click()")
    assert page.evaluate(opened) == 200
    page.evaluate("document.getElementById('fold').click()")
    assert page.evaluate(opened) == 0
    assert len(ids(page)) == 200


@pytest.mark.parametrize("case", ["hostile", "example", "shapes", "incomplete", "error"])
def test_it_loads_nothing_and_runs_nothing(page: Page, tmp_path: Path, case: str) -> None:
    path = show(page, load(case), tmp_path)
    assert page.evaluate(LOADED) == 0
    assert page.requests == [path.as_uri()]
    assert page.said == []  # no error, no violation of the policy
    assert page.evaluate("document.scripts.length") == 1
    assert (
        page.evaluate(
            "document.querySelectorAll('a, img, link, iframe, object, embed, base').length"
        )
        == 0
    )


def test_the_policy_stops_what_would_get_in(page: Page, tmp_path: Path) -> None:
    """If escaping ever failed: a script, a handler and an image that are put into the page do
    nothing."""
    path = show(page, load("clean"), tmp_path)
    bad = (
        '<script>window.bad = 1</script><img src="file:///etc/hostname" onerror="window.bad ='
        ' 2"></main>'
    )
    path.write_text(path.read_text("utf-8").replace("</main>", bad), encoding="utf-8")
    page.open(path)
    assert page.evaluate("window.bad") is None
    assert sum("Content Security Policy" in each for each in page.said) >= 2


@pytest.mark.parametrize("width", [320, 400, 1200])
def test_it_fits_the_screen(page: Page, tmp_path: Path, width: int) -> None:
    page.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=800,
        deviceScaleFactor=1,
        mobile=width < 500,
    )
    for case in ("example", "hostile", "shapes"):
        show(page, load(case), tmp_path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
