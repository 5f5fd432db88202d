"""A reply is checked once, by jsonschema, and then read into values by pydantic: the two never
disagree about what may be said."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from reviewer import replies
from reviewer.models import reply
from reviewer.models.base import Schema
from reviewer.replies import Refutation, Reply

NUMBERS = [0, 1, -1, 3.0, 3.5, 1e17, 99, 100, 101, 9_999_999, 10_000_000]
TEXTS = ["", "1", "critical", "security", "supported", *("é" * n for n in (100, 101, 200, 401))]
LISTS = [[], [""], ["x"] * 2, ["x"] * 3, ["x"] * 13, ["x" * 201], [{}]]
VALUES = st.sampled_from([None, True, False, {}, {"x": 1}, *NUMBERS, *TEXTS, *LISTS])
NAMES = {"fileName": "file_name", "oldLines": "old_lines", "newLines": "new_lines"}


def filled(schema):
    """A value that follows the schema, with one item in each array."""
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "object":
        return {name: filled(part) for name, part in schema["properties"].items()}
    if schema["type"] == "array":
        return [filled(schema["items"])]
    return {"string": "text", "integer": 1}[schema["type"]]


def places(value, path=()):
    """All that the value consists of, by the way there."""
    yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def changed(draw, value):
    """The value with one thing in it exchanged, left out, added, repeated or named otherwise."""
    value = copy.deepcopy(value)
    path = draw(st.sampled_from([each for each in places(value) if each] or [()]))
    if not path:
        return value
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    last = path[-1]
    how = draw(st.sampled_from(["exchange", "exchange", "remove", "add", "repeat", "rename"]))
    if how == "exchange":
        holder[last] = draw(VALUES)
    elif how == "remove":
        del holder[last]
    elif how == "add" and isinstance(holder, dict):
        holder["more"] = draw(VALUES)
    elif how == "repeat" and isinstance(holder[last], list):
        holder[last] = holder[last] * draw(st.integers(0, 25))
    elif how == "rename" and last in NAMES:
        holder[NAMES[last]] = holder.pop(last)
    return value


@st.composite
def nearly(draw, schema):
    value = filled(schema)
    for _ in range(draw(st.integers(0, 2))):
        value = changed(draw, value)
    return value


def follows(schema, value):
    return Draft202012Validator(schema).is_valid(value)


def readable(model: type[BaseModel], value):
    try:
        model.model_validate(value, by_name=False)
    except ValidationError:
        return False
    return True


REPLY = replies.portable_schema(Reply)
REFUTATION = replies.portable_schema(Refutation)


@settings(max_examples=400, deadline=None)
@given(nearly(REPLY))
def test_the_schema_of_a_reply_and_its_class_accept_the_same(value):
    assert follows(REPLY, value) == readable(Reply, value)


@settings(max_examples=400, deadline=None)
@given(nearly(REFUTATION))
def test_the_schema_of_a_refutation_and_its_class_accept_the_same(value):
    assert follows(REFUTATION, value) == readable(Refutation, value)


@pytest.mark.parametrize("precedents", [False, True])
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_what_is_asked_for_can_be_read(precedents, data):
    schema = replies.refutation_schema(precedents=precedents)
    value = data.draw(nearly(schema))
    if follows(schema, value):
        assert len(replies.read_verdicts(value)) == len(value["verdicts"])


@settings(max_examples=200, deadline=None)
@given(nearly(replies.smoke_schema()))
def test_what_a_small_model_may_say_can_be_read(value):
    if follows(replies.smoke_schema(), value):
        assert readable(Reply, value)


@settings(max_examples=200, deadline=None)
@given(nearly(REPLY), st.integers(1, 400))
def test_what_is_kept_of_a_reply_can_be_read(value, end):
    """Also of one that has items that are wrong, or that was cut."""
    for said in (json.dumps(value), json.dumps(value)[:end], json.dumps(value)[:-end]):
        kept = reply.parse(said, Schema("reply", REPLY)).value
        if kept is not None:
            assert len(replies.read_findings(kept)) == len(kept.get("findings", ()))


def test_what_is_left_out_is_not_read():
    """The names that Python has for them are none of a reply's."""
    (finding,) = filled(REPLY)["findings"]
    assert replies.read_findings({"findings": [{**finding, "line": 3.0}]})[0].line == 3
    finding["file_name"] = finding.pop("fileName")
    with pytest.raises(ValidationError):
        replies.read_findings({"findings": [finding]})
    assert replies.read_findings({}) == replies.read_verdicts({}) == []
