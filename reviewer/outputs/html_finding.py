"""One finding as HTML: folded to its title, with its code, its patch and the proof of the patch."""

from __future__ import annotations

import html
from collections.abc import Iterator

from reviewer.events import Finding, Patch, Quote
from reviewer.findings.rules import reported_by
from reviewer.outputs.ending import advice, title_of, why
from reviewer.outputs.excerpt import CodeRow, diff_rows, rows
from reviewer.outputs.finding_text import PROVED, own_quote
from reviewer.outputs.page import clean, inline
from reviewer.outputs.wording import (
    PREEXISTING,
    also_at,
    duration,
    lines_of,
    more_places,
    outside,
    place,
    place_of,
)
from reviewer.text import count, cut
from reviewer.types import severity_rank

CODE, DIFF, SEE = 60, 400, 20  # lines, lines, places
SIGN = {"passed": "✓", "failed": "✗", "skipped": "–"}


def escaped(text: str) -> str:
    """Any number of lines, escaped for text or an attribute's value."""
    return html.escape(clean(text).strip("\n"))


def plain(text: str) -> str:
    """One line, escaped for text or an attribute's value."""
    return html.escape(inline(text))


def card(finding: Finding, *, unfolded: bool) -> str:
    return "\n".join(_card(finding, unfolded))


def _card(finding: Finding, unfolded: bool) -> Iterator[str]:
    start = None if finding.side == "old" else finding.start_line
    facts = {
        "severity": finding.severity,
        "rank": str(severity_rank(finding.severity)),
        "category": finding.category,
        "file": plain(finding.file_name),
        "line": str(start or 0),
        "confidence": "0" if finding.confidence is None else f"{finding.confidence:.4f}",
    }
    data = " ".join(f'data-{name}="{value}"' for name, value in facts.items())
    yield (
        f'<article class="finding {finding.severity}" id="f-{finding.id}"'
        f" {data}><details{' open' * unfolded}>"
    )
    yield (
        f'<summary><span class="badge">{finding.severity}</span><span'
        f' class="title">{plain(title_of(finding))}</span>'
    )
    where = plain(place(finding.file_name, start))
    yield f'<code class="where">{where}</code>{more_places(finding)}</summary>'
    yield f'<p class="about">{" · ".join(_about(finding))}</p>'
    if others := also_at(finding):
        yield f'<p class="text">Also at <code>{plain(others)}</code></p>'
    if comment := why(finding):
        yield f'<p class="text">{escaped(comment)}</p>'
    own = own_quote(finding)
    if own is not None:
        shown, left = rows(own, finding, CODE)
        yield _code(shown, left)
    if finding.failure_scenario.strip():
        yield (
            "<h3>How it fails</h3>\n<p"
            f' class="text">{escaped(cut(finding.failure_scenario, 4000))}</p>'
        )
    if todo := advice(finding):
        yield f'<h3>What to do</h3>\n<p class="text">{escaped(todo)}</p>'
    if finding.patch is not None:
        yield from _patch(finding, finding.patch)
    elif suggestions := [each for each in finding.suggestions if each.strip()]:
        yield "<h3>Suggested</h3>"
        for suggestion in suggestions[:SEE]:
            yield f'<pre class="code"><code>{escaped(cut(suggestion, 4000))}</code></pre>'
    yield from _evidence([quote for quote in finding.evidence if quote is not own])
    yield '<details class="agent"><summary>Instructions for a coding agent</summary>'
    yield '<button type="button" class="copy" hidden>Copy</button>'
    yield f"<pre><code>{escaped(cut(finding.codegen_instructions, 8000))}</code></pre></details>"
    yield "</details></article>"


def _about(finding: Finding) -> Iterator[str]:
    """Facts in a row, as HTML."""
    if finding.state == "open":
        yield "still open"
    if finding.preexisting:
        yield PREEXISTING
    yield plain(reported_by(finding))
    yield finding.category.removeprefix("functional_").replace("_", " ")
    if finding.confidence is not None:
        yield f"{100 * finding.confidence:.0f} % sure"
    if finding.side == "new" and (lines := lines_of(finding.start_line, finding.end_line)):
        yield lines
    if where := outside(finding):
        yield where
    yield f"<code>{finding.id}</code>"


def _code(shown: list[CodeRow], left: int) -> str:
    lines = [
        f'<span class="row{" hit" * row.hit}"'
        f' data-n="{row.number}">{html.escape(row.text)}\n</span>'
        for row in shown
    ]
    more = f'<span class="row more">… {count(left, "more line")}\n</span>' if left else ""
    return f'<pre class="code numbered"><code>{"".join(lines)}{more}</code></pre>'


def _patch(finding: Finding, patch: Patch) -> Iterator[str]:
    yield (
        '<h3>Patch <span class="proof'
        f' {patch.verification}">{PROVED[patch.verification]}</span></h3>'
    )
    if patch.checks:
        yield '<ul class="checks">'
        for check in patch.checks:
            detail = f": {plain(cut(check.detail, 300))}" if check.detail.strip() else ""
            took = (
                f" <small>{duration(check.duration_seconds)}</small>"
                if check.duration_seconds
                else ""
            )
            yield (
                f'<li class="{check.status}">{SIGN[check.status]}'
                f" {plain(check.name)}{detail}{took}</li>"
            )
        yield "</ul>"
    lines = list(diff_rows(finding, patch))
    drawn = [
        f'<span class="row {kind}">{html.escape(text)}\n</span>' for kind, text in lines[:DIFF]
    ]
    if len(lines) > DIFF:
        drawn.append(f'<span class="row more">… {count(len(lines) - DIFF, "more line")}\n</span>')
    yield f'<pre class="code diff"><code>{"".join(drawn)}</code></pre>'


def _evidence(quotes: list[Quote]) -> Iterator[str]:
    if not quotes:
        return
    yield '<h3>See also</h3>\n<ul class="evidence">'
    for quote in quotes[:SEE]:
        yield (f"<li><code>{plain(place_of(quote))}</code> {plain(cut(quote.why, 500))}")
        if quote.quote.strip():
            yield _code(*rows(quote, None, 8))
        yield "</li>"
    if len(quotes) > SEE:
        yield f"<li>and {len(quotes) - SEE:,} more</li>"
    yield "</ul>"
