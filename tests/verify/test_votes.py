from __future__ import annotations

import itertools
import random

import pytest
from support.candidates import added, candidate
from support.change import change

from reviewer import resources
from reviewer.messages import Prompt
from reviewer.types import Unit
from reviewer.verify.votes import LENSES, blended, lens_orders, vote, with_lens

MADE = added("a.py", "def f(x):\n    y = x + 1\n    z = y * 2\n    return z\n")


def made(quote, title, **fields):
    return candidate(MADE, "a.py", quote, title=title, problem=f"{title}.", **fields)


ONE = made("    y = x + 1", "Off by one")
SAME = made("    y = x + 1", "The index is one too large", severity="minor")
LATER = made("    return z", "Wrong value is returned")
OTHER = made("    z = y * 2", "Overflow", category="stability")
LONG = ONE.model_copy(update={"id": "0" * 12, "start_line": 1, "end_line": 3})


def shown(voted):
    return [(item.finding.title, item.lenses) for item in voted]


def test_the_same_place_is_one_finding_and_says_who_agrees():
    voted = vote({"tests": [SAME], "correctness": [ONE, LATER], "boundaries": [ONE]})
    assert shown(voted) == [
        ("Off by one", ("correctness", "boundaries", "tests")),
        ("Wrong value is returned", ("correctness",)),
    ]
    assert "Also here: The index is one too large" in voted[0].finding.comment
    assert [item.prior for item in voted] == [0.75, 0.5]


def test_overlapping_lines_count_when_the_category_is_the_same():
    assert len(vote({"correctness": [LONG], "tests": [ONE]})) == 1
    assert len(vote({"correctness": [LONG], "tests": [OTHER]})) == 2
    assert len(vote({"correctness": [ONE], "tests": [LATER]})) == 2
    old = ONE.model_copy(update={"side": "old", "id": "1" * 12})
    assert len(vote({"correctness": [ONE], "tests": [old]})) == 2


def test_a_lens_that_says_it_twice_has_one_vote():
    assert vote({"correctness": [ONE, SAME]})[0].lenses == ("correctness",)
    assert vote({}) == []


def test_the_order_of_answers_does_not_matter():
    given = {
        "correctness": [ONE, OTHER],
        "security": [SAME],
        "contracts": [LATER, ONE],
        "tests": [LONG, LATER],
    }
    expected = vote(given)
    for keys in itertools.permutations(given):
        for seed in range(3):
            mixed = {key: random.Random(seed).sample(given[key], len(given[key])) for key in keys}
            assert vote(mixed) == expected


def test_agreement_raises_what_the_verifier_says():
    one, three = vote({"tests": [ONE]})[0], vote({lens: [ONE] for lens in LENSES[:3]})[0]
    assert (blended(0.5, one), blended(0.5, three)) == (0.5, 0.692)
    assert (blended(0.0, three), blended(1.0, three)) == (0.0, 1.0)
    assert (blended(None, one), blended(None, three)) == (0.5, 0.75)


def units():
    base = {"a.py": b"".join(b"x%d = 1\n" % number for number in range(200)), "b.py": b"y = 1\n"}
    head = {"a.py": base["a.py"].replace(b"5 = 1\n", b"5 = 2\n"), "b.py": b"y = 2\n"}
    return [Unit(file, file.hunks, at) for at, file in enumerate(change(base, head).files)]


def test_every_unit_is_read_with_every_lens_in_an_order_that_a_seed_fixes():
    orders = lens_orders(units(), seed=7)
    assert [(lens, unit.file.path) for lens, unit in orders] == [
        (lens, path) for path in ("a.py", "b.py") for lens in LENSES
    ]
    first = orders[0][1]
    assert first == units()[0]
    for _, unit in orders[1:5]:
        assert sorted(unit.hunks, key=lambda hunk: hunk.new_start) == list(first.hunks)
    assert len({unit.hunks for _, unit in orders[:5]}) == 5  # twenty hunks: no two orders are equal
    assert orders == lens_orders(units(), seed=7)
    assert orders != lens_orders(units(), seed=8)


@pytest.mark.parametrize("lens", LENSES)
def test_a_lens_comes_last_and_is_short(lens):
    asked = with_lens(Prompt("rules", "the change", 100), lens)
    told = resources.text(f"prompts/review/lenses/{lens}.md")
    assert asked == Prompt("rules", f"the change\n\n{told.strip()}", 100)
    assert 200 < len(told) < 800
