from __future__ import annotations

import pytest
from benchmarks.context_recall import Case, cases, in_context, in_hunks, missing, share, tokens
from support.changes import change_of
from support.worst_cases import FILES, hostile_change, ten_thousand_candidates

from reviewer.context import gather, units
from reviewer.types import Change, Context, Evidence, Place, Unit

EVERY = cases()


def units_of(change: Change, budget: int = 6000) -> list[Unit]:
    return [
        unit for file in change.files for unit in units.split(file, budget=budget, tokens=tokens)
    ]


def one(change: Change, budget: int = 4000, evidence: tuple[Evidence, ...] = ()) -> Context:
    (unit,) = units_of(change)
    return gather(unit, change, evidence=evidence, budget=budget, tokens=tokens)


def short(context: Context) -> list[tuple[str, int, int, str]]:
    return [(piece.path, piece.start, piece.end, piece.why) for piece in context.pieces]


CART = b'''\
import json
from shop.rates import rate as tax, LIMIT


class Cart:
    """A cart."""

    currency = "EUR"

    def __init__(self, items):
        self.items = items

    def total(self, country):
        """Sum of all items, with tax."""
        net = sum(item.price for item in self.items)
        if net > LIMIT:
            net = LIMIT
        assert net
        assert country
        return net * (1 + tax(country))

    def dump(self):
        return json.dumps(self.items)
'''
SHOP = {
    "shop/__init__.py": b"",
    "shop/rates.py": b"LIMIT = 10\n\n\ndef rate(country: str) -> float:\n    return 0.1\n",
    "shop/cart.py": CART,
    "app.py": (
        b"from shop.cart import Cart\n\n\ndef main():\n    cart = Cart([])\n   "
        b' print(cart.total("DE"))\n'
    ),
    "other.py": (
        b"def sub(thing):\n    return thing.total(1)\n\n\ndef total():\n    return total()\n"
    ),
    "tests/test_cart.py": (
        b"from shop import cart\n\n\ndef test_it():\n    assert cart.Cart([]).total(1) == 0\n"
    ),
    "big.py": (
        b"import shop.cart\n\n\nclass Big(shop.cart.Cart):\n    def total(self, country):\n       "
        b" return 1\n"
    ),
}


def edited(files: dict[str, bytes], path: str, old: bytes, new: bytes) -> Change:
    assert files[path].count(old) == 1
    return change_of(files, {**files, path: files[path].replace(old, new)})


def test_a_changed_method_with_all_that_belongs_to_it():
    context = one(
        edited(
            SHOP, "shop/cart.py", b"return net * (1 + tax(country))", b"return net * tax(country)"
        )
    )
    assert short(context) == [
        ("shop/cart.py", 13, 16, "enclosing function Cart.total()"),
        ("shop/cart.py", 5, 11, "enclosing class Cart"),
        ("shop/rates.py", 4, 5, "definition of rate(), called here"),
        ("big.py", 5, 6, "override of Cart.total() in class Big"),
        ("app.py", 4, 6, "caller of Cart.total()"),
        ("shop/cart.py", 1, 2, "imports of names used here"),
        ("shop/rates.py", 1, 1, "definition of LIMIT, used here"),
        ("tests/test_cart.py", 4, 5, "test that names Cart.total()"),
        ("other.py", 1, 2, "caller of Cart.total() (by name only)"),
    ]
    assert context.left_out == ("defined outside this repository, so not shown: json.dumps",)
    assert context.pieces[2].text == "def rate(country: str) -> float:\n    return 0.1"


def test_a_changed_signature_puts_its_callers_first():
    context = one(
        edited(
            SHOP, "shop/cart.py", b"def total(self, country):", b"def total(self, country, extra):"
        )
    )
    whys = [why for _, _, _, why in short(context)]
    assert whys.index("caller of Cart.total()") == whys.index("enclosing class Cart") + 2


def test_constants_are_followed_to_their_uses():
    context = one(edited(SHOP, "shop/rates.py", b"LIMIT = 10", b"LIMIT = 20"))
    assert ("shop/cart.py", 13, 20, "use of LIMIT") in short(context)


def test_what_does_not_fit_is_named():
    context = one(
        edited(
            SHOP, "shop/cart.py", b"return net * (1 + tax(country))", b"return net * tax(country)"
        ),
        160,
    )
    assert short(context) == [
        ("shop/cart.py", 13, 16, "enclosing function Cart.total()"),
        ("shop/cart.py", 5, 5, "enclosing class Cart"),
        ("shop/rates.py", 1, 1, "definition of LIMIT, used here"),
    ]
    assert context.left_out == (
        "2 more definitions of names used here: shop/rates.py:4, shop/cart.py:11",
        "2 more callers of Cart.total()",
    )


@pytest.mark.parametrize("budget", [0, 1, 30, 100, 400, 2000, 16_000])
@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
def test_pieces_are_true_new_and_within_the_budget(case: Case, budget: int):
    for unit in units_of(case.change):
        context = gather(unit, case.change, evidence=[], budget=budget, tokens=tokens)
        told = "".join(
            f"{piece.path}{piece.why}{piece.text}" for piece in context.pieces
        ) + "".join(context.left_out)
        assert tokens(told) - 1 <= budget
        seen = {
            (unit.file.path, line.new) for hunk in unit.hunks for line in hunk.lines if line.new
        }
        for piece in context.pieces:
            side = "old" if piece.why.startswith("old version") else "new"
            data = case.change.read(piece.path, side) or case.change.read(piece.path, "old") or b""
            assert piece.text.split("\n") == data.decode().split("\n")[piece.start - 1 : piece.end]
            lines = {
                (piece.path + side.removeprefix("new"), line)
                for line in range(piece.start, piece.end + 1)
            }
            assert not lines & seen
            seen |= lines
        assert gather(unit, case.change, evidence=[], budget=budget, tokens=tokens) == context


def test_recall_has_a_floor():
    assert share((case, in_hunks(case)) for case in EVERY) < 0.2
    assert [missing(case, in_context(case, 4000)) for case in EVERY] == [[]] * len(EVERY)
    assert share((case, in_context(case, 1000)) for case in EVERY) > 0.9


def test_common_names_are_believed_only_with_their_receiver():
    case = next(case for case in EVERY if case.name == "common_name")
    (unit,) = units_of(case.change)
    context = gather(unit, case.change, evidence=[], budget=16_000, tokens=tokens)
    assert {piece.path for piece in context.pieces} == {
        "app/store.py",
        "app/views.py",
        "app/tasks.py",
    }
    (note,) = [line for line in context.left_out if "common name" in line]
    assert note.startswith("uses of the common name get on unknown receivers, not shown: app/noise")


def test_the_same_name_elsewhere_is_not_a_caller():
    case = next(case for case in EVERY if case.name == "changed_signature")
    (unit,) = units_of(case.change)
    context = gather(unit, case.change, evidence=[], budget=16_000, tokens=tokens)
    assert "jobs/other.py" not in {piece.path for piece in context.pieces}


def test_places_of_analyzers_come_along():
    change = edited(
        SHOP, "shop/cart.py", b"return net * (1 + tax(country))", b"return net * tax(country)"
    )
    places = (Place("README.md", 2, 2, "promised here"), Place("gone.md", 1, 1, "nowhere"))
    hints = (
        Evidence("ty", "x-rule", "shop/cart.py", 20, 20, "wrong", related=places),
        Evidence(
            "ty",
            "far-rule",
            "shop/cart.py",
            900,
            900,
            "wrong",
            related=(Place("app.py", 1, 1, "far"),),
        ),
    )
    files = {"README.md": b"# Shop\nTotals have tax.\n"}
    change = change_of(
        {**SHOP, **files},
        {**SHOP, **files, "shop/cart.py": change.read("shop/cart.py", "new") or b""},
    )
    assert [item for item in short(one(change, evidence=hints)) if item[3].startswith("ty")] == [
        ("README.md", 1, 2, "ty x-rule: promised here")
    ]


def test_deleted_files_show_who_still_needs_them():
    head = {path: data for path, data in SHOP.items() if path != "shop/rates.py"}
    context = one(change_of(SHOP, head))
    assert [item for item in short(context) if item[0] == "shop/cart.py"] == [
        ("shop/cart.py", 2, 2, "import of LIMIT, which this change removes"),
        ("shop/cart.py", 13, 20, "use of LIMIT, which this change removes"),
    ]


def test_old_versions_of_what_else_changed_in_a_condition():
    body = b"".join(b"    x%d = 1\n" % at for at in range(30))
    base = {
        "a.py": (
            b"def f(a, b):\n    limit = 1\n"
            + body
            + b"    if a > limit:\n        return b\n    return a\n"
        )
    }
    head = base["a.py"].replace(b"limit = 1", b"limit = 2").replace(b"a > limit", b"a >= limit")
    change = change_of(base, {"a.py": head})
    second = units_of(change, 100)[-1]
    context = gather(second, change, evidence=[], budget=4000, tokens=tokens)
    (old,) = [piece for piece in context.pieces if piece.why.startswith("old version")]
    assert (old.start, old.why) == (1, "old version of other changed lines of f()")
    assert "limit = 1" in old.text


def test_files_of_a_go_package_see_each_other():
    case = next(case for case in EVERY if case.name == "go")
    (unit,) = units_of(case.change)
    context = gather(unit, case.change, evidence=[], budget=4000, tokens=tokens)
    assert {(piece.path, piece.why) for piece in context.pieces} == {
        ("store/db.go", "definition of Lookup(), called here"),
        ("store/server.go", "caller of Cache.Refresh()"),
        ("store/cache.go", "enclosing class Cache"),
    }


def test_files_without_a_parser_have_no_context():
    assert one(change_of({"a.md": b"x\n"}, {"a.md": b"y\n"})) == Context()
    assert one(change_of({"a.bin": b"\0\n"}, {"a.bin": b"\0\0\n"})) == Context()


@pytest.mark.parametrize("name", FILES)
def test_hostile_files(name):
    change = hostile_change(name)
    for unit in units_of(change):
        context = gather(unit, change, evidence=[], budget=2000, tokens=tokens)
        assert sum(tokens(piece.text) for piece in context.pieces) <= 2000


def test_ten_thousand_candidates_are_bounded_work():
    context = one(ten_thousand_candidates())
    assert [line for line in context.left_out if "not searched" in line] == [
        "uses of C.compute_it() were not searched in 3940 more files with the word compute_it",
        "6001 files were not searched for uses: too many",
    ]


def test_a_minified_line_is_cut():
    files = {
        "a.js": b"function f(){return 1}" + b"f();" * 5000 + b"\n",
        "b.js": b'import {f} from "./a";\nlet x = 1;\n',
    }
    context = one(edited(files, "b.js", b"let x = 1;", b"let x = f();"))
    assert all(len(line) < 500 for piece in context.pieces for line in piece.text.split("\n"))
