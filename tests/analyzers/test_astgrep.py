import pytest
from support.analyzed import analyzed, hits

from reviewer.analyzers import own_parsers

BROKEN = {
    "a.yaml": ("a:\n  - b\n  - c: 1\n", "- c: 1", " c: [1"),
    # For these, a lost bracket or quote counts and nothing else: their grammars lag behind.
    "a.go": ("package a\n\nfunc f() {\n\tx(1)\n}\n", "x(1)", "x(1"),
    "a.js": ("function f() {\n  return g(1)\n}\n", "g(1)", "g(1"),
    "b.js": ('f()\nconst a = "x"\ng("y")\n', '"x"', '"x'),
    "c.js": ("f()\nconst a = `x`\n", "`x`", "`x"),
    "a.ts": ("const a: number = 1\nexport const b = [a]\n", "[a]", "[a"),
    "a.tsx": ("export const A = () => <b>{x}</b>\n", "{x}", "{x"),
    "A.java": ("class A {\n  int f() { return 1; }\n}\n", "return 1;", "return (1;"),
    "a.rs": ("fn f() -> u8 {\n    g(1)\n}\n", "g(1)", "g(1"),
    "a.css": ("a {\n  color: red;\n}\n", "color: red;", "color red }"),
    # For these, only if the file had it: macros and dialects look like errors.
    "a.c": ("int f(int a)\n{\n    return a;\n}\n", "return a;", "if (a) { return a;"),
    "a.cpp": ("int f(int a)\n{\n    return a;\n}\n", "return a;", "return (a;"),
    "a.sh": ("if x; then\n  y\nfi\n(a)\n", "(a)", "(a"),
    "a.rb": ("def f\n  g(1)\nend\n", "g(1)", "g(1"),
    "a.kt": ("fun f() {\n  g(1)\n}\n", "g(1)", "g(1"),
}
UNCERTAIN = {
    "a.go": "package a\n\nfunc f() {\n\tx := \n}\n",
    "a.js": "const a = ;\n",
    "a.ts": "const a: number = ;\n",
    "A.java": "class A {\n  int f() { return 1 }\n}\n",
    "a.rs": "fn f() {\n    let x = ;\n}\n",
    "a.css": "a {\n  color red;\n}\n",
    "a.cpp": "int f( {\n  return 1;\n}\n",
}


@pytest.mark.parametrize("path", BROKEN)
def test_syntax_errors(path):
    body, good, bad = BROKEN[path]
    line = body[: body.index(good)].count("\n") + 1
    assert hits("astgrep", {path: body}, {path: body.replace(good, bad)}) == [
        ("syntax-error", path, line)
    ]
    assert hits("astgrep", {path: body}, {path: "\n" + body}) == []


@pytest.mark.parametrize("path", UNCERTAIN)
def test_what_a_grammar_may_not_know_is_a_hint(monkeypatch, path):
    """Where the parser of the language itself is not there to ask."""
    monkeypatch.setattr(own_parsers, "parses", lambda *args: None)
    result = analyzed("astgrep", {}, {path: UNCERTAIN[path]})
    assert [hit.rule for hit in result.evidence] == ["parse-error"]


def test_a_sample_may_be_broken_from_the_start():
    sound, broken = "package a\n", "package a\nfunc f(\n"
    path = "testdata/a.go"
    assert hits("astgrep", {}, {path: broken}) == [("parse-error", path, 2)]
    assert hits("astgrep", {path: sound}, {path: broken}) == [("syntax-error", path, 2)]


IMPOSSIBLE = {
    "a.js": ("const a = 1;\nlet b = /= ;/;\n", "const a = ;\nlet b = /= ;/;\n"),
    "b.js": ("function f() { return 1; }\n", "function f() { return 1 2; }\n"),
    "a.ts": ("const a: number = 1;\n", "const a: number = ;\n"),
    "a.tsx": ("let a = 1;\n", "let a = 1 2;\n"),
    "A.java": ("class A { void f() { int a = 1; } }\n", "class A { void f() { int a = ; } }\n"),
    "a.rs": ("fn f() { let x = 1; }\n", "fn f() { let x = ; }\n"),
}


@pytest.mark.fault(
    "syntax",
    "a statement without its value (`x = ;`), or with two (`return 1 2`), in a file that parsed",
    "reported as certainly broken, although the grammar may lag behind the language",
)
@pytest.mark.parametrize("path", IMPOSSIBLE)
def test_what_no_version_of_a_language_allows_is_certain(monkeypatch, path):
    monkeypatch.setattr(own_parsers, "parses", lambda *args: None)
    old, new = IMPOSSIBLE[path]
    assert hits("astgrep", {path: old}, {path: new}) == [("syntax-error", path, 1)]
    assert [rule for rule, _, _ in hits("astgrep", {}, {path: new})] == ["parse-error"]


@pytest.mark.parametrize(
    ("path", "new"),
    [
        ("a.js", "let a = b ?? ;\nusing x = y;\n"),
        ("a.tsx", "let a = <p>x = ; return 1 2</p>;\nlet b = 1 ?>> 2;\n"),
        ("a.rs", "m! { a = ; return 1 2 }\nfn f() { let a = unknown new syntax { b }; }\n"),
        ("a.css", "a { b = ; }\n"),
        ("a.js", "let a =\n;\nlet b = 1 ?>> 2;\n"),
    ],
)
def test_what_some_version_may_allow_is_a_hint(monkeypatch, path, new):
    monkeypatch.setattr(own_parsers, "parses", lambda *args: None)
    assert [rule for rule, _, _ in hits("astgrep", {path: "\n"}, {path: new})] == ["parse-error"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("chart/templates/a.yaml", "a: {{ .Values.a }}\n{{- if .b }}\nb: [\n{{- end }}\n"),
        ("a.scss", "$a: 1;\na { &:hover { color: $a } }\n"),
        ("flow.js", "// @flow\nfunction f(x: ?number): %checks {}\n"),
        ("testdata/bad.go", "package (\n"),
        ("a.json", "{"),
        ("a.py", "def (:\n"),
        ("a.unknown", "((("),
    ],
)
def test_files_that_are_not_for_it(path, body):
    assert [rule for rule, _, _ in hits("astgrep", {}, {path: body}) if rule != "parse-error"] == []


def test_a_file_that_did_not_parse_before_is_left_alone():
    assert hits("astgrep", {"a.js": "f(\n"}, {"a.js": "g()\nf(\n"}) == []


def test_awaits_are_missed_only_where_one_could_be():
    body = "async function save() { await x(1) }\n"
    assert hits("astgrep", {}, {"a.js": body + "function run() { save() }\nsave()\n"}) == []
    assert hits("astgrep", {}, {"a.js": body + "async function run() { return save() }\n"}) == []
    assert (
        hits(
            "astgrep",
            {},
            {"a.js": body + "const run = async () => { list.map(() => { save() }) }\n"},
        )
        == []
    )
    assert hits("astgrep", {}, {"a.js": body + "const run = async () => {\n  save()\n}\n"}) == [
        ("js-missing-await", "a.js", 3)
    ]


@pytest.mark.parametrize("opening", ["(", "[", "{", "a(", "<a>", "if (x) {", "`${"])
def test_deep_nesting_ends_in_a_result_or_a_problem(opening):
    """In its own process: whatever the parser does, the review goes on."""
    import asyncio

    from support.change import change

    from reviewer import analyzers

    head = {"a.tsx": (opening * 50_000).encode()}
    (result,) = asyncio.run(analyzers.run(change({}, head), names=["astgrep"], timeout=10))
    assert {hit.rule for hit in result.evidence} <= {"syntax-error", "parse-error"}
    assert result.evidence or result.files == ("a.tsx",)
