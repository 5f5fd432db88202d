import re

import pytest

from reviewer import replies
from reviewer.models.grammar import gbnf

SHARED = r"""char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})
integer ::= "-"? ("0" | [1-9] [0-9]{0,14})
natural ::= "0" | [1-9] [0-9]{0,14}
number ::= "-"? natural ("." [0-9]{1,6})?
boolean ::= "true" | "false"
null ::= "null"
"""

CASES = {
    '"{}"': {"type": "object", "properties": {}},
    '"{" "\\"a\\"" ":" natural "," "\\"b\\"" ":" boolean "}"': {
        "type": "object",
        "properties": {
            "a": {"type": "integer", "minimum": 0, "maximum": 9},
            "b": {"type": "boolean"},
        },
        "required": ["a", "b"],
        "additionalProperties": False,
    },
    '"\\"" char{0,12} "\\""': {"type": "string", "maxLength": 12, "title": "T", "description": "d"},
    '"\\"" char{2,12} "\\""': {"type": "string", "minLength": 2, "maxLength": 12},
    '"\\"" char* "\\""': {"type": "string"},
    '("\\"x\\"" | "\\"quote \\\\\\" and \\\\\\\\\\"")': {"enum": ["x", 'quote " and \\']},
    '"null"': {"const": None},
    "(number | null)": {"type": ["number", "null"]},
    '("\\"" char{0,3} "\\"" | integer)': {
        "anyOf": [{"type": "string", "maxLength": 3}, {"type": "integer"}]
    },
    '"[]"': {"type": "array", "items": {"type": "null"}, "maxItems": 0},
}


@pytest.mark.parametrize("expected", CASES)
def test_root_rule(expected):
    assert gbnf(CASES[expected]) == f"root ::= {expected}\n{SHARED}"


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({}, '"[" (item-0 ("," item-0)*)? "]"'),
        ({"maxItems": 1}, '"[" (item-0)? "]"'),
        ({"maxItems": 8}, '"[" (item-0 ("," item-0){0,7})? "]"'),
        ({"minItems": 1, "maxItems": 8}, '"[" item-0 ("," item-0){0,7} "]"'),
        ({"minItems": 2, "maxItems": 8}, '"[" item-0 ("," item-0){1,7} "]"'),
        ({"minItems": 2}, '"[" item-0 ("," item-0){1,} "]"'),
    ],
)
def test_arrays(bounds, expected):
    grammar = gbnf({"type": "array", "items": {"type": "null"}, **bounds})
    assert grammar == f"item-0 ::= null\nroot ::= {expected}\n{SHARED}"


def test_definitions_become_rules():
    schema = {
        "$defs": {"Line No": {"type": "integer"}},
        "type": "object",
        "properties": {
            "a": {"$ref": "#/$defs/Line No"},
            "b": {"type": "array", "items": {"$ref": "#/$defs/Line No"}},
        },
    }
    assert gbnf(schema) == (
        'def-Line-No ::= integer\nitem-1 ::= def-Line-No\nroot ::= "{" "\\"a\\"" ":" def-Line-No'
        ' "," "\\"b\\"" ":" "[" (item-1 ("," item-1)*)? "]" "}"\n' + SHARED
    )


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^a$"},
        {"oneOf": []},
        {"type": "tuple"},
        {},
        {"$ref": "#/$defs/none"},
    ],
)
def test_what_is_not_covered_is_said(schema):
    with pytest.raises(ValueError, match="does not cover"):
        gbnf(schema)


@pytest.mark.fault("reply", "llama.cpp refuses long repetitions in a grammar", "none is that long")
@pytest.mark.parametrize("model", [replies.Reply, replies.Refutation])
def test_repetitions_are_far_below_the_limit_of_llama_cpp(model):
    longest = max(map(int, re.findall(r"\{0,(\d+)\}", gbnf(replies.portable_schema(model)))))
    assert 0 < longest < 1000
