"""What a finding quotes of its file."""

from __future__ import annotations

from support.change import change

from reviewer.findings import Source
from reviewer.findings.quotes import EXCERPT_LINES, place_quote, quote_of

LINES = [f"line {number}" for number in range(1, 31)]
CONTENT = "".join(f"{each}\n" for each in LINES).encode()
SOURCE = Source(change({"a.txt": b"x\n"}, {"a.txt": CONTENT}))


def quoted(start: int, end: int) -> tuple[int, int, str] | None:
    made = place_quote("a.txt", "new", start, end, SOURCE)
    return made and (made.start_line, made.end_line, made.quote)


def test_the_place_has_a_line_around_it_where_there_is_one() -> None:
    assert quoted(5, 6) == (4, 7, "line 4\nline 5\nline 6\nline 7")
    assert quoted(1, 1) == (1, 2, "line 1\nline 2")
    assert quoted(30, 30) == (29, 30, "line 29\nline 30")


def test_a_long_place_is_cut_and_one_that_is_not_there_is_none() -> None:
    assert quoted(2, 30) == (1, 14, "\n".join(LINES[:14]))
    assert EXCERPT_LINES == 12
    assert quoted(31, 31) is None


def test_another_place_is_quoted_as_it_is() -> None:
    made = quote_of("a.txt", "new", 3, 2, " why ", SOURCE)
    assert (made.start_line, made.end_line, made.quote, made.why) == (3, 3, "", "why")
