"""Parses a model's reply: strict JSON, validated against the schema whatever the server promises.

Nothing is guessed. An object that does not follow the schema is a problem, never an empty result.
From a truncated reply, the complete array items are kept and the rest is known to be missing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from reviewer import text as safe
from reviewer.models.base import Schema

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

MAX_CHARS = 2_000_000
MAX_DEPTH = 32
MAX_DIGITS = 18
MAX_OBJECTS = 8  # top-level objects that are considered
MAX_ITEMS = 200  # of one array; a longer one means that the model is looping
# The model's thoughts before its answer, which some servers leave in the text.
_THOUGHT = re.compile(r"\A\s*(?:<think>.*?</think>|<\|channel>.*?<channel\|>)", re.DOTALL)
_OPEN = re.compile(r'\{(?=\s*(?:["}]|\Z))')  # not the braces of prose
_TOKEN = re.compile(
    r'"(?:[^"\\]++|\\.)*+"?|[{}\[\],]', re.DOTALL
)  # a truncated string runs to the end


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """`value` follows the schema, or is None and `problem` says why in one line.

    `complete` is False if the text ended too early: then `value` holds the complete array items,
    arrays after the cut are empty, and other keys after the cut are missing. `dropped` counts the
    array items left out because they did not follow the schema; a reply without a valid item has no
    value.
    """

    value: dict[str, Any] | None
    complete: bool
    problem: str
    dropped: int = 0


class _InvalidReply(ValueError):
    """The text is not a valid reply; the message goes back to the model."""


def parse(text: str, schema: Schema) -> ParsedReply:
    """Find the one object in `text` that follows `schema`, ignoring prose, code fences and thoughts
    around it."""
    text = _THOUGHT.sub("", text, count=1)
    if len(text) > MAX_CHARS:
        return ParsedReply(None, False, "the reply is too long")
    if not text.strip():
        return ParsedReply(None, False, "the reply is empty")
    found, tail, problem = _objects(text)
    check = _checker(schema.schema)
    checked = [_checked(value, schema.schema, check) for value in found]
    good = [one for one in checked if one.value is not None]
    if good:
        if any(one.value != good[0].value for one in good):
            return ParsedReply(
                None, False, "the reply holds several different objects; send exactly one"
            )
        return good[0]
    if tail is not None and (salvaged := _salvage(tail, schema.schema, check)) is not None:
        return salvaged
    if tail is not None:
        return ParsedReply(None, False, "the reply ends too early")
    return checked[0] if checked else ParsedReply(None, True, problem)


def _objects(text: str) -> tuple[list[dict[str, Any]], str | None, str]:
    """(valid objects, the text from the start of an unclosed object, the problem with the first
    invalid one)."""
    found: list[dict[str, Any]] = []
    end: int | None
    problem, end = "", 0
    while (start := _OPEN.search(text, end)) and len(found) < MAX_OBJECTS:
        at = start.start()
        end, deep = _end(text, at)
        if end is None:
            return found, text[at:], "the reply ends too early"
        try:
            if deep > MAX_DEPTH:
                raise _InvalidReply("the reply is nested too deeply")
            found.append(_load(text[at:end]))
        except ValueError as error:  # json raises it, too
            problem = problem or _problem(error)
    return found, None, problem or "the reply holds no JSON object"


def _end(text: str, start: int) -> tuple[int | None, int]:
    """(index after the bracket that closes the one at `start`, or None if it stays open; greatest
    depth)."""
    depth = deepest = 0
    for match in _TOKEN.finditer(text, start):
        if match[0] in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif match[0] in "}]":
            depth -= 1
            if depth == 0:
                return match.end(), deepest
    return None, deepest


def _load(text: str) -> dict[str, Any]:
    value = json.loads(
        text,
        object_pairs_hook=_pairs,
        parse_constant=_constant,
        parse_int=_integer,
        parse_float=_number,
    )
    assert isinstance(value, dict)  # the text begins with "{"
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = {safe.scalar(key): _scalar(value) for key, value in pairs}
    if len(result) != len(pairs):
        raise _InvalidReply("an object of the reply has the same key twice")
    return result


def _scalar(value: Any) -> Any:
    """Replace lone surrogates, which JSON can spell but no output can encode."""
    if isinstance(value, str):
        return safe.scalar(value)
    return [_scalar(item) for item in value] if isinstance(value, list) else value


def _constant(name: str) -> NoReturn:
    raise _InvalidReply(f"{name} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _InvalidReply("a number of the reply is too large")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise _InvalidReply("a number of the reply is too large")
    return value


def _problem(error: Exception) -> str:
    message = str(error) if isinstance(error, _InvalidReply) else f"the reply is not JSON: {error}"
    return safe.cut(safe.one_line(message), 200)


Check = Callable[[Any, Mapping[str, Any]], str]


def _checker(schema: Mapping[str, Any]) -> Check:
    """A function (value, part of the schema) -> the problem, "" if there is none."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    root: Validator = Draft202012Validator({**schema})

    def check(value: Any, part: Mapping[str, Any]) -> str:
        error = best_match(root.evolve(schema=part).iter_errors(value))
        return (
            ""
            if error is None
            else safe.cut(safe.one_line(f"{error.json_path}: {error.message}"), 200)
        )

    return check


def _resolve(part: Any, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(part, Mapping) and isinstance(ref := part.get("$ref"), str):
        return _resolve(schema.get("$defs", {}).get(ref.rpartition("/")[2], {}), schema)
    return part if isinstance(part, Mapping) else {}


def _pruned(value: Any, part: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """`value` without keys that a closed object does not allow, which we would not read anyway, and
    with strings cut to their maximum length, which not every server can enforce."""
    part = _resolve(part, schema)
    if isinstance(value, dict) and isinstance(known := part.get("properties"), Mapping):
        closed = part.get("additionalProperties") is False
        return {
            key: _pruned(item, known.get(key, {}), schema)
            for key, item in value.items()
            if key in known or not closed
        }
    if isinstance(value, list):
        return [_pruned(item, part.get("items", {}), schema) for item in value]
    return value[: part.get("maxLength")] if isinstance(value, str) else value


def _arrays(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, part in schema.get("properties", {}).items():
        if (part := _resolve(part, schema)).get("type") == "array":
            yield name, part


def _checked(value: dict[str, Any], schema: Mapping[str, Any], check: Check) -> ParsedReply:
    value = _pruned(value, schema, schema)
    lists: dict[str, list[Any]] = {}
    dropped, first = 0, ""
    for name, part in _arrays(schema):
        items = value.get(name)
        if not isinstance(items, list):
            continue
        wrong = [check(item, part.get("items", {})) for item in items[:MAX_ITEMS]]
        kept = [item for item, problem in zip(items, wrong, strict=False) if not problem][
            : part.get("maxItems")
        ]
        first = first or next((f"{name}: {problem}" for problem in wrong if problem), "")
        if items and not kept:
            return ParsedReply(None, True, first or f"{name}: no items are allowed", len(items))
        dropped += len(items) - len(kept)
        lists[name] = kept
    # The items have been checked; now check what surrounds them.
    if problem := check(value | {name: [] for name in lists}, schema):
        return ParsedReply(None, True, problem, dropped)
    return ParsedReply(value | lists, True, first, dropped)


def _salvage(text: str, schema: Mapping[str, Any], check: Check) -> ParsedReply | None:
    """The complete array items of a truncated object; None if there are none."""
    if (whole := _last_whole(text)) is None:
        return None
    try:
        value = _load(whole)
    except ValueError:
        return None
    value = _pruned(value, schema, schema)
    kept, dropped = {}, 0
    for name, part in _arrays(schema):
        items = value.get(name, [])
        if not isinstance(items, list):
            return None
        items = items[:MAX_ITEMS]
        kept[name] = [item for item in items if not check(item, part.get("items", {}))][
            : part.get("maxItems")
        ]
        dropped += len(items) - len(kept[name])
    if not any(kept.values()):
        return None
    others = {name: part for name, part in schema.get("properties", {}).items() if name not in kept}
    if any(name in value and check(value[name], part) for name, part in others.items()):
        return None
    return ParsedReply({**value, **kept}, False, "the reply ends too early", dropped)


def _last_whole(text: str) -> str | None:
    """`text` up to the last complete array item or property of the outermost object, closed."""
    stack: list[str] = []
    end, closing = 0, ""
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "{[":
            stack.append(mark)
            if len(stack) > MAX_DEPTH:
                return None
            continue
        if mark in "}]":
            stack.pop()
        elif mark != ",":
            continue
        if stack in (["{"], ["{", "["]):
            end, closing = match.start() if mark == "," else match.end(), "]}"[2 - len(stack) :]
    return text[:end] + closing if end else None
