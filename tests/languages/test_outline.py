from __future__ import annotations

import pytest

from reviewer.languages import PYTHON, by_name
from reviewer.languages.outline import Def, Import, Outline, Ref, import_blocks, join
from reviewer.languages.python_tolerant import scan


def outline(source: bytes, name: str = "python") -> Outline:
    language = by_name(name)
    assert language is not None
    assert language.outline is not None
    return language.outline(source, language)


SOURCE = b'''\
from __future__ import annotations

import os.path
import json as j
from .base import Base as B, other
from ..up import *

RATE: float = 0.5
store = Store()


class Cart(B, pkg.Mixin[int]):
    """A cart."""

    currency = "EUR"

    def __init__(self, item: Item | None, many: list[Item]):
        self.item = item
        self.client = make(1).client

    @cached
    async def total(
        self, rate=RATE,
    ) -> "Price":
        """Sum."""
        with Session() as session:
            price = await self.fetch(session)
        return price.net().amount[0].value
'''


def test_python_outline_keeps_what_the_stage_needs():
    found = outline(SOURCE)
    assert found.exact
    assert found.defs == (
        Def("RATE", "value", 8, 8, 8, 8),
        Def("store", "value", 9, 9, 9, 9),
        Def("Cart", "class", 12, 28, 12, 13, ("B", "pkg.Mixin")),
        Def("Cart.currency", "value", 15, 15, 15, 15),
        Def("Cart.__init__", "function", 17, 19, 17, 17),
        Def("Cart.item", "value", 18, 18, 18, 18),
        Def("Cart.client", "value", 19, 19, 19, 19),
        Def("Cart.total", "function", 21, 28, 24, 25, (), "Price"),
    )
    assert found.imports == (
        Import("annotations", "__future__", "annotations", 0, 1, 1),
        Import("os", "os", "", 0, 3, 3),
        Import("j", "json", "", 0, 4, 4),
        Import("B", "base", "Base", 1, 5, 5),
        Import("other", "base", "other", 1, 5, 5),
        Import("*", "up", "*", 2, 6, 6),
    )
    assert found.types == {
        ":RATE": "float",
        ":store": "Store()",
        "Cart.__init__:item": "Item",
        "Cart.__init__:many": "list",
        "Cart:self.item": "Item",
        "Cart:self.client": "",
        "Cart.total:session": "Session()",
        "Cart.total:price": "self.fetch()",
    }
    assert [ref for ref in found.refs if ref.line >= 26] == [
        Ref("Session", 26, "Cart.total", True),
        Ref("self.fetch", 27, "Cart.total", True),
        Ref("session", 27, "Cart.total", False),
        Ref("?.value", 28, "Cart.total", False),
        Ref("price.net", 28, "Cart.total", True),
        Ref("price.net().amount", 28, "Cart.total", False),
    ]


def test_the_last_definition_of_a_name_wins():
    found = outline(b"def f(a): ...\ndef f(a, b): ...\n")
    assert found.by_name["f"].start == 2


def test_a_prefix_of_a_dotted_name_is_a_reference_too():
    found = outline(b"a.b.c(1)\n")
    assert found.by_last == {"c": [Ref("a.b.c", 1, "", True)], "b": [Ref("a.b", 1, "", False)]}


def test_lines_of_references_are_inclusive():
    found = outline(b"a\nb\nc\nd\n")
    assert [ref.name for ref in found.refs_between(2, 3)] == ["b", "c"]


def test_import_blocks_join_over_blank_lines_only():
    found = outline(b"import a\n\nimport b\n# c\nfrom c import (\n    d,\n)\nx = 1\nimport e\n")
    assert import_blocks(found.lines, found.imports) == [(1, 3), (5, 7), (9, 9)]


def test_scan_reads_what_does_not_parse():
    lines = (
        "from .a import b as c, d",
        "class A:",
        "    def m(self,",
        "    ):",
        "        c(self.x.y(1)",
        "",
        "z = f(",
    )
    found = scan(lines, PYTHON)
    assert found.defs == (Def("A", "class", 2, 5, 2, 2), Def("A.m", "function", 3, 5, 3, 3))
    assert found.imports == (Import("c", "a", "b", 1, 1, 1), Import("d", "a", "d", 1, 1, 1))
    assert found.refs == (
        Ref("c", 5, "A.m", True),
        Ref("self.x.y", 5, "A.m", True),
        Ref("f", 7, "", True),
    )


def test_javascript_outline():
    source = (
        b'import def, { a as b, type C } from "./x";\nconst f = async (x) => {\n  return b(x).g(new'
        b" C());\n};\n"
    )
    found = outline(source, "javascript")
    assert found.defs == (Def("f", "function", 2, 4, 2, 2),)
    assert found.imports == (
        Import("def", "./x", "default", 0, 1, 1),
        Import("b", "./x", "a", 0, 1, 1),
        Import("C", "./x", "C", 0, 1, 1),
    )


def kinds(source: bytes, language: str) -> list[tuple[str, str]]:
    return [(item.name, item.kind) for item in outline(source, language).defs]


def test_only_a_variable_that_holds_a_function_defines_one():
    found = kinds(b"const a = 1, b = function () {};\nlet c;\nconst D = class {};\n", "javascript")
    assert found == [("a", "value"), ("b", "function"), ("c", "value"), ("D", "function")]


def test_members_of_objects_have_names():
    source = (
        b"const rules = { a: /x/, b(x) { return 1 }, c: () => 2, d: { e: 3 } };\n"
        b"reply.send = function () { const local = { f: 1, g() {} } };\n"
        b"Reply.prototype.end = () => 1;\n"
        b"module.exports.go = function () {};\n"
        b"class A { #p = 1; q = () => 1 }\n"
    )
    assert kinds(source, "javascript") == [
        ("rules", "value"),
        ("rules.a", "value"),
        ("rules.b", "function"),
        ("rules.c", "function"),
        ("rules.d", "value"),
        ("rules.d.e", "value"),
        ("reply.send", "function"),
        ("reply.send.g", "function"),
        ("Reply.end", "function"),
        ("go", "function"),
        ("A", "class"),
        ("A.p", "value"),
        ("A.q", "function"),
    ]


def test_required_modules_are_imports():
    source = b"const { a, b: c } = require('./x')\nlet d = require('y');\nconst e = need('z')\n"
    assert outline(source, "javascript").imports == (
        Import("a", "./x", "a", 0, 1, 1),
        Import("c", "./x", "b", 0, 1, 1),
        Import("d", "y", "", 0, 2, 2),
    )


@pytest.mark.parametrize(
    ("language", "source", "values"),
    [
        (
            "c",
            b"#define MAX 1\nstatic int t[] = {1};\nenum e { A, B };\nint f(int x);\n"
            b"int f(int x) { int local; return x; }\ntypedef struct { int n; } T;\n",
            ["MAX", "t", "e.A", "e.B", "f", "T.n"],
        ),
        (
            "go",
            b'package a\nconst G = "g"\nvar v = 1\ntype S struct { n int }\n'
            b"type I interface { M() }\nfunc f() { const local = 1 }\n",
            ["G", "v", "S.n", "I.M"],
        ),
        (
            "java",
            b"class A { static final int X = 1; enum E { P, Q } int f() { int local; return 1; } }",
            ["A.X", "A.E.P", "A.E.Q"],
        ),
        (
            "rust",
            b"const X: u8 = 1;\nstatic Y: u8 = 1;\nstruct S { a: u8 }\nenum E { V }\n"
            b"fn f() { const LOCAL: u8 = 1; }\n",
            ["X", "Y", "S.a", "E.V"],
        ),
        (
            "typescript",
            b"type A = { x: number };\nenum E { P = 1 }\nclass C { private z = 3 }\n",
            ["A.x", "E.P", "C.z"],
        ),
    ],
)
def test_constants_fields_and_variants_are_values(language: str, source: bytes, values: list[str]):
    assert [name for name, kind in kinds(source, language) if kind == "value"] == values


def test_definitions_by_the_last_part_of_their_name():
    found = outline(b"class A:\n    def f(self):\n        pass\n\n\ndef f():\n    pass\n")
    assert [item.name for item in found.named["f"]] == ["A.f", "f"]


def test_lines_that_contain_a_word():
    found = outline(b"total = 1\n\nx = total + subtotal\n")
    assert [found.lines_with(word) for word in ("total", "sub", "y")] == [[1, 3], [3], []]


def test_a_struct_that_is_only_used_is_no_definition():
    found = outline(b"struct point p;\nstruct size { int w; };\n#define TWICE(x) ((x) * 2)\n", "c")
    assert [item.name for item in found.defs] == ["p", "size", "size.w", "TWICE"]


def test_go_methods():
    found = outline(b"package m\n\nfunc (s *Srv) Do(x int) int {\n\treturn s.db.Get(x)\n}\n", "go")
    assert found.defs == (Def("Srv.Do", "function", 3, 5, 3, 3),)


def test_names_are_bounded():
    name = ""
    for _ in range(100):
        name = join(name, "x" * 500)
    assert len(name) < 4000
