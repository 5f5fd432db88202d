"""`--format rdjson` and `rdjsonl`: the diagnostic format of reviewdog, as one document or one
diagnostic a line.

The format has no word for a run that was not whole, so that is a diagnostic too: without it,
nothing found and nothing looked at would be the same. A clean run has none: in rdjsonl it is empty.
"""

from __future__ import annotations

import json
from typing import Any, TextIO

from reviewer.events import Finding
from reviewer.outputs.ending import ending, not_reviewed, paragraphs, rule_of, title_of
from reviewer.outputs.page import clean, write
from reviewer.outputs.places import Edit, line_edits, new_lines, patched_files, raw_name
from reviewer.outputs.whole import WholeRun
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


class Rdjson(WholeRun):
    lines = False  # one diagnostic a line

    def close(self) -> None:
        found = [*map(_diagnostic, ordered(self.findings)), *self._gaps()]
        if self.lines:
            text = "".join(_json({**each, "source": SOURCE}) + "\n" for each in found)
        else:
            text = _json({"source": SOURCE, "diagnostics": found}) + "\n"
        write(self.stream, text)

    def _gaps(self) -> list[dict[str, Any]]:
        """What was not reviewed, file by file, and the verdict where it is that the review is not
        whole, or none."""
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
    """JSON cannot carry names that are not UTF-8: they are shown with U+FFFD, as everywhere."""
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
    """Suggestions whose place was never proved are words, not something to be committed with a
    click."""
    if finding.patch is not None:
        return []
    return [f"Suggested:\n{clean(each)}" for each in finding.suggestions if each.strip()]


def _suggestions(finding: Finding) -> list[dict[str, Any]]:
    """The patch, if it changes this file alone: a diagnostic cannot change others, and half a fix
    is none."""
    files = patched_files(finding.patch) if finding.patch else ()
    own = raw_name(finding)
    if len(files) != 1 or finding.side == "old":
        return []
    made = [_suggestion(edit) for edit in line_edits(files[0]) if edit.path == own]
    return [each for each in made if each] if all(made) else []


def _suggestion(edit: Edit) -> dict[str, Any] | None:
    """By lines, as reviewdog's reporters want it: the text has no final line end then. None where
    the new text cannot be said in JSON, or would need a line end at the end of the file that lines
    cannot say."""
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
