"""JSON and TOML that no longer parse. (YAML is parsed with the other languages, in `astgrep`.)"""

from __future__ import annotations

import re

from reviewer.analyzers import isolate
from reviewer.analyzers.base import TOO_LARGE, AnalyzerResult, Limits, content, is_too_large
from reviewer.languages import Checker, Problem, is_template, language_of
from reviewer.types import Change, Evidence, FileDiff

_BROKEN_ON_PURPOSE = re.compile(
    r"(?i)(?:^|/)(?:tests?|testdata|fixtures?|__fixtures__)/|(?:^|[/_.-])(?:invalid|broken|malformed|bad)[/_.-]"
)


def check(change: Change, limits: Limits) -> AnalyzerResult:
    evidence = []
    lost: dict[str, str] = {}
    for file in change.files:
        parse = _checker(file.path)
        if parse is None:
            continue
        data = None if limits.stopped else content(change, file, "new")
        if data is None:
            if why := limits.stopped or (TOO_LARGE if is_too_large(change, file) else ""):
                lost[file.path] = why
            continue
        for rule, line, message in _introduced(change, file, parse, data):
            evidence.append(
                Evidence(
                    source="dataformats",
                    rule=rule,
                    path=file.path,
                    start=line,
                    end=line,
                    message=message,
                    fix=(
                        "Correct the file so that a parser accepts it."
                        if rule != "duplicate-key"
                        else "Keep one of the entries: readers silently take the last."
                    ),
                )
            )
    return isolate.result("dataformats", evidence, lost)


def why_broken(data: bytes, path: str) -> str | None:
    """Why a JSON or TOML file does not parse; None if it does, or if it has another format."""
    parse = _checker(path)
    found = parse(data, path) if parse else []
    return next(
        (f"line {line}: {message}" for rule, line, message in found if rule != "duplicate-key"),
        None,
    )


def _checker(path: str) -> Checker | None:
    language = language_of(path)
    return language.syntax.check if language else None


def _introduced(change: Change, file: FileDiff, parse: Checker, data: bytes) -> list[Problem]:
    problems = [
        (rule, line, message)
        for rule, line, message in parse(data, file.path)
        if rule == "duplicate-key" or not is_template(file.path, data, line, line)
    ]
    if not problems:
        return []
    old = content(change, file, "old")
    if old is None:
        return [] if _BROKEN_ON_PURPOSE.search(file.path) else problems
    known = {
        (rule, message) if rule == "duplicate-key" else (rule, "")
        for rule, _, message in parse(old, file.path)
    }
    return [
        (rule, line, message)
        for rule, line, message in problems
        if ((rule, message) if rule == "duplicate-key" else (rule, "")) not in known
    ]
