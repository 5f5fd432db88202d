from __future__ import annotations

import pytest
from support.worst_cases import SOURCES

from reviewer.context.symbols import enclosing, symbol_at
from reviewer.languages.outline import MAX_BYTES

PYTHON = b'''\
import os

LIMIT = 3


class Cart:
    """Doc."""

    @property
    def total(self):
        def add(a):
            return a

        return add(1)

    class Inner:
        async def deep(self):
            return [
                1,
            ]


def last(): return 1
'''


def test_python_symbols_of_every_line():
    names = [symbol_at("a.py", PYTHON, line) for line in range(1, 23)]
    assert names == [
        *[""] * 5,
        *["Cart"] * 3,
        *["Cart.total"] * 2,
        *["Cart.total.add"] * 2,
        *["Cart.total"] * 2,
        "Cart",
        "Cart.Inner",
        *["Cart.Inner.deep"] * 4,
        "",
        "",
    ]
    assert symbol_at("a.py", PYTHON, 23) == "last"
    assert symbol_at("a.py", PYTHON, 900) == ""


def test_enclosing_is_the_innermost_scope_that_holds_the_whole_range():
    assert enclosing("a.py", PYTHON, 11, 12) == (11, 12)
    assert enclosing("a.py", PYTHON, 12, 14) == (9, 14)
    assert enclosing("a.py", PYTHON, 12, 17) == (6, 20)
    assert enclosing("a.py", PYTHON, 1, 12) is None
    assert enclosing("a.py", PYTHON, 3, 3) is None


def test_a_file_that_does_not_parse_is_read_by_indentation():
    broken = PYTHON.replace(b"return [", b"return ([")
    parsed = [symbol_at("a.py", PYTHON, line) for line in range(1, 19)]
    assert [symbol_at("a.py", broken, line) for line in range(1, 19)] == [
        name if line != 9 else "Cart"  # a decorator is not known to belong to what follows
        for line, name in enumerate(parsed, 1)
    ]


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
def test_lines_end_at_newlines_only(newline):
    source = b"x = 'a\x0cb'\ny = 1\ndef f():\n    return 2\n".replace(b"\n", newline)
    assert [symbol_at("a.py", source, line) for line in range(1, 5)] == ["", "", "f", "f"]
    stray = b"x = 1 # a\rb\ndef f():\n    return 2\n"
    assert [symbol_at("a.py", stray, line) for line in range(1, 4)] == ["", "f", "f"]


OTHERS = {
    "a.js": (
        b"class A {\n  m(x) {\n    return x;\n  }\n}\nconst h = () => {\n  return 1;\n};\n",
        ["A", "A.m", "h"],
    ),
    "a.ts": (
        b"interface I {\n  a: string;\n}\nexport class C<T> {\n  private m(): void {\n  }\n}\n",
        ["I", "C", "C.m"],
    ),
    "a.tsx": (b"export function View() {\n  return <p onClick={() => go()} />;\n}\n", ["View"]),
    "a.go": (b"package m\nfunc (s *Srv) Do() int {\n\treturn 1\n}\nfunc f() {}\n", ["Srv.Do", "f"]),
    "A.java": (
        b"class A<T> {\n  A() {\n  }\n  int m(int x) {\n    return x;\n  }\n}\n",
        ["A", "A.A", "A.m"],
    ),
    "a.rs": (
        b"impl Foo {\n  fn a(&self) {\n  }\n}\nmod x {\n  fn b() {\n  }\n}\n",
        ["Foo", "Foo.a", "x", "x.b"],
    ),
    "a.c": (b"struct s {\n  int a;\n};\nstatic char *f(int x)\n{\n  return 0;\n}\n", ["s", "f"]),
    "a.cpp": (
        b"int A::f(int x) {\n  return 1;\n}\nclass Q {\n  int z() {\n    return 1;\n  }\n};\n",
        ["A.f", "Q", "Q.z"],
    ),
    "a.rb": (b"class A\n  def m(x)\n    x\n  end\nend\n", ["A", "A.m"]),
    "a.php": (b"<?php\nclass A {\n  function m($x) {\n    return 1;\n  }\n}\n", ["A", "A.m"]),
    "a.kt": (b"class A {\n  fun m(x: Int): Int {\n    return x\n  }\n}\n", ["A", "A.m"]),
    "a.cs": (b"class A {\n  int M(int x) {\n    return x;\n  }\n}\n", ["A", "A.M"]),
    "a.swift": (b"class A {\n  func m(x: Int) -> Int {\n    return x\n  }\n}\n", ["A", "A.m"]),
    "a.scala": (b"object A {\n  def m(x: Int): Int = {\n    x\n  }\n}\n", ["A", "A.m"]),
    "a.lua": (b"function a.m(x)\n  return x\nend\n", ["a.m"]),
    "a.sh": (b"deploy() {\n  run it\n}\n", ["deploy"]),
}


@pytest.mark.parametrize("path", OTHERS)
def test_other_languages(path):
    source, expected = OTHERS[path]
    names = [symbol_at(path, source, line) for line in range(1, source.count(b"\n") + 1)]
    assert list(dict.fromkeys(filter(None, names))) == expected


def test_a_header_is_read_as_what_is_in_it():
    source = b"class Cart : public Base {\n  int total() {\n    return 1;\n  }\n};\n"
    assert [symbol_at(path, source, 3) for path in ("a.h", "a.hpp")] == ["Cart.total"] * 2
    assert symbol_at("a.h", b"int total(void) {\n  return 1;\n}\n", 2) == "total"


@pytest.mark.parametrize(
    "path", ["a.json", "a.html", "a.md", "Makefile", "unknown.zzz", "noending"]
)
def test_no_symbols_where_there_is_no_parser(path):
    assert symbol_at(path, b"def f():\n    pass\n", 2) == ""
    assert enclosing(path, b"def f():\n    pass\n", 1, 2) is None


@pytest.mark.parametrize("path", SOURCES)
def test_hostile_source_gives_the_same_answer(path):
    first = [symbol_at(path, SOURCES[path], line) for line in (1, 2, 50)]
    assert [symbol_at(path, SOURCES[path], line) for line in (1, 2, 50)] == first
    assert all(len(name) < 4000 for name in first)


def test_odd_but_valid_python_is_found():
    assert symbol_at("a.py", SOURCES["cookie.py"], 3) == "f"
    assert symbol_at("a.py", SOURCES["escape.py"], 2) == "f"
    assert symbol_at("a.py", "\ufeffdef f():\n    pass\n".encode(), 2) == "f"
    assert symbol_at("a.py", "def größe():\n    pass\n".encode(), 2) == "größe"
    assert symbol_at("a.py", "# caf\xe9\ndef f():\n    pass\n".encode("latin-1"), 3) == "f"


def test_huge_files_are_not_parsed():
    source = b"def f():\n    pass\n" + b"#" * MAX_BYTES
    assert symbol_at("a.py", source, 2) == ""
