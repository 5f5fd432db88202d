"""One finding as lines of text: title, place, code, reason, failure, fix and evidence."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from reviewer.events import Finding, Patch, Quote
from reviewer.findings.rules import reported_by
from reviewer.outputs import excerpt
from reviewer.outputs.page import GUTTER, Page, clean, inline, wrap
from reviewer.outputs.wording import (
    PREEXISTING,
    also_at,
    lines_of,
    more_places,
    outside,
    place,
    place_of,
)
from reviewer.text import count, cut
from reviewer.types import PLACE

BADGE = {"critical": "alarm", "major": "bad", "minor": "warn", "trivial": "blue", "info": "dim"}
PROVED = {
    "applies": "applies; nothing else was checked",
    "parses": "applies, parses",
    "clean": "applies, parses, analyzers clean",
    "tests_pass": "applies, parses, analyzers clean, tests pass",
}
PROSE = 4000  # characters of any one text
CODE = 12  # lines of a quote
DIFF = 40  # lines of a patch
SEE = 5  # further places
DIFF_STYLE: dict[excerpt.RowKind, str] = {
    "file": "bold",
    "hunk": "cyan",
    "added": "green",
    "removed": "red",
    "context": "dim",
}


def finding_text(page: Page, finding: Finding, *, verbose: bool) -> list[str]:
    own = own_quote(finding)
    lines = [*_head(page, finding), ""]
    if own is not None:
        lines += [*page.block("", _code(finding, own)), ""]
    if finding.comment and finding.comment.strip() != finding.title.strip():
        lines += page.field("why", clean(cut(finding.comment, PROSE)))
    if finding.failure_scenario:
        lines += page.field("fails", clean(cut(finding.failure_scenario, PROSE)))
    lines += _fix(page, finding, verbose)
    further = [quote for quote in finding.evidence if quote is not own]
    for quote in further if verbose else further[:SEE]:
        lines += page.field("see", f"{place_of(quote)}  {inline(cut(quote.why, PROSE))}")
        lines += page.block("", (("dim", line) for line in _excerpt(quote, 3 if verbose else 1)))
    if len(further) > SEE and not verbose:
        lines += page.field("", f"and {count(len(further) - SEE, 'more place')}")
    if verbose:
        lines += page.field("agent", clean(cut(finding.codegen_instructions, PROSE)), style="dim")
    return lines


def finding_line(page: Page, finding: Finding) -> list[str]:
    """The finding in one line, for `--quiet`; a long one continues on indented lines."""
    where = place(finding.file_name, finding.start_line)
    said = f"{where}  {inline(cut(finding.title, 300))}{more_places(finding)}"
    first, *rest = wrap(said, page.columns - GUTTER)
    return [(_badge(page, finding) + first).rstrip(), *(" " * GUTTER + line for line in rest)]


def own_quote(finding: Finding) -> Quote | None:
    """The first piece of evidence if it shows the finding's own place, perhaps with lines around
    it."""
    if not finding.evidence or finding.start_line is None:
        return None
    first, end = finding.evidence[0], finding.end_line or finding.start_line
    same_file = (first.file_name, first.file_name_base64) == (
        finding.file_name,
        finding.file_name_base64,
    )
    same_side = first.side == finding.side or first.why == PLACE  # old records name no side
    overlap = first.start_line <= end and first.end_line >= finding.start_line
    return first if same_file and same_side and overlap else None


def _badge(page: Page, finding: Finding) -> str:
    name = finding.severity.upper()
    return page.paint(BADGE[finding.severity], name) + " " * (GUTTER - len(name))


def _head(page: Page, finding: Finding) -> list[str]:
    title, *more = page.field("", inline(cut(finding.title, 300)), style="bold")
    notes = [
        lines_of(finding.start_line, finding.end_line),
        "as it was before the change" if finding.side == "old" else "",
        outside(finding),
    ]
    where = "  ".join(
        filter(None, (place(finding.file_name, finding.start_line), ", ".join(filter(None, notes))))
    )
    facts = [
        "still open" if finding.state == "open" else "",
        PREEXISTING if finding.preexisting else "",
        inline(reported_by(finding)),
        finding.category.removeprefix("functional_").replace("_", " "),
        "" if finding.confidence is None else f"{100 * finding.confidence:.0f} % sure",
        finding.id,
    ]
    others = also_at(finding)
    return [
        (_badge(page, finding) + title[GUTTER:]).rstrip(),
        *more,
        *page.field("", where, style="cyan"),
        *(page.field("", f"also at {others}", style="cyan") if others else ()),
        *page.field("", " · ".join(filter(None, facts)), style="dim"),
    ]


def _excerpt(quote: Quote, limit: int) -> list[str]:
    if not quote.quote.strip():
        return []
    shown, _ = excerpt.rows(quote, None, limit, PROSE)
    return textwrap.dedent("\n".join(row.text for row in shown)).split("\n")


def _code(finding: Finding, quote: Quote) -> Iterator[tuple[str, str]]:
    """Numbered lines around the finding; its own lines are marked and not dimmed."""
    shown, left = excerpt.rows(quote, finding, CODE, PROSE)
    digits = len(str(shown[-1].number + left))
    for row in shown:
        mark = ">" if row.hit else " "
        yield "" if row.hit else "dim", f"{mark} {row.number:>{digits}} │ {row.text}".rstrip()
    if left:
        yield "dim", f"… {count(left, 'more line')}"


def _fix(page: Page, finding: Finding, verbose: bool) -> list[str]:
    lines: list[str] = []
    if finding.patch is not None:
        lines += _patch(page, finding, finding.patch, verbose)
    added = (
        {row[1:].strip() for row in finding.patch.diff.split("\n") if row[:1] == "+"}
        if finding.patch
        else set()
    )
    advice = _advice(finding)
    if advice and not lines:
        lines += page.field("fix", clean(cut(advice, PROSE)))
    for suggestion in finding.suggestions:
        if not all(row.strip() in added for row in suggestion.split("\n")):
            lines += page.field(
                "" if lines else "fix", clean(textwrap.dedent(cut(suggestion, PROSE))).rstrip("\n")
            )
    return lines or page.field("fix", clean(cut(_instructions(finding), PROSE)))


def _advice(finding: Finding) -> str:
    """What to do, taken from the instructions (see prompts/instructions.md); "" if they have no
    such part."""
    return finding.codegen_instructions.partition("\nWhat to do: ")[2].strip()


def _instructions(finding: Finding) -> str:
    """The instructions without their opening lines (the place, and the warning to an agent), which
    a person does not need."""
    rows = finding.codegen_instructions.split("\n")
    if rows[0].startswith("Review comment at @"):
        rows = rows[2:] if len(rows) > 2 else rows[1:]
    return "\n".join(rows).strip("\n")


def _patch(page: Page, finding: Finding, patch: Patch, verbose: bool) -> list[str]:
    lines = page.field("fix", f"patch: {PROVED[patch.verification]}", style="green")
    for check in patch.checks:
        if verbose or check.status == "failed":
            result = (
                f"{inline(check.name)} {check.status} {inline(cut(check.detail, 300))}".rstrip()
            )
            lines += page.field("", result, style="bad" if check.status == "failed" else "dim")
    rows = [(DIFF_STYLE[kind], row) for kind, row in excerpt.diff_rows(finding, patch)]
    lines += page.block("", rows if verbose else rows[:DIFF])
    if len(rows) > DIFF and not verbose:
        lines += page.field(
            "", f"… {count(len(rows) - DIFF, 'more line')}; --verbose shows all", style="dim"
        )
    return lines
