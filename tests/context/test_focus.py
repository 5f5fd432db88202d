from __future__ import annotations

import pytest
from support.changes import change_of

from reviewer.context.focus import Changed, focus_of
from reviewer.context.index import index_of
from reviewer.languages import PYTHON

BASE = b"""\
LIMIT = 1


class Cart:
    rate = 2

    def total(self, a):
        return a

    def gone(self):
        return 1

    def same(self):
        return 2


def layout(a, b):
    return a
"""
HEAD = b"""\
LIMIT = 3


class Cart:
    rate = 4

    def total(self, a, b):
        return a

    def same(self):
        return 5

    def fresh(self):
        return self.same() + other.thing(self.rate)


def layout(
    a, b
):
    return a
"""


def focus(base: bytes, head: bytes):
    change = change_of({"a.py": base}, {"a.py": head})
    (file,) = change.files
    return focus_of(file, file.hunks, index_of(change))


def test_changed_definitions_and_how():
    changed = [(item.how, item.label) for item in focus(BASE, HEAD).changed]
    assert changed == [
        ("removed", "Cart.gone()"),
        ("signature", "LIMIT"),
        ("signature", "Cart.rate"),
        ("signature", "Cart.total()"),
        ("body", "Cart.same()"),
        ("body", "layout()"),
        ("added", "Cart.fresh()"),
    ]


def test_names_on_changed_lines_come_before_those_around():
    refs = focus(BASE, HEAD).refs
    assert [ref.name for ref in refs.added] == ["other.thing", "self.rate", "self.same"]
    assert [ref.name for ref in refs.near] == ["a", "a"]


def test_names_on_removed_lines_and_in_the_rest_of_the_function():
    lines = [b"def f(a):\n", *(b"    line%d(a)\n" % number for number in range(9)), b"    gone()\n"]
    base = b"".join(lines)
    refs = focus(base, b"".join(lines[:-1])).refs
    assert [ref.name for ref in refs.removed] == ["gone"]
    assert [ref.name for ref in refs.near] == ["a", "line6", "line7", "line8"]
    assert [ref.name for ref in refs.far] == [f"line{number}" for number in range(6)]


def test_a_member_is_a_definition_of_its_own():
    base = b"class Cart {\n  rate = 2;\n  total() {\n    return 1;\n  }\n}\n"
    change = change_of({"a.js": base}, {"a.js": base.replace(b"rate = 2", b"rate = 3")})
    (file,) = change.files
    found = focus_of(file, file.hunks, index_of(change)).changed
    assert [(changed.how, changed.item.name) for changed in found] == [("signature", "Cart.rate")]


def test_each_overload_is_a_definition_of_its_own():
    base = b"""\
class A {
  int f(int a) {
    return a;
  }

  int f(int a, int b) {
    return b;
  }
}
"""
    for new, how in ((b"return a + 1", "body"), (b"long a) {\n    return a", "signature")):
        old = b"return a" if how == "body" else b"int a) {\n    return a"
        change = change_of({"A.java": base}, {"A.java": base.replace(old, new)})
        (file,) = change.files
        found = focus_of(file, file.hunks, index_of(change)).changed
        assert [(changed.how, changed.label, changed.item.start) for changed in found] == [
            (how, "A.f()", 2)
        ]


def test_places_are_where_lines_changed_or_were_removed():
    change = change_of({"a.py": b"a\nb\nc\nd\n"}, {"a.py": b"a\nd\ne\n"})
    (file,) = change.files
    assert focus_of(file, file.hunks, index_of(change)).places == (1, 2, 3)


def test_users_of_a_constructor_write_the_class():
    (changed,) = focus(
        b"class A:\n    def __init__(self):\n        pass\n",
        b"class A:\n    def __init__(self, x):\n        pass\n",
    ).changed
    assert (changed.word, changed.sought) == ("__init__", "A")
    assert Changed("body", focus(BASE, HEAD).changed[-1].item, PYTHON).sought == "fresh"


def test_files_on_one_side_only():
    base, head = {"a.py": b"def f():\n    pass\n"}, {"b.py": b"def g():\n    pass\n"}
    change = change_of(base, head)
    found = [focus_of(file, file.hunks, index_of(change)) for file in change.files]
    assert [[(item.how, item.label) for item in one.changed] for one in found] == [
        [("removed", "f()")],
        [("added", "g()")],
    ]
    assert [(one.moved, one.resolves, one.shown, one.shown_old) for one in found] == [
        (True, True, (), ((1, 2),)),
        (False, True, ((1, 2),), ()),
    ]


@pytest.mark.parametrize(
    ("path", "source", "old", "new", "names"),
    [
        ("a.rs", "struct A {\n    n: u8,\n}\n", "n: u8,", "n: u8,\n    m: u8,", ["A", "A.m"]),
        ("a.rs", "enum A {\n    P,\n}\nimpl A {\n    fn f() {}\n}\n", "P,", "P,\n    Q,",
         ["A", "A.Q"]),
        ("a.ts", "interface A {\n  n: number\n}\n", "number", "number\n  m?: number", ["A.m"]),
        ("a.go", "type A struct {\n\tn int\n}\n", "n int", "n int\n\tm int", ["A.m"]),
        ("a.ts", "class A {\n  f() {}\n}\n", "f() {}", "f() {}\n\n  // more\n  g() {}", ["A.g"]),
    ],
)  # fmt: skip
def test_a_type_changes_with_members_that_its_users_must_name(
    path: str, source: str, old: str, new: str, names: list[str]
):
    change = change_of({path: source.encode()}, {path: source.replace(old, new).encode()})
    (file,) = change.files
    found = focus_of(file, file.hunks, index_of(change)).changed
    assert sorted(changed.item.name for changed in found) == names


def test_the_name_that_a_line_defines_is_not_used_there():
    base = b"package a\n\ntype Data struct{}\n\ntype A struct {\n\tn int\n}\n"
    change = change_of({"a.go": base}, {"a.go": base.replace(b"n int", b"Data []byte")})
    (file,) = change.files
    refs = focus_of(file, file.hunks, index_of(change)).refs
    assert refs.added == ()
