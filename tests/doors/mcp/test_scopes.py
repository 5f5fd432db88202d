"""Which scopes arguments mean, and which words never reach git."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reviewer.doors.mcp.contract import ReviewArguments
from reviewer.doors.mcp.scopes import scope
from reviewer.errors import UsageError
from reviewer.types import Scope


def of(**given: str) -> Scope:
    return scope(ReviewArguments.model_validate(given), ())


def test_scopes():
    assert [
        of(),
        of(scope="staged"),
        of(scope="all", base="origin/main"),
        of(scope="committed", base="v1.0~2"),
        of(scope="commit", revision="HEAD^"),
        of(scope="range", revision="v1.0..HEAD"),
        of(scope="range", revision="v1.0...feature-x"),
        of(scope="range", revision="v1.0.."),
        of(scope="range", revision="..x"),
    ] == [
        Scope("all"),
        Scope("staged"),
        Scope("all", "origin/main"),
        Scope("committed", "v1.0~2"),
        Scope("commit", None, "HEAD^"),
        Scope("range", None, "v1.0..HEAD"),
        Scope("range", None, "v1.0...feature-x"),
        Scope("range", None, "v1.0.."),
        Scope("range", None, "..x"),
    ]
    assert scope(ReviewArguments(), ("a", "b")) == Scope("all", None, None, ("a", "b"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"scope": "staged", "base": "main"},
            "base goes with the scopes all and committed, not with staged",
        ),
        (
            {"scope": "range", "base": "main"},
            "base goes with the scopes all and committed, not with range",
        ),
        (
            {"scope": "commit"},
            "revision is required with the scopes commit and range, and only allowed there",
        ),
        (
            {"scope": "range"},
            "revision is required with the scopes commit and range, and only allowed there",
        ),
        (
            {"revision": "HEAD"},
            "revision is required with the scopes commit and range, and only allowed there",
        ),
        ({"scope": "range", "revision": "HEAD"}, "revision: write a range as A..B"),
        ({"scope": "range", "revision": "a..b..c"}, "revision: write a range as A..B"),
    ],
)
def test_what_does_not_go_together(given, said):
    with pytest.raises(UsageError) as refused:
        of(**given)
    assert refused.value.message == said


@pytest.mark.parametrize(
    "word",
    [
        "",
        "-",
        "--output=/tmp/x",
        "-p",
        "a b",
        "a\nb",
        "a\0b",
        "\x1b[2J",
        "x" * 251,
        " HEAD",
        "\t-x",
    ],
)
def test_words_that_name_no_commit(word):
    for given in ({"base": word}, {"scope": "commit", "revision": word}):
        with pytest.raises(
            UsageError, match=r"cannot name a commit: give a branch, a tag or an id$"
        ) as refused:
            of(**given)
        assert refused.value.details == {"reason": "bad_revision"}
    for ends in ((word, "HEAD"), ("HEAD", word), ("", word), (word, "")):
        if word:
            with pytest.raises(UsageError, match="cannot name a commit"):
                of(scope="range", revision="..".join(ends))


@pytest.mark.parametrize(
    "given",
    [
        {"scope": "diff"},
        {"scope": "--all"},
        {"engine": "openai"},
        {"endpoint": "http://x"},
        {"base": 1},
        {"paths": "a"},
        {"paths": [1]},
        {"fresh": "yes"},
        {"minSeverity": "huge"},
        {"min_severity": "major"},
        {"directory": ["x"]},
        {"paths": ["a"] * 1001},
    ],
)
def test_what_is_no_argument(given):
    """Above all: no client chooses where the code is sent."""
    with pytest.raises(ValidationError):
        ReviewArguments.model_validate(given)
