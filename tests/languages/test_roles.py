"""What a name is for, in the languages whose trees differ most."""

import pytest
from ast_grep_py import SgRoot

from reviewer.languages import by_name
from reviewer.languages.roles import mentions


def roles(language, source, *names):
    """(line, role, before, count) of each mention."""
    known = by_name(language)
    outline = known.outline(source.encode(), known)
    root = SgRoot(source, known.grammar.name).root()
    found = mentions(root, source, outline, names or ["foo"])
    return [(each.line, each.role, each.before, each.count) for each in found]


@pytest.mark.parametrize(
    ("language", "source", "role", "before", "count"),
    [
        ("typescript", "foo(1, 2);", "call", "", (2, 2)),
        ("typescript", "foo(...list);", "call", "", None),
        ("typescript", "new foo(1);", "call", "", (1, 1)),
        ("typescript", "a?.b.foo();", "call", "a?.b", (0, 0)),
        ("typescript", "let a: foo;", "type", "", None),
        ("typescript", "const a = { foo: 1 };", "def", "", None),
        ("typescript", "const { foo } = a;", "def", "", None),
        ("typescript", "class A { foo(a: number, b?: string) {} }", "def", "A", (1, 2)),
        ("typescript", "export const foo = async (a: number) => 1;", "def", "", (1, 1)),
        ("typescript", "a.foo = 1;", "write", "a", None),
        ("tsx", "const a = <foo />;", "type", "", None),
        ("go", "package p\nvar a = q.foo", "member", "q", None),
        ("go", "package p\nfunc (t *T) foo(a, b int) {}", "def", "T", (2, 2)),
        ("go", "package p\nfunc f() { foo := 1 }", "local", "f", None),
        ("go", "package p\nvar a = T{foo: 1}", "key", "", None),
        ("go", "package p\nfunc f() { foo(g(1)) }", "call", "", None),  # it may return several
        ("java", "class A { int b = a.foo(1, c -> 2); }", "call", "a", (2, 2)),
        ("java", "class A { void foo(Map<B, C> a, int... b) {} }", "def", "A", None),
        ("java", "class A { void b() { switch (c) { case foo: } } }", "value", "", None),
        ("rust", "fn f() { A::foo(1); }", "call", "A", (1, 1)),
        ("rust", "impl A { fn foo(&self, a: i32) {} }", "def", "A", (1, 1)),
        ("rust", "fn f() { assert_eq!(foo(1), 2); }", "key", "", None),
        ("rust", "make!(foo);", "def", "", None),
        ("c", "int foo(void);", "def", "", (0, 0)),
        ("c", "struct foo a;", "type", "", None),
        ("c", "MAKE(foo);", "def", "", None),
        ("c", "int f(void) { return a->foo; }", "member", "a", None),
        ("c", "#define A foo + 1", "def", "", None),
        ("cpp", "int A::foo(int a) { return a; }", "def", "A", (1, 1)),
        ("cpp", "API std::string foo(int a);", "def", "", (1, 1)),
        ("kotlin", "val a = b.foo(1) { it }", "call", "b", None),
        ("kotlin", "class foo", "def", "", None),
        ("kotlin", "val a = b(foo = 1)", "key", "", None),
        ("csharp", "class A { int b = c.foo(d: 1); }", "call", "c", (1, 1)),
        ("csharp", "class A { int foo { get; } }", "def", "A", None),
        ("php", "<?php $a->foo(1);", "call", "$a", (1, 1)),
        ("php", "<?php A::foo;", "member", "A", None),
        ("ruby", "a.foo 1, 2", "call", "a", (2, 2)),
        ("ruby", "attr_reader :foo", "def", "", None),
        ("swift", "let a = b.foo(c: 1)", "call", "b", (1, 1)),
        ("swift", "b(foo: 1)", "key", "", None),
        ("scala", "object A { val a = b.foo(1) }", "call", "b", (1, 1)),
    ],
)
def test_what_a_name_is_for(language, source, role, before, count):
    at = source.count("\n", 0, source.index("foo")) + 1
    assert roles(language, source) == [(at, role, before, count)]


def test_imports_come_with_their_statement_and_aliases_are_names_of_the_file():
    source = "import { foo as bar } from './x';\nexport { foo } from './y';\nimport foo from 'z';\n"
    assert roles("typescript", source) == [
        (1, "import", "import { foo as bar } from './x';", None),
        (2, "import", "export { foo } from './y';", None),
        (3, "local", "", None),
    ]


def test_strings_and_comments_are_no_mentions_and_what_does_not_parse_may_define():
    assert roles("go", 'package p\n// foo\nvar a = "foo"\n') == []
    assert [row[1] for row in roles("java", "class A { int foo int b")] == ["def"]


def test_what_defines_the_variable_before_it():
    source = "class A {\n  c: Cart;\n  f(c: Cart) { return this.c.foo(c); }\n}\n"
    known = by_name("typescript")
    root = SgRoot(source, "typescript").root()
    (only,) = mentions(root, source, known.outline(source.encode(), known), ["foo"])
    assert only.types == ("  c: Cart;", "  f(c: Cart) { return this.c.foo(c); }")
