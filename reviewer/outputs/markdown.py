"""`--format markdown`: the report as the description of a pull request, or a comment on it.

It stays below GitHub's size limit: if there is too much, the last findings become one line each,
then a count. The first line is an HTML comment by which a later run finds the comment to replace.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import TextIO

from reviewer.events import Complete, Finding, Patch
from reviewer.findings.rules import reported_by
from reviewer.outputs.collected import CollectedRun
from reviewer.outputs.ending import Ending, advice, ending, title_of, why
from reviewer.outputs.excerpt import diff_rows, rows
from reviewer.outputs.finding_text import PROVED, own_quote
from reviewer.outputs.markdown_text import code, fence, in_html, phrase, prose
from reviewer.outputs.page import clean, write
from reviewer.outputs.wording import (
    PREEXISTING,
    SMOKE,
    against,
    also_at,
    duration,
    engine,
    more_places,
    ordered,
    place,
    place_of,
    why_skipped,
    why_unreviewed,
)
from reviewer.text import count, cut

MARK = "<!-- gemma-reviewer: report -->"
LIMIT = 60_000  # bytes; GitHub accepts 65,536 characters, GitLab a million
NAMED = 50  # files
CODE, DIFF, SEE = 20, 80, 10  # lines, lines, places


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> Markdown:
    return Markdown(stream)


class Markdown(CollectedRun):
    limit = LIMIT

    def close(self) -> None:
        end = ending(self)
        head, tail = [*self._head(end)], [*self._skipped()]
        left = self.limit - sum(map(_size, [*head, *tail])) - 200
        write(self.stream, "\n\n".join([*head, *self._fitting(left), *tail]) + "\n")

    def _fitting(self, left: int) -> Iterator[str]:
        """Complete findings as long as there is room, then one line each, then a count."""
        findings = ordered(self.findings)
        blocks = [block(finding) for finding in findings]
        if sum(map(_size, blocks)) > left:
            left -= self.limit // 4  # reserved for lines
            blocks = blocks[: _leading(blocks, left)]
        yield from blocks
        rest = findings[len(blocks) :]
        lines = [_line(finding) for finding in rest]
        if lines := lines[: _leading(lines, self.limit // 4 - 200)]:
            yield "\n".join(["**Further findings:**", "", *lines])
        if more := len(rest) - len(lines):
            yield f"And {count(more, 'more finding')}: `--format json` lists them all."

    def _head(self, end: Ending) -> Iterator[str]:
        yield MARK
        yield f"### {phrase(end.line, 4000)}"
        if end.message:
            yield "\n".join(f"> {line}".rstrip() for line in prose(end.message).split("\n"))
        if self.context and self.context.model_role == "smoke":
            yield f"**{SMOKE.capitalize()}.**"
        if end.unreviewed or end.unnamed:
            named = [
                f"- {code(file.file_name)}: {phrase(why_unreviewed(file))}"
                for file in end.unreviewed[:NAMED]
            ]
            more = len(end.unreviewed) - len(named) + end.unnamed
            total = len(end.unreviewed) + end.unnamed
            yield "\n".join([f"**Not reviewed: {count(total, 'file')}**", "", *named, *_more(more)])
        if facts := list(self._facts()):
            yield " · ".join(facts)

    def _facts(self) -> Iterator[str]:
        if isinstance(self.end, Complete):
            yield f"Reviewed {count(len(self.end.reviewed_files), 'file')}"
        if self.context:
            yield phrase(against(self.context))
            yield f"by {phrase(engine(self.context))}"
        if isinstance(self.end, Complete):
            yield duration(self.end.duration_seconds)
            if self.end.resolved:
                yield f"{count(len(self.end.resolved), 'earlier finding')} no longer there"

    def _skipped(self) -> Iterator[str]:
        files = self.end.skipped_files if isinstance(self.end, Complete) else []
        if files:
            named = [f"- {code(file.file_name)}: {why_skipped(file)}" for file in files[:NAMED]]
            yield _details(
                f"Skipped: {count(len(files), 'file')}",
                "\n".join([*named, *_more(len(files) - NAMED)]),
            )


def _more(number: int) -> list[str]:
    return [f"- and {number:,} more"] if number > 0 else []


def _leading(texts: list[str], room: int) -> int:
    """How many of the first texts fit into `room` bytes."""
    return sum(1 for total in accumulate(map(_size, texts)) if total <= room)


def _size(text: str) -> int:
    return len(text.encode()) + 2


def _details(summary: str, body: str) -> str:
    """A folded section; `summary` is HTML."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def _line(finding: Finding) -> str:
    where = place(finding.file_name, None if finding.side == "old" else finding.start_line)
    return (
        f"- **{finding.severity}** {code(where)} {phrase(title_of(finding))}{more_places(finding)}"
    )


def block(finding: Finding) -> str:
    """A finding, folded to its title."""
    where = place(finding.file_name, None if finding.side == "old" else finding.start_line)
    summary = (
        f"<b>{finding.severity.upper()}</b> {in_html(title_of(finding))}"
        f" <code>{in_html(where, 1000)}</code>{more_places(finding)}"
    )
    return _details(summary, "\n\n".join(_body(finding)))


def _body(finding: Finding) -> Iterator[str]:
    if others := also_at(finding):
        yield f"**Also at:** {phrase(others, 8000)}"
    if comment := why(finding):
        yield prose(comment)
    if finding.failure_scenario.strip():
        yield f"**How it fails:** {prose(finding.failure_scenario)}"
    if todo := advice(finding):
        yield f"**What to do:** {prose(todo)}"
    own = own_quote(finding)
    if own is not None:
        shown, left = rows(own, finding, CODE)
        digits = len(str(shown[-1].number))
        lines = [f"{'>' if row.hit else ' '} {row.number:>{digits}} | {row.text}" for row in shown]
        yield fence([*lines, *([f"  … {count(left, 'more line')}"] if left else [])])
    if finding.patch is not None:
        yield from _patch(finding, finding.patch)
    elif suggestions := [each for each in finding.suggestions if each.strip()]:
        yield "**Suggested:**"
        for suggestion in suggestions[:SEE]:
            yield fence(
                [f"+{line}" for line in clean(cut(suggestion, 4000)).rstrip("\n").split("\n")],
                "diff",
            )
    if further := [quote for quote in finding.evidence if quote is not own]:
        places = [f"- {code(place_of(quote))} {phrase(quote.why, 500)}" for quote in further]
        yield "\n".join(["**See also:**", "", *places[:SEE], *_more(len(places) - SEE)])
    instructions = [
        f"  {line}" for line in clean(cut(finding.codegen_instructions, 8000)).split("\n")
    ]
    yield _details("Instructions for a coding agent", fence(instructions))
    yield f"<sub>{_facts(finding)}</sub>"


def _facts(finding: Finding) -> str:
    facts = [
        "still open" if finding.state == "open" else "",
        PREEXISTING if finding.preexisting else "",
        phrase(reported_by(finding)),
        finding.category.removeprefix("functional_").replace("_", " "),
        "" if finding.confidence is None else f"{100 * finding.confidence:.0f} % sure",
        code(finding.id),
    ]
    return " · ".join(filter(None, facts))


def _patch(finding: Finding, patch: Patch) -> Iterator[str]:
    yield f"**Patch:** {PROVED[patch.verification]}"
    checks = [
        f"- {phrase(check.name)} {check.status}"
        + (f": {phrase(check.detail)}" if check.detail.strip() else "")
        for check in patch.checks
    ]
    if checks:
        yield "\n".join(checks)
    shown = [text if kind != "file" else f"@@ {text}" for kind, text in diff_rows(finding, patch)]
    more = [f"  … {count(len(shown) - DIFF, 'more line')}"] if len(shown) > DIFF else []
    yield fence([*shown[:DIFF], *more], "diff")
