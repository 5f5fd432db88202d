"""Which definition a name means, where several have it, in languages without a resolver."""

from __future__ import annotations

import pytest
from support.changes import change_of

from reviewer.context.index import index_of
from reviewer.context.lookup import find
from reviewer.context.mentions import uses_of

LINES = "\n" * 3


def found(files: dict[str, str], path: str, name: str) -> list[tuple[str, str]]:
    """(path, name) of what the last use of `name` in the file `path` means."""
    sources = {where: text.encode() for where, text in files.items()}
    index = index_of(change_of({}, sources))
    outline = index.outline(path)
    assert outline is not None
    ref = list(uses_of(outline, name))[-1]
    return [(each.path, each.item.name) for each in find(index, path, outline, ref)]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a.go", "package a\n\nfunc f(size int) int {\n\treturn size\n}\n"),
        ("a.go", "package a\n\nfunc f() int {\n\tsize := 1\n\treturn size\n}\n"),
        ("a.rs", "fn f() -> u8 {\n    let size = 1;\n    size\n}\n"),
        ("a.rb", "def f\n  size = 1\n  puts size\nend\n"),
        ("a.kt", "fun f(size: Int): Int {\n  return size\n}\n"),
        ("a.c", "int f(struct s *size) {\n  return size;\n}\n"),
        ("a.ts", "function f() {\n  const size = 1\n  return size\n}\n"),
    ],
)
def test_a_local_variable_is_no_definition_elsewhere(path: str, source: str):
    other = {
        "a.go": "package a\n\nfunc size() {\n}\n",
        "a.rs": "\nfn size() {}\n",
        "a.rb": "def size\n  1\nend\n",
        "a.kt": "fun size(): Int = 1\n",
        "a.c": "int size(void) {\n}\n",
        "a.ts": "function size() {\n}\n",
    }[path]
    assert found({path: other + LINES + source.replace("package a\n", "")}, path, "size") == []


def test_a_name_that_is_assigned_may_be_a_variable_of_the_file():
    source = "let limit = 1;\nfunction f() {\n  limit = 2;\n  return limit;\n}\n"
    assert found({"a.js": source}, "a.js", "limit") == [("a.js", "limit")]


@pytest.mark.parametrize(
    ("path", "source", "user"),
    [
        ("B.java", "class B {\n  private int helper() { return 1; }\n}\n", "b.helper()"),
        ("b.kt", "class B {\n  private fun helper(): Int {\n  }\n}\n", "b.helper()"),
        ("b.php", "<?php\nclass B {\n  private function helper() {}\n}\n", "$b->helper()"),
        ("b.swift", "class B {\n  fileprivate func helper() {}\n}\n", "b.helper()"),
        ("b.c", "static int helper(void) {\n  return 1;\n}\n", "helper()"),
        ("b/b.go", "package b\n\ntype B struct{}\n\nfunc (b B) helper() {\n}\n", "x.helper()"),
    ],
)
def test_what_another_file_cannot_see_is_not_meant(path: str, source: str, user: str):
    suffix = path.rpartition(".")[2]
    around = {
        "java": f"class A {{\n  void f(B b) {{ {user}; }}\n}}\n",
        "kt": f"fun f(b: B) {{\n  {user}\n}}\n",
        "php": f"<?php\nfunction f(B $b) {{ {user}; }}\n",
        "swift": f"func f(b: B) {{\n  {user}\n}}\n",
        "c": f"int f(void) {{\n  return {user};\n}}\n",
        "go": f"package a\n\nfunc f(x b.B) {{\n\t{user}\n}}\n",
    }[suffix]
    assert found({path: source, f"a.{suffix}": around}, f"a.{suffix}", "helper") == []


@pytest.mark.parametrize(
    ("path", "source", "owner"),
    [
        (
            "a.ts",
            "class A {\n  private store: Store;\n  f() {\n    return this.store.get();\n  }\n}\n",
            "class Store {\n  get() {}\n}\nclass Other {\n  get() {}\n}\n",
        ),
        (
            "a.go",
            "package a\n\ntype A struct {\n\tstore *Store\n}\n"
            "\nfunc (a *A) F() {\n\ta.store.Get()\n}\n",
            "package a\n\ntype Store struct{}\n\nfunc (s *Store) Get() {\n}\n"
            "\ntype Other struct{}\n"
            "\nfunc (o *Other) Get() {\n}\n",
        ),
        (
            "A.java",
            "class A {\n  private final Store store;\n"
            "  int f() {\n    return store.get();\n  }\n}\n",
            "class Store {\n  int get() {\n    return 1;\n  }\n}\n"
            "class Other {\n  int get() {\n  }\n}\n",
        ),
        (
            "a.rs",
            "use crate::b::Store;\nstruct A { store: Arc<Store> }\nimpl A {\n    fn f(&self) {\n"
            "        self.store.get()\n    }\n}\n",
            "impl Store {\n    pub fn get(&self) {}\n}\n"
            "impl Other {\n    pub fn get(&self) {}\n}\n",
        ),
    ],
)  # fmt: skip
def test_a_common_name_is_proved_by_the_type_of_a_field(path: str, source: str, owner: str):
    name = "Get" if path == "a.go" else "get"
    other = f"b.{path.rpartition('.')[2]}"
    assert found({path: source, other: owner}, path, name) == [(other, f"Store.{name}")]


def test_a_common_name_on_an_unknown_receiver_means_nothing():
    source = "class A {\n  flush() {}\n}\nfunction f(x) {\n  x.flush();\n}\n"
    assert found({"a.js": source}, "a.js", "flush") == []
    known = source.replace("f(x)", "f(a)").replace("x.flush", "a.flush")
    assert found({"a.js": known}, "a.js", "flush") == [("a.js", "A.flush")]


def test_a_common_name_of_the_same_package_is_proved():
    files = {
        "a.go": "package a\n\nfunc F() {\n\tvalidate(1)\n}\n",
        "b.go": "package a\n\nfunc validate(n int) {\n}\n",
        "c/c.go": "package c\n\nfunc validate(n int) {\n}\n",
    }
    assert found(files, "a.go", "validate") == [("b.go", "validate")]


def test_the_function_around_names_the_class():
    files = {
        "a.rs": "use crate::b::{Command, PossibleValue};\nfn g(c: Command) {}\n"
        "fn f(all: Vec<PossibleValue>) {\n    all.iter().map(|p| p.get_name());\n}\n",
        "b.rs": "impl Command {\n    pub fn get_name(&self) {}\n}\n"
        "impl PossibleValue {\n    pub fn get_name(&self) {}\n}\n",
    }
    assert found(files, "a.rs", "get_name") == [("b.rs", "PossibleValue.get_name")]


def test_a_rust_name_must_be_imported():
    files = {"a.rs": "fn f() {\n    helper_of();\n}\n", "b.rs": "pub fn helper_of() {}\n"}
    assert found(files, "a.rs", "helper_of") == []
    used = {**files, "a.rs": f"use crate::b::helper_of;\n{files['a.rs']}"}
    assert found(used, "a.rs", "helper_of") == [("b.rs", "helper_of")]


def test_a_definition_comes_before_the_declaration_of_a_nearer_file():
    files = {
        "a.cc": "namespace p {\nint f() { return port::pack_it(1); }\n}\n",
        "a_example.h": "namespace port {\nint pack_it(int x);\n}\n",
        "far/port.h": "namespace port {\ninline int pack_it(int x) { return x; }\n}\n",
    }
    assert found(files, "a.cc", "pack_it") == [("far/port.h", "port.pack_it")]


@pytest.mark.fault(
    "scale",
    "a copy under vendor or a mock has the name of a function",
    "the project's own is shown",
)
@pytest.mark.parametrize(
    "copy", ["vendor/b.js", "third_party/x/b.js", "lib/mock_b.js", "dist/b.min.js"]
)
def test_copies_and_stand_ins_come_last(copy: str):
    source = "export function computeTotals() {}\n"
    files = {"a.js": "computeTotals();\n", "far/away/b.js": source, copy: source}
    assert found(files, "a.js", "computeTotals") == [("far/away/b.js", "computeTotals")]
    alone = {"a.js": "computeTotals();\n", copy: source}
    assert found(alone, "a.js", "computeTotals") == [(copy, "computeTotals")]


def test_what_is_called_is_a_function_and_what_is_read_is_none():
    source = "struct B {\n    depth_of: u8,\n}\nimpl B {\n    fn depth_of(&self) {}\n"
    called = source + "    fn f(&self) {\n        self.depth_of();\n    }\n}\n"
    read = source + "    fn f(&self) {\n        self.depth_of;\n    }\n}\n"
    lines = {
        text: [each[1] for each in found({"a.rs": text}, "a.rs", "depth_of")]
        for text in (called, read)
    }
    assert list(lines.values()) == [["B.depth_of"], ["B.depth_of"]]
