"""Which part of a line is a comment."""

from __future__ import annotations

import pytest

from reviewer.findings.comments import teller


@pytest.mark.parametrize(
    ("path", "line", "part", "commented"),
    [
        ("a.py", "    # total += x", "total+=x", True),
        ("a.py", "    total += x  # was: total -= x", "total+=x", False),
        ("a.py", "    total += x  # was: total -= x", "total-=x", True),
        ("a.py", '    say("# no comment")', "#nocomment", False),
        ("a.py", '    say("# one", "two")  # three', "three", True),
        ("a.go", "\treturn nil // return err", "returnerr", True),
        ("a.ts", 'const url = "http://host/path"; // path', "host/path", False),
        ("a.c", "int n = 0; /* n = 1 */", "n=1", True),
        ("a.c", " * frees the buffer", "freesthebuffer", True),
        ("a.unheard", "# total += x", "total+=x", False),
    ],
)
def test_a_part_of_a_line_is_in_a_comment(path: str, line: str, part: str, commented: bool) -> None:
    assert teller(path)(line, part) is commented
