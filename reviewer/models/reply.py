"""Reads what a model sent: strict JSON, checked against the schema again, whatever the server
promised.

Nothing is guessed. An object that does not follow the schema is a problem, never an empty result;
of a reply that was cut, the array items that are whole are kept and the rest is known to be
missing.
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
MAX_OBJECTS = 8  # top-level objects that are looked at
MAX_ITEMS = 200  # of one array; a reply with more is a loop
# What a model thought before it answered, where a server leaves it in the text.
_THOUGHT = re.compile(r"\A\s*(?:<think>.*?</think>|<\|channel>.*?<channel\|>)", re.DOTALL)
_OPEN = re.compile(r'\{(?=\s*(?:["}]|\Z))')  # not the braces of prose
_TOKEN = re.compile(
    r'"(?:[^"\\]++|\\.)*+"?|[{}\[\],]', re.DOTALL
)  # a string that was cut runs to the end


@dataclass(frozen=True, slots=True)
class Parsed:
    """`value` follows the schema, or is None and `problem` says why in one line.

    `complete` is False when the text ended too early: then `value` holds the array items that were
    whole, arrays that come after the cut are empty, and other keys after the cut are missing.
    `dropped` counts the array items that did not follow the schema and were left out; a reply whose
    items were all wrong has no value.
    """

    value: dict[str, Any] | None
    complete: bool
    problem: str
    dropped: int = 0


class _Bad(ValueError):
    """The text is not what a reply may be; the message goes back to the model."""


def parse(text: str, schema: Schema) -> Parsed:
    """The one object of `text` that follows `schema`; prose, code fences and thoughts around it are
    ignored."""
    text = _THOUGHT.sub("", text, count=1)
    if len(text) > MAX_CHARS:
        return Parsed(None, False, "the reply is too long")
    if not text.strip():
        return Parsed(None, False, "the reply is empty")
    found, tail, problem = _objects(text)
    check = _checker(schema.schema)
    checked = [_checked(value, schema.schema, check) for value in found]
    good = [one for one in checked if one.value is not None]
    if good:
        if any(one.value != good[0].value for one in good):
            return Parsed(
                None, False, "the reply holds several different objects; send exactly one"
            )
        return good[0]
    if tail is not None and (salvaged := _salvage(tail, schema.schema, check)) is not None:
        return salvaged
    if tail is not None:
        return Parsed(None, False, "the reply ends too early")
    return checked[0] if checked else Parsed(None, True, problem)


def _objects(text: str) -> tuple[list[dict[str, Any]], str | None, str]:
    """(objects found, the text from an object on that never ends, what was wrong with the first
    that is none)."""
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
                raise _Bad("the reply is nested too deeply")
            found.append(_load(text[at:end]))
        except ValueError as error:  # also what json itself raises
            problem = problem or _said(error)
    return found, None, problem or "the reply holds no JSON object"


def _end(text: str, start: int) -> tuple[int | None, int]:
    """(index after the bracket that closes the one at `start`, greatest depth); None when it stays
    open."""
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
        raise _Bad("an object of the reply has the same key twice")
    return result


def _scalar(value: Any) -> Any:
    """Without lone surrogates, which JSON can spell and no output can carry."""
    if isinstance(value, str):
        return safe.scalar(value)
    return [_scalar(item) for item in value] if isinstance(value, list) else value


def _constant(name: str) -> NoReturn:
    raise _Bad(f"{name} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _Bad("a number of the reply is too large")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise _Bad("a number of the reply is too large")
    return value


def _said(error: Exception) -> str:
    message = str(error) if isinstance(error, _Bad) else f"the reply is not JSON: {error}"
    return safe.cut(safe.one_line(message), 200)


Check = Callable[[Any, Mapping[str, Any]], str]


def _checker(schema: Mapping[str, Any]) -> Check:
    """(value, part of the schema) -> what is wrong with it, "" when nothing is."""
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
    """`value` without the keys that a closed object does not have, which carry nothing that we
    would read, and with strings cut to the length that they may have: not every server can keep a
    model to it."""
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


def _checked(value: dict[str, Any], schema: Mapping[str, Any], check: Check) -> Parsed:
    value = _pruned(value, schema, schema)
    lists: dict[str, list[Any]] = {}
    dropped, first = 0, ""
    for name, part in _arrays(schema):
        items = value.get(name)
        if not isinstance(items, list):
            continue
        wrong = [check(item, part.get("items", {})) for item in items[:MAX_ITEMS]]
        kept = [item for item, said in zip(items, wrong, strict=False) if not said][
            : part.get("maxItems")
        ]
        first = first or next((f"{name}: {said}" for said in wrong if said), "")
        if items and not kept:
            return Parsed(None, True, first or f"{name}: no items are allowed", len(items))
        dropped += len(items) - len(kept)
        lists[name] = kept
    # The items were checked, which leaves what is around them.
    if problem := check(value | {name: [] for name in lists}, schema):
        return Parsed(None, True, problem, dropped)
    return Parsed(value | lists, True, first, dropped)


def _salvage(text: str, schema: Mapping[str, Any], check: Check) -> Parsed | None:
    """The whole items of the arrays of an object that was cut, None when there are none."""
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
    return Parsed({**value, **kept}, False, "the reply ends too early", dropped)


def _last_whole(text: str) -> str | None:
    """`text` up to its last whole array item or property of the outermost object, closed again."""
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
