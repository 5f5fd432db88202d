"""`--agent --compact`: the same stream in fewer tokens.

It holds only `review_context`, the findings, and `complete` or `error`: without `status` and
`heartbeat`, it may be silent for the whole run. A finding repeats nothing. What an agent needs to
act on is complete: the place, the id, a patch, a suggestion. Explanations have low caps, and a mark
where they are cut.
"""

from __future__ import annotations

from string import Template
from typing import TextIO

from reviewer import resources
from reviewer.events import Check, Event, Finding, Heartbeat, Quote, Status
from reviewer.outputs.ndjson import Ndjson
from reviewer.outputs.wording import also_at
from reviewer.text import cut
from reviewer.types import PLACE

TITLE, COMMENT, SCENARIO, ADVICE, QUOTE, WHY, DETAIL = (
    120,
    400,
    300,
    400,
    400,
    120,
    120,
)  # characters
SUGGESTION = 800  # a longer one is left out: half a replacement is useless
_ADVICE = "\nWhat to do: "  # as prompts/instructions.md has it
_HEAD = "Review comment at @"


class Compact:
    """Writes through `Ndjson`, so its limits apply here, too."""

    def __init__(self, stream: TextIO) -> None:
        self._lines = Ndjson(stream)

    def emit(self, event: Event) -> None:
        match event:
            case Status() | Heartbeat():
                return
            case Finding():
                self._lines.emit(shortened(event))
            case _:
                self._lines.emit(event)

    def close(self) -> None:
        self._lines.close()


def shortened(finding: Finding) -> Finding:
    """The finding with its first evidence only, no repeated text, and a patch without the checks
    that it passed."""
    comment = (
        "" if finding.comment.strip() == finding.title.strip() else cut(finding.comment, COMMENT)
    )
    patch = finding.patch
    return finding.model_copy(
        update={
            "title": cut(finding.title, TITLE),
            "comment": comment,
            "failure_scenario": cut(finding.failure_scenario, SCENARIO),
            "evidence": [_quote(finding, each) for each in finding.evidence[:1]],
            "codegen_instructions": instructions(finding),
            "suggestions": []
            if patch
            else [each for each in finding.suggestions[:1] if len(each) <= SUGGESTION],
            "patch": patch and patch.model_copy(update={"checks": _not_passed(patch.checks)}),
        }
    )


def instructions(finding: Finding) -> str:
    """Shorter instructions. They keep what existing parsers look for ("Review comment at @path at
    line N:", "around lines A - B"), and are still enough to act on alone."""
    head, _, rest = finding.codegen_instructions.partition("\n")
    if not head.startswith(_HEAD):  # not written by us, so its structure is unknown
        return cut(finding.codegen_instructions, ADVICE)
    _, _, body = rest.partition("\n")
    others = also_at(finding)
    if others:
        said, _, _ = _places("\n").partition("\n")
        body = "\n".join(row for row in body.split("\n") if not row.startswith(said))
    _, marker, advice = f"\n{body}".partition(_ADVICE)
    return (
        Template(resources.text("prompts/instructions_compact.md"))
        .substitute(
            head=head,
            where=_where(finding) if marker else "",
            problem=cut(finding.title if marker else body, TITLE if marker else ADVICE),
            places=f"\n{_places(others)}" if others else "",
            advice=f"{_ADVICE}{cut(advice, ADVICE)}" if marker else "",
        )
        .strip()
    )


def _places(named: str) -> str:
    """The sentence of the instructions that names the other places."""
    return resources.text("prompts/instructions_places.md").strip().replace("${places}", named)


def _where(finding: Finding) -> str:
    start, end = finding.start_line, finding.end_line
    parts = [
        f"around lines {start} - {end}" if start and end and end > start else "",
        "on a line that this change removes" if start and finding.side == "old" else "",
    ]
    where = ", ".join(filter(None, parts))
    return f"{where[:1].upper()}{where[1:]}: " if where else ""


def _quote(finding: Finding, quote: Quote) -> Quote:
    """The quote, reduced to the lines of the finding where it shows more around them."""
    start, end = finding.start_line or 0, finding.end_line or 0
    lines = quote.quote.split("\n")
    first, last = quote.start_line, quote.end_line
    around = quote.why == PLACE and first <= start <= end <= last
    if (
        around and len(lines) == last - first + 1
    ):  # otherwise it was cut, and the line numbers are unknown
        text = "\n".join(lines[start - first : end - first + 1])
        quote = quote.model_copy(update={"start_line": start, "end_line": end, "quote": text})
    return quote.model_copy(update={"quote": cut(quote.quote, QUOTE), "why": cut(quote.why, WHY)})


def _not_passed(checks: list[Check]) -> list[Check]:
    """`verification` covers the checks that passed; failed and skipped ones are worth their
    tokens."""
    return [
        each.model_copy(update={"detail": cut(each.detail, DETAIL)})
        for each in checks
        if each.status != "passed"
    ]
