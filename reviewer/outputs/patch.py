"""`--format patch`: one patch of all proved fixes, for `git apply`. A fix that cannot be combined
with the others (it overlaps one) is left out and named in a comment at the top, which git skips."""

from __future__ import annotations

import base64
import io
from typing import TextIO

from reviewer.events import Complete, Finding, Patch
from reviewer.fixes import patch
from reviewer.outputs.collected import NO_END, CollectedRun
from reviewer.outputs.page import inline, write
from reviewer.outputs.wording import ordered, place
from reviewer.text import count


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> PatchOutput:
    return PatchOutput(stream)


class PatchOutput(CollectedRun):
    def close(self) -> None:
        fixed = [(finding, finding.patch) for finding in ordered(self.findings) if finding.patch]
        joined, left_out = patch.join([_bytes(published) for _, published in fixed])
        notes = [_note(fixed[index][0]) for index in left_out]
        done = len(fixed) - len(left_out)
        total = count(len(self.findings), "finding")
        notes.append(f"# This patch has a fix for {done:,} of {total}.")
        if not isinstance(self.end, Complete):
            notes.append(
                f"# The review did not finish: {inline(self.end.message if self.end else NO_END)}"
            )
        elif self.end.unreviewed_file_count:
            notes.append(f"# Not reviewed: {count(self.end.unreviewed_file_count, 'file')}.")
        write(self.stream, "\n".join(notes) + "\n")
        self._write_bytes(joined)

    def _write_bytes(self, joined: bytes) -> None:
        """Write the patch as bytes where its files are not UTF-8: as text it would not apply."""
        try:
            write(self.stream, joined.decode("utf-8"))
        except UnicodeDecodeError:
            self.stream.flush()
            raw = getattr(self.stream, "buffer", None)
            if raw is None:
                raise io.UnsupportedOperation(
                    "the patch of a file that is not UTF-8 needs a binary stream"
                ) from None
            raw.write(joined)
            raw.flush()


def _bytes(published: Patch) -> bytes:
    if published.diff_base64 is not None:
        return base64.b64decode(published.diff_base64)
    return published.diff.encode("utf-8")


def _note(finding: Finding) -> str:
    where = place(finding.file_name, finding.start_line)
    return (
        f"# Left out, because it cannot be combined with the others: {finding.id} {inline(where)}"
        f" {inline(finding.title)}"
    )
