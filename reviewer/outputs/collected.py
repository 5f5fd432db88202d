"""The base of outputs that write everything at the end: it collects the events until then."""

from __future__ import annotations

from typing import TextIO

from reviewer.events import Complete, Error, Event, Finding, ReviewContext
from reviewer.findings import told_once

NO_END = "the run ended without a result: run it again with --verbose"


class CollectedRun:
    """Collects the context, the findings in order of arrival, and the event that ended the run."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.context: ReviewContext | None = None
        self.findings: list[Finding] = []
        self.end: Complete | Error | None = None

    def emit(self, event: Event) -> None:
        match event:
            case ReviewContext():
                self.context = event
            case Finding():
                self.findings.append(event)
            case Complete() | Error():
                self.end, self.findings = event, told_once(self.findings)
