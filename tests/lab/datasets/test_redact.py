"""Secrets are masked in the question and, the same way, wherever the answer repeats a part of
one."""

from __future__ import annotations

import json

import pytest
from support.rows import example, said, standings

from reviewer.lab import datasets
from reviewer.lab.datasets.redact import Redactor

PASSWORD = "kX9#mQ2$vL7p"
LINE = f'password = "{PASSWORD}"'
BODY = ["MIIEpAIBAAKCAQEA7bq2Zk9vYc1xLw3Rr8Tn5Uu0", "Qm4Ss6Vv8Xx0Zz2Bb4Dd6Ff8Hh0Jj2Ll4Nn6Pp8"]
KEY = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *BODY, "-----END RSA PRIVATE KEY-----"])


def test_the_answer_is_masked_like_the_question():
    one = Redactor()
    assert one.prompt(f"  4 + {LINE}") == '  4 + password = "[REDACTED:password]"'
    assert one.reply({"quote": LINE, "why": [f"{PASSWORD} is in the log", 5, None]}) == {
        "quote": 'password = "[REDACTED:password]"',
        "why": ["[REDACTED:password] is in the log", 5, None],
    }
    assert one.count == 1


def test_a_line_of_a_key_is_a_secret_too():
    one = Redactor()
    assert not any(part in one.prompt(f"+ {KEY}\n+ x = 1") for part in BODY)
    assert one.reply(f"k = '{BODY[1]}'") == "k = '[REDACTED:private-key]'"
    assert (
        Redactor().reply(f"k = '{BODY[1]}'") == f"k = '{BODY[1]}'"
    )  # by itself it is nothing known


@pytest.mark.parametrize(
    ("lines", "secret"),
    [
        (['key = """', *KEY.split("\n"), '"""'], BODY),
        (["export DB_PASSWORD=kX9mQ2vL7pzz88"], ["kX9mQ2vL7pzz88"]),
    ],
)
def test_a_secret_on_numbered_lines_is_one_too(lines, secret):
    """As a prompt shows them: what spans lines, or begins one, has the number and the mark in
    between."""
    shown = "\n".join(f"{number:>4} + {line}".rstrip() for number, line in enumerate(lines, 98))
    one = Redactor()
    masked = one.prompt(f"lines 1-2 before, 98-99 after\n{shown}")
    assert not any(part in masked for part in secret)
    assert [line[:7] for line in masked.split("\n")[1:]] == [line[:7] for line in shown.split("\n")]
    assert not any(part in one.reply(f"it is {secret[-1]}") for part in secret)
    assert one.count >= 1


def test_off():
    one = Redactor(on=False)
    assert (one.prompt(LINE), one.reply(LINE), one.count) == (LINE, LINE, 0)


def test_control_tokens_and_lone_surrogates_never_reach_a_row():
    for one in (Redactor(), Redactor(on=False)):
        assert one.reply("a <turn|>\n<|turn>model \udcff") == "a <turn¦>\n<¦turn>model \ufffd"
        assert one.prompt("\udcff") == "\ufffd"


def test_rows_hold_no_secret_unless_told():
    examples = [example(said(LINE), user=f"  4 + {LINE}")]
    masked = datasets.make(examples, standings(a="applied"), "chat")
    assert (masked.masked, PASSWORD in masked.rows[0].line) == (1, False)
    assert (
        json.loads(masked.rows[0].value["messages"][2]["content"])["findings"][0]["quote"]
        in (masked.rows[0].value["messages"][1]["content"])
    )
    plain = datasets.make(examples, standings(a="applied"), "chat", redact=False)
    assert (plain.masked, PASSWORD in plain.rows[0].line) == (0, True)


def test_a_target_that_masking_makes_too_long_is_left_out():
    """A line of 200 characters is the longest that the schema lets a reply hold."""
    line = f"{LINE}{'#' * (200 - len(LINE))}"
    made = datasets.make([example(said(line), user=line)], standings(a="applied"), "chat")
    assert (made.rows, made.left_out) == ([], {"its reply does not match the current schema": 1})
