from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.output_runs import texts
from support.worst_cases import WIDE

from reviewer.outputs.page import Page, beside, cells, clean, fit, inline, wrap, write


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("漢字", 4),
        ("e\u0301", 1),
        ("한글", 4),
        ("ｆｕｌｌ", 8),
        ("👩", 2),
        ("│…", 2),
        ("\u20dd", 0),
    ],
)
def test_cells(text: str, width: int) -> None:
    assert cells(text) == width


def test_clean_keeps_lines_and_expands_tabs() -> None:
    assert clean("a\r\n\tb\r") == "a\n    b"
    assert clean("a\rb\x1b[0m\u202e") == "a\\u{d}b\\u{1b}[0m\\u{202e}"
    assert inline("a\n\tb") == "a\\n b"


def test_marks_do_not_pile_up() -> None:
    assert clean("x" + "\u0301" * 6 + "y\u0301") == "x" + "\u0301" * 4 + "\\u{301}" * 2 + "y\u0301"


def test_fit() -> None:
    assert [fit("abcdef", 6), fit("abcdef", 5), fit("漢字漢字", 6)] == ["abcdef", "abcd…", "漢字…"]


def test_wrap_keeps_indentation_and_inner_spaces() -> None:
    assert wrap("  if x  == 1:  # why this is so\n\nend", 16) == [
        "  if x  == 1:  #",
        "  why this is so",
        "",
        "end",
    ]


def test_wrap_breaks_what_is_too_long() -> None:
    assert wrap("a bcdefghij 漢字漢字", 5) == ["a", "bcdef", "ghij", "漢字", "漢字"]


@given(texts, st.integers(4, 50))
@settings(deadline=None, derandomize=True)
def test_wrap_loses_nothing_and_stays_inside(text: str, columns: int) -> None:
    lines = wrap(clean(text), columns)
    assert max(map(cells, lines)) <= columns
    assert "".join("".join(lines).split()) == "".join(clean(text).split())


def test_a_line_without_end_is_wrapped() -> None:
    lines = wrap(WIDE, 70)
    assert len(lines) == 5715
    assert "".join(lines) == WIDE


def test_color_is_only_added_when_asked_for() -> None:
    assert Page(80, True).paint("bad", "x") == "\x1b[1;31mx\x1b[0m"
    assert [
        Page(80, False).paint("bad", "x"),
        Page(80, True).paint("", "x"),
        Page(80, True).paint("bad", ""),
    ] == [
        "x",
        "x",
        "",
    ]


def test_field_and_block_and_statement() -> None:
    page = Page(24, False)
    assert page.field("why", "one two three four\n\nfive") == [
        "  why     one two three",
        "          four",
        "",
        "          five",
    ]
    assert page.block("fix", [("", "x = 1"), ("dim", "y" * 20)]) == [
        "  fix     x = 1",
        "          " + "y" * 13 + "…",
    ]
    assert page.block("fix", []) == []
    assert page.statement("bad", "error: this is more than fits") == [
        "error: this is more",
        "  than fits",
    ]


def test_prose_is_as_wide_as_can_be_read_and_code_as_the_terminal() -> None:
    page = Page(200, False)
    words = "word " * 60
    assert max(map(len, page.field("why", words))) == 99
    assert max(map(len, page.statement("bad", words))) == 96
    assert page.block("", [("", "x" * 300)]) == [" " * 10 + "x" * 189 + "…"]


def test_text_beside_a_head_is_never_narrower_than_can_be_read() -> None:
    assert beside("name  ", "one two three four five", 26) == [
        "name  one two three four",
        "      five",
    ]
    assert beside("漢字" * 5 + " ", "one two three four five", 10) == [
        "漢字" * 5 + " one two three four",
        " " * 21 + "five",
    ]


def test_write_survives_a_poor_encoding() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="")
    write(stream, "│ é 漢 …\n")
    assert raw.getvalue() == b"| \\xe9 \\u6f22 ~\n"


@pytest.mark.fault(
    "screen",
    "a message names a command, and the terminal is narrow",
    "the command stays on one line, to be copied, wherever it fits on one",
)
def test_a_command_is_not_broken() -> None:
    text = "Next: `git fetch --deepen=1`, or a `b c d e f g h i j k l m` too"
    assert wrap(text, 24) == [
        "Next:",
        "`git fetch --deepen=1`,",
        "or a `b c d e f g h i j",
        "k l m` too",
    ]
    assert wrap("it`s a `b c` here", 9) == ["it`s a", "`b c`", "here"]
