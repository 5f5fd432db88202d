"""What the model gets to see when it asks for a name, in several languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.changes import change_of

from reviewer.context import gather
from reviewer.context.asked import Look, look_up
from reviewer.types import Change, Context, Piece, Unit


def tokens(text: str) -> int:
    return len(text) // 3 + 1


def made_of(files: dict[str, str], path: str, old: str, new: str) -> Change:
    assert files[path].count(old) == 1
    before = {name: text.encode() for name, text in files.items()}
    return change_of(before, {**before, path: files[path].replace(old, new).encode()})


def looks(
    made: Change,
    names: list[str],
    *,
    path: str,
    about: str = "",
    budget: int = 1500,
    context: Context | None = None,
) -> tuple[Look, ...]:
    (file,) = [file for file in made.files if file.path == path]
    unit = Unit(file, file.hunks, 0)
    found = look_up(
        names, unit, context or Context(), made, about=about, budget=budget, tokens=tokens
    )
    return found.looks


def says(*args, **options) -> list[str]:
    return [look.says for look in looks(*args, **options)]


PYTHON = {
    "shop/pricing.py": "import json\n\nRATE = 3\n\n\ndef total(items, rate=RATE):\n"
    "    return sum(items) * rate\n\n\ndef label():\n    return 'x'\n",
    "shop/orders.py": "class Order:\n    total: int = 0\n\n    def close(self):\n"
    "        return 1\n",
    "shop/pay.py": "import json\nimport requests\nfrom shop import pricing\n"
    "from shop.orders import Order\n" + "\n" * 20
    + "class Till:\n    limit = 9\n\n    def __init__(self):\n        self.open = []\n"
    + "\n" * 20
    + "    def pay(self, order: Order, raw):\n        order.close()\n"
    "        return pricing.total(json.loads(raw), self.limit)\n",
}  # fmt: skip
PAID = made_of(PYTHON, "shop/pay.py", "json.loads(raw), self", "json.loads(raw), -self")


@pytest.mark.fault(
    "reply",
    "a name that a function of one module and a field of another have",
    "the one that the changed line uses is shown",
)
@pytest.mark.parametrize("asked", ["total", "pricing.total", "`total()`", "the function total",
                                   "total in pricing.py", "shop/pricing.py:total",
                                   "pricing.py::total", "total (shop/pricing.py)",
                                   "def total"])  # fmt: skip
def test_a_name_means_what_the_changed_line_uses(asked: str):
    assert looks(PAID, [asked], path="shop/pay.py") == (
        Look(
            f"{asked}: shop/pricing.py, lines 6-7",
            (
                Piece(
                    "shop/pricing.py",
                    6,
                    7,
                    "def total(items, rate=RATE):\n    return sum(items) * rate",
                    f"you asked for {asked}",
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Order.total", "shop/orders.py, lines 2-2"),
        ("order.close", "shop/orders.py, lines 4-5"),
        ("Order.close()", "shop/orders.py, lines 4-5"),
        ("Order().close", "shop/orders.py, lines 4-5"),
        ("self.limit", "shop/pay.py, lines 26-26"),
        ("Till.limit", "shop/pay.py, lines 26-26"),
        ("limit", "shop/pay.py, lines 26-26"),
        ("self.open", "shop/pay.py, lines 29-29"),
        ("Till.__init__", "shop/pay.py, lines 28-29"),
        ("RATE", "shop/pricing.py, lines 3-3 (by name only)"),
        ("class Order", "shop/orders.py, lines 1-5"),
        ("orders.py", "shop/orders.py, lines 1-5"),
        ("shop/orders.py", "shop/orders.py, lines 1-5"),
        ("shop.orders", "shop/orders.py, lines 1-5"),
        ("pricing", "shop/pricing.py, lines 1-11"),
        ("orders.py:4", "shop/orders.py, lines 4-5"),
        ("nowhere", "not found in this repository"),
        ("Order.none", "shop/orders.py, lines 1-5 (only Order is known)"),
        ("../../etc/passwd", "not found in this repository"),
        ("/etc/passwd", "not found in this repository"),
        ("(", "not found in this repository"),
        ("a b", "not found in this repository"),
        (
            "requests.get",
            "not part of this repository",
        ),
    ],
)
def test_python(asked: str, said: str):
    assert says(PAID, [asked], path="shop/pay.py") == [f"{asked}: {said}"]


@pytest.mark.fault(
    "reply",
    "a name of the standard library is asked for",
    "its signature and first sentence from the library's source; nothing is imported",
)
def test_the_standard_library_is_described():
    (said,) = says(PAID, ["json.loads"], path="shop/pay.py")
    assert said.startswith("json.loads: not part of this repository; Python 3.")
    assert "`def loads(s, *, cls=None," in said
    assert "Deserialize ``s``" in said


GO = {
    "pricing/total.go": "package pricing\n\nconst Max = 3\n\n// Total adds.\n"
    "func Total(xs []int, rate int) int {\n\treturn len(xs) * rate\n}\n",
    "shop/order.go": "package shop\n\ntype Order struct {\n\tTotal int\n\tsize int\n}\n\n"
    "func (o *Order) Close() error {\n\treturn nil\n}\n\nfunc helper(a int) int {\n\treturn a\n}\n",
    "shop/pay.go": 'package shop\n\nimport (\n\t"reflect"\n\n\t"example.com/x/pricing"\n)\n'
    + "\n" * 20
    + "func Pay(o *Order, xs []int) int {\n\to.Close()\n"
    "\tif reflect.DeepEqual(xs, nil) {\n\t\treturn helper(o.size)\n\t}\n"
    "\treturn pricing.Total(xs, 1)\n}\n",
}
TS = {
    "src/pricing.ts": "export const RE = /^a+$/;\n\nexport function total(xs: number[]): number {\n"
    "  return xs.length;\n}\n\nexport class Order {\n  total = 0;\n\n"
    "  get size() {\n    return this.total;\n  }\n}\n",
    "src/pay.ts": "import { total, RE, Order } from './pricing';\nimport * as fs from 'fs';\n"
    + "\n" * 20
    + "export class Till {\n  private open = 1;\n\n  pay(o: Order): number {\n"
    "    fs.readFileSync('x');\n    if (RE.test('a')) return this.open + o.size;\n"
    "    return total([1]);\n  }\n}\n",
}
JAVA = {
    "src/a/Order.java": "package a;\n\nclass Order {\n  int total;\n\n"
    "  static final int MAX = 3;\n\n"
    "  int add(int a) {\n    return add(a, 1);\n  }\n\n"
    "  int add(int a, int b) {\n    return a + b;\n  }\n}\n",
    "src/a/Pay.java": "package a;\n\nimport java.util.List;\n"
    + "\n" * 20
    + "class Pay {\n  int pay(Order order) {\n    List.of(1);\n"
    + "    return order.add(1, 2);\n  }\n}\n",
}
RUST = {
    "src/pricing.rs": "pub const MAX: u32 = 3;\n\npub fn total(xs: &[u32]) -> u32 {\n    MAX\n}\n",
    "src/order.rs": "pub struct Order {\n    pub total: u32,\n}\n\nimpl Order {\n"
    "    pub fn close(&self) -> u32 {\n        self.total\n    }\n}\n",
    "src/pay.rs": "use std::fs;\nuse crate::order::Order;\nuse crate::pricing;\n"
    + "\n" * 20
    + 'pub fn pay(o: &Order) -> u32 {\n    fs::read("x");\n'
    + "    o.close() + pricing::total(&[1])\n}\n",
}
C = {
    "buf.h": "#define LIMIT 64\n\nstruct buf {\n  int total;\n};\n\n"
    "/** @return 0 on success */\nint buf_open(struct buf *b, int n);\n",
    "buf.c": "#include \"buf.h\"\n\nint buf_open(struct buf *b, int n) {\n  b->total = n;\n"
    "  return 0;\n}\n",
    "main.c": "#include <string.h>\n#include \"buf.h\"\n"
    + "\n" * 20
    + "int run(struct buf *b) {\n  if (buf_open(b, LIMIT))\n    return strlen(\"x\");\n"
    "  return b->total;\n}\n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("files", "path", "old", "new", "asked", "said"),
    [
        (GO, "shop/pay.go", "xs, 1)", "xs, 2)", "Total", "pricing/total.go, lines 5-8"),
        (GO, "shop/pay.go", "xs, 1)", "xs, 2)", "pricing.Total", "pricing/total.go, lines 5-8"),
        (GO, "shop/pay.go", "xs, 1)", "xs, 2)", "Order.Total", "shop/order.go, lines 4-4"),
        (GO, "shop/pay.go", "xs, 1)", "xs, 2)", "o.Close()", "shop/order.go, lines 8-10"),
        (GO, "shop/pay.go", "xs, 1)", "xs, 2)", "(*Order).Close", "shop/order.go, lines 8-10"),
        (GO, "shop/pay.go", "xs, 1)", "xs, 2)", "helper", "shop/order.go, lines 12-14"),
        (GO, "shop/pay.go", "xs, 1)", "xs, 2)", "type Order", "shop/order.go, lines 3-6"),
        (GO, "shop/pay.go", "xs, 1)", "xs, 2)", "reflect.DeepEqual",
         "not part of this repository"),
        (TS, "src/pay.ts", "[1]", "[2]", "total", "src/pricing.ts, lines 3-5"),
        (TS, "src/pay.ts", "[1]", "[2]", "Order.total", "src/pricing.ts, lines 8-8"),
        (TS, "src/pay.ts", "[1]", "[2]", "RE", "src/pricing.ts, lines 1-1"),
        (TS, "src/pay.ts", "[1]", "[2]", "o.size", "src/pricing.ts, lines 10-12"),
        (TS, "src/pay.ts", "[1]", "[2]", "this.open", "src/pay.ts, lines 24-24"),
        (TS, "src/pay.ts", "[1]", "[2]", "fs.readFileSync",
         "not part of this repository"),
        (JAVA, "src/a/Pay.java", "1, 2", "2, 2", "add", "src/a/Order.java, lines 12-14"),
        (JAVA, "src/a/Pay.java", "1, 2", "2, 2", "Order.add(int)", "src/a/Order.java, lines 8-10"),
        (JAVA, "src/a/Pay.java", "1, 2", "2, 2", "Order#add(int, int)",
         "src/a/Order.java, lines 12-14"),
        (JAVA, "src/a/Pay.java", "1, 2", "2, 2", "Order.MAX", "src/a/Order.java, lines 6-6"),
        (JAVA, "src/a/Pay.java", "1, 2", "2, 2", "List.of",
         "comes from java.util.List.of; its source was not found in this repository"),
        (RUST, "src/pay.rs", "&[1]", "&[2]", "total", "src/pricing.rs, lines 3-5"),
        (RUST, "src/pay.rs", "&[1]", "&[2]", "pricing::total", "src/pricing.rs, lines 3-5"),
        (RUST, "src/pay.rs", "&[1]", "&[2]", "Order::close", "src/order.rs, lines 6-8"),
        (RUST, "src/pay.rs", "&[1]", "&[2]", "Order::total", "src/order.rs, lines 2-2"),
        (RUST, "src/pay.rs", "&[1]", "&[2]", "MAX", "src/pricing.rs, lines 1-1 (by name only)"),
        (RUST, "src/pay.rs", "&[1]", "&[2]", "fs::read",
         "comes from std.fs.read; its source was not found in this repository"),
        (C, "main.c", "LIMIT)", "LIMIT + 1)", "buf_open", "buf.c, lines 3-6"),
        (C, "main.c", "LIMIT)", "LIMIT + 1)", "LIMIT", "buf.h, lines 1-1"),
        (C, "main.c", "LIMIT)", "LIMIT + 1)", "b->total", "buf.h, lines 4-4"),
        (C, "main.c", "LIMIT)", "LIMIT + 1)", "struct buf", "buf.h, lines 3-5"),
        (C, "main.c", "LIMIT)", "LIMIT + 1)", "strlen", "no definition found in this repository"),
    ],
)  # fmt: skip
def test_other_languages(files, path, old, new, asked, said):
    made = made_of(files, path, old, new)
    assert says(made, [asked], path=path)[:1] == [f"{asked}: {said}"]


LONG = (
    "LIMIT = 9\n\n\ndef big(rows, size):\n    if size < 0:\n        raise ValueError(size)\n"
    + "".join(f"    x{at} = {at}\n" for at in range(200))
    + "    rows.append(size)\n"
    + "".join(f"    y{at} = {at}\n" for at in range(200))
    + "    return rows\n\n\ndef small():\n    return 1\n"
)
USES = {
    "a.py": "from long import big, small\n\n\ndef go(rows):\n    small()\n"
    "    return big(rows, 1)\n",
    "long.py": LONG,
}


def lines(look: Look) -> list[tuple[int, int]]:
    return [(piece.start, piece.end) for piece in look.pieces]


@pytest.mark.fault(
    "reply",
    "a function that is asked for does not fit",
    "its signature, its head and the lines that speak of the question, and what was cut",
)
def test_a_long_function_keeps_what_decides():
    made = made_of(USES, "a.py", "(rows, 1)", "(rows, 2)")
    (look,) = looks(made, ["big"], path="a.py", about="what if `append` fails?", budget=150)
    assert lines(look) == [(4, 19), (205, 209)]
    assert look.says == (
        "big: long.py, lines 4-408 (lines 20-204, 210-408 are left out for lack of room)"
    )
    assert look.pieces[0].text.startswith("def big(rows, size):\n    if size < 0:\n        raise")
    (whole,) = looks(made, ["big"], path="a.py", budget=9000)
    assert lines(whole) == [(4, 408)]
    assert whole.says == "big: long.py, lines 4-408"


@pytest.mark.fault("reply", "two names are asked for, the first one is long", "both are shown")
def test_the_room_is_shared_fairly():
    made = made_of(USES, "a.py", "(rows, 1)", "(rows, 2)")
    for names in (["big", "small"], ["small", "big"]):
        both = looks(made, names, path="a.py", budget=120)
        shown = dict(zip(names, both, strict=True))
        assert lines(shown["small"]) == [(411, 412)]
        assert lines(shown["big"])[0][0] == 4
        code = "\n".join(piece.text for look in both for piece in look.pieces)
        assert tokens(code) <= 120


def test_no_room_at_all_is_said():
    made = made_of(USES, "a.py", "(rows, 1)", "(rows, 2)")
    assert looks(made, ["small"], path="a.py", budget=10) == (
        Look("small: long.py, lines 411-412 (lines 411-412 are left out for lack of room)"),
    )


def test_a_long_file_is_shown_by_its_signatures_and_what_is_asked_about():
    bodies = "".join(
        f"def f{at}():\n" + "".join(f"    z{line} = 1\n" for line in range(30)) + "\n\n"
        for at in range(6)
    )
    files = {"a.py": "import many\n\n\ndef go():\n    return many.f0(1)\n", "many.py": bodies}
    made = made_of(files, "a.py", "(1)", "(2)")
    (look,) = looks(made, ["many.py"], path="a.py", about="Is `f3` right?", budget=170)
    assert lines(look) == [(1, 1), (34, 34), (67, 67), (100, 130), (133, 133), (166, 166)]


def test_what_is_shown_is_not_shown_again():
    made = made_of(USES, "a.py", "(rows, 1)", "(rows, 2)")
    (file,) = made.files
    context = gather(Unit(file, file.hunks, 0), made, evidence=[], budget=2000, tokens=tokens)
    assert says(made, ["go", "small"], path="a.py", context=context) == [
        "go: already shown above, a.py, lines 4-6",
        "small: already shown above, long.py, lines 411-412",
    ]
    part = Context((Piece("long.py", 411, 411, "def small():", "why"),))
    (look,) = looks(made, ["small"], path="a.py", context=part)
    assert look.says == "small: long.py, lines 411-412 (lines 411-411 are already shown above)"
    assert lines(look) == [(412, 412)]
    masked = Context((Piece("long.py", 411, 412, "def small():\n    [REDACTED:x]", "why"),))
    other = Context((Piece("long.py", 411, 412, "def other():\n    return 2", "why"),))
    assert lines(looks(made, ["small"], path="a.py", context=masked)[0]) == []
    assert lines(looks(made, ["small"], path="a.py", context=other)[0]) == [(411, 412)]


def test_a_place_that_two_names_mean_is_shown_once():
    made = made_of(USES, "a.py", "(rows, 1)", "(rows, 2)")
    assert says(made, ["small", "long.small", "small", " "], path="a.py") == [
        "small: long.py, lines 411-412",
        "long.small: already shown above, long.py, lines 411-412",
    ]


def test_only_a_few_names_are_looked_up():
    made = made_of(USES, "a.py", "(rows, 1)", "(rows, 2)")
    names = [f"name{at}" for at in range(10)]
    assert says(made, names, path="a.py") == [
        *(f"{name}: not found in this repository" for name in names[:8]),
        *(f"{name}: not looked up, too many names at once" for name in names[8:]),
    ]


def test_what_the_change_takes_away_is_shown_as_it_was():
    before = {
        "a.py": b"from b import gone\nx = gone(1)\n",
        "b.py": b"def gone(x):\n    return x\n\n\ndef kept():\n    return 2\n",
        "c.py": b"def lost():\n    return 3\n",
    }
    after = {"a.py": b"x = 1\n", "b.py": b"def kept():\n    return 2\n"}
    made = change_of(before, after)
    assert looks(made, ["gone", "lost"], path="a.py") == (
        Look(
            "gone: b.py, lines 1-2 (before this change)",
            (Piece("b.py", 1, 2, "def gone(x):\n    return x", "you asked for gone"),),
        ),
        Look(
            "lost: c.py, lines 1-2 (before this change)",
            (Piece("c.py", 1, 2, "def lost():\n    return 3", "you asked for lost"),),
        ),
    )


def test_where_a_variable_is_set_and_where_a_key_is_said():
    files = {
        "a.py": "def go(row):\n    size = len(row)\n    # size = 9\n"
        + "    pass\n" * 20
        + "    return row['user-name'] / size\n",
        "b.py": "def read(row):\n    return row.get('user-name')\n",
    }
    made = made_of(files, "a.py", "/ size", "// size")
    found = says(made, ["size", "'user-name'", "user-name"], path="a.py", budget=90)
    assert found[0].startswith("size: a.py, lines 1-24 (set here; lines 21-24 are already shown")
    assert any(each.startswith("'user-name': b.py, lines 1-2 (says so") for each in found)
    assert any(each.startswith("user-name: b.py, lines 1-2") or "already" in each for each in found)


def test_files_of_the_same_name():
    files = {
        "shop/pay.py": "x = 1\n",
        "shop/deep/util.py": "y = 1\n",
        "a/util.py": "y = 2\n",
        "b/util.py": "z = 1\n",
    }
    made = made_of(files, "shop/pay.py", "1", "2")
    assert says(made, ["util.py"], path="shop/pay.py") == ["util.py: shop/deep/util.py, lines 1-1"]
    del files["shop/deep/util.py"]
    made = made_of(files, "shop/pay.py", "1", "2")
    assert says(made, ["util.py"], path="shop/pay.py") == [
        "util.py: a/util.py, lines 1-1",
        "util.py: b/util.py, lines 1-1",
    ]


@pytest.mark.fault(
    "scale", "a name that hundreds of files define", "a few dozen of them are parsed"
)
def test_few_files_are_parsed():
    files = {f"m{at}.py": f"class C{at}:\n    def load(self):\n        pass\n" for at in range(300)}
    files["a.py"] = "def go(x):\n    return x.load(1)\n"
    made = made_of(files, "a.py", "(1)", "(2)")
    read: list[str] = []

    def counted(path, side, real=made.read):
        read.append(path)
        return real(path, side)

    made = replace(made, read=counted)
    looks(made, ["load", "x.load", "C299.load", "nothing"], path="a.py")
    assert len(set(read)) < 80


@pytest.mark.fault(
    "reply",
    "a Go package is imported by a path that says nothing of its folder",
    "it is known by what its files say of themselves",
)
def test_a_package_is_called_as_its_files_say():
    files = {
        "command.go": 'package cobra\n\n// Name names.\nfunc Name() string {\n\treturn ""\n}\n',
        "doc/md.go": 'package doc\n\nimport "example.com/x/cobra"\n\nfunc Go() string {\n'
        "\treturn cobra.Name() + other.Name()\n}\n",
    }
    made = made_of(files, "doc/md.go", "cobra.Name() +", "cobra.Name() + 1 +")
    assert says(made, ["cobra.Name"], path="doc/md.go") == ["cobra.Name: command.go, lines 3-6"]


def test_a_member_that_is_imported_by_itself():
    files = {
        "src/a/Codes.java": "package a;\n\nclass Codes {\n  static final int HIGH = 3;\n}\n",
        "src/b/Pay.java": "package b;\n\nimport static a.Codes.HIGH;\nimport static c.Low.LOW;\n\n"
        "class Pay {\n  int pay() {\n    return HIGH + LOW;\n  }\n}\n",
    }
    made = made_of(files, "src/b/Pay.java", "HIGH + LOW", "HIGH - LOW")
    assert says(made, ["HIGH", "LOW"], path="src/b/Pay.java") == [
        "HIGH: src/a/Codes.java, lines 4-4",
        "LOW: comes from c.Low.LOW; its source was not found in this repository",
    ]


def test_a_module_behind_a_mapped_path():
    files = {
        "src/lib/pricing.ts": "export function total(a: number) {\n  return a\n}\n",
        "src/pay.ts": "import { total } from '@/lib/pricing'\nimport { x } from '@/lib/none'\n\n"
        "export function pay() {\n  return total(1) + x\n}\n",
    }
    made = made_of(files, "src/pay.ts", "+ x", "- x")
    assert says(made, ["total", "x"], path="src/pay.ts") == [
        "total: src/lib/pricing.ts, lines 1-3",
        "x: comes from @/lib/none.x; its source was not found in this repository",
    ]


def test_overloads_that_no_call_decides_between():
    made = made_of(JAVA, "src/a/Pay.java", "order.add(1, 2)", "order.total")
    both = ["Order.add: src/a/Order.java, lines 8-10", "Order.add: src/a/Order.java, lines 12-14"]
    assert says(made, ["Order.add"], path="src/a/Pay.java") == both
    shown = Context((Piece("src/a/Order.java", 8, 10, "  int add(int a) {\n"
                           "    return add(a, 1);\n  }", "why"),))  # fmt: skip
    assert says(made, ["Order.add"], path="src/a/Pay.java", context=shown) == [
        "Order.add: already shown above, src/a/Order.java, lines 8-10",
        both[1],
    ]


def test_a_variable_is_where_the_function_around_sets_it():
    files = {
        "a.py": "def other():\n    size = 1\n    return size\n\n\n"
        "def go(rows, limit):\n    size = len(rows)\n" + "    pass\n" * 20
        + "    return size / limit\n",
        "b.py": "class B:\n    size = 3\n    limit = 4\n",
    }  # fmt: skip
    made = made_of(files, "a.py", "/ limit", "// limit")
    assert says(made, ["size"], path="a.py") == [
        "size: a.py, lines 6-28 (set here; lines 25-28 are already shown above)"
    ]
    (look,) = looks(made, ["limit"], path="a.py")
    assert lines(look) == [(6, 24)]


def test_lines_of_a_long_function_are_a_window():
    made = made_of(USES, "a.py", "(rows, 1)", "(rows, 2)")
    assert says(made, ["long.py:100"], path="a.py") == ["long.py:100: long.py, lines 92-108"]


def test_what_changed_but_is_still_there_is_not_shown_as_it_was():
    before = {"a.py": b"def go():\n    return 1\n", "b.js": b"function use() {\n  return 1\n}\n"}
    after = {"a.py": b"def go():\n    return 2\n", "b.js": b"function use() {\n  return 2\n}\n"}
    made = change_of(before, after)
    assert says(made, ["use"], path="a.py") == ["use: not found in this repository"]


def test_two_long_names_get_the_same_room():
    files = {**USES, "more.py": LONG.replace("def big", "def huge")}
    files["a.py"] = (
        "from long import big\nfrom more import huge\n\n\n"
        "def go(r):\n    return big(r, huge(r, 1))\n"
    )
    made = made_of(files, "a.py", "(r, 1)", "(r, 2)")
    one, two = looks(made, ["big", "huge"], path="a.py", budget=300)
    assert lines(one) == lines(two)


def test_a_call_by_name_is_a_function_and_a_type_without_the_member_says_so():
    files = {
        "a.py": "from b import Till\n\n\ndef go(x):\n    return Till(1)\n",
        "b.py": "class Till:\n    pass\n\n\nclass Order:\n    close = 1\n\n    def shut(self):\n"
        "        pass\n\n\nclass Door:\n    def close(self):\n        pass\n",
        "notes.md": "# Notes\n",
    }
    made = made_of(files, "a.py", "Till(1)", "Till(2)")
    assert says(made, ["close()", "Till.shut", "notes"], path="a.py") == [
        "close(): b.py, lines 13-14 (by name only)",
        "Till.shut: b.py, lines 1-2 (only Till is known)",
        "notes: not found in this repository",
    ]


def test_old_lines_of_the_hunk_are_shown_already():
    before = {"a.py": b"def gone():\n    return 1\n\n\ndef kept():\n    return 2\n"}
    made = change_of(before, {"a.py": b"def kept():\n    return 2\n"})
    assert says(made, ["gone"], path="a.py") == ["gone: already shown above, a.py, lines 1-2"]
