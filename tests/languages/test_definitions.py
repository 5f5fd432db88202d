"""What each language defines, by the kinds of its grammar."""

from __future__ import annotations

import pytest

from reviewer.languages import by_name
from reviewer.languages.outline import Def


def defs(source: str, name: str) -> tuple[Def, ...]:
    language = by_name(name)
    assert language is not None
    assert language.outline is not None
    return language.outline(source.encode(), language).defs


CASES = {
    "typescript": (
        "enum E { P = 1, Q }\n"
        "class C {\n"
        "  #h: string;\n"
        "  constructor(private readonly db: Db, plain: X) { this.q = 1; }\n"
        "  go = () => 1;\n"
        "}\n"
        "interface I { m(a: number): void }\n",
        "class E, value E.P, value E.Q, class C, value C.h, function C.constructor, value C.db,"
        " value C.q, function C.go, class I, function I.m",
    ),
    "javascript": (
        "exports.LIMIT = 1;\nPool.MAX = 2;\nexports.f = function () {};\n"
        "module.exports = { a: 1 };\nfunction g() { x.y = 1 }\n"
        "class K { constructor() { this.n = 1; this.n = 2 } }\n",
        "value LIMIT, value Pool.MAX, function f, value a, function g, class K,"
        " function K.constructor, value K.n",
    ),
    "go": (
        "package a\nconst (\n\tC, D = 1, 2\n)\ntype S struct {\n\tn, k int\n\tp.Base\n}\n"
        "type Al = S\nfunc (s *S[T]) Do() {}\n",
        "value C, value D, class S, value S.n, value S.k, value S.Base, class Al, function S.Do",
    ),
    "java": (
        "class A { int X = 1, Y; A(int n) { } }\n"
        "record R(int a) { R { } }\n@interface Ann { String value(); }\n",
        "class A, value A.X, value A.Y, function A.A, class R, value R.a, function R.R, class Ann,"
        " function Ann.value",
    ),
    "rust": (
        "union U { a: u8 }\ntrait T { type Item; }\nimpl<X> T for S<X> { fn m(&self) {} }\n",
        "class U, value U.a, class T, value T.Item, class S, function S.m",
    ),
    "c": (
        "typedef struct point { int x, *y; } Point, *Ptr;\ntypedef struct { int n; } Size;\n"
        "typedef int (*callback)(int);\nstruct q { int (*fn)(int); };\nint a = 1, *b;\n"
        "typedef enum { P, Q } Kind;\nstruct q one;\n",
        "value Point, value Ptr, class point, value point.x, value point.y, class Size,"
        " value Size.n, value callback, class q, value q.fn, value a, value b, class Kind,"
        " value Kind.P, value Kind.Q, value one",
    ),
    "cpp": (
        "class P { using it = int*; ~P(); explicit P(int n); enum class K { A }; };\n"
        "using Al = int;\nP::P(int a) {}\n",
        "class P, class P.it, value P.~P, value P.P, class P.K, value P.K.A, class Al,"
        " function P.P",
    ),
    "kotlin": (
        "const val X = 1\ntypealias Al = Map\nclass P(val n: Int, m: Int) {\n"
        "  constructor(s: String) : this(1)\n  lateinit var q: Foo\n"
        "  companion object {\n    const val K = 1\n  }\n}\nobject One {\n  fun go() {}\n}\n"
        "enum class E { A, B }\nfun String.ext() = 1\n",
        "value X, class Al, class P, value P.n, function P.constructor, value P.q, value P.K,"
        " class One, function One.go, class E, value E.A, value E.B, function String.ext",
    ),
    "csharp": (
        "delegate void Handler(int a);\nclass P {\n  const int Max = 3; int _n, _m;\n"
        "  event Action Changed;\n  P(int n) {}\n  int Size => _n;\n}\nrecord Rec(int A);\n"
        "enum E { X }\n",
        "class Handler, class P, value P.Max, value P._n, value P._m, value P.Changed,"
        " function P.P, value P.Size, class Rec, value Rec.A, class E, value E.X",
    ),
    "php": (
        "<?php\ndefine('DEF', 1);\nclass P {\n  const A = 1, B = 2;\n  public $x, $y = 1;\n"
        "  function __construct(private int $n, int $m) {}\n}\n",
        "value DEF, class P, value P.A, value P.B, value P.x, value P.y,"
        " function P.__construct, value P.n",
    ),
    "ruby": (
        "class A::B\n  attr_reader :size, :name\n  alias_method :fetch, :get\n"
        "  def initialize(n)\n    @n = n\n    local = 1\n  end\nend\n",
        "class A.B, value A.B.size, value A.B.name, value A.B.fetch, function A.B.initialize,"
        " value A.B.n",
    ),
    "swift": (
        "let top = 1\ntypealias Al = [String: Int]\nclass P {\n  var n: Int, m = 2\n"
        "  init(size: Int) {}\n  func get(_ a: Int) -> Int { return 1 }\n}\n"
        "enum E { case a, b; case c(Int) }\nprotocol Q { var p: Int { get }; func m(a: Int) }\n",
        "value top, class Al, class P, value P.n, value P.m, function P.init, function P.get,"
        " class E, value E.a, value E.b, value E.c, class Q, value Q.p, function Q.m",
    ),
    "scala": (
        "case class P(a: Int)\ntrait T { def m: Int; val v: Int }\nenum E { case A, B }\n"
        "type Top = Int\n",
        "class P, value P.a, class T, function T.m, value T.v, class E, value E.A, value E.B,"
        " class Top",
    ),
    "shell": (
        "MAX=3\nreadonly K=1\nf() { local x=1; y=2; }\n",
        "value MAX, value K, function f",
    ),
    "lua": (
        "local M = {}\nM.MAX = 3\nfunction M.get(a) local y = 1 end\n",
        "value M, value M.MAX, function M.get",
    ),
}


@pytest.mark.parametrize("language", CASES)
def test_what_a_language_defines(language: str):
    source, wanted = CASES[language]
    assert ", ".join(f"{item.kind} {item.name}" for item in defs(source, language)) == wanted


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("rust", "struct A { n: u8 }\nimpl A { fn f(&self) {} }\n"),
        ("swift", "struct A { let n: Int }\nextension A { func f() {} }\n"),
    ],
)
def test_what_adds_members_to_a_class_is_a_part_of_it(language: str, source: str):
    found = [(item.name, item.part) for item in defs(source, language) if item.kind == "class"]
    assert found == [("A", False), ("A", True)]


@pytest.mark.parametrize(
    ("language", "source", "header"),
    [
        ("kotlin", "class P(\n  val n: Int,\n) : B(n) {\n  fun f() {}\n}\n", 3),
        ("swift", "func f(\n  a: Int\n) -> Int {\n  return a\n}\n", 3),
        ("typescript", "interface I {\n  m(\n    a: number,\n  ): void;\n}\n", 1),
        ("java", "interface I {\n  int m(\n    int a\n  );\n}\n", 1),
    ],
)
def test_a_signature_ends_where_the_body_begins(language: str, source: str, header: int):
    first, *_ = defs(source, language)
    assert first.header == header


def test_a_function_without_a_body_is_all_signature():
    assert defs("interface I {\n  m(\n    a: number,\n  ): void;\n}\n", "typescript")[1] == Def(
        "I.m", "function", 2, 4, 4, 4
    )


@pytest.mark.parametrize(
    ("language", "source", "wanted"),
    [
        ("kotlin", "val f by lazy {\n  val inner = a.b.C\n  inner\n}\n", ["f"]),
        ("swift", "let f = { () -> Int in\n  let inner = 1\n  return inner\n}\n", ["f"]),
        ("javascript", "const f = memo(() => {\n  const inner = 1\n})\n", ["f"]),
        ("cpp", "auto f = [](int x) { int inner = 1; return x; };\n", ["f"]),
        ("c", "struct s { struct { int x; } inner; };\n", ["s", "s.inner", "s.inner.x"]),
    ],
)
def test_variables_of_a_closure_are_local(language: str, source: str, wanted: list[str]):
    assert [item.name for item in defs(source, language)] == wanted


def test_an_entry_has_a_name_only_where_names_lead_to_its_table():
    source = "const a = { b: { c: 1 } } as const;\nconst d = [{ e: 1 }];\nf({ g: 1, h() {} });\n"
    assert [item.name for item in defs(source, "typescript")] == ["a", "a.b", "a.b.c", "d", "h"]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("class EXPORT Pool {\n  int n;\n};\n", ["Pool", "Pool.n"]),
        ("class MY_API(x) Pool final : public B { int n; };\n", ["Pool", "Pool.n"]),
        ("GIT_BEGIN_DECL\n\ntypedef struct { int n; } size;\nGIT_END_DECL\n", ["size", "size.n"]),
        ("struct FOO one;\nenum e {\n  A,\n  THE_END\n};\n", ["one", "e", "e.A", "e.THE_END"]),
    ],
)
def test_macros_between_the_words_of_a_declaration(source: str, wanted: list[str]):
    assert [item.name for item in defs(source, "cpp")] == wanted
