from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from support.event_cases import NAMES, complete, context, error, finding, load, many
from support.format_texts import Html, hostile
from support.output_runs import rendered, runs, told

from reviewer.events import Event
from reviewer.outputs import github_summary, markdown
from reviewer.outputs.markdown_text import code, fence, in_html, phrase, prose
from reviewer.outputs.page import clean, inline

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = {
    "h3",
    "p",
    "blockquote",
    "ul",
    "li",
    "strong",
    "code",
    "pre",
    "details",
    "summary",
    "b",
    "sub",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
# What GitHub and GitLab turn into links to people, issues and sites, in text that is not code.
REFERENCE = re.compile(r"@\w|#\d|GH-\d|[!$%~^&][\w\"]|://|www\.", re.ASCII)
COMMAND = re.compile(r"^ {0,3}/[a-z]", re.MULTILINE)  # a GitLab quick action
FENCED = re.compile(
    r"^(`{3,})[^`\n]*\n.*?^\1$", re.MULTILINE | re.DOTALL
)  # where GitLab looks for none
SPACE = "\u200b"


def html(text: str) -> Html:
    return Html(GFM.render(text))


def words(text: str) -> str:
    return " ".join(text.split())


@given(hostile)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_prose_stays_text(said: str) -> None:
    written = prose(said)
    page = html(written)
    assert page.names() <= {"p"}
    assert page.words().replace(SPACE, "") == words(clean(said))
    assert not REFERENCE.search("".join(text for _, text in page.text))
    assert not COMMAND.search(written)


@given(hostile)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_a_phrase_stays_text_in_its_line(said: str) -> None:
    page = html(f"**a** {phrase(said)} **b**")
    assert [name for name, _ in page.tags] == ["p", "strong", "strong"]
    assert page.words("p").replace(SPACE, "") == words(inline(said))


@given(hostile)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_code_stays_code(said: str) -> None:
    page = html(f"- {code(said)}: x")
    assert [name for name, _ in page.tags] == ["ul", "li", "code"]
    assert page.words("code") == words(inline(said))


@given(hostile)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_nothing_gets_out_of_a_fence(said: str) -> None:
    lines = [f"+{line}" for line in clean(said).split("\n")]
    page = html("\n".join(["before", "", fence(lines, "diff"), "", "after"]))
    assert [name for name, _ in page.tags] == ["p", "pre", "code", "p"]
    assert "".join(text for tag, text in page.text if tag == "code") == "".join(
        f"{line.rstrip()}\n" for line in lines
    )


@given(hostile)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_nothing_gets_out_of_a_summary(said: str) -> None:
    page = html(f"<details>\n<summary>{in_html(said, 9999)}</summary>\n\nx\n\n</details>")
    assert [name for name, _ in page.tags] == ["details", "summary", "p"]
    assert page.words("summary").replace(SPACE, "") == words(inline(said))


def test_a_fence_is_longer_than_what_is_in_it() -> None:
    assert fence(["````"]) == "`````\n````\n`````"
    assert [name for name, _ in html(fence(["```", "# x"])).tags] == ["pre", "code"]


def check(text: str) -> Html:
    page = html(text)
    assert page.names() <= OURS
    assert page.comments == [" gemma-reviewer: report "]
    assert page.open == []
    spoken = "".join(text for tag, text in page.text if tag not in ("code", "pre"))
    assert not REFERENCE.search(spoken)
    assert not COMMAND.search(FENCED.sub("", text))
    return page


@pytest.mark.parametrize("name", ["markdown", "github-summary"])
@pytest.mark.parametrize("case", NAMES)
def test_the_cases_hold(case: str, name: str) -> None:
    check(rendered(name, load(case)))


@given(runs())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_hostile_runs_hold(run: list[Event]) -> None:
    page = check(rendered("markdown", run))
    assert len([name for name, _ in page.tags if name == "h3"]) == 1
    assert len([name for name, _ in page.tags if name == "sub"]) == told(run)


def test_what_looks_like_a_command_stays_in_its_fence() -> None:
    text = rendered(
        "markdown", [context(), finding(codegen_instructions="/close\n```\n/close"), complete()]
    )
    assert "````\n  /close\n  ```\n  /close\n````" in text
    check(text)


@pytest.mark.parametrize(
    ("name", "limit"), [("markdown", markdown.LIMIT), ("github-summary", github_summary.LIMIT)]
)
@pytest.mark.parametrize("number", [1, 30, 200, 1000])
def test_it_stays_under_the_limit_of_the_site(name: str, limit: int, number: int) -> None:
    text = rendered(name, many(number, comment="ä long story. " * 60))
    assert len(text.encode()) <= limit
    page = check(text)
    told = page.words().count("The loop never ends")
    left = re.search(r"And ([\d,]+) more findings?: `--format json`", text)
    assert told + int(left[1].replace(",", "") if left else 0) == number


def test_an_incomplete_run_names_what_was_left() -> None:
    left = [{"file_name": f"f`{number}", "reason": "timeout"} for number in range(60)]
    end = complete(
        outcome="failed",
        unreviewed_files=left,
        unreviewed_file_count=70,
        exit_code=3,
        message="Again.\n/close",
    )
    lines = rendered("markdown", [context(), end]).split("\n")
    assert lines[2:8] == [
        "### INCOMPLETE: 70 of 72 files were not reviewed; no findings so far",
        "",
        "> Again.",
        "> \\/close",
        "",
        "**Not reviewed: 70 files**",
    ]
    assert lines[9] == "- `` f`0 ``: out of time"
    assert "- and 20 more" in lines


def test_an_error() -> None:
    assert rendered("markdown", [error(message="no base: @you")]) == (
        "<!-- gemma-reviewer: report -->\n\n### INCOMPLETE: no base: @&#8203;you\n"
    )


def test_the_summary_counts() -> None:
    run = [context(), finding(1), finding(2, severity="info"), complete(findings=2)]
    assert "| critical | major | minor | trivial | info |\n| ---: |" in rendered(
        "github-summary", run
    )
    assert "| 0 | 1 | 0 | 0 | 1 |" in rendered("github-summary", run)
