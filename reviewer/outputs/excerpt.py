"""Code and patches as rows, for formats that render them in their own way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from reviewer.events import Finding, Patch, Quote
from reviewer.outputs.page import clean, inline
from reviewer.text import cut

RowKind = Literal["file", "hunk", "added", "removed", "context"]


@dataclass(frozen=True, slots=True)
class CodeRow:
    number: int
    text: str  # clean, one line
    hit: bool  # the finding is on this line


def rows(
    quote: Quote, finding: Finding | None, limit: int, characters: int = 8000
) -> tuple[list[CodeRow], int]:
    """Up to `limit` lines of the quote and the number of lines after them. A finding far into the
    quote has the rows start two lines before it; without a finding no line is marked. Only the
    first `characters` of the quote count."""
    first = finding.start_line or 0 if finding else 0
    last = max(first, finding.end_line or 0) if finding else -1
    lines = clean(cut(quote.quote, characters)).rstrip("\n").split("\n")
    all_rows = [
        CodeRow(number, line, first <= number <= last)
        for number, line in enumerate(lines, quote.start_line)
    ]
    skipped = max(0, min(first - quote.start_line - 2, len(all_rows) - limit))
    return all_rows[skipped : skipped + limit], max(0, len(all_rows) - skipped - limit)


def diff_rows(finding: Finding, patch: Patch) -> Iterator[tuple[RowKind, str]]:
    """The hunks, and the name of each file other than the finding's own. Header lines are
    recognised by their position: inside a hunk, `--- a` is a removed line."""
    header, own = True, inline(finding.file_name)
    for row in clean(patch.diff).rstrip("\n").split("\n"):
        if row.startswith("diff --git "):
            header = True
        elif row.startswith("@@"):
            header = False
            yield "hunk", row
        elif not header:
            kinds: dict[str, RowKind] = {"+": "added", "-": "removed"}
            yield (
                kinds.get(row[:1], "context"),
                row if row[:1] in ("+", "-", " ", "\\") else " " + row,
            )
        elif row.startswith("+++ ") and (name := row[4:].removeprefix("b/")) != own:
            yield "file", name
            own = ""  # from here on every file is named
