"""`--format rdjson` and `rdjsonl`: the diagnostic format of reviewdog, as one document or one
diagnostic per line.

The format cannot mark a run as incomplete, so that is a diagnostic too: otherwise "nothing found"
and "nothing reviewed" would look the same. A clean run has no diagnostics: in rdjsonl it is empty.
"""

from __future__ import annotations

import json
from typing import Any, TextIO

from reviewer.events import Finding
from reviewer.outputs.collected import CollectedRun
from reviewer.outputs.ending import ending, not_reviewed, paragraphs, rule_of, title_of
from reviewer.outputs.page import clean, write
from reviewer.outputs.places import LineEdit, line_edits, new_lines, patched_files, raw_name
from reviewer.outputs.wording import ordered

SEVERITY = {
    "critical": "ERROR",
    "major": "ERROR",
    "minor": "WARNING",
    "trivial": "INFO",
    "info": "INFO",
}
SOURCE = {"name": "reviewer"}


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> Rdjson:
    return Rdjson(stream)


class Rdjson(CollectedRun):
    lines = False  # one diagnostic per line

    def close(self) -> None:
        diagnostics = [*map(_diagnostic, ordered(self.findings)), *self._gaps()]
        if self.lines:
            text = "".join(_json({**each, "source": SOURCE}) + "\n" for each in diagnostics)
        else:
            text = _json({"source": SOURCE, "diagnostics": diagnostics}) + "\n"
        write(self.stream, text)

    def _gaps(self) -> list[dict[str, Any]]:
        """One diagnostic per unreviewed file, and one with the verdict if the review was incomplete
        or only a smoke run."""
        end = ending(self)
        files = [
            {
                "message": not_reviewed(file),
                "location": {"path": _path(raw_name(file))},
                "severity": "ERROR",
                "code": {"value": "reviewer/unreviewed"},
            }
            for file in end.unreviewed
        ]
        if not end.incomplete and not end.smoke:
            return files
        whole = {
            "message": "\n".join(filter(None, (end.line, end.message))),
            "location": {"path": "."},
            "severity": "ERROR" if end.incomplete else "INFO",
            "code": {"value": "reviewer/incomplete" if end.incomplete else "reviewer/smoke"},
        }
        return [*files, whole]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("\x7f", "\\u007f")


def _path(raw: bytes) -> str:
    """JSON cannot carry names that are not UTF-8, so they are shown with U+FFFD, as everywhere."""
    return raw.decode("utf-8", "replace")


def _diagnostic(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"path": _path(raw_name(finding))}
    if lines := new_lines(finding):
        location["range"] = {"start": {"line": lines[0]}, "end": {"line": lines[1]}}
    diagnostic: dict[str, Any] = {
        "message": "\n\n".join(
            [f"{finding.severity}: {title_of(finding)}", *paragraphs(finding), *_advice(finding)]
        ),
        "location": location,
        "severity": SEVERITY[finding.severity],
        "code": {"value": f"{rule_of(finding)}#{finding.id}"},
    }
    if suggestions := _suggestions(finding):
        diagnostic["suggestions"] = suggestions
    return diagnostic


def _advice(finding: Finding) -> list[str]:
    """Suggestions that were never proved, as text: nothing to commit with a click."""
    if finding.patch is not None:
        return []
    return [f"Suggested:\n{clean(each)}" for each in finding.suggestions if each.strip()]


def _suggestions(finding: Finding) -> list[dict[str, Any]]:
    """The patch, if it changes this file alone: a diagnostic cannot change other files, and half a
    fix is useless."""
    files = patched_files(finding.patch) if finding.patch else ()
    own = raw_name(finding)
    if len(files) != 1 or finding.side == "old":
        return []
    suggestions = [_suggestion(edit) for edit in line_edits(files[0]) if edit.path == own]
    return [each for each in suggestions if each] if all(suggestions) else []


def _suggestion(edit: LineEdit) -> dict[str, Any] | None:
    """Whole lines, as reviewdog's reporters need them, so the text has no final line end. None if
    the new text is not UTF-8, or if it adds or removes the line end at the end of the file, which
    this form cannot express."""
    try:
        text = b"".join(edit.new).decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not edit.old:  # a file without lines
        point = {"line": edit.start, "column": 1}
        return {"range": {"start": point, "end": point}, "text": text}
    if edit.new and edit.old[-1].endswith(b"\n") != edit.new[-1].endswith(b"\n"):
        return None
    last = edit.start + len(edit.old) - 1
    span = {"start": {"line": edit.start}, "end": {"line": last}}
    return {"range": span, "text": text.removesuffix("\n").removesuffix("\r")}
