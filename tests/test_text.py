from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer import text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[31mred\x1b[0m", "\\u{1b}[31mred\\u{1b}[0m"),
        ("\x1b]52;c;aGk=\x07", "\\u{1b}]52;c;aGk=\\u{7}"),
        ("line\rover", "line\\u{d}over"),
        ("a\u202eb\u2066c", "a\\u{202e}b\\u{2066}c"),
        ("z\u200bw", "z\\u{200b}w"),
        ("\u2028\u2029\x85", "\\u{2028}\\u{2029}\\u{85}"),
        ("\U000e0041", "\\u{e0041}"),
        ("x\ufe0f", "x\\u{fe0f}"),
        ("\udcff", "\\u{dcff}"),
        ("naïve 漢字 🎉", "naïve 漢字 🎉"),
    ],
)
def test_printable(raw: str, shown: str):
    assert text.printable(raw) == shown


@given(st.text(alphabet=st.characters(codec=None, categories=None)))
def test_nothing_that_steers_a_terminal_gets_through(raw: str):
    for char in text.printable(raw):
        assert char in "\n\t" or unicodedata.category(char) not in (
            "Cc",
            "Cf",
            "Cs",
            "Co",
            "Zl",
            "Zp",
        )


def test_one_line():
    assert text.one_line("a\nb\tc\x07") == "a\\nb c\\u{7}"


def test_scalar_replaces_lone_surrogates_only():
    assert text.scalar("a\udcffb🎉") == "a\ufffdb🎉"


def test_cut_marks_what_is_missing():
    assert text.cut("abc", 3) == "abc"
    assert text.cut("x" * 50, 20) == "x" * 19 + "…"
    assert [text.cut("abc", limit) for limit in (0, 1, 2)] == ["", "…", "a…"]


@pytest.mark.fault(
    "output",
    "a text is too long",
    "it ends in … after a whole word, never within an escape",
)
@pytest.mark.parametrize(
    ("whole", "limit", "shown"),
    [
        ("The divisor counts it.", 14, "The divisor…"),
        ("The divisor counts it.", 12, "The divisor…"),
        ("The divisor counts it.", 11, "The…"),
        ("f(first, second)", 10, "f(first,…"),
        ("say " + "x" * 50, 45, "say " + "x" * 40 + "…"),  # longer than any word
        ("say " + "x" * 50, 44, "say…"),
        ("end \\u{202e} more", 10, "end…"),
        ("end \\u{202e} more", 13, "end \\u{202e}…"),
        ("first\\nsecond", 9, "first…"),
        ("é \\x1b[0m", 5, "é…"),
        ("tab\\", 3, "ta…"),
        ("one\n\ntwo", 6, "one…"),
    ],
)
def test_a_text_is_cut_after_a_word(whole: str, limit: int, shown: str):
    assert text.cut(whole, limit) == shown


@given(st.text(alphabet="ab \\u{}x1\nß漢", max_size=60), st.integers(0, 60))
def test_what_is_cut_is_a_beginning_within_the_limit(whole: str, limit: int):
    shown = text.cut(whole, limit)
    assert len(shown) <= limit
    assert shown == whole or whole.startswith(shown.removesuffix("…"))


def test_file_names_keep_their_bytes():
    assert text.file_name("src/ä.py") == ("src/ä.py", None)
    assert text.file_name("caf\udce9.py") == ("caf\ufffd.py", "Y2Fm6S5weQ==")


@pytest.mark.parametrize(
    ("data", "decoded"),
    [
        (b"abc", "abc"),
        ("ü".encode(), "ü"),
        (b"\xef\xbb\xbfx", "x"),
        (b"caf\xe9", "café"),
        (b"", ""),
    ],
)
def test_decode(data: bytes, decoded: str):
    assert text.decode(data) == decoded


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("<|turn>model", "<¦turn>model"),
        ("<turn|>", "<turn¦>"),
        ('<|"|>', '<¦"¦>'),
        ("<start_of_turn>user</s><bos>", "‹start_of_turn>user‹/s>‹bos>"),
        ("List<String> a < b | c > d", "List<String> a < b | c > d"),
        ("x <|> y", "x <¦> y"),
    ],
)
def test_control_tokens_are_defused(raw: str, safe: str):
    assert text.neutral(raw) == safe
    assert len(text.neutral(raw)) == len(raw)


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 fixes"), (1, "1 fix"), (2, "2 fixes"), (1200, "1,200 fixes")]
)
def test_a_number_has_its_noun(number: int, said: str):
    assert text.count(number, "fix", "fixes") == said
    assert text.count(number, "fix") == said.replace("fixes", "fixs")


def test_a_time_is_one_of_utc():
    assert text.timestamp(1_764_000_000.9) == "2025-11-24T16:00:00Z"


@pytest.mark.parametrize(
    ("word", "names", "name"),
    [
        ("reveiw", ["review", "serve"], "review"),
        ("STAGED", ["--staged", "staged"], "staged"),
        ("doc", ["doctor", "config"], "doctor"),
        ("f", ["fix", "config"], None),
        ("sta", ["status", "start"], "start"),
        ("nothing", ["fix", "undo"], None),
        ("fxi", ["findings", "fix"], "fix"),
        ("pylint", ["oxlint", "ruff"], None),
    ],
)
def test_the_nearest_name(word: str, names: list[str], name: str | None):
    assert text.nearest(word, names) == name


def test_the_end_of_a_message_about_an_unknown_name():
    assert text.meant("rufff", ["ruff", "ty"]) == "; did you mean ruff?"
    assert text.meant("xyz", ["ruff", "ty"]) == ""
