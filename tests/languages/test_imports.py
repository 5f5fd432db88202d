from __future__ import annotations

import pytest

from reviewer.languages import by_name

# What each import binds: the name here, the module as written, the name there, the line; and how
# many dots, if any.
CASES = {
    "javascript": (
        """\
import d, { a as b, c } from './m';
import * as n from "n";
import './side';
export * from './x';
export * as q from './x';
export { r as s, default } from './y'
export { l as m, o };
export default class Pool {}
const { u, v: w, z = 1, ...rest } = await import('./dyn');
const p = require('./p'), t = require(`./t`).T;
require('./bare'); // require('./no')
module.exports = Pool;
exports.other = own;
exports.own = own;
const [first] = require('./pair');
const dynamic = require('./a' + name);
load(() => import('./lazy'));
const real = await vi.importActual('./real');
""",
        [
            ("d", "./m", "default", 1),
            ("b", "./m", "a", 1),
            ("c", "./m", "c", 1),
            ("n", "n", "", 2),
            ("", "./side", "", 3),
            ("*", "./x", "*", 4),
            ("q", "./x", "", 5),
            ("s", "./y", "r", 6),
            ("default", "./y", "default", 6),
            ("m", "", "l", 7),
            ("default", "", "Pool", 8),
            ("u", "./dyn", "u", 9),
            ("w", "./dyn", "v", 9),
            ("z", "./dyn", "z", 9),
            ("p", "./p", "", 10),
            ("t", "./t", "T", 10),
            ("", "./bare", "", 11),
            ("default", "", "Pool", 12),
            ("other", "", "own", 13),
            ("", "./pair", "", 15),
            ("", "./lazy", "", 17),
            ("real", "./real", "", 18),
        ],
    ),
    "typescript": (
        """\
import type { A, B as C } from './t';
import { type D, type E as F } from './t';
import z = require('./z');
export type { G } from './g';
export default foo;
const x = (await import('./x')) as Y;
""",
        [
            ("A", "./t", "A", 1),
            ("C", "./t", "B", 1),
            ("D", "./t", "D", 2),
            ("F", "./t", "E", 2),
            ("z", "./z", "", 3),
            ("G", "./g", "G", 4),
            ("default", "", "foo", 5),
            ("x", "./x", "", 6),
        ],
    ),
    "go": (
        'package x\n\nimport "fmt"\n'
        'import (\n\tq "a/b"\n\t. "c"\n\t_ "d"\n\t"e/go-f/v2"\n\t"g.v3"\n)\n',
        [
            ("fmt", "fmt", "", 3),
            ("q", "a/b", "", 5),
            ("*", "c", "*", 6),
            ("", "d", "", 7),
            ("f", "e/go-f/v2", "", 8),
            ("g", "g.v3", "", 9),
        ],
    ),
    "java": (
        "import a.b.C;\nimport static a.b.C.f;\nimport a.b.*;\nimport static a.C.*;\n",
        [
            ("C", "a.b.C", "C", 1),
            ("f", "a.b.C.f", "f", 2),
            ("*", "a.b", "*", 3),
            ("*", "a.C", "*", 4),
        ],
    ),
    "kotlin": (
        "import a.b.C\nimport a.b.*\nimport a.b.D as E\nimport a.`in`.f\n",
        [
            ("C", "a.b.C", "C", 1),
            ("*", "a.b", "*", 2),
            ("E", "a.b.D", "D", 3),
            ("f", "a.in.f", "f", 4),
        ],
    ),
    "scala": (
        "import a.b.{C, D => E, _}\nimport a.b._\nimport a.b.C\n",
        [
            ("C", "a.b.C", "C", 1),
            ("E", "a.b.D", "D", 1),
            ("*", "a.b", "*", 1),
            ("*", "a.b", "*", 2),
            ("C", "a.b.C", "C", 3),
        ],
    ),
    "csharp": (
        "using A.B;\nusing static A.B.C;\nusing X = A.B.D;\nglobal using global::Q.R;\n",
        [
            ("*", "A.B", "*", 1),
            ("*", "A.B.C", "*", 2),
            ("X", "A.B.D", "D", 3),
            ("*", "Q.R", "*", 4),
        ],
    ),
    "php": (
        "<?php\nuse App\\M\\User;\nuse App\\{A, B\\D as C, function h};\nuse function App\\f;\n"
        "require_once __DIR__ . '/x.php';\ninclude 'a/b.php';\nrequire $file;\nuse \\E, F as G;\n",
        [
            ("User", "App\\M\\User", "User", 2),
            ("A", "App\\A", "A", 3),
            ("C", "App\\B\\D", "D", 3),
            ("h", "App", "h", 3),
            ("f", "App", "f", 4),
            ("*", "/x.php", "*", 5, 1),
            ("*", "a/b.php", "*", 6),
            ("*", "", "*", 7),
            ("E", "E", "E", 8),
            ("G", "F", "F", 8),
        ],
    ),
    "rust": (
        """\
use crate::a::{self, B as C, d::{*, E}}; // and more
pub(crate) use super::x;
mod foo;
#[path = "y.rs"]
mod y;
mod inline {
    use super::{b, super::c};
    use self::k;
    mod deeper { use super::super::*; }
}
extern crate q as r;
use std;
use r#in::r#as;
""",
        [
            ("a", "crate::a", "", 1),
            ("C", "crate::a", "B", 1),
            ("*", "crate::a::d", "*", 1),
            ("E", "crate::a::d", "E", 1),
            ("x", "super", "x", 2),
            ("foo", "self::foo", "", 3),
            ("y", '"y.rs"', "", 5),
            ("b", "self", "b", 7),
            ("c", "self::super", "c", 7),
            ("k", "self", "k", 8),
            ("*", "self", "*", 9),
            ("r", "q", "", 11),
            ("std", "std", "", 12),
            ("as", "in", "as", 13),
        ],
    ),
    "c": (
        '#include "a/b.h"\n#include <c.h>\n#  include "d.h" // e\n#include MACRO\n',
        [("*", "a/b.h", "*", 1), ("*", "<c.h>", "*", 2), ("*", "d.h", "*", 3)],
    ),
    "ruby": (
        "require 'a/b'\nrequire_relative '../x'\nautoload :Foo, 'a/foo'\nrequire(\"c\") if d\n"
        "require File.join(x, 'y')\nrequired 'no'\nrequire \"a#{b}\"\n",
        [
            ("*", "a/b", "*", 1),
            ("*", "../x", "*", 2, 1),
            ("Foo", "a/foo", "Foo", 3),
            ("*", "c", "*", 4),
        ],
    ),
    "lua": (
        "local x = require('a.b')\nrequire 'c'\nlocal y = require(name)\n"
        "local z = w or require \"d\"\n-- require('no')\n",
        [("x", "a.b", "", 1), ("", "c", "", 2), ("", "d", "", 4)],
    ),
    "swift": (
        "import Foo\n@testable import Bar\nimport struct Baz.Q\npublic import Qux\n",
        [
            ("*", "Foo", "*", 1),
            ("*", "Bar", "*", 2),
            ("Q", "Baz", "Q", 3),
            ("*", "Qux", "*", 4),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_imports_bind(name):
    source, expected = CASES[name]
    language = by_name(name)
    assert language is not None
    assert language.outline is not None
    found = language.outline(source.encode(), language).imports
    assert [
        (item.name, item.module, item.attr, item.start, *([item.level] if item.level else []))
        for item in found
    ] == expected


def test_a_use_that_nests_deeply_is_read_to_a_limit():
    rust = by_name("rust")
    assert rust is not None
    assert rust.outline is not None
    source = f"use {'a::{' * 3000}b{'}' * 3000};\n"
    assert len(rust.outline(source.encode(), rust).imports) < 2


def test_an_import_of_several_lines():
    javascript = by_name("javascript")
    assert javascript is not None
    assert javascript.outline is not None
    found = javascript.outline(b"import {\n  a,\n  // note, b\n  c,\n} from 'x'\n", javascript)
    assert [(item.name, item.start, item.end) for item in found.imports] == [
        ("a", 1, 5),
        ("c", 1, 5),
    ]
