"""`--format json`: the whole run as one document, {context, findings, complete}, or the error that
ended it."""

from __future__ import annotations

import json
from typing import TextIO

from reviewer import events
from reviewer.events import Error
from reviewer.outputs.collected import NO_END, CollectedRun
from reviewer.outputs.page import write


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> JsonReport:
    return JsonReport(stream)


class JsonReport(CollectedRun):
    def close(self) -> None:
        text = json.dumps(events.dump(self._document()), indent=2, ensure_ascii=True).replace(
            "\x7f", "\\u007f"
        )
        write(self.stream, text + "\n")

    def _document(self) -> events.Report | Error:
        if isinstance(self.end, Error):
            return self.end
        if self.end is None or self.context is None:  # there must be a document in any case
            return Error(error_type="internal", message=NO_END, recoverable=False)
        findings = sorted(
            self.findings, key=lambda each: (each.file_name, each.start_line or 0, each.id)
        )
        return events.Report(context=self.context, findings=findings, complete=self.end)
