"""The rows of the list: order, groups, filters, and where the highlight goes."""

from __future__ import annotations

import random

import pytest
from support.event_cases import finding

from reviewer.doors.tui.model import Item, ListRow, View, described, row_index, rows

CART = finding(1, severity="minor", start_line=9, title="Slow loop", category="performance")
PRICE = finding(
    2, file_name="shop/price.py", severity="critical", title="Wrong tax", comment="It rounds twice."
)
WHOLE = finding(3, severity="major", start_line=None, end_line=None, title="No tests")
ITEMS = [Item(CART, "new", "new"), Item(PRICE, "open", "open"), Item(WHOLE, "new", "new")]


def texts(found: list[ListRow]) -> list[str]:
    return ["".join(text for _, text in row.line) for row in found]


def test_by_severity_the_worst_comes_first():
    assert texts(rows(ITEMS, View("severity"))) == [
        "critical  1",
        "· shop/price.py:3  Wrong tax",
        "major  1",
        "  shop/cart.py  No tests",
        "minor  1",
        "  shop/cart.py:9  Slow loop",
    ]


def test_by_file_the_lines_are_in_order():
    assert texts(rows(ITEMS, View("file"))) == [
        "shop/cart.py  2",
        "  major            No tests",
        "  minor        :9  Slow loop",
        "shop/price.py  1",
        "· critical     :3  Wrong tax",
    ]


def test_only_findings_have_an_id_and_the_order_of_arrival_counts_for_nothing():
    found = [
        Item(finding(n, file_name=f"f{n % 3}.py", start_line=1 + n % 7), "new") for n in range(40)
    ]
    mixed = random.Random(7).sample(found, len(found))
    for view in (View("file"), View("severity")):
        assert rows(mixed, view) == rows(found, view)
        assert {row.id for row in rows(found, view)} == {item.id for item in found} | {None}


@pytest.mark.parametrize(
    ("view", "wanted"),
    [
        (View(), {1, 2, 3}),
        (View(floor="critical"), {2}),
        (View(floor="major"), {2, 3}),
        (View(floor="trivial"), {1, 2, 3}),
        (View(category="performance"), {1}),
        (View(category="security"), set()),
        (View(state="open"), {2}),
        (View(state="applied"), set()),
        (View(words="  "), {1, 2, 3}),
        (View(words="ROUNDS tax"), {2}),
        (View(words="rounds slow"), set()),
        (View(words="shop/cart"), {1, 3}),
        (View(words="000000000003"), {3}),
        (View(floor="major", words="cart"), {3}),
    ],
)
def test_what_a_view_shows(view, wanted):
    assert {int(item.id, 16) for item in ITEMS if view.shows(item)} == wanted
    assert {int(row.id, 16) for row in rows(ITEMS, view) if row.id} == wanted


def test_the_keys_go_round():
    view, seen = View(), []
    for _ in range(5):
        view = view.next_floor()
        seen.append(view.floor)
    assert seen == ["critical", "major", "minor", "trivial", None]
    view, states = View(), []
    for _ in range(6):
        view = view.next_state()
        states.append(view.state)
    assert states == ["new", "open", "applied", "dismissed", "fixed", None]
    view = View()
    for _ in range(6):
        view = view.next_category()
    assert (view.category, view.next_category().category) == ("maintainability", None)
    assert View().regrouped() == View("file")
    assert View("file").regrouped() == View()


def test_what_is_shown_is_said():
    assert described(ITEMS, View()) == "3 findings · by severity"
    assert described(ITEMS[:1], View("file")) == "1 finding · by file"
    view = View("file", "major", "functional_correctness", "new", " no  tests ")
    assert described(ITEMS, view) == (
        "1 of 3 findings · by file · major or worse · functional correctness · new · /no  tests"
    )
    assert (
        described(ITEMS, View(floor="critical")) == "1 of 3 findings · by severity · critical only"
    )
    assert described([], View()) == "0 findings · by severity"


def test_a_state_is_taken_back():
    new = Item(CART, "new", "new")
    applied = new.become("applied")
    assert (applied.state, applied.before, applied.back()) == ("applied", "new", new)
    dismissed = applied.become("dismissed", "no")
    assert (dismissed.state, dismissed.reason, dismissed.back()) == ("dismissed", "no", new)
    assert texts(rows([applied], View()))[1] == "✓ shop/cart.py:9  Slow loop"
    assert texts(rows([dismissed], View()))[1] == "– shop/cart.py:9  Slow loop"
    assert rows([applied], View())[1].line[-1] == ("dim", "Slow loop")


def test_the_highlight_stays_or_goes_to_the_nearest():
    shown = rows(ITEMS, View())  # headings at 0, 2, 4
    assert row_index(shown, PRICE.id, 5) == 1
    assert row_index(shown, WHOLE.id, None) == 3
    assert row_index(shown, "f" * 12, 4) == 3
    assert row_index(shown, None, 99) == 5
    assert row_index(shown, None, None) == 1
    assert row_index([], CART.id, 3) is None


def test_hostile_names_and_titles_are_one_harmless_line():
    bad = finding(
        7, file_name="a\n\x1b[31m\u202e[red].py", title="\x1b]52;c;ZXZpbA==\x07[b]x[/b]\u200b"
    )
    by_file, by_severity = (
        texts(rows([Item(bad, "new")], View(each))) for each in ("file", "severity")
    )
    assert by_file == [
        r"a\n\u{1b}[31m\u{202e}[red].py  1",
        r"  major        :3  \u{1b}]52;c;ZXZpbA==\u{7}[b]x[/b]\u{200b}",
    ]
    assert by_severity[1] == (
        r"  a\n\u{1b}[31m\u{202e}[red].py:3  \u{1b}]52;c;ZXZpbA==\u{7}[b]x[/b]\u{200b}"
    )
    view = View(words="\x1b[31m\u202e")
    assert described([Item(bad, "new")], view) == r"1 finding · by severity · /\u{1b}[31m\u{202e}"


def test_names_that_look_alike_are_two_files():
    one = finding(1, file_name="a\ufffd.py", file_name_base64="Yf8ucHk=")
    two = finding(2, file_name="a\ufffd.py")
    assert texts(rows([Item(one, "new"), Item(two, "new")], View("file")))[::2] == [
        "a\ufffd.py  1",
        "a\ufffd.py  1",
    ]


def test_a_finding_without_a_title_has_a_row():
    assert (
        texts(rows([Item(finding(1, title=""), "new")], View()))[1]
        == "  shop/cart.py:3  Unnamed problem"
    )
