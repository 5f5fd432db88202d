"""Which files hold tests."""

from __future__ import annotations

import re

from reviewer.languages.registry import language_of

_FOLDER = re.compile(r"(?:^|/)(?:tests?|__tests__|spec|testing)/")
# What no language is alone in.
_NAMED = re.compile(r"(?:^|/)specs/|_test\.\w+$|[._-](?:test|spec)\.\w+$")


def is_test(path: str) -> bool:
    """Whether a file is a part of the tests: also one that only helps them."""
    if _FOLDER.search(path) or _NAMED.search(path):
        return True
    language = language_of(path)
    if language is None:
        return False
    beside = language.tests.beside
    return _holds(path) or (beside is not None and beside.search(path) is not None)


def holds_tests(path: str) -> bool:
    """Whether a file has tests in it, as far as its name says. Stricter than `is_test`: whoever
    asks goes on to count what it checks."""
    return _FOLDER.search(path) is not None or _holds(path)


def _holds(path: str) -> bool:
    language = language_of(path)
    files = language.tests.files if language else None
    return files is not None and files.search(path) is not None
