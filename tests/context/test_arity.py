from __future__ import annotations

import pytest

from reviewer.context.arity import count, fitting
from reviewer.context.symbols import outline
from reviewer.languages.outline import Ref


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("f()", 0),
        ("f(a)", 1),
        ("f(a, (b, c), [d, e])", 3),
        ("f(\"a, b)\", 'c,')", 2),
        ("f(Map<A, B> a, int b)", 2),
        ("f(a,\n  b,\n)", 2),
        ("f(a", None),
        ("f", None),
    ],
)
def test_arguments(text: str, number: int | None):
    assert count(text) == number


def test_the_overload_that_takes_what_is_passed():
    source = b"""\
class A {
  int f(int a) { return f(a, 1); }
  int f(int a, int b) { return a; }
}
"""
    found = outline("A.java", source)
    assert found is not None
    items = found.named["f"]
    call = Ref("f", 2, "A.f", True)
    other = Ref("f", 9, "", True)
    assert [item.start for item in fitting(found, call, found, items)] == [2]
    assert fitting(found, other, found, items) == list(items)
