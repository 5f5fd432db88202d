"""The tests of what a unit changes: those that stand around a use of it, and those that speak of it
in files that are named after its own."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reviewer.context.candidate import Candidate, Rank
from reviewer.context.focus import Changed, Focus, Span
from reviewer.context.index import Index, distance
from reviewer.languages import holds_tests, is_test, language_of
from reviewer.languages.outline import Outline
from reviewer.languages.testcases import Case, cases

_FULL = 40  # lines; of a longer test, only the lines around the use are shown
_MAX_FILES = 3  # test files named after one file
_MAX_NESTED = 8  # tests that may begin in the one around a line
_MAX_TESTS = 4  # tests of one definition that only names lead to
_AFFIX = re.compile(
    r"^test[_-]?(?=.)|(?<=.)(?:[._-]?(?:unit)?(?:tests?|spec|suite))$", re.IGNORECASE
)
_PART = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def case_at(index: Index, path: str, line: int) -> Case | None:
    """The test around a line: of a file with tests, or of one that has them among its code."""
    known = _cases(index, path)
    at = bisect_right(known, line, key=lambda case: case.first)
    around = (case for case in reversed(known[max(0, at - _MAX_NESTED) : at]) if line <= case.end)
    return next(around, None)


def in_tests(index: Index, path: str, line: int) -> bool:
    return is_test(path) or case_at(index, path, line) is not None


def around(index: Index, path: str, line: int) -> tuple[tuple[Span, ...], ...]:
    """The test around a line in full, then its name and the lines around; none outside of tests."""
    case = case_at(index, path, line)
    return _variants(case, line) if case else ()


def _variants(case: Case, line: int) -> tuple[tuple[Span, ...], ...]:
    name = (case.start, case.start)
    near = (max(case.first, line - 4), min(case.end, line + 4))
    close = (max(case.first, line - 1), min(case.end, line + 1))
    short: tuple[tuple[Span, ...], ...] = ((name, near), (name, close), (close,))
    return (((case.first, case.end),), *short) if case.end - case.first < _FULL else short


def _cases(index: Index, path: str) -> tuple[Case, ...]:
    if path not in index.tests:
        outline = index.outline(path)
        found = _read(outline, path) if outline else ()
        index.tests[path] = tuple(case for case in found if not case.is_group)
    return index.tests[path]


def _read(outline: Outline, path: str) -> Iterable[Case]:
    source = "\n".join(outline.lines)
    content = outline.language.tests.content
    return (
        cases(source, outline.language)
        if holds_tests(path, source.encode("utf-8", "replace") if content else None)
        else ()
    )


def is_named_after(path: str, source: str) -> bool:
    """Whether a test file is called as the file that it tests."""
    return path != source and is_test(path) and _subject(path) == _subject(source)


def _subject(path: str) -> str:
    stem = path.rpartition("/")[2].partition(".")[0]
    rest = path.rpartition("/")[2].split(".")[1:-1]
    stem = _AFFIX.sub("", ".".join([stem, *rest]))
    return re.sub(r"[._-]", "", stem).lower()


def _by_subject(index: Index) -> Mapping[str, list[str]]:
    if not index.subjects:
        found = defaultdict(list)
        for path in index.files - index.removed:
            if is_test(path) and language_of(path):
                found[_subject(path)].append(path)
        index.subjects = dict(found) or {"": []}
    return index.subjects


def named_after(focus: Focus, index: Index) -> Iterator[Candidate]:
    """Tests in files that are named after the unit's file and that speak of what it changes."""
    language = focus.language
    if language is None or is_test(focus.path) or not focus.changed:
        return
    paths = [
        path
        for path in _by_subject(index).get(_subject(focus.path), ())
        if (known := language_of(path)) and known.kin == language.kin
    ]
    paths.sort(key=lambda path: distance(path, focus.path))
    for changed in focus.changed:
        said = [
            (path, case, line)
            for path in paths[:_MAX_FILES]
            for case in _cases(index, path)
            if (line := _says(case, changed))
        ]
        for path, case, line in said[:_MAX_TESTS]:
            yield Candidate(
                path,
                Rank.TEST,
                _variants(case, line),
                f"test of {changed.label}, in the file named after its own",
                f"tests of {changed.label}",
                line,
            )


def _says(case: Case, changed: Changed) -> int:
    """The line of a test that names a definition, its first line if its title has all parts of the
    name; 0 if neither."""
    word = re.compile(rf"(?<!\w){re.escape(changed.sought)}(?!\w)")
    for line, text in enumerate(case.lines, case.first):
        if word.search(text):
            return line
    title = case.name.lower()
    parts = [part.lower() for part in _PART.findall(changed.sought) if len(part) > 2]
    return case.start if len(parts) > 1 and all(part in title for part in parts) else 0
