"""Which findings are about code that was there at an earlier commit already: for code bases with a
past."""

from __future__ import annotations

from collections.abc import Mapping

from reviewer.context.index import once_per_change
from reviewer.events import Finding
from reviewer.findings.identity import path_of
from reviewer.types import Change, FileDiff


def older(finding: Finding, since: Change) -> bool:
    """Whether a finding of the model is about code that was there at the base of `since`, the
    change from there to what is under review. What breaks on lines that the reviewed change does
    not touch never counts as older."""
    return finding.in_diff and finding.start_line is not None and stands(finding, since)


def stands(finding: Finding, since: Change) -> bool:
    """Whether all that a finding points to is as it was at the base of `since`: its place, and what
    else it shows as evidence. Nothing within a hunk of `since` is, its context lines included, nor
    in a file that cannot be compared."""
    begin, name = finding.start_line, finding.file_name
    files = _files(since)
    if begin is None or finding.side == "old":
        return path_of(finding) not in files
    places = [(path_of(finding), begin, finding.end_line or begin)]
    places += [
        (each.file_name, each.start_line, each.end_line)
        for each in finding.evidence
        if each.file_name != name or not each.start_line <= begin <= each.end_line
    ]
    return not any(
        _touched(files[path], start, end) for path, start, end in places if path in files
    )


@once_per_change
def _files(since: Change) -> Mapping[str, FileDiff | None]:
    """What may be other than it was, by its paths; None for a file that cannot be compared."""
    names: dict[str, FileDiff | None] = {
        file.old_path: file for file in since.files if file.old_path is not None
    }
    names |= {file.path: file for file in since.files}
    unknown = [item.path for item in since.skipped] + [item.path for item in since.unreviewed]
    return names | dict.fromkeys(unknown)


def _touched(file: FileDiff | None, start: int, end: int) -> bool:
    return file is None or any(
        end >= hunk.new_start and start < hunk.new_start + max(1, hunk.new_count)
        for hunk in file.hunks
    )
