"""What a member means, by the type of its receiver: each case has two classes with the member."""

from __future__ import annotations

import pytest
from support.changes import change_of

from reviewer.context.index import index_of
from reviewer.context.lookup import find
from reviewer.context.mentions import uses_of
from reviewer.context.variables import returned, type_word
from reviewer.languages import by_name
from reviewer.languages.outline import Ref

TS = {
    "pool.ts": "export class Pool {\n  flush() {}\n}\nexport function makePool(): Pool {\n}\n",
    "queue.ts": "export class Queue {\n  flush() {}\n}\n",
}
GO = {
    "go.mod": "module x.y/z\n",
    "db/pool.go": (
        "package db\n\ntype Pool struct {\n}\n\nfunc (p *Pool) Flush() {\n}\n\n"
        "func NewPool(n int) (*Pool, error) {\n\treturn nil, nil\n}\n"
    ),
    "db/queue.go": "package db\n\ntype Queue struct {\n}\n\nfunc (q *Queue) Flush() {\n}\n",
}
JAVA = {
    "a/Pool.java": "package a;\nclass Pool {\n  void flush() {\n  }\n  Pool self() {\n  }\n}\n",
    "a/Queue.java": "package a;\nclass Queue {\n  void flush() {\n  }\n}\n",
}
RUST = {
    "src/lib.rs": "mod pool;\nmod queue;\n",
    "src/pool.rs": (
        "pub struct Pool;\nimpl Pool {\n    pub fn new() -> Self {\n        Pool\n    }\n"
        "    pub fn flush(&self) {\n    }\n}\npub fn make() -> Pool {\n    Pool\n}\n"
    ),
    "src/queue.rs": "pub struct Queue;\nimpl Queue {\n    pub fn flush(&self) {\n    }\n}\n",
}
CPP = {
    "pool.h": "class Pool {\n public:\n  void flush() {\n  }\n};\n",
    "queue.h": "class Queue {\n public:\n  void flush() {\n  }\n};\n",
}
PHP = {
    "src/Pool.php": "<?php\nclass Pool {\n  function flush() {\n  }\n}\n",
    "src/Queue.php": "<?php\nclass Queue {\n  function flush() {\n  }\n}\n",
}
CASES = [
    (
        TS,
        "u.ts",
        "import { Pool } from './pool'\nfunction f(p: Pool) {\n  p.flush()\n}\n",
        "pool.ts",
    ),
    (
        TS,
        "u.ts",
        "import { makePool } from './pool'\nimport { Queue } from './queue'\n"
        "function f() {\n  const p = makePool()\n  p.flush()\n}\n",
        "pool.ts",
    ),
    (
        TS,
        "u.ts",
        "import { Pool } from './pool'\nclass A {\n  constructor(private p: Pool) {\n  }\n"
        "  run() {\n    this.p.flush()\n  }\n}\n",
        "pool.ts",
    ),
    (
        TS,
        "u.ts",
        "import { Pool } from 'elsewhere'\nfunction f() {\n  const p = new Pool()\n"
        "  p.flush()\n}\n",
        None,
    ),
    (
        GO,
        "main.go",
        'package main\n\nimport "x.y/z/db"\n\nfunc f() {\n\tp, err := db.NewPool(3)\n'
        "\tp.Flush()\n}\n",
        "db/pool.go",
    ),
    (
        GO,
        "main.go",
        'package main\n\nimport "x.y/z/db"\n\ntype S struct {\n\tp *db.Pool\n}\n\n'
        "func (s *S) f() {\n\ts.p.Flush()\n}\n",
        "db/pool.go",
    ),
    (
        GO,
        "main.go",
        'package main\n\nimport "other.org/db"\n\nfunc f(p *db.Pool) {\n\tp.Flush()\n}\n',
        None,
    ),
    (
        JAVA,
        "a/Use.java",
        "package a;\nclass Use {\n  private Pool pool;\n  void f() {\n    pool.flush();\n  }\n}\n",
        "a/Pool.java",
    ),
    (
        JAVA,
        "a/Use.java",
        "package a;\nclass Use {\n  void f(Pool q) {\n    var p = q.self();\n    p.flush();\n"
        "  }\n}\n",
        "a/Pool.java",
    ),
    (
        RUST,
        "src/u.rs",
        "use crate::pool::Pool;\nuse crate::queue::Queue;\nfn f(x: &Queue) {\n"
        "    let p = Pool::new();\n    p.flush();\n}\n",
        "src/pool.rs",
    ),
    (
        RUST,
        "src/u.rs",
        "use crate::pool::make;\nuse crate::queue::Queue;\nfn f(x: &Queue) {\n"
        "    let p = make();\n    p.flush();\n}\n",
        "src/pool.rs",
    ),
    (
        CPP,
        "u.cpp",
        '#include "pool.h"\n#include "queue.h"\nvoid f(Queue *q, const Pool &p) {\n'
        "  p.flush();\n}\n",
        "pool.h",
    ),
    (
        PHP,
        "src/u.php",
        "<?php\nclass A {\n  private Queue $q;\n  private Pool $p;\n  function f() {\n"
        "    $this->p->flush();\n  }\n}\n",
        "src/Pool.php",
    ),
]


@pytest.mark.parametrize(("files", "path", "source", "expected"), CASES)
def test_a_member_belongs_to_the_class_of_its_receiver(files, path, source, expected):
    texts = {**files, path: source}
    index = index_of(change_of({}, {name: text.encode() for name, text in texts.items()}))
    outline = index.outline(path)
    assert outline is not None
    word = "Flush" if "Flush" in source else "flush"
    (ref,) = [ref for ref in uses_of(outline, word) if ref.call]
    found = find(index, path, outline, ref)
    assert [each.path for each in found] == ([expected] if expected else [])
    assert all(each.sure for each in found)


@pytest.mark.parametrize(
    ("name", "expected"), [("p.flush", "Pool"), ("q.flush", ""), ("s.size", ""), ("r.run", "make")]
)
def test_the_word_that_a_type_is_searched_by(name: str, expected: str):
    language = by_name("java")
    assert language is not None
    assert language.outline is not None
    source = (
        b"import b.Queue;\nclass Use {\n  void f(Pool p, Queue q, String s) {\n"
        b"    var r = p.make();\n  }\n}\n"
    )
    outline = language.outline(source, language)
    assert type_word(outline, Ref(name, 4, "Use.f", True)) == expected
    assert type_word(outline, Ref("p", 4, "Use.f", False)) == ""


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("go", "package x\n\nfunc (s *S) f(a int) (*Pool, error) {\n}\n", "Pool"),
        ("go", "package x\n\nfunc f(a func() int) pkg.Pool {\n}\n", "pkg.Pool"),
        ("go", "package x\n\nfunc f() {\n}\n", ""),
        ("typescript", "async function f(a: A): Promise<Pool> {\n}\n", "Pool"),
        ("typescript", "function f(a: A) {\n}\n", ""),
        ("java", "class A {\n  public static Pool f(int a) throws X {\n  }\n}\n", "Pool"),
        ("java", "class A {\n  A(int a) {\n  }\n}\n", ""),
        ("rust", "fn f(a: u8) -> Result<x::Pool, E> {\n}\n", "x.Pool"),
        ("kotlin", "fun f(a: Int): Pool? {\n}\n", "Pool"),
        ("swift", "func f(a: Int) throws -> Pool {\n}\n", "Pool"),
        ("cpp", "static ns::Pool *f(int a) {\n  return 0;\n}\n", "ns.Pool"),
        ("php", "<?php\nfunction f($a): ?Pool {\n}\n", "Pool"),
    ],
)
def test_the_type_that_a_signature_returns(name, source, expected):
    language = by_name(name)
    assert language is not None
    assert language.outline is not None
    outline = language.outline(source.encode(), language)
    assert [returned(outline, item) for item in outline.defs if item.kind == "function"] == [
        expected
    ]
