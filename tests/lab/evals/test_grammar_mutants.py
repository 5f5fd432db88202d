"""Each operator on the smallest JavaScript, TypeScript or Go that it fits, and the mutated text."""

from __future__ import annotations

import pytest

from reviewer.lab.evals.mutants import mutants, mutated
from reviewer.languages import GO, JAVASCRIPT, TYPESCRIPT, Language

SCRIPT = "function f(a, b, c) {\n%s\n}\n"
TYPED = "function f(a: number, b: number, c: string) {\n%s\n}\n"
PROGRAM = "package p\n\nfunc f(a, b int, c string) int {\n%s\n}\n"


def made(body: str, operator: str, frame: str, language: Language) -> list[str]:
    """The bodies that the operator makes of the body of a function."""
    source = (frame % body).encode()
    before, after = (part.encode() for part in frame.split("%s"))
    found = []
    for each in mutants(source, language):
        text = mutated(source, each, language)
        if each.operator == operator and text is not None:
            found.append(text.removeprefix(before).removesuffix(after).decode())
    return found


@pytest.mark.parametrize(
    ("operator", "body", "expected"),
    [
        ("comparison", "return a === b;", ["return a !== b;"]),
        ("comparison", "return a != b", ["return a == b"]),
        ("boundary", "return a < b;", ["return a <= b;"]),
        ("boundary", "return a >= b;", ["return a > b;"]),
        ("arithmetic", "return a * b;", ["return a / b;"]),
        ("arithmetic", "a += b;", ["a -= b;"]),
        ("arithmetic", "return 'x' + a + b;", []),
        ("arithmetic", "return a + `${b}`;", []),
        ("and-or", "return a && b;", ["return a || b;"]),
        ("and-or", "return a ?? b;", []),
        ("dropped-not", "return !a;", ["return a;"]),
        ("dropped-not", "return !(a && b);", ["return (a && b);"]),
        ("dropped-not", "return -a;", []),
        ("negated-condition", "if (a) b();", ["if (!a) b();"]),
        ("negated-condition", "if (a < b) b();", ["if (!(a < b)) b();"]),
        ("negated-condition", "return a.b ? 1 : 2;", ["return !a.b ? 1 : 2;"]),
        ("negated-condition", "if (a === b) b();", []),  # `comparison` does that
        ("negated-condition", "if (!a) b();", []),  # `dropped-not` does that
        ("negated-condition", "while (a) b();", []),  # it might never end
        ("off-by-one", "return a.slice(1);", ["return a.slice(2);"]),
        (
            "off-by-one",
            "return a.slice(0, b);",
            ["return a.slice(1, b);", "return a.slice(0, b - 1);"],
        ),
        ("off-by-one", "return a.b.substring(c);", ["return a.b.substring(c - 1);"]),
        ("off-by-one", "return a > 3;", ["return a > 4;"]),
        ("off-by-one", "return a === 3;", []),
        ("off-by-one", "return a.splice(1);", []),
        ("dropped-one", "return a + 1;", ["return a;"]),
        ("dropped-one", "return a * 1;", []),
        ("swapped-arguments", "return g(a, b.c, 1);", ["return g(b.c, a, 1);"]),
        ("swapped-arguments", "return new G(a, b);", ["return new G(b, a);"]),
        ("swapped-arguments", "return g(a, a);", []),
        ("removed-call", "a.b(c);\nreturn a;", ["return a;"]),
        ("removed-call", "a.b(c); return a;", []),  # it shares its line
        ("removed-call", "a.b(c);", []),  # nothing would remain
        ("removed-call", "a = b;\nreturn a;", []),
        ("dropped-check", "if (!a) {\n  return b;\n}\nreturn c;", ["return c;"]),
        ("dropped-check", "if (!a) throw b;\nreturn c;", ["return c;"]),
        ("dropped-check", "if (!a) {\n  return b;\n} else {\n  g();\n}\nreturn c;", []),
        ("dropped-check", "if (!a) {\n  g();\n}\nreturn c;", []),
        ("flag", "g(true);", ["g(false);"]),
        (
            "default-value",
            "return (x = 3, y = false) => x;",
            ["return (x = 4, y = false) => x;", "return (x = 3, y = true) => x;"],
        ),
        ("flag", "return (y = false) => y;", []),  # `default-value` does that
        ("missing-copy", "return [...a];", ["return a;"]),
        ("missing-copy", "return g({ ...a });", ["return g(a);"]),
        ("missing-copy", "return a.slice();", ["return a;"]),
        ("missing-copy", "return [...a, b];", []),
        ("dropped-return", "return a(b);", ["a(b);"]),
        ("dropped-return", "return a;", []),
        ("wrong-variable", "return g(a);", ["return g(b);"]),
        ("wrong-variable", "return a(c);", ["return a(a);"]),
        ("comparison", "return `${a === b}`;", ["return `${a !== b}`;"]),
        ("comparison", "return 'ä' + (a === b);", ["return 'ä' + (a !== b);"]),
        ("comparison", "// a === b\nreturn /a == b/;", []),
    ],
)
def test_javascript(operator: str, body: str, expected: list[str]) -> None:
    assert made(body, operator, SCRIPT, JAVASCRIPT) == expected


@pytest.mark.parametrize(
    ("operator", "body", "expected"),
    [
        (
            "missing-await",
            "const f = async () => { await a(b); };",
            ["const f = async () => { a(b); };"],
        ),
        (
            "removed-call",
            "const f = async () => {\nawait a(b);\nreturn b;\n};",
            ["const f = async () => {\nreturn b;\n};"],
        ),
        ("wrong-variable", "return g(a, c);", ["return g(b, c);"]),
        ("wrong-variable", "return g(c);", []),  # no other of its type
        ("boundary", "return a as Map<string, number>;", []),
        ("default-value", "return (x: number = 3) => x;", ["return (x: number = 4) => x;"]),
        ("flag", "const x: true = true;", ["const x: true = false;"]),
    ],
)
def test_typescript(operator: str, body: str, expected: list[str]) -> None:
    assert made(body, operator, TYPED, TYPESCRIPT) == expected


@pytest.mark.parametrize(
    ("operator", "body", "expected"),
    [
        ("comparison", "if err != nil { return 1 }", ["if err == nil { return 1 }"]),
        ("boundary", "return a >= b", ["return a > b"]),
        ("arithmetic", "a += b", ["a -= b"]),
        ("arithmetic", 'return "x" + c', []),
        ("and-or", "return a && b", ["return a || b"]),
        ("dropped-not", "return !a", ["return a"]),
        ("negated-condition", "if ok { g() }", ["if !ok { g() }"]),
        (
            "negated-condition",
            "if ok := g(); ok && a { g() }",
            ["if ok := g(); !(ok && a) { g() }"],
        ),
        ("off-by-one", "return c[1:b]", ["return c[2:b]", "return c[1:b - 1]"]),
        ("off-by-one", "for i := 0; i < 10; i++ { g() }", ["for i := 0; i < 11; i++ { g() }"]),
        ("dropped-one", "return a - 1", ["return a"]),
        ("swapped-arguments", "return g(a, c)", ["return g(c, a)"]),
        (
            "dropped-check",
            "err := g()\nif err != nil {\n\treturn 1\n}\nreturn 2",
            ["err := g()\nreturn 2"],
        ),
        ("dropped-check", "if a == b {\n\tbreak\n}", []),  # nothing would remain
        ("removed-call", "g()\nreturn 1", ["return 1"]),
        ("removed-call", "defer g()\nreturn 1", []),
        ("flag", "g(true)", ["g(false)"]),
        ("missing-copy", "return slices.Clone(c)", ["return c"]),
        ("missing-copy", "return append([]int(nil), a...)", ["return a"]),
        ("missing-copy", "return append(a, b...)", []),
        ("dropped-return", "return a", []),
        ("wrong-variable", "return g(a, c)", ["return g(b, c)"]),
    ],
)
def test_go(operator: str, body: str, expected: list[str]) -> None:
    found = made(body, operator, PROGRAM, GO)
    assert found == expected


def test_only_what_runs_in_functions_of_files_that_parse() -> None:
    assert mutants(b"export const x = a === b;\n", JAVASCRIPT) == ()
    assert mutants(b"function f( { return a === b }\n", JAVASCRIPT) == ()
    assert mutants(b"// a\rfunction f() { return a === b }\n", JAVASCRIPT) == ()
    (only,) = mutants(b"const f = () => a === b;\n", JAVASCRIPT)
    assert (only.first, only.last, only.what) == (
        1,
        1,
        "comparison: `a === b` became `a !== b`",
    )
    assert mutated(b"const f = () => a === b;\n", only, JAVASCRIPT) == b"const f = () => a !== b;\n"
