"""What becomes of a model's sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.findings.prose import paragraphs, sentence


@pytest.mark.fault(
    "reply",
    "a model spells out line feeds, numbers its findings, or is stopped within a word",
    "the text has real lines, no stray number, and ends with a whole word",
)
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (r"It is lost.\nThe caller waits.", "It is lost.\nThe caller waits."),
        (r"It is lost.\r\n\r\n The caller waits.", "It is lost.\nThe caller waits."),
        (r"Two ways:\n- by zero\n- by None", "Two ways:\n- by zero\n- by None"),
        (r"1. by zero\n2. by None", "1. by zero\n2. by None"),
        (r"one\n\ntwo", "one\ntwo"),
        # about the line feed, or no line feed at all
        (r"The \n at the end is lost.", r"The \n at the end is lost."),
        (r"It splits at \n, \r\n and \t.", r"It splits at \n, \r\n and \t."),
        (r"It writes to C:\new.", r"It writes to C:\new."),
        (r'`a.\nb` and "c.\n\nd" differ.', r'`a.\nb` and "c.\n\nd" differ.'),
        (r"It matches \\n\\n only", r"It matches \\n\\n only"),
        # numbers
        ("2. The lock is not released.", "The lock is not released."),
        ("2) The lock is not released.", "The lock is not released."),
        ("2.5 is rounded to 2.", "2.5 is rounded to 2."),
        ("100. is no number of a list", "100. is no number of a list"),
        ("  ", ""),
    ],
)
def test_paragraphs(said: str, shown: str) -> None:
    assert paragraphs(said, 400) == shown


@pytest.mark.parametrize(
    ("said", "limit", "shown"),
    [
        ("The divisor counts", 18, "The divisor…"),
        ("The divisor counts", 19, "The divisor counts"),
        ("The divisor count.", 18, "The divisor count."),
        ("The divisor of `x`", 18, "The divisor of `x`"),
        ("The divisor count…", 18, "The divisor count…"),
    ],
)
def test_a_text_that_was_stopped_ends_with_a_whole_word(said: str, limit: int, shown: str) -> None:
    assert paragraphs(said, limit) == shown


def test_a_sentence_is_one_line() -> None:
    assert sentence(" 3. One.\\nTwo\n three ", 100) == "One. Two three"
    assert sentence("1. One\n2. Two", 100) == "One 2. Two"


@given(st.text(alphabet='ab1. \\nr`"\n-:', max_size=60), st.integers(0, 70))
def test_nothing_is_added_but_breaks_and_the_mark(said: str, limit: int) -> None:
    shown = paragraphs(said, limit)
    assert set(shown) <= {*said, "\n", "…"}
    assert len(shown) <= max(len(said), limit)
