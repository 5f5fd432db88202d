"""`--format gitlab`: GitLab's code quality report, a JSON array.

GitLab requires a line for everything: a finding on removed lines, or on a whole file, is reported
at line 1 with a note. Unreviewed files are issues too, so that an incomplete review never looks
clean.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, TextIO

from reviewer.events import Finding
from reviewer.outputs.collected import CollectedRun
from reviewer.outputs.ending import ending, not_reviewed, paragraphs, rule_of, title_of
from reviewer.outputs.page import inline, write
from reviewer.outputs.places import new_lines
from reviewer.outputs.wording import ordered
from reviewer.text import cut

SEVERITY = {
    "critical": "critical",
    "major": "major",
    "minor": "minor",
    "trivial": "info",
    "info": "info",
}


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> GitLab:
    return GitLab(stream)


class GitLab(CollectedRun):
    def close(self) -> None:
        end = ending(self)
        issues = [_issue(finding) for finding in ordered(self.findings)]
        for file in end.unreviewed:
            issues.append(
                _gap(file.file_name, not_reviewed(file), "unreviewed", file.file_name_base64 or "")
            )
        if end.incomplete or end.smoke:
            verdict = ". ".join(filter(None, (end.line, inline(end.message))))
            issues.append(_gap(".", verdict, "incomplete" if end.incomplete else "smoke", ""))
        write(
            self.stream,
            json.dumps(issues, indent=2, ensure_ascii=True).replace("\x7f", "\\u007f") + "\n",
        )


def _issue(finding: Finding) -> dict[str, Any]:
    first, last = new_lines(finding) or (1, 1)
    title, more = title_of(finding), [inline(each) for each in paragraphs(finding)]
    description = " ".join([title.rstrip(".") + ".", *more]) if more else title
    return {
        "description": cut(description, 4000),
        "check_name": rule_of(finding),
        "fingerprint": finding.id,
        "severity": SEVERITY[finding.severity],
        "location": {"path": finding.file_name, "lines": {"begin": first, "end": last}},
    }


def _gap(path: str, description: str, kind: str, more: str) -> dict[str, Any]:
    key = "\0".join((kind, path, more))
    return {
        "description": cut(description, 4000),
        "check_name": f"reviewer/{kind}",
        "fingerprint": hashlib.sha256(key.encode()).hexdigest()[:32],
        "severity": "info" if kind == "smoke" else "critical",
        "location": {"path": path, "lines": {"begin": 1, "end": 1}},
    }
