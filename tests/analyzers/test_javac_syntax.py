import pytest
from support.toolchains import needs

from reviewer.analyzers import Limits, javac_syntax, registry
from reviewer.analyzers.javac_tool import Error, Report

pytestmark = needs(registry.JAVA_TOOL)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"import a.B; class C extends B { int f() { return x; } }\n", True),
        (b'record P(int x) { String s() { return """\n  a"""; } }\n', True),
        (b"class A {\n  void f( {\n  }\n}\n", False),
        (b"class A {\n  void f() { int x = ; }\n}\n", False),
        (b"class A {\n", False),
        (b"", True),
    ],
)
def test_the_parser_of_the_language_decides(data: bytes, expected: bool) -> None:
    assert javac_syntax.parses(data, "A.java", Limits(20)) is expected


@pytest.mark.parametrize(
    "newer",
    [
        b"class A {\n int f(Object o) { return o instanceof P(int a, int b) ? a : b; }\n}\n",
        b"class A {\n int f(Object o) { return switch (o) {\n case P(int a, _) -> a; }; }\n}\n",
        b"class A {\n void f() {\n  try { g(); }\n  catch (Exception _) { }\n }\n}\n",
        b"import module java.base;\n\nclass A {}\n",
        b"void main() {\n}\n",
    ],
)
def test_what_an_older_compiler_does_not_know_is_no_error(newer: bytes) -> None:
    assert javac_syntax.parses(newer, "A.java", Limits(20)) in (True, None)


@pytest.mark.parametrize(
    ("version", "key", "line", "expected"),
    [
        (17, "expected", b"int x = ;", False),
        (11, "expected", b"int x = ;", True),
        (17, "expected", b"case P(int x) -> x;", True),
        (25, "expected", b"case P(int x -> x;", False),
        (25, "preview.feature.disabled", b"case int i -> 1;", True),
        (25, "underscore.as.identifier", b"int _ = 1;", True),
    ],
)
def test_only_a_compiler_that_knows_the_language_is_certain(
    version: int, key: str, line: bytes, expected: bool
) -> None:
    report = Report(version, (Error("A.java", 1, 1, f"compiler.err.{key}", "", ""),))
    assert javac_syntax._may_be_newer(report, [line]) is expected


def test_without_time_nothing_is_said() -> None:
    assert javac_syntax.parses(b"class A {}\n", "A.java", Limits(0)) is None
