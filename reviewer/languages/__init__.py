"""What the product knows of languages: one record for each, and which of them a file is in.

A stage asks the record (`language_of(path).tests`), never the name. Only an analyzer that is for
one language alone compares with that language (`language_of(path) is PYTHON`). To add a language,
write its file here and name its record in `registry.LANGUAGES`.
"""

from __future__ import annotations

from reviewer.languages.base import Checker, Grammar, Language, Modules, Problem, Style
from reviewer.languages.c import CPP
from reviewer.languages.common import COMMENT_STARTS, says_nothing
from reviewer.languages.go import GO
from reviewer.languages.java import JAVA
from reviewer.languages.javascript import JAVASCRIPT
from reviewer.languages.python import PYTHON
from reviewer.languages.python_parser import parse_python
from reviewer.languages.registry import also, by_name, every, language, language_of
from reviewer.languages.rust import RUST
from reviewer.languages.shell import SHELL
from reviewer.languages.testing import holds_tests, is_test

__all__ = [
    "COMMENT_STARTS",
    "CPP",
    "GO",
    "JAVA",
    "JAVASCRIPT",
    "PYTHON",
    "RUST",
    "SHELL",
    "Checker",
    "Grammar",
    "Language",
    "Modules",
    "Problem",
    "Style",
    "also",
    "by_name",
    "every",
    "holds_tests",
    "is_test",
    "language",
    "language_of",
    "parse_python",
    "says_nothing",
]
