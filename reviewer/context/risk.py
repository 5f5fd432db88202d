"""Which files of a change are reviewed first: those where a mistake costs most, so that a run cut
short has covered them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from reviewer.languages import COMMENT_STARTS, language_of
from reviewer.types import FileDiff

# Complete words of a path, so `authors` and `tokenizer` do not match.
_SENSITIVE = frozenset(
    (
        "access",
        "acl",
        "admin",
        "auth",
        "authn",
        "authorization",
        "authentication",
        "billing",
        "cert",
        "certs",
        "cors",
        "credential",
        "credentials",
        "crypt",
        "crypto",
        "csrf",
        "encryption",
        "iam",
        "jwt",
        "key",
        "keys",
        "login",
        "migration",
        "migrations",
        "oauth",
        "password",
        "passwords",
        "payment",
        "payments",
        "permission",
        "permissions",
        "policy",
        "privilege",
        "rbac",
        "role",
        "roles",
        "sandbox",
        "secret",
        "secrets",
        "security",
        "session",
        "sessions",
        "signature",
        "sql",
        "ssl",
        "sso",
        "tls",
        "token",
        "tokens",
        "webhook",
        "webhooks",
        "workflows",
    )
)
TESTS = 3  # the kind of tests; documentation and generated files come after it
_TEST_WORDS = frozenset(
    ("test", "tests", "spec", "specs", "testing", "testdata", "fixtures", "__tests__", "conftest")
)
_MADE = frozenset(
    ("dist", "generated", "gen", "snapshots", "__snapshots__", "third_party", "vendor", "vendored")
)
_WORD = re.compile(r"__[a-z]+__|third_party|[a-z]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def risk(file: FileDiff) -> tuple[int, int]:
    """(kind of file, minus the changed lines of logic); the smallest comes first. The kinds are 0
    security-relevant code and configuration, 1 other code, 2 data and configuration, 3 tests, 4
    documentation, 5 generated files."""
    return kind(file.path), -_logic(file)


def kind(path: str) -> int:
    """The kind of a file, as `risk` has it."""
    words = set(_WORD.findall(_HUMP.sub(" ", path).lower()))
    language = language_of(path)
    known = language.kind if language else None
    if words & _MADE:
        return 5
    if known == "prose" or (
        known is None and not words & _SENSITIVE and PurePosixPath(path).suffix == ""
    ):
        return 4
    if words & _TEST_WORDS:
        return TESTS
    if words & _SENSITIVE:
        return 0
    return 2 if known in ("data", "style", None) else 1


def _logic(file: FileDiff) -> int:
    """Changed lines that are neither blank nor a comment."""
    changed = (
        line.data.strip() for hunk in file.hunks for line in hunk.lines if line.kind != "context"
    )
    return sum(bool(code) and not code.startswith(COMMENT_STARTS) for code in changed)
