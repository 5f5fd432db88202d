"""`--prompt-only`: the instructions of every finding as text for a coding agent, then the verdict.

Each is indented below a line of ours, so that no instruction can pass for the end of the list or
for the verdict.
"""

from __future__ import annotations

from typing import TextIO

from reviewer.events import Complete, Finding
from reviewer.outputs.collected import NO_END, CollectedRun
from reviewer.outputs.page import clean, write
from reviewer.outputs.wording import ordered, place, verdict


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> PromptsOnly:
    return PromptsOnly(stream)


class PromptsOnly(CollectedRun):
    def close(self) -> None:
        findings = ordered(self.findings)
        parts = [self._prompt(number, finding) for number, finding in enumerate(findings, 1)]
        write(self.stream, "\n\n".join([*parts, self._last(findings)]) + "\n")

    def _prompt(self, number: int, finding: Finding) -> str:
        where = place(finding.file_name, finding.start_line)
        head = f"[{number} of {len(self.findings)}] {finding.severity} {where}"
        return "\n".join([head, *_indented(finding.codegen_instructions)])

    def _last(self, findings: list[Finding]) -> str:
        if not isinstance(self.end, Complete):
            return f"error: {clean(self.end.message if self.end else NO_END)}".replace("\n", "\n  ")
        _, line = verdict(self.context, self.end, findings)
        more = [] if self.end.message in ("", "Review completed") else _indented(self.end.message)
        return "\n".join([line, *more])


def _indented(text: str) -> list[str]:
    return [f"  {line}".rstrip() for line in clean(text).split("\n")]
