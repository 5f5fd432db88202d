from __future__ import annotations

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
