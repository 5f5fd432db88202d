"""The report for people. On a terminal, each finding is written when it is published, and the
summary at the end. Elsewhere it is written in one piece when the run is over, in an order that does
not depend on timing. Written by hand: rich would cost 105 ms of start-up, and we must escape and
measure the text ourselves anyway.

Foreign text is to the right of a gutter, so that no finding can pass for the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from reviewer.events import Complete, Event, Finding
from reviewer.outputs.collected import CollectedRun
from reviewer.outputs.finding_text import finding_line, finding_text
from reviewer.outputs.page import Page, write
from reviewer.outputs.summary_text import conclusion, failure, summary
from reviewer.outputs.wording import SMOKE, ordered
from reviewer.text import count

NARROWEST = 20


FEW, INDEXED = 3, 20  # findings on a terminal that are not, and are, listed again at the end


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> Terminal:
    page = Page(max(width, NARROWEST), color)
    return Terminal(stream, page, quiet=quiet, verbose=verbose, live=stream.isatty())


class Terminal(CollectedRun):
    """Quiet: one line per finding, and the verdict. Verbose: also tokens, file names, and the
    instructions for an agent. Live: findings are written as they come."""

    def __init__(
        self, stream: TextIO, page: Page, *, quiet: bool, verbose: bool, live: bool = False
    ) -> None:
        super().__init__(stream)
        self.page, self.quiet, self.verbose, self.live = page, quiet, verbose, live
        self._written: list[Finding] = []

    def emit(self, event: Event) -> None:
        super().emit(event)
        if self.live and isinstance(event, Finding):
            first = self._smoke() if not self._written else ()
            self._write([*first, *self._finding(event)])
            self._written.append(event)

    def close(self) -> None:
        self._write(self._report())

    def _write(self, lines: Iterable[str]) -> None:
        write(self.stream, "\n".join([*lines, ""]))

    def _smoke(self) -> Iterator[str]:
        if self.context and self.context.model_role == "smoke" and not self.quiet:
            yield from [*self.page.statement("warn", SMOKE.capitalize()), ""]

    def _finding(self, finding: Finding) -> Iterator[str]:
        if self.quiet:
            yield from finding_line(self.page, finding)
            return
        yield from [*finding_text(self.page, finding, verbose=self.verbose), ""]
        places = {each.id for each in finding.places} - {finding.id}
        for known in self._written:
            if known.id in places:
                told = f"replaces {known.id} above, which has the same cause"
                yield from [*self.page.field("note", told), ""]

    def _report(self) -> Iterator[str]:
        page, findings = self.page, ordered(self.findings)
        if self.live:
            yield from self._index(findings)
        else:
            yield from self._smoke() if findings else ()
            for finding in findings:
                yield from self._finding(finding)
        if not isinstance(self.end, Complete):
            yield from failure(page, self.end, findings, verbose=self.verbose)
            return
        if not self.quiet:
            yield page.paint("dim", "─" * page.prose)
            yield from [*summary(page, self.context, self.end, findings, verbose=self.verbose), ""]
        yield from conclusion(page, self.context, self.end, findings, summarized=not self.quiet)

    def _index(self, findings: Sequence[Finding]) -> Iterator[str]:
        """A line for each finding, most severe first, where more than a few came in another
        order."""
        came = [finding.id for finding in self._written]
        if self.quiet or len(came) <= FEW or came == [finding.id for finding in findings]:
            return
        yield self.page.paint("dim", "─" * self.page.columns)
        for finding in findings[:INDEXED]:
            yield from finding_line(self.page, finding)
        if (more := len(findings) - INDEXED) > 0:
            yield from self.page.field("", f"and {count(more, 'less severe finding')}")
