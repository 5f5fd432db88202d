from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reviewer.fixes.lines import Splice, compare, places, spliced, split, touch

contents = st.lists(
    st.sampled_from([b"a", b"b", b"\r", b"", b"\xe2\x80\xa8x", b"c\x0c"]), max_size=9
).map(b"\n".join)


@given(contents)
def test_lines_are_the_file(data: bytes) -> None:
    assert b"".join(split(data)) == data
    assert all(line.endswith(b"\n") for line in split(data)[:-1])


def test_only_a_line_feed_ends_a_line() -> None:
    assert split(b"a\x0bb\x0cc\x1cd\x85e\rf\xe2\x80\xa8g\n\nh") == [
        b"a\x0bb\x0cc\x1cd\x85e\rf\xe2\x80\xa8g\n",
        b"\n",
        b"h",
    ]
    assert split(b"") == []


@given(contents, contents)
def test_what_differs_makes_the_one_of_the_other(old: bytes, new: bytes) -> None:
    made = compare(old, new)
    assert spliced(old, made) == new
    assert all(one.end < other.start for one, other in pairwise(made))


def test_a_very_large_difference_is_one_splice() -> None:
    old = b"".join(b"%d\n" % number for number in range(3000))
    new = b"".join(b"%d\n" % (number * 2) for number in range(3000))
    assert [(item.start, item.end) for item in compare(old, new)] == [(1, 3000)]
    assert spliced(old, compare(old, new)) == new


def test_splices_are_done_bottom_up() -> None:
    splices = [Splice(0, 1, (b"A\n", b"B\n")), Splice(2, 3, ()), Splice(4, 4, (b"end",))]
    assert spliced(b"1\n2\n3\n4\n", splices) == b"A\nB\n2\n4\nend"


def test_what_overlaps_or_adjoins_touches() -> None:
    here = [Splice(3, 5, ())]
    assert [
        touch([Splice(start, end, ())], here)
        for start, end in [(0, 2), (0, 3), (4, 4), (5, 6), (6, 7), (3, 5)]
    ] == [False, True, True, True, False, True]
    assert not touch([], here)


def test_places_overlap_too() -> None:
    lines = [b"a\n", b"a\n", b"a\n", b"b\n"]
    assert places(lines, [b"a\n", b"a\n"]) == [0, 1]
    assert places(lines, [b"b"]) == []
    assert places([], [b"b"]) == places(lines, []) == places([], []) == []
