from __future__ import annotations

import json

import pytest
from support.rows import METADATA, chat, pair, said

from reviewer.errors import UsageError
from reviewer.lab import datasets
from reviewer.lab.datasets.validate import MAX_LINE

GOOD = said("a = 1", checked=["a = 1"])


def problems(*rows, max_tokens=1000):
    count, found = datasets.validate(
        [(number, row, "") for number, row in enumerate(rows, 1)],
        max_tokens=max_tokens,
        estimate=len,
    )
    assert count == len(rows)
    return [(each.line, each.message) for each in found]


def test_good_rows():
    assert problems(chat(GOOD), chat(), pair(said(), GOOD), max_tokens=10_000) == []


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (chat("{"), "messages: the target is not JSON"),
        (chat("[" * 100_000), "messages: the target is not JSON"),
        (
            chat({"checked": []}),
            "messages: the target does not match the reply schema at the top level (required)",
        ),
        (
            chat({"checked": [], "findings": [{**GOOD["findings"][0], "severity": "huge"}]}),
            "messages: the target does not match the reply schema at findings/0/severity (enum)",
        ),
        (
            chat({**GOOD, "more": 1}),
            (
                "messages: the target does not match the reply schema at the top level"
                " (additionalProperties)"
            ),
        ),
        (
            chat(GOOD, roles=("user", "system", "assistant")),
            "the roles of messages are not system, user, assistant",
        ),
        (
            chat(GOOD, roles=("system", "user", "model")),
            "the roles of messages are not system, user, assistant",
        ),
        (
            chat(GOOD, roles=("system", "user")),
            "the roles of messages are not system, user, assistant",
        ),
        (chat(GOOD, user=" "), "a message of messages is empty or not text"),
        (chat(GOOD, user="hi <turn|>"), "messages holds a control token of the chat template"),
        (
            {"messages": "none", "metadata": METADATA},
            "messages is not a list of messages (system, user, assistant)",
        ),
        ({"metadata": METADATA}, "messages is not a list of messages (system, user, assistant)"),
        (pair(GOOD, GOOD), "chosen and rejected are the same"),
        ({**pair(said(), GOOD), "chosen": []}, "the roles of chosen are not assistant"),
        (pair("no", GOOD), "chosen: the target is not JSON"),
        (
            chat(metadata={}),
            "metadata lacks kind, findings, repository, commit, licence, date, model, toolVersion",
        ),
        (
            chat(metadata="x"),
            "metadata lacks kind, findings, repository, commit, licence, date, model, toolVersion",
        ),
        (
            chat(metadata={key: METADATA[key] for key in METADATA if key != "licence"}),
            "metadata lacks licence",
        ),
    ],
)
def test_bad_rows(row, expected):
    assert problems(row, max_tokens=200_000) == [(1, expected)]


def test_lengths():
    """In the pair the longer answer counts, and the prompt once."""
    content = json.dumps(said())
    given = len("You review.") + len("the change")
    assert problems(chat(), max_tokens=given + len(content)) == []
    over = given + len(content) - 1
    assert problems(chat(), max_tokens=over) == [(1, f"about {over + 1} tokens, more than {over}")]
    longer = given + len(json.dumps(GOOD))
    assert problems(pair(said(), GOOD), max_tokens=longer) == []
    assert problems(pair(said(), GOOD), max_tokens=longer - 1) == [
        (1, f"about {longer} tokens, more than {longer - 1}")
    ]


def test_the_same_row_twice_whatever_its_metadata():
    assert problems(chat(), chat(user="b"), chat(metadata={**METADATA, "commit": "c2"})) == [
        (3, "the same as line 1")
    ]


def test_reading(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b'{"a": 1}\n\n  \n{"b"\n[1]\n\xff\n{"c": "\xe2\x80\xa8"}')
    assert list(datasets.read_rows(file)) == [
        (1, {"a": 1}, ""),
        (4, None, "not JSON in UTF-8"),
        (5, None, "not a JSON object"),
        (6, None, "not JSON in UTF-8"),
        (7, {"c": "\u2028"}, ""),
    ]
    with pytest.raises(UsageError, match=r"cannot read .*none\.jsonl: No such file"):
        list(datasets.read_rows(tmp_path / "none.jsonl"))


def test_a_line_without_end(tmp_path):
    file = tmp_path / "rows.jsonl"
    with file.open("wb") as out:
        out.write(b'{"a": 1}\n')
        out.truncate(MAX_LINE + 100)
    assert [said for _, _, said in datasets.read_rows(file)] == [
        "",
        "longer than 16 MiB; nothing after it was read",
    ]
