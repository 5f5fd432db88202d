"""`--format sarif`: SARIF 2.1.0, for code scanning and for editors.

Line numbers refer to the new file: a finding or evidence on removed lines, or a finding on a whole
file, is reported at line 1 with a note, because code scanning accepts no result without a line.
Columns count UTF-16 units.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, TextIO

from reviewer import __version__
from reviewer.events import Complete, Finding, Quote, SameCause, dump
from reviewer.outputs import sarif_rules
from reviewer.outputs.collected import CollectedRun
from reviewer.outputs.ending import Ending, ending, not_reviewed, paragraphs, rule_of, title_of
from reviewer.outputs.finding_text import PROVED
from reviewer.outputs.page import clean, write
from reviewer.outputs.places import LineEdit, edits, new_lines, patched_files, raw_name, uri
from reviewer.outputs.sarif_rules import LEVEL, message
from reviewer.outputs.wording import ordered, why_skipped
from reviewer.types import PLACE

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> Sarif:
    return Sarif(stream)


class Sarif(CollectedRun):
    def close(self) -> None:
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [self._run()]}
        write(
            self.stream,
            json.dumps(log, indent=2, ensure_ascii=True).replace("\x7f", "\\u007f") + "\n",
        )

    def _run(self) -> dict[str, Any]:
        findings, end = ordered(self.findings), ending(self)
        rules = sarif_rules.rules(findings)
        index = {rule["id"]: number for number, rule in enumerate(rules)}
        tool = self.context.tool if self.context else None
        driver = {
            "name": tool.name if tool else "gemma-reviewer",
            "version": tool.version if tool else __version__,
            "rules": rules,
            "notifications": [
                {"id": name, "shortDescription": {"text": text}}
                for name, text in NOTIFICATIONS.items()
            ],
        }
        return {
            "tool": {"driver": driver},
            "invocations": [self._invocation(end)],
            "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the repository."}}},
            "columnKind": "utf16CodeUnits",
            "results": [_result(finding, index) for finding in findings],
            "properties": {"verdict": end.line, **self._facts()},
        }

    def _facts(self) -> dict[str, Any]:
        if self.context is None:
            return {}
        names = ("baseCommit", "headCommit", "engine", "model", "modelRole", "reviewType")
        values = dump(self.context)
        return {name: values[name] for name in names if values[name] is not None}

    def _invocation(self, end: Ending) -> dict[str, Any]:
        return {
            "executionSuccessful": not end.incomplete,
            "exitCode": end.exit_code,
            "toolExecutionNotifications": list(self._notifications(end)),
        }

    def _notifications(self, end: Ending) -> Iterator[dict[str, Any]]:
        for file in end.unreviewed:
            where = _physical(raw_name(file))
            yield _notification(
                "unreviewed",
                "error",
                not_reviewed(file),
                {"locations": [{"physicalLocation": where}]},
            )
        if end.incomplete:
            yield _notification("incomplete", "error", end.line)
        if end.smoke:
            yield _notification("smoke", "warning", end.line)
        if end.message:
            yield _notification("message", "error" if end.incomplete else "warning", end.message)
        for skipped in self.end.skipped_files if isinstance(self.end, Complete) else ():
            where = _physical(raw_name(skipped))
            reason = f"Skipped: {why_skipped(skipped)}"
            yield _notification(
                "skipped", "note", reason, {"locations": [{"physicalLocation": where}]}
            )


NOTIFICATIONS = {
    "unreviewed": "A file that should have been reviewed was not.",
    "incomplete": "The review did not cover the whole change.",
    "smoke": "The model only tested the setup; it is no reviewer.",
    "message": "A message about the run.",
    "skipped": "A file that needs no review.",
}


def _notification(
    name: str, level: str, text: str, more: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"descriptor": {"id": name}, "level": level, "message": message(text), **(more or {})}


def _result(finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    name, title = rule_of(finding), title_of(finding)
    evidence = [_related(number, each, finding) for number, each in enumerate(finding.evidence, 1)]
    same = [_same(number, each) for number, each in enumerate(finding.places, len(evidence) + 1)]
    place = {"physicalLocation": _physical(raw_name(finding), new_lines(finding) or (1, 1))}
    result: dict[str, Any] = {
        "ruleId": name,
        "ruleIndex": index[name],
        "level": LEVEL[finding.severity],
        "message": message("\n\n".join([title, *paragraphs(finding)])),
        "locations": [place],
        # The id does not change when lines move; code scanning tracks alerts by the second name.
        "partialFingerprints": {
            "reviewerFindingId/v1": finding.id,
            "primaryLocationLineHash": f"{finding.id}:1",
        },
        "properties": _properties(finding),
    }
    if finding.confidence is not None:
        result["rank"] = round(100 * finding.confidence, 2)
    if evidence or same:
        result["relatedLocations"] = [*evidence, *same]
    if evidence:
        steps = [
            *({key: step[key] for key in ("physicalLocation", "message")} for step in evidence),
            {**place, "message": message(title)},
        ]
        flow = {"threadFlows": [{"locations": [{"location": step} for step in steps]}]}
        result["codeFlows"] = [
            {"message": {"text": "The supporting places, then the place of the finding."}, **flow}
        ]
    if fix := _fix(finding):
        result["fixes"] = [fix]
    return result


def _properties(finding: Finding) -> dict[str, Any]:
    names = (
        "severity",
        "category",
        "state",
        "source",
        "rule",
        "side",
        "inDiff",
        "location",
        "confidence",
        "startLine",
        "endLine",
        "codegenInstructions",
        "suggestions",
        "preexisting",
    )
    values = dump(finding)
    return {name: values[name] for name in names if values.get(name) not in (None, [])}


def _related(number: int, quote: Quote, finding: Finding) -> dict[str, Any]:
    """A place that supports the finding. The quote of the finding's own lines has others around
    them, so it is the context of these; removed lines are in the message, with their number."""
    said = clean(quote.why) or "evidence"
    shown = quote.start_line, max(quote.start_line, quote.end_line)
    if quote.side == "old":
        where = _physical(raw_name(quote), (1, 1))
        said = f"{said} (removed, line {quote.start_line} of the base):\n{clean(quote.quote)}"
    elif quote.why == PLACE and (own := new_lines(finding)):
        where = _physical(raw_name(quote), own)
        where["contextRegion"] = _region(shown, quote)
    else:
        where = _physical(raw_name(quote))
        where["region"] = _region(shown, quote)
    return {"id": number, "physicalLocation": where, "message": message(said)}


def _region(lines: tuple[int, int], quote: Quote) -> dict[str, Any]:
    return {"startLine": lines[0], "endLine": lines[1], "snippet": {"text": quote.quote}}


def _same(number: int, place: SameCause) -> dict[str, Any]:
    """A place with the same cause; for a removed line, the file."""
    lines = (place.start_line, max(place.start_line, place.end_line))
    where = _physical(raw_name(place), lines if place.side == "new" else (1, 1))
    old = f" (line {lines[0]} of the base)" if place.side == "old" else ""
    return {
        "id": number,
        "physicalLocation": where,
        "message": message(f"The same cause{old} [{place.id}]"),
    }


def _physical(path: bytes, lines: tuple[int, int] | None = None) -> dict[str, Any]:
    where: dict[str, Any] = {"artifactLocation": {"uri": uri(path), "uriBaseId": ROOT}}
    if lines:
        where["region"] = {"startLine": lines[0], "endLine": lines[1]}
    return where


def _fix(finding: Finding) -> dict[str, Any] | None:
    """The patch as replacements of whole lines, with each file once."""
    if finding.patch is None or not (files := patched_files(finding.patch)):
        return None
    changes = [
        {
            "artifactLocation": {"uri": uri(changed[0].path), "uriBaseId": ROOT},
            "replacements": [_replacement(edit) for edit in changed],
        }
        for file in files
        if (changed := list(edits(file)))
    ]
    text = f"Patch: {PROVED[finding.patch.verification]}"
    return {"description": {"text": text}, "artifactChanges": changes} if changes else None


def _replacement(edit: LineEdit) -> dict[str, Any]:
    region = {
        "startLine": edit.start,
        "startColumn": 1,
        "endLine": edit.start + len(edit.old),
        "endColumn": 1,
    }
    if edit.old and not edit.old[-1].endswith(
        b"\n"
    ):  # the file ends here, so there is no next line to end at
        units = len(edit.old[-1].decode("utf-8", "replace").encode("utf-16-le")) // 2
        region |= {"endLine": edit.start + len(edit.old) - 1, "endColumn": units + 1}
    new = b"".join(edit.new)
    try:
        content = {"text": new.decode("utf-8")}
    except UnicodeDecodeError:
        content = {"binary": base64.b64encode(new).decode("ascii")}
    return (
        {"deletedRegion": region, "insertedContent": content} if new else {"deletedRegion": region}
    )
