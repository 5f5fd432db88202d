"""The report for people. It is written in one piece when the run is over, in an order that does not
depend on timing; meanwhile, `progress` shows how far the run is. Written by hand: rich would cost
105 ms of start-up, and we must escape and measure the text ourselves anyway.

Foreign text is to the right of a gutter, so that no finding can pass for the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from reviewer.events import Complete
from reviewer.outputs.collected import CollectedRun
from reviewer.outputs.finding_text import finding_line, finding_text
from reviewer.outputs.page import Page, write
from reviewer.outputs.summary_text import conclusion, failure, summary
from reviewer.outputs.wording import SMOKE, ordered

NARROWEST, WIDEST = 20, 140  # longer lines of prose are hard to read on any screen


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> Terminal:
    return Terminal(
        stream, Page(min(max(width, NARROWEST), WIDEST), color), quiet=quiet, verbose=verbose
    )


class Terminal(CollectedRun):
    """Quiet: one line per finding, and the verdict. Verbose: also tokens, file names, and the
    instructions for an agent."""

    def __init__(self, stream: TextIO, page: Page, *, quiet: bool, verbose: bool) -> None:
        super().__init__(stream)
        self.page, self.quiet, self.verbose = page, quiet, verbose

    def close(self) -> None:
        write(self.stream, "\n".join([*self._report(), ""]))

    def _report(self) -> Iterator[str]:
        page, findings = self.page, ordered(self.findings)
        if self.context and self.context.model_role == "smoke" and findings and not self.quiet:
            yield from [*page.statement("warn", SMOKE.capitalize()), ""]
        for finding in findings:
            if self.quiet:
                yield from finding_line(page, finding)
            else:
                yield from [*finding_text(page, finding, verbose=self.verbose), ""]
        if not isinstance(self.end, Complete):
            yield from failure(page, self.end, findings, verbose=self.verbose)
            return
        if not self.quiet:
            yield page.paint("dim", "─" * page.columns)
            yield from [*summary(page, self.context, self.end, findings, verbose=self.verbose), ""]
        yield from conclusion(page, self.context, self.end, findings)
