from itertools import product

import pytest
from support.event_cases import finding

from reviewer.events import Quote
from reviewer.pipeline.nearby import Nearby

SPANS = [(1, 1), (63, 64), (64, None), (100, 400), (128, 128), (400, 401)]


@pytest.mark.parametrize(("one", "other"), list(product(SPANS, SPANS)))
def test_whatever_shares_a_line_is_near(one, other):
    placed, asked = (
        finding(number, start_line=start, end_line=end)
        for number, (start, end) in enumerate((one, other))
    )
    nearby = Nearby()
    nearby.add([placed])
    shares = one[0] <= (other[1] or other[0]) and other[0] <= (one[1] or one[0])
    assert nearby([asked]) == [placed] or not shares


def test_what_is_far_away_in_another_file_or_on_no_line_is_not_near():
    nearby = Nearby()
    nearby.add(
        [
            finding(1, start_line=500, end_line=500),
            finding(2, start_line=1, end_line=1, file_name="other.py"),
            finding(3, start_line=None, end_line=None),
        ]
    )
    assert nearby([finding(4, start_line=1, end_line=1)]) == []


def test_what_stands_on_a_line_that_is_quoted_is_near():
    nearby, there = Nearby(), finding(1, start_line=200, end_line=200, file_name="other.py")
    nearby.add([there])
    quote = Quote(file_name="other.py", start_line=200, end_line=200, quote="f()", why="the call")
    assert nearby([finding(2, start_line=1, end_line=1, evidence=[quote])]) == [there]


def test_they_come_once_in_the_order_in_which_they_were_added():
    nearby, added = Nearby(), [finding(n, start_line=9 - n, end_line=300) for n in range(5)]
    nearby.add(added)
    nearby.add([added[3].model_copy(update={"title": "With a patch"})])
    assert nearby([finding(9, start_line=1, end_line=300)]) == added
