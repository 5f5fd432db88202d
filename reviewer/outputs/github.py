"""`--format github`: workflow commands that GitHub shows as annotations of the change.

GitHub shows ten annotations of each kind per step and silently drops the rest, so one is reserved
for the verdict, and findings that do not fit follow as lines of the log. Only new lines can be
annotated: a finding on removed lines, or on a whole file, annotates the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO

from reviewer.events import Finding
from reviewer.outputs.collected import CollectedRun
from reviewer.outputs.ending import Ending, ending, not_reviewed, paragraphs, rule_of, title_of
from reviewer.outputs.page import inline, write
from reviewer.outputs.places import new_lines
from reviewer.outputs.wording import SMOKE, ordered, place
from reviewer.text import count

SHOWN = 10  # of each kind
_BETWEEN_BREAKS = re.compile(r"[^\t\n\r]+")
NAMED = 20  # unreviewed files in the verdict's annotation
ANNOTATION = {
    "critical": "error",
    "major": "error",
    "minor": "warning",
    "trivial": "notice",
    "info": "notice",
}


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> GitHub:
    return GitHub(stream)


class GitHub(CollectedRun):
    def close(self) -> None:
        write(self.stream, "".join(line + "\n" for line in self._lines()))

    def _lines(self) -> Iterator[str]:
        end, findings = ending(self), ordered(self.findings)
        last = "error" if end.incomplete else "notice"
        room = {"error": SHOWN, "warning": SHOWN, "notice": SHOWN}
        room[last] -= 1
        rest = []
        for finding in findings:
            kind = ANNOTATION[finding.severity]
            if room[kind]:
                room[kind] -= 1
                yield _annotation(kind, finding)
            else:
                rest.append(finding)
        yield from map(_log_line, rest)
        more = f"{count(len(rest), 'more finding')} in the log of this step." if rest else ""
        smoke = SMOKE.capitalize() if self.context and self.context.model_role == "smoke" else ""
        title = "Review incomplete" if end.incomplete else "Review"
        lines = [end.line, end.message, smoke, *_files(end), more]
        yield command(last, {"title": title}, "\n".join(filter(None, lines)))


def command(name: str, properties: dict[str, str], text: str) -> str:
    """One workflow command. Its text can neither end it nor begin another property."""
    joined = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items())
    return f"::{name} {joined}::{_escaped(text, '')}"


def _escaped(text: str, more: str) -> str:
    for char in "%\r\n" + more:
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def _name(path: str) -> str:
    """The path itself, since GitHub looks the file up; what a terminal could obey is still shown
    and not sent."""
    return _BETWEEN_BREAKS.sub(lambda part: inline(part[0]), path)


def _annotation(kind: str, finding: Finding) -> str:
    properties = {"file": _name(finding.file_name)}
    if lines := new_lines(finding):
        properties |= {"line": str(lines[0]), "endLine": str(lines[1])}
    properties["title"] = f"{finding.severity}: {title_of(finding)}"
    return command(
        kind, properties, "\n".join([*paragraphs(finding), f"{rule_of(finding)} [{finding.id}]"])
    )


def _log_line(finding: Finding) -> str:
    """A line without workflow commands: `::` begins one only at the start of a line, `##[`
    anywhere."""
    where = place(finding.file_name, new_lines(finding) and finding.start_line)
    text = f"reviewer: {finding.severity}: {where}: {title_of(finding)} [{finding.id}]"
    return text.replace("##[", "# #[").replace("##vso[", "# #vso[")


def _files(end: Ending) -> list[str]:
    named = [f"{inline(file.file_name)}: {not_reviewed(file)}" for file in end.unreviewed[:NAMED]]
    more = len(end.unreviewed) - len(named) + end.unnamed
    return [*named, *([f"{count(more, 'more file')} not reviewed"] if more else [])]
