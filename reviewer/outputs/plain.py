"""`--format plain`: `path:line:column: severity: message [id]`, which editors understand, then the
verdict.

A finding on a whole file, or on removed lines, is reported at 1:1 of its file with a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from reviewer.events import Finding
from reviewer.outputs.collected import CollectedRun
from reviewer.outputs.ending import ending, not_reviewed, title_of
from reviewer.outputs.page import inline, write
from reviewer.outputs.places import new_lines
from reviewer.outputs.wording import PREEXISTING, also_at, ordered, outside


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> Plain:
    return Plain(stream)


class Plain(CollectedRun):
    def close(self) -> None:
        write(self.stream, "".join(line + "\n" for line in self._lines()))

    def _lines(self) -> Iterator[str]:
        end = ending(self)
        yield from map(_line, ordered(self.findings))
        for file in end.unreviewed:
            yield f"{inline(file.file_name)}:1:1: error: {not_reviewed(file)} [unreviewed]"
        for line in filter(None, (end.line, inline(end.message))):
            yield f"reviewer: {line}"


def _line(finding: Finding) -> str:
    lines = new_lines(finding)
    whole = outside(finding) if finding.commit else "whole file"
    others = also_at(finding)
    notes = [
        "" if lines or finding.side == "old" else whole,
        f"also at {others}" if others else "",
        PREEXISTING if finding.preexisting else "",
    ]
    note = "".join(f" ({each})" for each in notes if each)
    where = f"{inline(finding.file_name)}:{lines[0] if lines else 1}:1"
    return f"{where}: {finding.severity}: {title_of(finding)}{note} [{finding.id}]"
