"""Looks up what stands on the same lines, among thousands of findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reviewer.events import Finding

_LINES = 64  # of one shelf


@dataclass
class Nearby:
    """Findings by file and by the lines that they are about."""

    _shelves: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _findings: list[Finding] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)

    def add(self, findings: Iterable[Finding]) -> None:
        """Each is added once: what was announced may be published later."""
        for finding in findings:
            if finding.id in self._ids:
                continue
            self._ids.add(finding.id)
            for shelf in _places(finding):
                self._shelves.setdefault(shelf, []).append(len(self._findings))
            self._findings.append(finding)

    def __call__(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those added on or near the lines of any of `findings`, or those that they quote, in the
        order in which they were added."""
        shelves = {
            shelf for finding in findings for shelf in (*_places(finding), *_quoted(finding))
        }
        found = {at for shelf in shelves for at in self._shelves.get(shelf, ())}
        return [self._findings[at] for at in sorted(found)]


def _quoted(finding: Finding) -> Iterable[tuple[str, int]]:
    return ((quote.file_name, quote.start_line // _LINES) for quote in finding.evidence)


def _places(finding: Finding) -> Iterable[tuple[str, int]]:
    if finding.start_line is None:
        return ()
    last = max(finding.start_line, finding.end_line or 0)
    return (
        (finding.file_name, shelf)
        for shelf in range(finding.start_line // _LINES, last // _LINES + 1)
    )
