from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from support.event_cases import NAMES, complete, context, error, finding, load, many
from support.format_texts import Html, hostile
from support.output_runs import rendered, runs

from reviewer.events import Event, Heartbeat
from reviewer.outputs import html_report
from reviewer.outputs.page import clean, inline
from reviewer.text import cut

TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "script",
    "body",
    "header",
    "main",
    "section",
    "article",
    "details",
    "summary",
    "figure",
    "figcaption",
    "svg",
    "rect",
    "text",
    "line",
    "polyline",
    "polygon",
    "form",
    "fieldset",
    "legend",
    "label",
    "select",
    "option",
    "input",
    "output",
    "button",
    "p",
    "h1",
    "h3",
    "dl",
    "dt",
    "dd",
    "div",
    "ul",
    "li",
    "pre",
    "code",
    "span",
    "b",
    "small",
}
ATTRIBUTES = {
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "class",
    "id",
    "hidden",
    "open",
    "type",
    "value",
    "checked",
    "autocomplete",
    "spellcheck",
    "role",
    "aria-label",
    "viewbox",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "rx",
    "width",
    "height",
    "points",
}
SCRIPT = (html_report.HERE / "report.js").read_text("utf-8")
STYLE = (html_report.HERE / "report.css").read_text("utf-8")


def check(text: str) -> Html:
    """Only our own elements, nothing that loads or runs, and a policy that knows exactly our script
    and style."""
    page = Html(text)
    assert page.open == []
    assert page.names() <= TAGS
    assert {
        key for _, attrs in page.tags for key in attrs if not key.startswith("data-")
    } <= ATTRIBUTES
    assert page.raw == {"script": [SCRIPT], "style": [STYLE]}
    assert not page.comments
    policy = next(
        attrs["content"]
        for _, attrs in page.tags
        if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    style, script = (
        base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()
        for each in (STYLE, SCRIPT)
    )
    assert (
        policy
        == f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri"
        " 'none'; form-action 'none'"
    )
    for svg in re.findall("<svg.*?</svg>", text, re.DOTALL):
        ET.fromstring(svg)
    return page


@pytest.mark.parametrize("case", NAMES)
def test_the_cases(case: str, golden: Callable[[str, str], None]) -> None:
    """Whole but for style and script, which `check` compares with their files."""
    text = rendered("html", load(case))
    check(text)
    golden(f"{case}.html", text[text.index("<body>") : text.index("<script>")])


@given(runs())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_hostile_runs_hold(run: list[Event]) -> None:
    page = check(rendered("html", run))
    assert len([name for name, _ in page.tags if name == "article"]) == len(run) - 2
    assert len([name for name, _ in page.tags if name == "h1"]) == 1


@given(hostile)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_what_is_said_comes_out_again(said: str) -> None:
    quote = {
        "file_name": "shop/cart.py",
        "start_line": 3,
        "end_line": 3,
        "quote": said,
        "why": "the place",
    }
    found = finding(
        title=said,
        comment=f"{said}.",
        failure_scenario="",
        evidence=[quote],
        codegen_instructions=said,
    )
    text = rendered("html", [context(), found, complete(findings=1)])
    page = check(text)
    title = page.text[
        next(i for i, (tag, each) in enumerate(page.text) if (tag, each) == ("span", "major")) + 1
    ]
    expected = inline(cut(found.title, 300)).strip() or "Unnamed problem"
    assert title == ("span", expected)
    paragraphs = [words(each) for tag, each in page.text if tag == "p"]
    told = words(clean(found.comment))
    assert not told or told in paragraphs


def words(text: str) -> str:
    return " ".join(text.split())


def test_no_css_and_no_script_can_load_anything() -> None:
    for text in (STYLE, SCRIPT):
        assert not re.search(
            r"url\(|@import|https?:|//|fetch|XMLHttp|WebSocket|innerHTML|eval|import\(", text
        )


def test_code_is_numbered_and_its_lines_marked() -> None:
    quote = {
        "file_name": "shop/cart.py",
        "start_line": 98,
        "end_line": 100,
        "quote": "a\n<b>\nc",
        "why": "here",
    }
    text = rendered(
        "html", [finding(start_line=99, end_line=99, evidence=[quote]), complete(findings=1)]
    )
    assert (
        '<pre class="code numbered"><code><span class="row" data-n="98">a\n</span><span class="row'
        ' hit" data-n="99">&lt;b&gt;\n</span><span class="row" data-n="100">c\n</span></code></pre>'
        in text
    )


def test_a_patch_has_its_proof() -> None:
    text = rendered("html", load("example"))
    assert (
        '<span class="proof tests_pass">applies, parses, analyzers clean, tests pass</span>' in text
    )
    assert '<li class="passed">✓ command: python -m pytest -q <small>1.9 s</small></li>' in text
    assert (
        '<span class="row removed">-    for x in xs[1:]:\n</span><span class="row added">+    for x'
        " in xs:" in text
    )


def test_coverage_is_drawn_to_scale() -> None:
    left = [{"file_name": "c", "reason": "timeout"}]
    end = complete(outcome="failed", unreviewed_files=left, unreviewed_file_count=2, exit_code=3)
    text = rendered("html", [context(), end])
    assert (
        '<rect class="reviewed" x="0.00" y="0" width="160.00" height="14"/>'
        '<rect class="unreviewed" x="160.00" y="0" width="160.00" height="14"/>' in text
    )
    assert "<figcaption>Coverage <b>50 % of 4 files</b></figcaption>" in text
    assert "<summary>Not reviewed: 2 files</summary>" in text


def test_time_is_drawn_from_heartbeats() -> None:
    beats = [Heartbeat(elapsed_seconds=10.0 * n, units_done=n, units_total=4) for n in (1, 2)]
    text = rendered("html", [context(), *beats, complete(duration_seconds=40.0)])
    assert '<polyline class="line" points="0,70 80.00,52.50 160.00,35.00 320.00,0.00"/>' in text
    broken = rendered(
        "html",
        [context(), *beats, complete(duration_seconds=40.0, outcome="failed", exit_code=130)],
    )
    assert '<polyline class="line" points="0,70 80.00,52.50 160.00,35.00"/>' in broken


def test_many_findings_are_folded() -> None:
    text = rendered("html", many(200))
    assert (
        text.count("<article"),
        text.count('><details open>\n<summary><span class="badge"'),
    ) == (200, 12)


def test_a_run_without_result() -> None:
    text = rendered("html", [error(message="no <base>")])
    assert '<header class="bad">' in text
    assert "<h1>INCOMPLETE: no &lt;base&gt;</h1>" in text
    assert "<figure>" not in text
