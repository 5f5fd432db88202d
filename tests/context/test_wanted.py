from __future__ import annotations

import pytest
from support.changes import change_of

from reviewer.context.index import index_of
from reviewer.context.wanted import Wanted, wanted

FILES = {
    "shop/pay.py": b"x = 1\n",
    "lib/pay.py": b"x = 1\n",
    "Makefile": b"a:\n",
    "bin/run": b"x\n",
}
MADE = change_of({}, FILES)
PAY = ("shop/pay.py", "lib/pay.py")


def parts(*names: str) -> Wanted:
    return Wanted("", names)


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("total", parts("total")),
        ("`total`", parts("total")),
        ("the function total", parts("total")),
        ("class Order", parts("Order")),
        ("async def total", parts("total")),
        ("$this->total", parts("this", "total")),
        ("a::b::c", parts("a", "b", "c")),
        ("Order#total", parts("Order", "total")),
        ("Vec<T>::push", parts("Vec", "push")),
        ("Order.<T>total", parts("Order", "total")),
        ("cart().total", parts("cart", "total")),
        ("println!", parts("println")),
        ("&self.total", parts("self", "total")),
        ("(o *Order) Total", parts("Order", "Total")),
        ("(*Order).Total", parts("Order", "Total")),
        ("a?.b!.c", parts("a", "b", "c")),
        ("total()", Wanted("", ("total",), call=True)),
        ("total(...)", Wanted("", ("total",), call=True)),
        ("add(int, int)", Wanted("", ("add",), call=True, passed=2)),
        ("func (o *Order) Total(a int)", Wanted("", ("Order", "Total"), call=True, passed=1)),
        ("pay.py", Wanted("", files=PAY)),
        ("./lib/pay.py", Wanted("", files=("lib/pay.py",))),
        ("file lib/pay.py", Wanted("", files=("lib/pay.py",))),
        ("Makefile", Wanted("", files=("Makefile",))),
        ("bin/run", Wanted("", files=("bin/run",))),
        ("run", parts("run")),  # a name rather than a script
        ("pay.py:12", Wanted("", files=PAY, line=12)),
        ("lib/pay.py:L3-L9", Wanted("", files=("lib/pay.py",), line=3)),
        ("pay.py::Till.pay", Wanted("", ("Till", "pay"), PAY)),
        ("total in pay.py", Wanted("", ("total",), PAY)),
        ("total (pay.py)", Wanted("", ("total",), PAY)),
        ("user-name", Wanted("")),
        ("a b c", Wanted("")),
        ("", Wanted("")),
        ("x" * 200, Wanted("")),
        ("/etc/passwd", Wanted("")),
        ("../pay.py", Wanted("")),
    ],
)
def test_what_was_asked(asked: str, read: Wanted):
    found = wanted(asked, index_of(MADE), "shop/x.py")
    assert (found.parts, found.files, found.line, found.call, found.passed) == (
        read.parts,
        read.files,
        read.line,
        read.call,
        read.passed,
    )
    assert found.asked == asked


def test_what_is_no_name_is_a_text_to_look_for():
    found = wanted("'user-name'", index_of(MADE), "shop/x.py")
    assert found == Wanted("'user-name'", literal="user-name")


@pytest.mark.parametrize(
    "asked", ["a." * 80, "(" * 160, "<" * 160, "the " * 40, "a::" * 50, " " * 159 + "x"]
)
def test_hostile_text_is_read_quickly(asked: str):
    wanted(asked, index_of(MADE), "shop/x.py")
