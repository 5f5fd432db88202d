"""Which files contain tests."""

from __future__ import annotations

import re

from reviewer.languages.registry import language_of

_FOLDER = re.compile(
    r"(?:^|/)(?:[Tt]ests?|__tests__|[Ss]pec|testing|[\w.-]*[a-z.](?:Tests?|Specs?))/"
)
# What tests read or compare with; it may look like tests.
_DATA = re.compile(r"(?:^|/)(?:fixtures?|testdata|__fixtures__|__snapshots__|snapshots?)/")
# Names common to several languages.
_NAMED = re.compile(r"(?:^|/)specs/|_test\.\w+$|[._-](?:test|spec)\.\w+$")


def is_test(path: str) -> bool:
    """Whether a file belongs to the tests, including files that only support them."""
    if _FOLDER.search(path) or _NAMED.search(path):
        return True
    language = language_of(path)
    if language is None:
        return False
    beside = language.tests.beside
    return _holds(path) or (beside is not None and beside.search(path) is not None)


def holds_tests(path: str, content: bytes | None = None) -> bool:
    """Whether a file contains tests, according to its name, or to its content where that is given.
    Stricter than `is_test`, for callers that count what tests check."""
    if _DATA.search(path):
        return False
    if _FOLDER.search(path) or _holds(path):
        return True
    language = language_of(path)
    marks = language.tests.content if language else None
    return bool(content and marks and marks.search(content))


def _holds(path: str) -> bool:
    language = language_of(path)
    files = language.tests.files if language else None
    return files is not None and files.search(path) is not None
