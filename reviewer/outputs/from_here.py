"""Names files from where the user stands, as compilers and `git status` do, so that editors and
terminals open them. Events name them from the root of the repository."""

from __future__ import annotations

import os

from reviewer.events import Complete, Event, Finding, ReviewContext
from reviewer.outputs.base import Output


class FromHere:
    """Passes the events on to `output`, with names relative to the directory `here`. A patch
    without a repository has no root: its names stay."""

    def __init__(self, output: Output, here: str) -> None:
        self._output, self._here = output, here
        self._root: str | None = None

    def emit(self, event: Event) -> None:
        match event:
            case ReviewContext() if event.scope.kind != "diff":
                self._root = event.working_directory
            case Finding():
                event = self._finding(event)
            case Complete():
                event = self._complete(event)
            case _:
                pass
        self._output.emit(event)

    def close(self) -> None:
        self._output.close()

    def _name(self, name: str) -> str:
        if self._root is None or not name:
            return name
        try:
            way = os.path.relpath(os.path.join(self._root, name), self._here)  # noqa: PTH118
        except ValueError:  # another drive
            return name
        return way.replace(os.sep, "/")

    def _finding(self, finding: Finding) -> Finding:
        evidence = [
            quote.model_copy(update={"file_name": self._name(quote.file_name)})
            for quote in finding.evidence
        ]
        places = [
            each.model_copy(update={"file_name": self._name(each.file_name)})
            for each in finding.places
        ]
        old, new = finding.file_name, self._name(finding.file_name)
        patch = finding.patch
        if patch is not None:  # its own file has no heading, so the names must agree
            diff = patch.diff.replace(f"\n+++ b/{old}\n", f"\n+++ b/{new}\n", 1)
            patch = patch.model_copy(update={"diff": diff})
        change = {"file_name": new, "evidence": evidence, "places": places, "patch": patch}
        return finding.model_copy(update=change)

    def _complete(self, end: Complete) -> Complete:
        skipped, unreviewed = (
            [file.model_copy(update={"file_name": self._name(file.file_name)}) for file in files]
            for files in (end.skipped_files, end.unreviewed_files)
        )
        reviewed = [self._name(name) for name in end.reviewed_files]
        return end.model_copy(
            update={
                "reviewed_files": reviewed,
                "skipped_files": skipped,
                "unreviewed_files": unreviewed,
            }
        )
