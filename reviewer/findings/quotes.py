"""Quotes the code of a finding from its file, with all secrets masked."""

from __future__ import annotations

from collections.abc import Mapping

from reviewer import prompt, secrets, text
from reviewer.events import Finding, Quote
from reviewer.findings.identity import path_of
from reviewer.findings.source import Source
from reviewer.types import PLACE, Side

EXCERPT_MARGIN = 1  # unchanged lines shown around the place
EXCERPT_LINES = 12


def place_quote(path: str, side: Side, start: int, end: int, source: Source) -> Quote | None:
    lines = source.lines(path, side)
    if start not in lines:
        return None
    end = min(end, start + EXCERPT_LINES - 1)
    first = start - EXCERPT_MARGIN if start - EXCERPT_MARGIN in lines else start
    last = end + EXCERPT_MARGIN if end + EXCERPT_MARGIN in lines else end
    return quote_of(path, side, first, last, PLACE, source)


def quote_of(path: str, side: Side, start: int, end: int, why: str, source: Source) -> Quote:
    lines = source.lines(path, side)
    code = "\n".join(
        _source_text(lines, number)
        for number in range(start, min(end, start + EXCERPT_LINES + 1) + 1)
    )
    return Quote(
        file_name=path,
        start_line=start,
        end_line=max(start, end),
        quote=_cut(mask(code)),
        why=clean(why),
        side=side,
    )


def place_code(finding: Finding) -> str:
    """The lines that the finding is about, as quoted, without the lines around them; "" if it
    quotes none."""
    quote = next((item for item in finding.evidence if item.why == PLACE), None)
    if quote is None or finding.start_line is None:
        return ""
    first, last = finding.start_line, finding.end_line or finding.start_line
    return "\n".join(
        quote.quote.split("\n")[max(0, first - quote.start_line) : last - quote.start_line + 1]
    )


def quoted_code_stands(finding: Finding, source: Source) -> bool:
    """Whether the file still contains the lines that the finding quotes as its place, anywhere."""
    quote = next((item for item in finding.evidence if item.why == PLACE), None)

    def whole(lines: Mapping[int, bytes]) -> str:
        """All lines of a file as quotes show them, each between line feeds."""
        shown = "\n".join(_source_text(lines, number) for number in sorted(lines))
        return f"\n{_cut(source.masks.hide(shown))}\n"

    return quote is not None and f"\n{quote.quote}\n" in source.as_quoted(
        path_of(finding), finding.side, whole
    )


def _source_text(lines: Mapping[int, bytes], number: int) -> str:
    return text.decode(lines.get(number, b"").removesuffix(b"\r"))[: 8 * prompt.MAX_LINE]


def _cut(code: str) -> str:
    """Each line cut, after the credentials in it were masked: a part of one is not recognised."""
    return "\n".join(text.cut(line, prompt.MAX_LINE) for line in code.split("\n"))


def clean(message: str) -> str:
    """A message of a model or tool, for publication: trimmed and with secrets masked."""
    return mask(message.strip())


def mask(content: str) -> str:
    return secrets.redact(content)[0]
