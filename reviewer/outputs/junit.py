"""`--format junit`: JUnit XML, one suite per file and one for the run.

A finding is a failed test, except for `trivial` and `info`, which pass with their text as output. A
file without findings is a passed test, a skipped file a skipped test, and an unreviewed file an
error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO
from xml.etree import ElementTree as ET

from reviewer.events import Complete, Finding
from reviewer.outputs.collected import CollectedRun
from reviewer.outputs.ending import Ending, ending, not_reviewed, paragraphs, rule_of, title_of
from reviewer.outputs.page import clean, inline, write
from reviewer.outputs.places import new_lines, old_note
from reviewer.outputs.wording import ordered, outside, why_skipped

PASSES = ("trivial", "info")
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")  # those that `clean` lets through


def create(stream: TextIO, *, color: bool, width: int, quiet: bool, verbose: bool) -> JUnit:
    return JUnit(stream)


class JUnit(CollectedRun):
    def close(self) -> None:
        end, seconds = (
            ending(self),
            self.end.duration_seconds if isinstance(self.end, Complete) else 0.0,
        )
        root = ET.Element("testsuites", name="reviewer")
        for name, cases in self._suites(end).items():
            suite = ET.SubElement(root, "testsuite", name=_xml(name))
            suite.extend(cases)
            _count(suite, [suite])
        suite = ET.SubElement(root, "testsuite", name="reviewer")
        suite.append(_run_case(end))
        _count(suite, [suite])
        _count(root, list(root))
        for each in (root, suite, suite[0]):
            each.set("time", f"{seconds:.3f}")
        ET.indent(root)
        text = ET.tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii")
        write(self.stream, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n')

    def _suites(self, end: Ending) -> dict[str, list[ET.Element]]:
        """The test cases of each file, by its displayed name."""
        suites: dict[str, list[ET.Element]] = {}
        for finding in ordered(self.findings):
            suites.setdefault(inline(finding.file_name), []).append(_case(finding))
        for file in end.unreviewed:
            case = _element(
                "testcase",
                name="review",
                classname=inline(file.file_name),
                file=inline(file.file_name),
            )
            case.append(_element("error", message=not_reviewed(file), type="unreviewed"))
            suites.setdefault(inline(file.file_name), []).append(case)
        for name, reason in self._quiet():
            case = _element("testcase", name="review", classname=name, file=name)
            if reason:
                case.append(_element("skipped", message=reason))
            suites.setdefault(name, [case])
        return suites

    def _quiet(self) -> Iterator[tuple[str, str]]:
        """(name, "") of the reviewed files, (name, reason) of the skipped ones."""
        if isinstance(self.end, Complete):
            yield from ((inline(name), "") for name in self.end.reviewed_files)
            yield from (
                (inline(file.file_name), why_skipped(file)) for file in self.end.skipped_files
            )


def _case(finding: Finding) -> ET.Element:
    lines, name = new_lines(finding), inline(finding.file_name)
    whole = outside(finding) if finding.commit else "whole file"
    where = f"line {lines[0]}" if lines else old_note(finding) or whole
    title = title_of(finding) if finding.side == "old" else f"{title_of(finding)} ({where})"
    case = _element(
        "testcase", name=f"{finding.severity}: {title} [{finding.id}]", classname=name, file=name
    )
    if lines:
        case.set("line", str(lines[0]))
    text = "\n\n".join([f"{name}: {where}", *paragraphs(finding)])
    if finding.severity in PASSES:
        case.append(_element("system-out", text=text))
    else:
        case.append(
            _element("failure", text=text, message=title_of(finding), type=rule_of(finding))
        )
    return case


def _run_case(end: Ending) -> ET.Element:
    case = _element("testcase", name="the whole change was reviewed", classname="reviewer")
    text = "\n".join(filter(None, (end.line, end.message)))
    if end.incomplete:
        case.append(_element("error", text=text, message=end.line, type="incomplete"))
    else:
        case.append(_element("system-out", text=text))
    return case


def _element(tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.Element(tag, {key: _xml(value) for key, value in attributes.items()})
    if text is not None:
        element.text = _xml(text)
    if tag == "testcase":
        element.set("time", "0.000")
    return element


def _xml(text: str) -> str:
    return _NOT_XML.sub(lambda match: f"\\u{{{ord(match[0]):x}}}", clean(text))


def _count(element: ET.Element, suites: list[ET.Element]) -> None:
    cases = [case for suite in suites for case in suite.iter("testcase")]
    element.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        if name == "skipped" and element.tag == "testsuites":
            continue  # not an attribute of the root
        element.set(name, str(sum(case.find(tag) is not None for case in cases)))
    element.set("time", "0.000")
