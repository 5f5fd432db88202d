"""Whether a Java file parses, by the parser of the language itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reviewer.analyzers import javac_tool, tree
from reviewer.analyzers.base import AnalyzerError, Limits

_PARSE_ONLY = ("-XDshould-stop.ifError=PARSE", "-XDshould-stop.ifNoError=PARSE")
_OLDEST = 17  # older ones lack too much of the language: only what they read is certain
_SETTLED = 25  # these know all of the language
# Of the version of the language, not of the file: a feature of another one, a word that was a name.
_VERSIONS = re.compile(r"preview\.feature|not\.supported|underscore|restricted|cant\.ref\.non")
# What the language has learned since the oldest one: patterns, unnamed variables, methods without a
# class, imports of modules.
_LEARNED = re.compile(rb"\b(?:case|instanceof|when|switch|import\s+module)\b|\b_\b|^\S.*\(")


def parses(data: bytes, path: str, limits: Limits, outside: Path | None = None) -> bool | None:
    """Whether javac reads the file; None where there is no JDK outside the repository `outside`, or
    it cannot say."""
    del path  # its name only has to fit what the file declares, which is not looked at
    program = javac_tool.find(outside)
    if program is None:
        return None
    try:
        with tree.scratch() as scratch:
            tree.write(scratch / "src", {"A.java": data})
            report = javac_tool.run(program, _PARSE_ONLY, ["A.java"], scratch, limits)
    except AnalyzerError:
        return None
    return not report.errors or (None if _may_be_newer(report, data.split(b"\n")) else False)


def _may_be_newer(report: javac_tool.Report, lines: Sequence[bytes]) -> bool:
    """Whether the file may be of another version of the language than the compiler."""
    first = report.errors[0]
    if any(_VERSIONS.search(error.key) for error in report.errors):
        return True
    around = lines[max(0, first.line - 2) : first.line]
    return report.version < _SETTLED and (
        report.version < _OLDEST or any(map(_LEARNED.search, around))
    )
