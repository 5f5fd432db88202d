from __future__ import annotations

import pytest
from support.changes import change_of

from reviewer.context.callers import callers
from reviewer.context.candidate import Rank
from reviewer.context.focus import focus_of
from reviewer.context.index import index_of


def ranks(path: str, base: dict[str, bytes], new: bytes) -> list[tuple[str, Rank]]:
    change = change_of(base, {**base, path: new})
    (file,) = change.files
    index = index_of(change)
    found = callers(focus_of(file, file.hunks, index), index).candidates
    return [(item.path, item.rank) for item in found]


def test_a_bare_name_is_worth_less_only_where_names_can_be_resolved():
    python = {
        "cart.py": b"class Cart:\n    def subtotal(self):\n        return 1\n",
        "shop.py": b"def f(cart):\n    cart.subtotal()\n",
    }
    assert ranks("cart.py", python, python["cart.py"].replace(b"1", b"2")) == [
        ("shop.py", Rank.BY_NAME)
    ]
    script = {
        "cart.js": b"class Cart {\n  subtotal() {\n    return 1;\n  }\n}\n",
        "shop.js": b"function f(cart) {\n  cart.subtotal();\n}\n",
    }
    assert ranks("cart.js", script, script["cart.js"].replace(b"1", b"2")) == [
        ("shop.js", Rank.CALLER)
    ]


GONE = {
    "javascript": (
        {
            "lib/index.js": b"export * from './pool'\n",
            "lib/pool.js": b"export function flush() {}\nexport class Pool {\n  run() {}\n}\n",
            "lib/other.js": b"export const x = 1\n",
            "a.js": b"import { flush as f, flush } from './lib'\nflush()\n",
            "b.js": b"import * as lib from './lib'\nconst go = () => lib.flush()\n",
            "c.js": b"import { flush } from './lib/other'\nflush()\n",
            "d.js": b"import { flush } from 'react'\nflush()\n",
            "e.js": b"const { flush } = require('./lib/pool')\nconst g = () => flush()\n",
        },
        "lib/pool.js",
        b"export function flush() {}\n",
        {"a.js", "b.js", "e.js"},
    ),
    "go": (
        {
            "go.mod": b"module x.y/z\n",
            "p/a.go": b"package p\n\nfunc Get() {\n}\n",
            "p/b.go": b"package p\n\nfunc Put() {\n}\n",
            "main.go": b'package main\n\nimport "x.y/z/p"\n\nfunc f() {\n\tp.Get()\n}\n',
            "web.go": b'package main\n\nimport p "net/http"\n\nfunc g() {\n\tp.Get()\n}\n',
        },
        "p/a.go",
        b"func Get() {\n}\n",
        {"main.go"},
    ),
}


@pytest.mark.fault(
    "reply",
    "a function with a common name is removed, and a file imports it through an index file",
    "the import proves that it is still used there; equal names of other modules are not shown",
)
@pytest.mark.parametrize("name", GONE)
def test_an_import_proves_that_a_removed_name_is_still_used(name):
    base, path, gone, expected = GONE[name]
    found = ranks(path, base, base[path].replace(gone, b""))
    assert {where for where, rank in found if rank == Rank.BROKEN_CALLER} == expected
    assert {where for where, _ in found} == expected
