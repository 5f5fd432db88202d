"""Languages: one record for each, and which of them a file is in.

A stage asks the record (`language_of(path).tests`), never the name. Only an analyzer for a single
language compares languages (`language_of(path) is PYTHON`). To add a language, write its file here
and add its record to `registry.LANGUAGES`.
"""

from __future__ import annotations

from reviewer.languages.base import (
    Checker,
    Grammar,
    Language,
    Links,
    Modules,
    Problem,
    Syntax,
    TestStyle,
)
from reviewer.languages.c import CPP
from reviewer.languages.common import COMMENT_STARTS, is_generic_name
from reviewer.languages.go import GO
from reviewer.languages.java import JAVA
from reviewer.languages.javascript import JAVASCRIPT, TSX, TYPESCRIPT
from reviewer.languages.manifests import from_toml, table
from reviewer.languages.python import PYTHON
from reviewer.languages.python_parser import parse_python
from reviewer.languages.registry import (
    all_languages,
    by_name,
    language,
    language_of,
    with_languages,
)
from reviewer.languages.rust import RUST
from reviewer.languages.shell import SHELL
from reviewer.languages.templates import is_template
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
    "TSX",
    "TYPESCRIPT",
    "Checker",
    "Grammar",
    "Language",
    "Links",
    "Modules",
    "Problem",
    "Syntax",
    "TestStyle",
    "all_languages",
    "by_name",
    "from_toml",
    "holds_tests",
    "is_generic_name",
    "is_template",
    "is_test",
    "language",
    "language_of",
    "parse_python",
    "table",
    "with_languages",
]
