"""Who makes an object is a caller of the constructor, in every language."""

from __future__ import annotations

import pytest
from support.changes import change_of

from reviewer.context.callers import callers
from reviewer.context.focus import focus_of
from reviewer.context.index import index_of


def found(base: dict[str, str], path: str, old: str, new: str) -> list[tuple[str, int, str]]:
    """(path, line, why) of the callers of what the change of one file touches."""
    assert base[path].count(old) == 1
    before = {name: text.encode() for name, text in base.items()}
    change = change_of(before, {**before, path: base[path].replace(old, new).encode()})
    (file,) = change.files
    index = index_of(change)
    made = callers(focus_of(file, file.hunks, index), index).candidates
    return [(item.path, item.line, item.why) for item in made]


CASES = {
    "a.ts": (
        "export class Pool {\n  constructor(n: number) {}\n}\n",
        ("n: number", "n: number, m: number"),
        "import { Pool } from './a';\nexport function f(p: Pool) {}\n"
        "export function g() { return new Pool(3) }\n",
    ),
    "a.js": (
        "class Pool {\n  constructor(n) {}\n}\nmodule.exports = { Pool }\n",
        ("(n)", "(n, m)"),
        "const { Pool } = require('./a');\nconst f = (p) => p.Pool;\n"
        "const g = () => new Pool(3);\n",
    ),
    "A.java": (
        "package a;\npublic class Pool {\n  Pool(int n) {}\n}\n",
        ("int n", "int n, int m"),
        "package a;\nclass B {\n  Pool g() { return new Pool(3); }\n"
        "  Pool h(Pool p) { return p; }\n}\n",
    ),
    "a.kt": (
        "package a\nclass Pool {\n  constructor(n: Int) {\n  }\n}\n",
        ("n: Int", "n: Int, m: Int"),
        "package a\nfun f(p: Pool) = p\nfun g() = Pool(3)\n",
    ),
    "a.cs": (
        "class Pool {\n  public Pool(int n) {}\n}\n",
        ("int n", "int n, int m"),
        "class B {\n  Pool F(Pool p) => p;\n  Pool G() => new Pool(3);\n}\n",
    ),
    "a.php": (
        "<?php\nclass Pool {\n  function __construct($n) {}\n}\n",
        ("($n)", "($n, $m)"),
        "<?php\nfunction f(Pool $p) {}\nfunction g() { return new Pool(3); }\n",
    ),
    "a.rb": (
        "class Pool\n  def initialize(n)\n    @n = n\n  end\nend\n",
        ("(n)", "(n, m)"),
        "# Pool\ndef f = Pool::MAX\ndef g = Pool.new(3)\n",
    ),
    "a.swift": (
        "class Pool {\n  init(size: Int) {\n  }\n}\n",
        ("size: Int", "size: Int, n: Int"),
        "import X\nfunc f(p: Pool) {}\nfunc g() { let p = Pool(size: 3) }\n",
    ),
    "a.cpp": (
        "class Pool {\n public:\n  Pool(int n) {}\n};\n",
        ("int n", "int n, int m"),
        "\nint f(const Pool &p);\nint g() { Pool p(3); return f(p); }\n",
    ),
    "a.rs": (
        "pub struct Pool;\nimpl Pool {\n    pub fn new(n: u8) -> Pool {\n        Pool\n    }\n}\n",
        ("n: u8", "n: u8, m: u8"),
        "use crate::a::Pool;\nfn f(p: Pool) {}\nfn g() { Pool::new(3); }\n",
    ),
}


@pytest.mark.parametrize("path", CASES)
def test_the_callers_of_a_constructor(path: str):
    source, (old, new), user = CASES[path]
    suffix = path.rpartition(".")[2]
    places = found({path: source, f"b.{suffix}": user}, path, old, new)
    assert [(where, line) for where, line, _ in places] == [(f"b.{suffix}", 3)]
    assert places[0][2].startswith("caller of Pool.")


@pytest.mark.parametrize(
    "made",
    [
        "Pool p{3};",
        "auto p = std::make_unique<Pool>(3);",
        "auto p = new ns::Pool(3);",
        "f(Pool(3));",
        "class Sub : public Pool { };",
    ],
)
def test_ways_to_make_an_object(made: str):
    source = "namespace ns {\nclass Pool {\n public:\n  Pool(int n) {}\n};\n}\n"
    user = f"int g() {{ {made} }}\n" if "class" not in made else f"{made}\n"
    places = found({"a.cpp": source, "b.cpp": user}, "a.cpp", "int n", "int n, int m")
    assert [where for where, _, _ in places] == ["b.cpp"]


def test_what_only_names_the_class_is_no_caller_of_its_constructor():
    source = "class Pool {\n public:\n  Pool(int n) {}\n};\n"
    user = "int g(Pool *p, std::vector<Pool> all);\n"
    assert not found({"a.cpp": source, "b.cpp": user}, "a.cpp", "int n", "int n, int m")


def test_each_constructor_has_its_own_callers():
    source = "class Pool {\n  Pool(int n) {}\n  Pool(int n, int m) {}\n}\n"
    user = (
        "class B {\n  Pool f() { return new Pool(1); }\n  Pool g() { return new Pool(1, 2); }\n}\n"
    )
    changed = found({"A.java": source, "B.java": user}, "A.java", "int n, int m", "int n, long m")
    assert [(where, line) for where, line, _ in changed] == [("B.java", 3)]


@pytest.mark.parametrize(
    ("path", "source", "old", "new", "user"),
    [
        (
            "a.go",
            "package a\n\ntype Route struct {\n\tPath string\n}\n",
            "Route struct",
            "Route[T any] struct",
            "package a\n\nfunc f(app App) {\n\tapp.Route()\n}\n\nvar r = &Route{}\n",
        ),
        (
            "a.rs",
            "pub struct Route {\n    pub path: u8,\n}\n",
            "path: u8",
            "name: u8",
            "use crate::a::Route;\n\nfn f(app: App) {\n    app.Route();\n}\n\n"
            "fn g() { Route { path: 1 }; }\n",
        ),
    ],
)
def test_a_struct_is_made_by_a_literal_and_not_called_as_a_method(
    path: str, source: str, old: str, new: str, user: str
):
    other = f"b.{path.rpartition('.')[2]}"
    places = found({path: source, other: user}, path, old, new)
    assert [line for where, line, why in places if why.endswith(" Route")] == [7]
