"""Which replies become rows, and what their targets are."""

from __future__ import annotations

import hashlib
import json

import pytest
from support.rows import PLACE, A, B, C, D, example, said, standings, target

from reviewer.lab import datasets
from reviewer.lab.datasets.rows import DatasetRow

UNDECIDED = {"no decision about its findings": 1}


def chat(*examples, **kinds):
    return datasets.make(examples, standings(**kinds), "chat")


def test_a_row_in_full():
    reply = said("a = 1", "b = 2", checked=["a = 1", "b = 2", "c = 3"])
    made = chat(example(reply, {A: [0], B: [1]}, at=1763942400.0), a="applied", b="dismissed")
    kept = {
        "checked": [reply["checked"][0], reply["checked"][2]],
        "findings": reply["findings"][:1],
    }
    value = {
        "messages": [
            {"role": "system", "content": "You review."},
            {"role": "user", "content": "the change"},
            {"role": "assistant", "content": json.dumps(kept)},
        ],
        "metadata": {
            "kind": "mixed",
            "findings": [
                {"id": A, "outcome": "applied", "category": "functional_correctness"},
                {"id": B, "outcome": "dismissed", "category": "functional_correctness"},
            ],
            "repository": "repo",
            "commit": "c1",
            "licence": "MIT",
            "date": "2025-11-24T00:00:00Z",
            "engine": "scripted",
            "model": "m",
            "toolVersion": "1",
        },
    }
    assert made == datasets.Dataset([DatasetRow(value, PLACE, 1763942400.0, frozenset({A, B}))])
    assert json.loads(made.rows[0].line) == value


@pytest.mark.parametrize(
    ("kind", "rejected", "quotes", "which"),
    [
        ("applied", None, ["a"], "positive"),
        ("fixed", None, ["a"], "positive"),
        ("dismissed", None, [], "negative"),
        (None, "refuted: the caller checks", [], "negative"),
        (None, "claim: not so: f is called", [], "negative"),
        ("applied", "refuted: the caller checks", ["a"], "positive"),  # people have the last word
        ("undone", None, None, ""),  # a patch that was bad does not apply to the finding
        ("auto", None, None, ""),
        ("returned", None, None, ""),
        ("reopened", None, None, ""),
        (None, "noise: only style", None, ""),
        (None, "confidence: confidence 0.30 is below 0.40", None, ""),
        (None, None, None, ""),
    ],
)
def test_what_counts(kind, rejected, quotes, which):
    kinds = {"a": kind} if kind else {}
    made = chat(example(said("a"), rejected={A: rejected} if rejected else None), **kinds)
    if quotes is None:
        assert (made.rows, made.left_out) == ([], UNDECIDED)
    else:
        assert [(target(row), row.value["metadata"]["kind"]) for row in made.rows] == [
            (quotes, which)
        ]


def test_what_nobody_has_decided_about_stays_and_what_has_no_place_goes():
    """Items 0 and 3 are one finding, 4 quotes nothing that is there."""
    reply = said("one", "two", "three", "one again", "nowhere")
    items = {A: [0, 3], B: [1], C: [2]}
    assert [target(row) for row in chat(example(reply, items), b="applied").rows] == [
        ["one", "two", "three", "one again"]
    ]
    assert [target(row) for row in chat(example(reply, items), a="dismissed").rows] == [
        ["two", "three"]
    ]


def test_a_standing_of_another_repository_says_nothing():
    made = datasets.make([example(said("a"))], standings("other", a="applied"), "chat")
    assert (made.rows, made.left_out) == ([], UNDECIDED)


def test_of_the_same_question_the_newest_answer_counts():
    made = chat(
        example(said("a"), at=2.0),
        example(said("a", "x"), {A: [0], D: [1]}, at=3.0),
        example(said("a", "y"), at=1.0),
        example(said("a"), user="another", at=2.5),
        a="fixed",
    )
    assert [(row.at, target(row)) for row in made.rows] == [(2.5, ["a"]), (3.0, ["a", "x"])]
    assert made.left_out == {"duplicate question": 2}


def test_pairs():
    reply = said("a", "b")
    examples = [
        example(reply, {A: [0], B: [1]}),
        example(said("c"), {C: [0]}, user="other"),
        example(said("d"), {D: [0]}),
    ]
    made = datasets.make(
        [*examples, examples[0]], standings(a="applied", b="dismissed", c="applied"), "preference"
    )
    assert [list(row.value) for row in made.rows] == [["prompt", "chosen", "rejected", "metadata"]]
    value = made.rows[0].value
    assert [each["role"] for name in ("prompt", "chosen", "rejected") for each in value[name]] == [
        "system",
        "user",
        "assistant",
        "assistant",
    ]
    assert json.loads(value["rejected"][0]["content"]) == reply
    assert json.loads(value["chosen"][0]["content"]) == {**reply, "findings": reply["findings"][:1]}
    assert made.left_out == {
        "no dismissed or refuted finding": 1,
        "duplicate question": 1,
        **UNDECIDED,
    }


@pytest.mark.parametrize(
    "reply", [{}, {"checked": [], "findings": [{"quote": "x"}]}, {"findings": "none"}]
)
def test_a_reply_of_another_schema_is_left_out(reply):
    made = chat(example(reply), a="applied")
    assert (made.rows, made.left_out) == ([], {"its reply does not match the current schema": 1})


def test_the_target_is_written_as_a_grammar_has_it():
    """In the order of the schema, whatever the order in the store."""
    reply = said("é = '\"'")
    shuffled = {"findings": [dict(reversed(reply["findings"][0].items()))], "checked": []}
    content = chat(example(shuffled), a="applied").rows[0].value["messages"][2]["content"]
    assert content == json.dumps(reply, ensure_ascii=False)
    assert content.startswith('{"checked": [], "findings": [{"fileName": "a.py", "quote": "é')
    assert chat(example(shuffled), a="applied").rows[0].line.isascii()


def prompt(*hunks, task="Review."):
    """What a prompt shows of a change: each hunk is (first line, lines)."""
    shown = "\n\n".join(
        "\n".join(
            [
                f"lines {at}-{at} before, {at}-{at} after",
                *(f"{at + n:>4} + {line}" for n, line in enumerate(lines)),
            ]
        )
        for at, lines in hunks
    )
    fence = f"====={hashlib.sha256(shown.encode()).hexdigest()[:12]}"
    return (
        "The change to a.py (modified), between the lines"
        f' "{fence}":\n{fence}\n{shown}\n{fence}\n{task}'
    )


def test_rows_know_which_code_they_show():
    """Wherever it is, in whatever order, and however it is asked about."""
    one, two, other = ["a = 1", "", "b = 2"], ["c = 3"], ["c = 4"]
    users = [
        prompt((5, one), (98, two)),
        prompt((99, two), (7, one), task="Look at bounds."),
        prompt((5, one), (98, other)),
        prompt((5, other)),
        "no change",
    ]
    first, again, half, apart, none = (
        chat(example(said("a"), user=user), a="applied").rows[0].shown for user in users
    )
    assert (len(first), first == again, len(first & half), apart < half, none) == (
        2,
        True,
        1,
        True,
        frozenset(),
    )
    assert not first & apart


def test_a_pair_of_equal_sides_is_none():
    """A position that the reply does not have takes nothing out of it."""
    made = datasets.make(
        [example(said("a"), {B: [7], A: [0]})], standings(b="dismissed"), "preference"
    )
    assert (made.rows, made.left_out) == ([], {"no dismissed or refuted finding": 1})
