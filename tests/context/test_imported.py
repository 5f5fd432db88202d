"""Imports decide between equal names of which nothing else speaks for one."""

from __future__ import annotations

import pytest
from support.changes import change_of

from reviewer.context.index import index_of
from reviewer.context.lookup import find
from reviewer.context.mentions import uses_of

TWICE_C = {
    "net/pool.h": "int pool_flush(int n);\n",
    "net/pool.c": '#include "pool.h"\nint pool_flush(int n) {\n  return n;\n}\n',
    "old/pool.c": "int pool_flush(int n) {\n  return 0;\n}\n",
    "net/all.h": '#include "pool.h"\n',
}
TWICE_JAVA = {
    "src/a/Pool.java": "package a;\nclass Pool {\n  static void flush() {\n  }\n}\n",
    "src/b/Pool.java": "package b;\nclass Pool {\n  static void flush() {\n  }\n}\n",
}
TWICE_JS = {
    "a/index.js": "export { default as pool, default } from './pool'\nexport * from './util'\n",
    "a/pool.js": "export default function makePool() {\n}\n",
    "a/util.js": "export const flushAll = () => {\n}\n",
    "b/util.js": "export const flushAll = () => {\n}\n",
    "b/pool.js": "class Pool {\n  static flushAll() {\n  }\n}\nmodule.exports = Pool\n",
}
FACADE = {
    "Cargo.toml": '[package]\nname = "top"\n',
    "src/lib.rs": "pub use core_parts::*;\npub extern crate core_parts as parts;\n",
    "core/Cargo.toml": '[package]\nname = "core-parts"\n',
    "core/src/lib.rs": "pub mod build;\n",
    "core/src/build.rs": "pub struct Pool;\npub fn flush_all() {\n}\n",
    "other/build.rs": "pub struct Pool;\npub fn flush_all() {\n}\n",
}
CASES = [
    (
        TWICE_C,
        "app/u.c",
        '#include "../net/all.h"\nint f(void) {\n  return pool_flush(1);\n}\n',
        "pool_flush",
        ["net/pool.c", "net/pool.h"],
    ),
    (
        TWICE_JAVA,
        "src/c/U.java",
        "package c;\nimport b.*;\nclass U {\n  void f() {\n    new Pool();\n  }\n}\n",
        "Pool",
        ["src/b/Pool.java"],
    ),
    (
        TWICE_JAVA,
        "src/c/U.java",
        "package c;\nimport a.Pool;\nclass U {\n  void f() {\n    Pool.flush();\n  }\n}\n",
        "flush",
        ["src/a/Pool.java"],
    ),
    (
        TWICE_JAVA,
        "src/c/U.java",
        "package c;\nimport org.other.Pool;\nclass U {\n  void f() {\n    Pool.flush();\n  }\n}\n",
        "flush",
        [],
    ),
    (
        TWICE_JS,
        "u.js",
        "import make from './a'\nmake()\n",
        "make",
        ["a/pool.js"],
    ),
    (
        TWICE_JS,
        "u.js",
        "import * as a from './a'\na.flushAll()\n",
        "flushAll",
        ["a/util.js"],
    ),
    (
        TWICE_JS,
        "u.js",
        "const P = require('./b/pool')\nP.flushAll()\n",
        "flushAll",
        ["b/pool.js"],
    ),
    (
        FACADE,
        "tests/it.rs",
        "use top::build::flush_all;\nfn f() {\n    flush_all();\n}\n",
        "flush_all",
        ["core/src/build.rs"],
    ),
    (
        FACADE,
        "tests/it.rs",
        "use top::parts::build;\nfn f() {\n    build::flush_all();\n}\n",
        "flush_all",
        ["core/src/build.rs"],
    ),
    (
        FACADE,
        "tests/it.rs",
        "use elsewhere::build::flush_all;\nfn f() {\n    flush_all();\n}\n",
        "flush_all",
        [],
    ),
]


@pytest.mark.parametrize(("files", "path", "source", "word", "expected"), CASES)
def test_an_import_decides_between_equal_names(files, path, source, word, expected):
    texts = {**files, path: source}
    index = index_of(change_of({}, {name: text.encode() for name, text in texts.items()}))
    outline = index.outline(path)
    assert outline is not None
    ref = [ref for ref in uses_of(outline, word) if ref.call][-1]
    found = find(index, path, outline, ref)
    assert [each.path for each in found] == expected
    assert all(each.sure for each in found)
