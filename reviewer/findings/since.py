"""Which findings are about code that was there at an earlier commit already: for code bases with a past."""

from __future__ import annotations

from reviewer.events import Finding
from reviewer.findings.build import path_of
from reviewer.types import Change


def older(finding: Finding, since: Change) -> bool:
    """Whether all that the finding points to is as it was at the base of `since`, which is the change from that commit
    to what is under review. What breaks on lines that the reviewed change does not touch never counts as older; nor
    does what stands within a hunk of `since`, its context lines included, or in a file that cannot be compared."""
    if not finding.in_diff or finding.start_line is None:
        return False
    path = path_of(finding)
    if path in {item.path for item in since.skipped} | {item.path for item in since.unreviewed}:
        return False
    file = next((file for file in since.files if path in (file.path, file.old_path)), None)
    if file is None:
        return True
    if finding.side == "old":
        return False
    start, end = finding.start_line, finding.end_line or finding.start_line
    return all(end < hunk.new_start or start >= hunk.new_start + max(1, hunk.new_count) for hunk in file.hunks)
