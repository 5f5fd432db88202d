from __future__ import annotations

from reviewer.context.arity import fitting
from reviewer.context.symbols import outline
from reviewer.languages.outline import Ref


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
