from __future__ import annotations

import pytest

from reviewer.context.candidate import around_line, of_definition, subtract
from reviewer.languages import PYTHON, is_test
from reviewer.languages.python_outline import outline

SOURCE = (
    b'class Big:\n    """Doc."""\n\n    size = 1\n\n    def __init__(self, a):\n        self.a'
    b" = a\n"
    + b"\n    def m(self):\n        return 1\n" * 30
    + b"\n\nX = 1\n\n\ndef long(a,\n         b):\n    '''Doc\n    more.'''\n"
    + b"    a += b\n" * 80
)
FOUND = outline(SOURCE, PYTHON)


def test_definitions_from_full_to_short():
    long, size = FOUND.by_name["long"], FOUND.by_name["X"]
    assert of_definition(FOUND, long) == (((103, 106),), ((103, 104),))
    assert of_definition(FOUND, size) == (((100, 100),),)
    assert of_definition(FOUND, FOUND.by_name["Big"]) == (((1, 5), (6, 6)), ((1, 1),))
    assert of_definition(FOUND, FOUND.by_name["Big.__init__"]) == (((6, 7),), ((6, 6),))


def test_places_in_functions():
    assert around_line(FOUND, FOUND.by_name["long"], 150)[0] == ((103, 104), (146, 154))
    assert around_line(FOUND, FOUND.by_name["Big.__init__"], 7)[0] == ((6, 7),)
    assert around_line(FOUND, None, 1) == (((1, 5),), ((1, 2),))


@pytest.mark.parametrize(
    ("spans", "taken", "left"),
    [
        ([(1, 10)], [], [(1, 10)]),
        ([(1, 10)], [(3, 4)], [(1, 2), (5, 10)]),
        ([(1, 10)], [(1, 10)], []),
        ([(1, 10)], [(0, 3), (8, 30)], [(4, 7)]),
        ([(5, 6), (1, 3), (4, 4)], [], [(1, 6)]),
        ([(1, 3), (7, 9)], [(2, 8)], [(1, 1), (9, 9)]),
    ],
)
def test_subtract(spans, taken, left):
    assert subtract(spans, taken) == left


def test_test_files():
    tests = [
        "tests/a.py",
        "a/test_b.py",
        "b_test.go",
        "x.test.ts",
        "x.spec.js",
        "src/test/java/ATest.java",
        "conftest.py",
    ]
    others = [
        "a.py",
        "attest.py",
        "latest/x.py",
        "contest.py",
        "testing.md",
        "protest.go",
        "src/Latest.java",
    ]
    assert [is_test(path) for path in tests + others] == [True] * len(tests) + [False] * len(others)
