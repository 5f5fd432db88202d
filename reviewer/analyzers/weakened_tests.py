"""Tests that check less than before: deleted, emptied, skipped or lone tests, and assertions that
were removed or say less.

Tests are recognised by line, in the same way for every language, as its record says. A test removed
together with the code that it names does not count, nor does one that was renamed, moved or
parametrized, or whose checks moved to a helper.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from reviewer.analyzers import isolate
from reviewer.analyzers.base import AnalyzerResult, Limits, content, decoded, old_name
from reviewer.analyzers.weakened_checks import TABLE, Kept, fewer, loosened
from reviewer.languages import Language, holds_tests, language_of
from reviewer.languages.testcases import Case, cases
from reviewer.text import decode
from reviewer.types import Change, Evidence, FileDiff

# A name behind a keyword or a type, or before a colon, an equals sign or an arrow.
_DEFINITION = re.compile(
    r"\b(?:def|class|func|fun|function|fn|struct|interface|enum|type|const|static|void|trait|record"
    r"|object|module|macro|define|get|set|new)\s+(?:\([^)]{0,80}\)\s*)?[*&]?(\w{3,})"
    r"|\b(\w{3,})\s*(?::(?!:)|=(?!=))|[\w>?\]]\s+[*&]?(\w{3,})\s*[,;()]"
)
_WORD = re.compile(r"\w{3,}")
_ALIKE = 0.5  # share of the lines of a test that must stand elsewhere for it to be moved
_MOST = 4  # deleted tests of a file that are named one by one
_LONG = 8  # characters of a name that is likely to mean one thing only
_MAX_LINE = 1000


@dataclass(frozen=True, slots=True)
class _File:
    """The tests and groups of one file, before and after."""

    diff: FileDiff
    old: str
    new: str
    before: Sequence[Case]
    after: Sequence[Case]
    added: frozenset[str]  # lines of the new side that the old side does not have, stripped


def check(change: Change, limits: Limits) -> AnalyzerResult:
    files: list[_File] = []
    lost: dict[str, str] = {}
    for file in change.files:
        language = language_of(file.path)
        named = holds_tests(file.path) or holds_tests(old_name(file))
        if language is None or not (language.tests.style and (named or language.tests.content)):
            continue
        if why := limits.stopped:
            lost |= {file.path: why} if named else {}
            continue
        old, new = (content(change, file, side) or b"" for side in ("old", "new"))
        if named or holds_tests(file.path, new) or holds_tests(file.path, old):
            files.append(_file(file, language, decode(old), decode(new)))
    vanished = _checks(each.before for each in files) - _checks(each.after for each in files)
    tested = {each.diff.path: each for each in files}
    kept = Kept(
        _gone(change, tested) if vanished else frozenset(),
        frozenset().union(*(each.added for each in files)),
        vanished,
        frozenset().union(*(_outside(each) for each in files)),
    )
    evidence = [*_deleted(files, kept)]
    for each in files:
        evidence += _lone(each)
        known_cases = _by_name(each.before)
        tabled = _has_new_table(each)
        for name, case in _by_name(each.after).items():
            if name in known_cases:
                evidence += _weakened(
                    each.diff.path, known_cases[name], case, None if tabled else kept
                )
    return isolate.result("weakened_tests", evidence, lost)


def _file(file: FileDiff, language: Language, old: str, new: str) -> _File:
    known = {line.strip() for line in old.split("\n")}
    added = frozenset(text for line in new.split("\n") if (text := line.strip()) not in known)
    return _File(file, old, new, cases(old, language), cases(new, language), added)


def _outside(file: _File) -> set[str]:
    inside = _lines(file.after)
    lines = enumerate(file.new.split("\n"), 1)
    return {line.strip() for number, line in lines if number not in inside}


def _checks(sides: Iterable[Sequence[Case]]) -> Counter[str]:
    return Counter(line for side in sides for case in side for line in case.checks)


def _by_name(found: Iterable[Case]) -> dict[tuple[str, str, bool], Case]:
    """Tests and groups by (the group above, name), without those that are not alone in it."""
    named: dict[tuple[str, str, bool], list[Case]] = {}
    group = ""
    for case in found:
        group = case.name if case.is_group else group
        named.setdefault((group, case.name, case.is_group), []).append(case)
    return {name: those[0] for name, those in named.items() if len(those) == 1}


def _gone(change: Change, tested: Mapping[str, _File]) -> frozenset[str]:
    """Names that the change takes out of the code: those whose definition it removes while no line
    that it adds has them, and long ones that no file it changes has any more."""
    defined: set[str] = set()
    removed: set[str] = set()
    added: set[str] = set()
    left: set[str] = set()
    for file in change.files:
        language = language_of(file.path)
        known = tested.get(file.path)
        cases = (*known.before, *known.after) if known else ()
        if language is None or language.kind == "prose" or (cases and holds_tests(file.path)):
            continue
        before, after = (_lines(known.before), _lines(known.after)) if known else (set(), set())
        for line in (line for hunk in file.hunks for line in hunk.lines):
            text = line.data[:_MAX_LINE].decode("utf-8", "replace")
            if line.kind == "removed" and line.old not in before:
                defined.update(filter(None, chain(*_DEFINITION.findall(text))))
                removed.update(word for word in _WORD.findall(text) if len(word) >= _LONG)
            elif line.kind == "added" and line.new not in after:
                added.update(_WORD.findall(text))
        left.update(_WORD.findall(decoded(change, file, "new") or ""))
    return frozenset((defined - added) | (removed - left))


def _lines(found: Iterable[Case]) -> set[int]:
    return {line for case in found if not case.is_group for line in range(case.first, case.end + 1)}


def _deleted(files: Sequence[_File], kept: Kept) -> Iterator[Evidence]:
    names = {case.name for each in files for case in each.after if not case.is_group}
    missing = [
        (each, case)
        for each in files
        for case in each.before
        if not case.is_group and case.name not in names and case.checks
    ]
    lost = [(each, case) for each, case in missing if not _is_elsewhere(case, kept)]
    if len(lost) <= len(_fresh(files)) - (len(missing) - len(lost)):
        return  # as many new tests: rewritten
    gone = kept.gone - {case.name for _, case in missing}
    homes: dict[str, tuple[_File, list[Case]]] = {}
    for each, case in lost:
        homes.setdefault(each.diff.path, (each, []))[1].append(case)
    for each, tests in homes.values():
        if each.after:
            tests = [case for case in tests if gone.isdisjoint(_WORD.findall(case.body))]
        elif not gone.isdisjoint(_WORD.findall(each.old)):
            continue  # the whole file went along with what it tested
        if tests and not _in_a_table(each):
            yield from _deletions(old_name(each.diff), tests)


def _fresh(files: Sequence[_File]) -> set[tuple[str, str]]:
    """(path, name) of the tests that are new, and not from another file."""
    missing: set[str] = set()
    fresh = set()
    for each in files:
        before, after = ({case.name for case in side} for side in (each.before, each.after))
        missing |= before - after
        fresh |= {(each.diff.path, name) for name in after - before}
    return {(path, name) for path, name in fresh if name not in missing}


def _is_elsewhere(case: Case, kept: Kept) -> bool:
    """Whether most lines of a test that is gone were added to other places, or all its assertions
    are left: it was renamed, moved or merged into another one."""
    if not any(kept.removed[line] for line in case.checks):
        return True
    lines = {text for line in case.lines[1:] if len(text := line.strip()) > 3}
    lines = lines or set(case.checks)  # of a test on one line
    return len(lines & kept.added) >= _ALIKE * len(lines)


def _deletions(path: str, gone: Sequence[Case]) -> Iterator[Evidence]:
    """One finding for each test, or one for all of many."""
    for case in gone if len(gone) <= _MOST else gone[:1]:
        more = len(gone) - 1 if len(gone) > _MOST else 0
        what = (
            f"The test {case.name} was"
            if not more
            else f"{len(gone)} tests, {case.name} first, were"
        )
        named = "it names was" if not more else "they name was"
        yield Evidence(
            source="weakened_tests",
            rule="test-deleted",
            path=path,
            side="old",
            start=case.start,
            end=case.end,
            message=f"{what} deleted, while no definition that {named}.",
            fix=f"Restore the {'test' if not more else 'tests'}, or say in the change why what"
            f" {'it checks' if not more else 'they check'} no longer holds.",
        )


def _in_a_table(file: _File) -> bool:
    """Whether a table of tests of the file grew, so that it may hold what a test checked."""
    return any(
        TABLE.search(case.body) and any(line.strip() in file.added for line in case.lines)
        for case in file.after
    )


def _has_new_table(file: _File) -> bool:
    known = {case.name for case in file.before}
    return any(TABLE.search(case.body) for case in file.after if case.name not in known)


def _lone(file: _File) -> Iterator[Evidence]:
    """Tests that the change makes the only ones to run."""
    before = {case.name for case in file.before if case.focused}
    for case in file.after:
        if case.focused and case.name not in before:
            noun = "group" if case.is_group else "test"
            yield _evidence(
                file.diff.path,
                "test-focused",
                case,
                f"The {noun} {case.name} is focused: no other test of its file runs.",
                "Remove the focus.",
            )


def _weakened(path: str, old: Case, new: Case, kept: Kept | None) -> Iterator[Evidence]:
    """`kept` is None where assertions may have become rows of a new table."""
    noun = "tests of the group" if new.is_group else "test"
    if new.skipped and not old.skipped:
        yield _evidence(
            path,
            "test-skipped",
            new,
            f"The {noun} {new.name} {'are' if new.is_group else 'is'} now skipped.",
            "Repair what makes it fail instead of skipping it.",
        )
    if new.is_group:
        return
    if kept and fewer(old, new, kept):
        if new.checks:
            yield _evidence(
                path,
                "assertion-removed",
                new,
                f"The test {new.name} checks less than before: {len(new.checks)} assertions,"
                f" {len(old.checks)} until now.",
                "Restore the assertion, or say in the change why it no longer holds.",
            )
        else:
            yield _evidence(
                path,
                "test-emptied",
                new,
                f"The test {new.name} checks nothing any more.",
                "Restore its assertions.",
            )
    for line, at in loosened(old, new):
        yield _evidence(
            path,
            "assertion-loosened",
            replace(new, start=at),
            f"The test {new.name} no longer checks which value: `{line}` was an exact comparison.",
            "Compare with the expected value, or say in the change why it no longer holds.",
        )


def _evidence(path: str, rule: str, case: Case, message: str, fix: str) -> Evidence:
    return Evidence(
        source="weakened_tests",
        rule=rule,
        path=path,
        start=case.start,
        end=case.start,
        message=message,
        fix=fix,
    )
