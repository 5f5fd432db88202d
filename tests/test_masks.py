"""Credentials known from whole files, wherever they turn up again."""

import base64

import pytest
from support.secret_corpus import pem

from reviewer.secrets import Masks

VALUE = "kJ8x2LmQ" + "z7RtVw4"
MASKS = Masks.of([f"DB_PASSWORD={VALUE}\n", pem(), "x = 1\n"])
BODY = pem().split("\n")[1:-1]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"it is {VALUE}.", "it is [REDACTED:password]."),
        (f"{VALUE}{VALUE}", "[REDACTED:password][REDACTED:password]"),
        (f" {BODY[2]}\n+{BODY[3]}\n", " [REDACTED:private-key]\n+[REDACTED:private-key]\n"),
        (base64.b64encode(VALUE.encode()).decode(), "[REDACTED:password]"),
        (pem().split("\n")[0], pem().split("\n")[0]),  # says that a key follows, and nothing of it
        ("nothing of it", "nothing of it"),
        (VALUE[:-1], VALUE[:-1]),
        ("", ""),
    ],
)
def test_hide(text: str, hidden: str):
    assert MASKS.hide(text) == hidden
    assert MASKS.shows(text) is (text != hidden)
    assert MASKS.hide(hidden) == hidden


def test_the_longest_value_is_hidden_first():
    longer = VALUE + "Qx9"
    masks = Masks({VALUE: "a", longer: "b"})
    assert masks.hide(f"{longer} {VALUE}") == "[REDACTED:b] [REDACTED:a]"


def test_without_values_only_what_shows_itself_is_hidden():
    token = "ghp_" + "Zq3Xv9Lk2Wm7Rt5Yp8Nb4Hc6Jd1Fg0SaQeUi"
    assert Masks().hide(f"{token} {VALUE}") == f"[REDACTED:github-token] {VALUE}"
