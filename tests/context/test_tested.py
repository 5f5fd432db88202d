"""The tests of what changes are shown as tests, in full where they are short."""

from __future__ import annotations

import pytest
from support.changes import change_of

from reviewer.context import gather, units
from reviewer.types import Piece


def tokens(text: str) -> int:
    return len(text) // 3 + 1


def pieces(base: dict[str, str], path: str, old: str, new: str) -> tuple[Piece, ...]:
    assert base[path].count(old) == 1
    before = {name: text.encode() for name, text in base.items()}
    made = change_of(before, {**before, path: base[path].replace(old, new).encode()})
    (unit,) = [
        unit for file in made.files for unit in units.split(file, budget=6000, tokens=tokens)
    ]
    return gather(unit, made, evidence=[], budget=6000, tokens=tokens).pieces


GAP = "\n" * 40
CASES = {
    "called in a block": (
        {
            "src/price.ts": "export function total(n: number) {\n  return n + 1;\n}\n",
            "src/price.test.ts": "import { total } from './price';\n\ndescribe('price', () => {\n"
            "  it('adds', () => {\n    const sum = total(1);\n    expect(sum).toBe(2);\n  });\n"
            "});\n",
        },
        "src/price.ts",
        "src/price.test.ts",
        (4, 7),
        "test that names total()",
    ),
    "among the code": (
        {
            "src/price.rs": "pub fn total(n: u32) -> u32 {\n    n + 1\n}\n"
            + GAP
            + "#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn adds() {\n"
            "        assert_eq!(total(1), 2);\n    }\n}\n",
        },
        "src/price.rs",
        "src/price.rs",
        (48, 51),
        "test that names total()",
    ),
    "its name in the title": (
        {
            "app/total_price.rb": "class TotalPrice\n  def add_tax(n)\n    n + 1\n  end\nend\n",
            "spec/total_price_spec.rb": "describe TotalPrice do\n  it 'does not add any tax' do\n"
            "    expect(post('/total')).to eq 1\n  end\n\n  it 'rounds' do\n    expect(1).to eq 1\n"
            "  end\nend\n",
        },
        "app/total_price.rb",
        "spec/total_price_spec.rb",
        (2, 4),
        "test of TotalPrice.add_tax(), in the file named after its own",
    ),
    "a common name": (
        {
            "src/main/java/a/Cart.java": "package a;\n\nclass Cart {\n  int get(int n) {\n"
            "    return n + 1;\n  }\n}\n",
            "src/test/java/a/CartTest.java": "package a;\n\nclass CartTest {\n  @Test\n"
            "  void adds() {\n    assertEquals(2, make().get(1));\n  }\n}\n",
        },
        "src/main/java/a/Cart.java",
        "src/test/java/a/CartTest.java",
        (4, 7),
        "test of Cart.get(), in the file named after its own",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_test_of_what_changes(case: str):
    base, path, where, span, why = CASES[case]
    found = pieces(base, path, "n + 1", "n + 2")
    assert [
        (piece.path, piece.start, piece.end, piece.why) for piece in found if "test" in piece.why
    ] == [(where, *span, why)]


def test_tests_of_something_else_are_left_out():
    base, path, where, _, _ = CASES["a common name"]
    other = {where.replace("CartTest", "OrderTest"): base[where].replace("Cart", "Order")}
    found = pieces({path: base[path], **other}, path, "n + 1", "n + 2")
    assert [piece.why for piece in found if "test" in piece.why] == []


def test_of_a_long_test_its_name_and_the_lines_around_the_use():
    base, path, where, _, _ = CASES["called in a block"]
    filler = "".join(f"    const x{n} = {n};\n" for n in range(60))
    long = base[where].replace("    const sum", filler + "    const sum")
    found = pieces({**base, where: long}, path, "n + 1", "n + 2")
    assert [(piece.start, piece.end) for piece in found if "test" in piece.why] == [
        (4, 4),
        (61, 67),
    ]
