"""`--format github-summary`: the Markdown report for the file of GITHUB_STEP_SUMMARY, with a table
of counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from reviewer.outputs.ending import Ending
from reviewer.outputs.markdown import Markdown
from reviewer.types import SEVERITIES

LIMIT = 1_000_000  # bytes; GitHub drops a summary of more than 1 MiB


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> GitHubSummary:
    return GitHubSummary(stream)


class GitHubSummary(Markdown):
    limit = LIMIT

    def _head(self, end: Ending) -> Iterator[str]:
        yield from super()._head(end)
        if self.findings:
            numbers = [
                sum(finding.severity == severity for finding in self.findings)
                for severity in SEVERITIES
            ]
            rows = [SEVERITIES, ["---:"] * len(SEVERITIES), map(str, numbers)]
            yield "\n".join(f"| {' | '.join(row)} |" for row in rows)
