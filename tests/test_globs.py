from __future__ import annotations

import warnings

import pathspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reviewer.globs import LONGEST, BadGlob, Globs

PIECES = ["a", "b", "ab", "*", "**", "?", "/", "/", "[ab]", "[b-z]", "\\*", "***", " ", "#", "."]
GLOBS = st.builds(
    lambda negated, pieces: "!" * negated + "".join(pieces),
    st.integers(0, 3).map(lambda number: number == 3),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6),
)
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "aab", "ba", "*", "a b", "."]), min_size=1).map(
    lambda names: "/".join(names[:5])
)


@settings(max_examples=1200)
@given(st.lists(GLOBS, min_size=1, max_size=3), PATHS)
def test_as_pathspec_reads_a_gitignore(globs, path):
    assume(not path.startswith("./"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            expected = bool(pathspec.GitIgnoreSpec.from_lines(globs).match_file(path))
        except ValueError:
            with pytest.raises(BadGlob):
                Globs(globs)
            return
    assert Globs(globs).match(path) is expected


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("a[!x]b", "a/b", False),  # as git: a bracket matches no slash
        ("*.py", "a\nb.py", True),
        ("*.py", "a.py\n", False),
        ("d/**", "d\n/e/x.py", False),
        ("**/x", "d\ne/x", True),
        ("[z", "[z", False),
        ("[a-c]", "b", True),
        ("a[!x]b", "ayb", True),
        ("a[^x]b", "axb", False),
        ("[]]", "]", True),
        ("[[a]x", "[x", True),
        ("[a&&b]", "&", True),
        ("[a~~b||c]", "|", True),
        ("[+--]", ",", True),
        ("[a-]", "-", True),
        ("[a-c-e]", "d", False),
        ("[^]^]", "^", False),
        ("a*b*c", "abc", True),
        ("a*b*c", "acb", False),
        ("a*bb*b", "abb", False),
        ("a*bb*b", "abbb", True),
        ("\\!x", "!x", True),
    ],
)
def test_one_glob(glob, path, expected):
    assert Globs([glob]).match(path) is expected


@pytest.mark.parametrize("glob", ["!", "a\\", "[z-a]", "x" * (LONGEST + 1)])
def test_what_is_no_glob(glob):
    with pytest.raises(BadGlob):
        Globs([glob])


@pytest.mark.fault(
    "deadline", "a glob of many stars, and a long file name", "matched in time linear in the name"
)
@pytest.mark.parametrize(
    "glob", ["*a" * 14 + "b", "**/" + "*a" * 14 + "b", "a/**/" * 12 + "b", "?*" * 100 + "b"]
)
def test_stars_do_not_multiply(glob):
    """With what pathspec makes of them, this would not end within a lifetime."""
    assert not Globs([glob]).match("/".join(["a" * 255] * 16))
