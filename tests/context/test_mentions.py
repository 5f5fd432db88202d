from __future__ import annotations

import pytest

from reviewer.context.mentions import is_comment, mentions, uses_of
from reviewer.context.symbols import outline


def names(path: str, source: str) -> list[tuple[str, bool]]:
    found = outline(path, source.encode())
    assert found is not None
    lines = range(1, len(found.lines) + 1)
    return [(ref.name, ref.call) for ref in mentions(found, lines)]


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("a.c", "p->len = f(q);", [("p.len", False), ("p", False), ("f", True), ("q", False)]),
        ("a.rs", "Kind::new(a)?", [("Kind.new", True), ("Kind", False), ("a", False)]),
        ("a.ts", "x?.y!.z<T>(1)", [("x.y.z", True), ("x.y", False), ("x", False), ("T", False)]),
        ("a.js", "f(x).then(g)", [("f", True), ("x", False), ("?.then", True), ("g", False)]),
        ("a.js", "const a = 'free(b)' // memcpy(c)", [("a", False)]),
        ("a.js", "`${kept(a)}`", [("kept", True), ("a", False)]),
        ("a.c", "char c = 'x';", [("c", False)]),
        ("a.c", " * free(x) in a comment", []),
        ("a.rs", "vec![a..b]", [("vec", False), ("a", False), ("b", False)]),
        ("a.rs", "abort!(a)", [("abort", True), ("a", False)]),
        ("a.go", "return", []),
    ],
)  # fmt: skip
def test_names_on_a_line(path: str, source: str, expected: list[tuple[str, bool]]):
    assert names(path, source) == expected


def test_uses_of_a_word_end_with_it():
    found = outline("a.js", b"a.limit.max()\nlimits()\nlimit()\n// limit\n'limit'\n")
    assert found is not None
    assert [(ref.name, ref.line, ref.call) for ref in uses_of(found, "limit")] == [
        ("a.limit", 1, False),
        ("limit", 3, True),
    ]


@pytest.mark.parametrize("line", ["// x", "  /* x", " * x", " */", "*"])
def test_comments(line: str):
    found = outline("a.c", b"")
    assert found is not None
    assert is_comment(line, found.language)
    assert not is_comment("*p = 1;", found.language)
