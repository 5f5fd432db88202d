import json

import pytest

from reviewer.models.base import Schema
from reviewer.models.reply import ParsedReply, parse, parse_thoughts

SCHEMA = Schema(
    "reply",
    {
        "$defs": {
            "Finding": {
                "type": "object",
                "properties": {
                    "line": {"type": "integer", "minimum": 1, "maximum": 999},
                    "why": {"type": "string", "maxLength": 40},
                    "level": {"enum": ["major", "minor"]},
                },
                "required": ["line", "why", "level"],
                "additionalProperties": False,
            }
        },
        "type": "object",
        "properties": {
            "summary": {"type": "string"},
            "findings": {"type": "array", "items": {"$ref": "#/$defs/Finding"}, "maxItems": 4},
        },
        "required": ["summary", "findings"],
        "additionalProperties": False,
    },
)
ONE = {"line": 1, "why": "w", "level": "major"}
TWO = {"line": 2, "why": 'a "quoted} ]" text', "level": "minor"}
GOOD = {"summary": "s", "findings": [ONE, TWO]}
TEXT = json.dumps(GOOD)


def test_a_reply():
    assert parse(TEXT, SCHEMA) == ParsedReply(GOOD, True, "")


def test_no_findings_are_a_reply():
    assert parse('{"summary":"","findings":[]}', SCHEMA) == ParsedReply(
        {"summary": "", "findings": []}, True, ""
    )


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{json.dumps(GOOD, indent=2)}\n```",
        f"Here is {{the}} review {{ as asked:\n{TEXT}\nHope this helps! :-}}",
        f"<think>first {{}} I {TEXT[:20]} thought</think>{TEXT}",
        f'<|channel>thought\n{{"summary": "", "findings": []}}<channel|>{TEXT}',
        f"---{TEXT}",
        f"{TEXT}\n{TEXT}",
        f'{{"other": 1}} {TEXT}',
        f"\ufeff  {TEXT}\n\n\n",
    ],
)
def test_what_stands_around_it_is_ignored(text):
    assert parse(text, SCHEMA) == ParsedReply(GOOD, True, "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the reply is empty"),
        (" \n", "the reply is empty"),
        ("<think>No findings.</think>", "the reply is only a thought"),
        ("No findings.", "the reply holds no JSON object"),
        ("[]", "the reply holds no JSON object"),
        ("<html><body>502</body></html>", "the reply holds no JSON object"),
        ("{'summary': '', 'findings': []}", "the reply holds no JSON object"),
        ("{}", "the reply does not fit the schema: $: 'summary' is a required property"),
        (
            'So: {"summary": "" "findings": []}',
            "the reply is not JSON at character 20: Expecting ',' delimiter",
        ),
        ('{"summary": "", "findings": NaN}', "NaN is not JSON"),
        ('{"summary": "", "findings": [-Infinity]}', "-Infinity is not JSON"),
        ('{"summary": 1e400, "findings": []}', "a number of the reply is too large"),
        ('{"summary": ' + "9" * 5000 + ', "findings": []}', "a number of the reply is too large"),
        (
            '{"summary": "", "summary": "", "findings": []}',
            "an object of the reply has the same key twice",
        ),
        ('{"summary": ' + "[" * 100_000 + "]" * 100_000 + "}", "the reply is nested too deeply"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "the reply is nested too deeply"),
        ('{"summary": ' + "[" * 100_000, "the reply ends too early"),
        (
            '{"summary": 7, "findings": []}',
            "the reply does not fit the schema: $.summary: 7 is not of type 'string'",
        ),
        (
            '{"summary": "", "findings": null}',
            "the reply does not fit the schema: $.findings: None is not of type 'array'",
        ),
        (
            '{"summary": "", "findings": []} {"summary": "other", "findings": []}',
            "the reply holds several different",
        ),
        ('{"summary": "' + "x" * 2_000_001 + '"}', "the reply is too long"),
        ('{"summary": ]}', "the reply is not JSON"),
    ],
)
def test_what_is_no_reply_has_a_problem_and_no_value(text, problem):
    parsed = parse(text, SCHEMA)
    assert parsed.value is None
    assert parsed.problem.startswith(problem)
    assert len(parsed.problem) <= 200
    assert parsed.problem.isprintable()


DRAFT = '{"summary": "draft", "findings": []}'


@pytest.mark.fault(
    "reply", "a thought first, words before its marker, drafts in it", "only the answer counts"
)
@pytest.mark.parametrize(
    "text",
    [
        f"Let me think. A draft: {DRAFT} hmm.\n</think>\n\n{TEXT}",
        f'Draft: {{"findings": [{{"title": "x"}}]}} no.\n</think>\n{TEXT}',
        f'So {{"summary": "it said "no" and [ and {{\n</think>\n```json\n{TEXT}\n```\n',
        f"I will check it.<|channel>thought\nmaybe {DRAFT}<channel|>{TEXT}",
        f"[THINK]{DRAFT}[/THINK]{TEXT}",
        f"{TEXT}<think>Was that right? {DRAFT}</think>",
        f"{TEXT}\n<think>and so on, without an end {{",
    ],
)
def test_a_thought_is_no_answer(text):
    assert parse(text, SCHEMA) == ParsedReply(GOOD, True, "")


@pytest.mark.fault(
    "reply", "quoted code that holds a whole reply, its quotes not escaped", "unusable, never clean"
)
@pytest.mark.parametrize(
    "before", ["", "}", "]}]}", "</think>", '"}]}', '"}]}</think>', '"}]}<think>']
)
@pytest.mark.parametrize("behind", ["'", '"}]}', ""])
def test_quoted_code_is_no_answer(before, behind):
    code = f"x = '{before}{DRAFT}{behind}"
    whole = json.dumps({"summary": "s", "findings": [{**ONE, "why": "CODE"}]})
    assert parse(whole.replace("CODE", code), SCHEMA).value is None
    assert parse(whole[: whole.index("CODE")] + code, SCHEMA, cut=True).value is None


@pytest.mark.fault("reply", "a tab or a line end in a string, a comma too many", "read")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"summary": "a\tb\nc\x01", "findings": []}', {"summary": "a\tb\nc\x01", "findings": []}),
        (TEXT.replace("}]", "},]"), GOOD),
        (TEXT[:-1] + ",}", GOOD),
        (TEXT[:-1], GOOD),
        (TEXT[:-2] + "}", GOOD),
        (f"```json\n{TEXT[:-1]}\n```", GOOD),
        ('{"summary": "\\d", "findings": []}', {"summary": "\\d", "findings": []}),
    ],
)
def test_a_slip_that_has_one_reading(text, value):
    assert parse(text, SCHEMA) == ParsedReply(value, True, "")


def test_brackets_are_closed_only_where_the_server_says_that_the_model_ended():
    assert parse(TEXT[:-1], SCHEMA, cut=True) == ParsedReply(
        GOOD, False, "the reply ends too early"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXT, ParsedReply(GOOD, True, "")),
        (f"I looked at it. {TEXT}", ParsedReply(GOOD, True, "")),
        (f"```json\n{TEXT}\n```", ParsedReply(GOOD, True, "")),
        (f"A draft: {TEXT} But no.", ParsedReply(None, True, "it does not end with an answer")),
        (TEXT[:-2], ParsedReply(None, True, "it does not end with an answer")),
        ("I see none.", ParsedReply(None, True, "the reply holds no JSON object")),
    ],
)
def test_a_thought_counts_only_if_it_ends_in_an_answer(text, expected):
    assert parse_thoughts(text, SCHEMA) == expected


def test_a_long_string_is_cut_since_not_every_server_keeps_a_model_to_a_length():
    parsed = parse(json.dumps({"summary": "s", "findings": [{**ONE, "why": "x" * 41}]}), SCHEMA)
    assert (parsed.value, parsed.problem) == (
        {"summary": "s", "findings": [{**ONE, "why": "x" * 40}]},
        "",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {**ONE, "line": "12"},
        {**ONE, "line": True},
        {**ONE, "line": -5},
        {**ONE, "line": 0},
        {**ONE, "line": 1e9},
        {**ONE, "line": 1.5},
        {**ONE, "level": "catastrophic"},
        {"line": 1, "why": "w"},
        [],
        "text",
        None,
        7,
    ],
)
def test_a_wrong_item_is_left_out_and_counted(wrong):
    parsed = parse(json.dumps({"summary": "s", "findings": [ONE, wrong, TWO]}), SCHEMA)
    assert (parsed.value, parsed.complete, parsed.dropped) == (GOOD, True, 1)
    assert parsed.problem.startswith("findings: $")
    alone = parse(json.dumps({"summary": "s", "findings": [wrong]}), SCHEMA)
    assert (alone.value, alone.dropped) == (None, 1)  # all wrong is not "no findings"


def test_keys_that_a_closed_object_does_not_have_are_left_out():
    text = json.dumps({**GOOD, "mood": "good", "findings": [{**ONE, "confidence": 0.9}, TWO]})
    assert parse(text, SCHEMA) == ParsedReply(GOOD, True, "")


def test_more_items_than_allowed():
    parsed = parse(json.dumps({"summary": "s", "findings": [ONE] * 10_000}), SCHEMA)
    assert parsed == ParsedReply({"summary": "s", "findings": [ONE] * 4}, True, "", 9996)


def test_lone_surrogates_become_replacement_characters():
    parsed = parse('{"summary": "\\ud800 \\ud83d\\ude00", "findings": []}', SCHEMA)
    assert parsed.value == {"summary": "\ufffd \U0001f600", "findings": []}


@pytest.mark.parametrize("text", [TEXT, json.dumps(GOOD, indent=1), "```json\n" + TEXT])
def test_a_reply_cut_anywhere_keeps_whole_items_only(text):
    ends = [
        text.index("}") + 1,
        text.rindex("}", 0, text.rindex("]") + 1) + 1,
    ]  # after the first and the second item
    for at in range(len(text) - 1):
        parsed = parse(text[:at], SCHEMA, cut=True)
        assert parse(text[:at], SCHEMA).value in (None, parsed.value)
        whole = [ONE, TWO][: sum(at >= end for end in ends)]
        if whole:
            assert parsed == ParsedReply(
                {"summary": "s", "findings": whole}, False, "the reply ends too early"
            )
        else:
            assert parsed.value is None
            assert parsed.problem


def test_a_cut_reply_with_wrong_items():
    text = json.dumps({"summary": "s", "findings": [ONE, {"line": "x"}, TWO]})[:-9]
    assert parse(text, SCHEMA) == ParsedReply(
        {"summary": "s", "findings": [ONE]}, False, "the reply ends too early", 1
    )
    assert parse('{"summary": "s", "findings": [{"line": "x"}, {"li', SCHEMA).value is None
    assert parse('{"summary": 8, "findings": [' + json.dumps(ONE) + ", {", SCHEMA).value is None


def test_a_cut_reply_keeps_no_more_items_than_a_whole_one():
    many = json.dumps({"summary": "s", "findings": [ONE] * 7})[:-2] + ', {"line'
    assert parse(many, SCHEMA) == ParsedReply(
        {"summary": "s", "findings": [ONE] * 4}, False, "the reply ends too early", 3
    )


@pytest.mark.parametrize(("wrong", "kept"), [(199, [ONE]), (200, None)])
def test_of_a_loop_only_the_first_200_items_are_looked_at(wrong: int, kept: list | None):
    text = json.dumps({"summary": "s", "findings": [*[{"line": "x"}] * wrong, ONE]})
    for sent in (text, text[:-2] + ', {"line'):
        value = parse(sent, SCHEMA).value
        assert (value and value["findings"]) == kept


def test_arrays_after_the_cut_are_empty_and_other_keys_missing():
    schema = Schema(
        "two",
        {
            "type": "object",
            "properties": {
                "lines": {"type": "array", "items": {"type": "string"}},
                "verdict": {"type": "string"},
                "more": {"type": "array", "items": {"type": "integer"}},
            },
            "required": ["lines", "verdict", "more"],
        },
    )
    cut = "the reply ends too early"
    assert parse('{"lines": ["a", "b"], "verd', schema) == ParsedReply(
        {"lines": ["a", "b"], "more": []}, False, cut
    )
    assert parse('{"lines": ["a", "b', schema) == ParsedReply(
        {"lines": ["a"], "more": []}, False, cut
    )
    assert parse('{"lines": ["a", "b\\"', schema) == ParsedReply(
        {"lines": ["a"], "more": []}, False, cut
    )
    assert parse('{"lines": ["a"], "verdict": "v", "more": [1, 2', schema) == ParsedReply(
        {"lines": ["a"], "verdict": "v", "more": [1]}, False, cut
    )
