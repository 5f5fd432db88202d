"""Tests that check less than before: deleted, emptied or skipped tests, and removed assertions.

Tests are recognised by name and by line, in the same way for every language. A test removed
together with the code that it names does not count, nor does one that was renamed, moved or
parametrized, or whose checks moved to a helper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reviewer.analyzers import isolate
from reviewer.analyzers.base import AnalyzerResult, Limits, decoded, old_name
from reviewer.languages import TestStyle, holds_tests, language_of
from reviewer.types import Change, Evidence, FileDiff

_TABLE = re.compile(
    r"parametrize|\.each\(|subTest|\bfor\b|t\.Run\(|ParameterizedTest|ValueSource|#\[case|rstest"
)
_HELPER = re.compile(
    r"(?i)(?:assert|check|verify|expect|ensure|validate|compare|match|snapshot)\w{0,40}!?\("
)
_DEFINITION = re.compile(
    r"\b(?:def|class|func|function|fn|struct|interface|enum|type|const|static|void)\s+(?:\([^)]{0,80}\)\s*)?(\w{3,})"
)
_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class _Test:
    path: str
    name: str
    line: int
    end: int
    body: str
    checks: int
    skips: int


def check(change: Change, limits: Limits) -> AnalyzerResult:
    before: dict[str, list[_Test]] = {}  # by new path
    after: dict[str, list[_Test]] = {}
    lost: dict[str, str] = {}
    for file in change.files:
        language = language_of(file.path)
        style = language.tests.style if language else None
        if style is None or not (holds_tests(file.path) or holds_tests(old_name(file))):
            continue
        if why := limits.stopped:
            lost[file.path] = why
        else:
            before[file.path] = _tests(decoded(change, file, "old"), style, file.path)
            after[file.path] = _tests(decoded(change, file, "new"), style, file.path)
    gone = _removed_definitions(change.files)
    evidence = [*_deleted(before, after, gone, {file.path: file for file in change.files})]
    for path, tests in after.items():
        known = _by_name(before[path])
        evidence += [
            hit for test in tests if (old := known.get(test.name)) for hit in _weakened(old, test)
        ]
    return isolate.result("weakened_tests", evidence, lost)


def _tests(source: str | None, style: TestStyle, path: str) -> list[_Test]:
    lines = (source or "").split("\n")
    starts = [
        (index, match[1]) for index, line in enumerate(lines) if (match := style.start.match(line))
    ]
    found = []
    for (start, name), following in zip(
        starts, [*(index for index, _ in starts), len(lines)][1:], strict=True
    ):
        first = _first(lines, start)
        end = _end(lines, start, following)
        body = lines[start:end]
        decorators = lines[first:start]
        found.append(
            _Test(
                path=path,
                name=name,
                line=start + 1,
                end=max(start + 1, end),
                body="\n".join([*decorators, *body]),
                checks=sum(bool(style.check.search(line)) for line in body),
                skips=sum(
                    bool(style.skip.match(line)) for line in [*decorators, *_unconditional(body)]
                ),
            )
        )
    return found


def _unconditional(body: list[str]) -> Iterable[str]:
    """The unconditional lines of a test: those indented no deeper than its first ones."""
    inner = min((len(line) - len(line.lstrip()) for line in body[1:2] if line.strip()), default=0)
    return (line for line in body if len(line) - len(line.lstrip()) <= inner)


def _first(lines: list[str], start: int) -> int:
    """Index of the first decorator or attribute above a test."""
    first = start
    while first > 0 and lines[first - 1].lstrip().startswith(("@", "#[")):
        first -= 1
    return first


def _end(lines: list[str], start: int, limit: int) -> int:
    """The index after the last line of the test that begins at `start`: its deeper-indented lines,
    and the line that closes it."""
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < limit:
        line = lines[end]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            if line.lstrip().startswith(("}", ")", "{")):
                end += 1
                if line.lstrip().startswith((")", "{")):
                    continue  # the end of a long signature, or a brace on its own line
            break
        end += 1
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return end


def _by_name(tests: Iterable[_Test]) -> dict[str, _Test]:
    """Tests by name, without ambiguous names (methods of several classes)."""
    named: dict[str, list[_Test]] = {}
    for test in tests:
        named.setdefault(test.name, []).append(test)
    return {name: found[0] for name, found in named.items() if len(found) == 1}


def _removed_definitions(files: Iterable[FileDiff]) -> frozenset[str]:
    """Names whose definition the change removed from files without tests."""
    removed: set[str] = set()
    added: set[str] = set()
    for file in files:
        if not holds_tests(file.path):
            for hunk in file.hunks:
                for line in hunk.lines:
                    if line.kind != "context":
                        names = removed if line.kind == "removed" else added
                        names.update(_DEFINITION.findall(line.data.decode("utf-8", "replace")))
    return frozenset(removed - added)


def _deleted(
    before: Mapping[str, list[_Test]],
    after: Mapping[str, list[_Test]],
    gone: frozenset[str],
    files: Mapping[str, FileDiff],
) -> Iterable[Evidence]:
    old = [test for tests in before.values() for test in tests]
    new = [test for tests in after.values() for test in tests]
    names = {test.name for test in new}
    lost = [test for test in old if test.name not in names and test.checks]
    if len(lost) <= len(names - {test.name for test in old}):
        return  # at least as many new tests: renamed or rewritten
    for test in lost:
        if gone & set(_WORD.findall(test.body)) or any(
            _TABLE.search(other.body) for other in after[test.path]
        ):
            continue
        yield Evidence(
            source="weakened_tests",
            rule="test-deleted",
            path=old_name(files[test.path]),
            side="old",
            start=test.line,
            end=test.end,
            message=f"The test {test.name} was deleted, while no definition that it names was.",
            fix="Restore the test, or say in the change why what it checks no longer holds.",
        )


def _weakened(old: _Test, new: _Test) -> Iterable[Evidence]:
    def evidence(rule: str, message: str, fix: str) -> Evidence:
        return Evidence(
            source="weakened_tests",
            rule=rule,
            path=new.path,
            start=new.line,
            end=new.line,
            message=message,
            fix=fix,
        )

    if new.skips > old.skips:
        yield evidence(
            "test-skipped",
            f"The test {new.name} is now skipped.",
            "Repair what makes it fail instead of skipping it.",
        )
    fewer = new.checks < old.checks
    if fewer and not new.checks and not _HELPER.search(new.body.split("(", 1)[1]):
        yield evidence(
            "test-emptied",
            f"The test {new.name} checks nothing any more.",
            "Restore its assertions.",
        )
    elif fewer and not _is_rewritten(old, new):
        yield evidence(
            "assertion-removed",
            f"The test {new.name} checks less than before: {new.checks} assertions, {old.checks}"
            " until now.",
            "Restore the assertion, or say in the change why it no longer holds.",
        )


def _is_rewritten(old: _Test, new: _Test) -> bool:
    """Whether the removed checks may live on: in a table, in a helper, or merged into a new
    line."""
    known = set(old.body.split("\n"))
    fresh = "\n".join(line for line in new.body.split("\n") if line not in known)
    return bool(_TABLE.search(fresh) or _HELPER.search(fresh))
