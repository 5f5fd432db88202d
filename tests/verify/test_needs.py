from __future__ import annotations

from support.candidates import added
from support.change import change

from reviewer.types import Piece, Unit
from reviewer.verify.needs import look_up

BANK = (
    "import os\n\n\nclass Account:\n    def close(self):\n        return os\n\n    def"
    " open(self):\n        return 1\n"
)
MADE = added(
    "shop/pay.py",
    "from bank import Account\n\n\ndef pay(x):\n    return Account().close()\n",
    bank=BANK,
)


def found(names, made=MADE, budget=500, path="shop/pay.py"):
    file = next(file for file in made.files if file.path == path)
    return look_up(
        names,
        Unit(file, file.hunks, 0),
        made,
        budget=budget,
        tokens=lambda text: len(text) // 3 + 1,
    )


def places(names, **options):
    return [(piece.path, piece.start, piece.end) for piece in found(names, **options)]


def test_a_definition_is_found_through_imports_by_name_and_as_a_member():
    assert places(["Account.close"]) == [("bank.py", 5, 6)]
    assert places(["`Account.close()`"]) == [("bank.py", 5, 6)]
    assert places(["open"]) == [("bank.py", 8, 9)]
    assert places(["pay"]) == [("shop/pay.py", 4, 5)]
    assert found(["Account.close"]) == (
        Piece(
            "bank.py",
            5,
            6,
            "    def close(self):\n        return os",
            "you asked for Account.close",
        ),
    )


def test_a_file_is_found_by_its_path_or_its_only_name():
    assert places(["bank.py"]) == places(["bank.py", "bank.py"]) == [("bank.py", 1, 9)]
    assert places(["pay.py"]) == [("shop/pay.py", 1, 5)]
    both = added("shop/pay.py", "x = 1\n", a__util="y = 1\n", b__util="z = 1\n")
    assert places(["util.py"], made=both) == []


def test_what_is_not_of_the_repository_is_not_found():
    assert (
        places(
            [
                "/etc/passwd",
                "../x.py",
                "nowhere",
                "",
                "os.system",
                "a b",
                "x" * 300,
                "(",
                "Account.none",
            ]
        )
        == []
    )


def test_the_limit_cuts_and_then_ends():
    long = "def big():\n" + "".join(f"    x{number} = {number}\n" for number in range(400))
    made = added("a.py", "from long import big\nbig()\n", long=long, bank=BANK)
    whole = places(["big"], made=made, budget=5000, path="a.py")
    assert whole == [("long.py", 1, 80)]
    cut = found(["big", "Account"], made=made, budget=120, path="a.py")
    assert cut[0].start == 1
    assert 5 < cut[0].end < 80
    assert sum(len(piece.text) // 3 + 1 for piece in cut) <= 120
    assert found(["big"], made=made, budget=10, path="a.py") == ()


def test_other_languages_by_name():
    head = {
        "a.js": b"import {load} from './b.js';\nload(1);\n",
        "b.js": b"export function load(x) {\n  return x;\n}\n",
    }
    made = change({"b.js": head["b.js"]}, head)
    assert places(["load"], made=made, path="a.js") == [("b.js", 1, 3)]


def test_a_removed_file_has_nothing_to_show():
    made = change(
        {"a.py": b"x = 1\n", "gone.py": b"def lost():\n    return 1\n"}, {"a.py": b"x = 2\n"}
    )
    assert places(["gone.py", "lost"], made=made, path="a.py") == []
