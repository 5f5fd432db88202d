"""Which files contain tests."""

from __future__ import annotations

import re

from reviewer.languages.registry import language_of

_FOLDER = re.compile(r"(?:^|/)(?:tests?|__tests__|spec|testing)/")
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


def holds_tests(path: str) -> bool:
    """Whether a file contains tests, according to its name. Stricter than `is_test`, for callers
    that count what tests check."""
    return _FOLDER.search(path) is not None or _holds(path)


def _holds(path: str) -> bool:
    language = language_of(path)
    files = language.tests.files if language else None
    return files is not None and files.search(path) is not None
