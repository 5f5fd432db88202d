from __future__ import annotations

import time

import pytest
from support.change import change

from reviewer.context import gather, units
from reviewer.context.together import MAX_UNITS, companions, cross_file_units, related
from reviewer.types import Piece, Unit

MIGRATION = b"ALTER TABLE orders\n    RENAME COLUMN shipped_at TO dispatched_at;\n"
MODEL = b"class Order:\n    table = 'orders'\n    shipped_at: str\n    total_cents: int\n"
CHANGED = b"class Order:\n    table = 'orders'\n    shipped_at: datetime\n    total_cents: int\n"


def tokens(text: str) -> int:
    return len(text) // 3 + 1


def size(unit: Unit) -> int:
    return units.size(unit, tokens)


def units_of(made):
    return [Unit(file, file.hunks, at) for at, file in enumerate(made.files)]


def partners(made, path):
    (file,) = [file for file in made.files if file.path == path]
    return [(item.file.path, item.names, item.weight) for item in related(path, file.hunks, made)]


def test_a_migration_and_its_model_share_a_column():
    made = change({"models.py": MODEL}, {"models.py": CHANGED, "db/0002.sql": MIGRATION})
    assert partners(made, "models.py") == [("db/0002.sql", ("shipped_at",), 1.0)]
    assert partners(made, "db/0002.sql") == [("models.py", ("shipped_at",), 1.0)]


def test_names_of_unchanged_lines_words_of_languages_and_common_names_do_not_count():
    base = {"a.py": b"total_cents = 1\nx = 1\n", "b.js": b"const total_cents = 1\nlet x = 1\n"}
    made = change(
        base,
        {
            "a.py": b"total_cents = 1\nreturn update(x)\n",
            "b.js": b"const total_cents = 1\nreturn update(x)\n",
        },
    )
    assert partners(made, "a.py") == []


def test_short_plain_names_need_each_other():
    one = change({}, {"a.py": b"cart = 1\n", "b.py": b"cart = 2\n"})
    two = change({}, {"a.py": b"cart(coupon=1)\n", "b.py": b"cart(coupon=2)\n"})
    assert partners(one, "a.py") == []
    assert partners(two, "a.py") == [("b.py", ("coupon", "cart"), 1.0)]


def test_words_of_prose_and_names_of_imports_do_not_count():
    text = (
        b'# shipped_at is gone\nfrom typing import OrderedDict\n"The carts and coupons were'
        b' resolved here."\n'
    )
    made = change({}, {"a.py": text, "b.py": text + b"x = 1\n"})
    assert partners(made, "a.py") == []


def test_names_in_most_files_are_not_rare():
    files = {f"f{number}.py": f"trace_id = {number}\n".encode() for number in range(12)}
    files |= {
        "f0.py": b"trace_id = 1\nretry_budget = 2\n",
        "f1.py": b"trace_id = 1\nretry_budget = 3\n",
    }
    made = change({}, files)
    assert partners(made, "f0.py") == [("f1.py", ("retry_budget",), 1.0)]
    assert partners(made, "f5.py") == []


def test_tests_and_documentation_are_not_looked_at_together():
    made = change(
        {},
        {
            "a.py": b"retry_budget = 1\n",
            "tests/test_a.py": b"retry_budget = 2\n",
            "a.md": b"retry_budget\n",
        },
    )
    assert partners(made, "a.py") == []


def test_each_pair_once_the_strongest_first_and_within_a_share_of_the_tokens():
    head = {
        "a.py": b"retry_budget, wait_seconds = 1\n",
        "b.py": b"retry_budget, wait_seconds = 2\n",
        "c.py": b"page_size = 1\n",
        "d.py": b"page_size = 2\n",
    }
    made = change({}, head)
    todo = units_of(made)
    paths = {
        effort: [unit.file.path for unit in cross_file_units(todo, made, size, effort)]
        for effort in ("low", "medium", "high")
    }
    assert paths == {"low": [], "medium": ["a.py"], "high": ["a.py"]}
    weak = change({}, {"c.py": head["c.py"], "d.py": head["d.py"]})
    assert [
        cross_file_units(units_of(weak), weak, size, effort) for effort in ("medium", "high")
    ] == [
        [],
        [units_of(weak)[0]],
    ]


def test_there_are_only_so_many():
    head = {
        f"{side}{pair}.py": f"shared_name_{pair}_x = 1\n".encode()
        for pair in range(40)
        for side in "ab"
    }
    made = change({}, head)
    assert len(cross_file_units(units_of(made), made, size, "medium")) == MAX_UNITS


@pytest.mark.fault(
    "verdict",
    "code that moved to another file of the change",
    "its hunk is shown beside the one that lost it",
)
def test_what_stands_beside_a_unit():
    base = {
        "models.py": b"def visible(rows):\n    return drop_hidden(rows, by_owner)\n",
        "db.py": b"def rows():\n    return load()\n",
    }
    head = {
        "models.py": b"def visible(rows):\n    return rows\n",
        "db.py": b"def rows():\n    return drop_hidden(load(), by_owner)\n",
    }
    made = change(base, head)
    beside = {}
    for unit in units_of(made):
        context = gather(unit, made, evidence=[], budget=1500, tokens=tokens)
        beside[unit.file.path] = [piece for piece in context.pieces if "same change" in piece.why]
    both = "in the same change; both say drop_hidden, by_owner"
    moved, kept = (
        "    return drop_hidden(load(), by_owner)",
        "    return drop_hidden(rows, by_owner)",
    )
    assert beside == {
        "db.py": [
            Piece("models.py", 2, 2, "    return rows", f"changed {both}"),
            Piece("models.py", 2, 2, kept, f"taken away {both}"),
        ],
        "models.py": [
            Piece("db.py", 2, 2, moved, f"changed {both}"),
            Piece("db.py", 2, 2, "    return load()", f"taken away {both}"),
        ],
    }


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"x" * 100_000, "größe_über = 1\n".encode()]
)
def test_any_bytes(data):
    made = change({}, {"a.py": data, "b.py": data})
    for unit in units_of(made):
        companions(unit.file.path, unit.hunks, made)
    assert len(cross_file_units(units_of(made), made, size, "high")) == bool(b"\xc3" in data)


def test_many_files_with_the_same_names_take_no_time():
    """A mechanical change: no name in it is rare, so nothing has to be compared with everything."""
    text = [b"".join(b"call_of_%d_%d(x)\n" % (group, n) for n in range(20)) for group in range(4)]
    pair = {"a.py": b"ship_it()\n", "b.py": b"ship_it()\n"}
    made = change({}, {f"src/m{n}.py": text[n % 4] for n in range(800)} | pair)
    began = time.process_time()
    assert [unit.file.path for unit in cross_file_units(units_of(made), made, size, "high")] == [
        "a.py"
    ]
    assert time.process_time() - began < 3


def test_many_units_of_one_file_take_no_time():
    rows = b"".join(b"value_%d = compute(%d)\n" % (n, n) for n in range(20_000))
    made = change({}, {"a.py": rows, "b.py": b"value_7 = 1\n"})
    many = [unit for file in made.files for unit in units.split(file, budget=400, tokens=tokens)]
    began = time.process_time()
    assert [
        unit.file.path for unit in cross_file_units(many, made, lambda unit: 400, "medium")
    ] == ["a.py"]
    assert time.process_time() - began < 3
