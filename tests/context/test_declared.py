from __future__ import annotations

import pytest

from reviewer.context.declared import declared
from reviewer.context.symbols import outline
from reviewer.languages.outline import Ref


@pytest.mark.parametrize(
    ("path", "source", "types"),
    [
        ("a.go", "func f(a int, x *shop.Order) {\n\tx.go()\n}\n", ["Order"]),
        ("a.go", "func f() {\n\tx := Order{}\n\tx.go()\n}\n", ["Order"]),
        ("a.ts", "function f(x?: Order) {\n  x.go()\n}\n", ["Order"]),
        ("a.ts", "function f() {\n  const x = new Order(1)\n  x.go()\n}\n", ["Order"]),
        ("a.rs", "fn f(x: &mut Order) {\n  x.go()\n}\n", ["Order"]),
        ("a.rs", "fn f() {\n  let x = Order::new();\n  x.go()\n}\n", ["Order"]),
        ("a.java", "class A {\n  void f(List<A> xs, final Order x) {\n    x.go();\n  }\n}\n",
         ["Order"]),
        ("a.c", "int f(struct order *x) {\n  return x->go;\n}\n", ["order"]),
        ("a.c", "int f(struct order *xx) {\n  return x->go;\n}\n", []),
    ],
)  # fmt: skip
def test_the_type_beside_a_variable(path: str, source: str, types: list[str]):
    found = outline(path, source.encode())
    assert found is not None
    line = next(number for number, text in enumerate(found.lines, 1) if "go" in text and "x" in text
                and number > 1)  # fmt: skip
    owner = found.innermost(line)
    assert owner is not None
    assert declared(found, Ref("x.go", line, owner.name, True)) == types
    assert declared(found, Ref("x.y.go", line, owner.name, True)) == []
    assert declared(found, Ref("x.go", line, "", True)) == []
