"""One finding as lines for the pane below the list: the code, the reason, the failure, the patch
and its proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewer.doors.tui.model import Item, Line
from reviewer.events import Finding, Patch, Quote
from reviewer.findings.rules import reported_by
from reviewer.outputs.ending import advice, title_of, why
from reviewer.outputs.excerpt import CodeRow, diff_rows
from reviewer.outputs.excerpt import rows as quoted
from reviewer.outputs.finding_text import PROVED, own_quote
from reviewer.outputs.page import clean, inline, wrap
from reviewer.outputs.wording import (
    PREEXISTING,
    also_at,
    duration,
    lines_of,
    outside,
    place,
    place_of,
)
from reviewer.text import count, cut

SIGN = {"passed": "✓", "failed": "✗", "skipped": "–"}
CHECK = {"passed": "good", "failed": "bad", "skipped": "dim"}
CODE, AROUND, SEE = 60, 4, 20  # lines, lines, places
PROSE = 4000  # characters of any one text
STATE = {
    "new": "new",
    "open": "still open",
    "applied": "fix applied (u undoes it)",
    "dismissed": "dismissed (o reopens it)",
    "fixed": "fixed",
}


def detail(item: Item, columns: int, source: str | None) -> list[Line]:
    """Everything about a finding, in at most `columns` cells (20 or more). `source` is the file as
    it is now, None if it is not available."""
    found = item.finding
    own = own_quote(found)
    lines = [*_head(item, columns), ()]
    if own is not None:
        shown, left = around(found, own, source) or quoted(own, found, CODE)
        lines += [*_code(shown, left, columns), ()]
    if said := why(found):
        lines += [*_prose("Why", said, columns), ()]
    if found.failure_scenario.strip():
        lines += [
            *_prose("How it fails", clean(cut(found.failure_scenario, PROSE)).strip(), columns),
            (),
        ]
    if todo := advice(found):
        lines += [*_prose("What to do", todo, columns), ()]
    if found.patch is not None:
        lines += [*_patch(found, found.patch, columns), ()]
    elif suggestions := [each for each in found.suggestions if each.strip()]:
        lines += [(("heading", "Suggested"),)]
        lines += [
            line
            for each in suggestions[:SEE]
            for line in _block("", clean(cut(each, PROSE)), columns)
        ] + [()]
    lines += _evidence([quote for quote in found.evidence if quote is not own], columns)
    lines += _prose(
        "For a coding agent (y copies this)",
        clean(cut(found.codegen_instructions, 8000)),
        columns,
        "dim",
    )
    return lines


def around(found: Finding, quote: Quote, source: str | None) -> tuple[list[CodeRow], int] | None:
    """The lines of the file around the finding. None when the file no longer matches the quote: the
    line numbers would be wrong."""
    if source is None or found.side == "old" or found.start_line is None:
        return None
    lines = source.removesuffix("\n").split("\n")
    wanted = clean(quote.quote).rstrip("\n").split("\n")
    if [
        clean(line) for line in lines[quote.start_line - 1 : quote.start_line - 1 + len(wanted)]
    ] != wanted:
        return None
    last = max(found.start_line, found.end_line or 0)
    begin, end = max(1, found.start_line - AROUND), min(len(lines), last + AROUND)
    numbers = range(begin, end + 1)
    shown = [
        CodeRow(at, clean(lines[at - 1]), found.start_line <= at <= last) for at in numbers[:CODE]
    ]
    return shown, len(numbers) - len(shown)


def _head(item: Item, columns: int) -> Iterator[Line]:
    found = item.finding
    first, *rest = wrap(f"{found.severity.upper()}  {title_of(found)}", columns)
    badge = len(found.severity)
    yield ((found.severity, first[:badge]), ("bold", first[badge:]))
    yield from ((("bold", line),) for line in rest)
    start = None if found.side == "old" else found.start_line
    notes = [
        lines_of(start, found.end_line),
        outside(found),
        STATE[item.state] + (f": {inline(cut(item.reason, 300))}" if item.reason else ""),
    ]
    said = "  ".join([place(found.file_name, start), *filter(None, notes)])
    yield from ((("place", line),) for line in wrap(said, columns))
    if others := also_at(found):
        yield from ((("place", line),) for line in wrap(f"also at {others}", columns))
    facts = [
        PREEXISTING if found.preexisting else "",
        inline(reported_by(found)),
        found.category.removeprefix("functional_").replace("_", " "),
        "" if found.confidence is None else f"{100 * found.confidence:.0f} % sure",
        found.id,
    ]
    yield from ((("dim", line),) for line in wrap(" · ".join(filter(None, facts)), columns))


def _code(shown: Sequence[CodeRow], left: int, columns: int) -> Iterator[Line]:
    """Numbered lines, with those of the finding marked; a long line continues below, after the
    numbers."""
    digits = len(str(shown[-1].number)) if shown else 1
    for row in shown:
        head = f"{'▸' if row.hit else ' '}{row.number:>{digits}} │ "
        style = "hit" if row.hit else "code"
        for number, part in enumerate(wrap(row.text, max(8, columns - len(head))) or [""]):
            yield (("gutter", head if not number else " " * (digits + 1) + " │ "), (style, part))
    if left:
        yield (("dim", f"… {count(left, 'more line')}"),)


def _prose(title: str, said: str, columns: int, style: str = "") -> Iterator[Line]:
    yield from ((("heading", line),) for line in wrap(title, columns))
    yield from _block(style, said, columns)


def _block(style: str, said: str, columns: int, indent: int = 2) -> Iterator[Line]:
    yield from (
        (("", " " * indent), (style, line)) for line in wrap(said.rstrip("\n"), columns - indent)
    )


def _patch(found: Finding, patch: Patch, columns: int) -> Iterator[Line]:
    proof = "good" if patch.verification in ("clean", "tests_pass") else "warn"
    yield from _prose("Patch", PROVED[patch.verification], columns, proof)
    for check in patch.checks:
        said = f"{SIGN[check.status]} {inline(check.name)}"
        said += f": {inline(cut(check.detail, 300))}" if check.detail.strip() else ""
        said += f" ({duration(check.duration_seconds)})" if check.duration_seconds else ""
        yield from _block(CHECK[check.status], said, columns)
    for kind, row in diff_rows(found, patch):
        for number, part in enumerate(wrap(row, columns - 2) or [""]):
            yield (("", "  " if not number else "↪ "), (kind, part))


def _evidence(quotes: Sequence[Quote], columns: int) -> Iterator[Line]:
    if not quotes:
        return
    yield (("heading", "See also"),)
    for quote in quotes[:SEE]:
        where = place_of(quote)
        yield from _block("place", f"{where}  {inline(cut(quote.why, 500))}", columns)
        if quote.quote.strip():
            yield from _code(*quoted(quote, None, 8), columns)
    if len(quotes) > SEE:
        yield (("dim", f"  and {len(quotes) - SEE:,} more"),)
    yield ()
