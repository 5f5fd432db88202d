"""Parses a model's reply: JSON, validated against the schema whatever the server promises.

Nothing is guessed: what has two readings has none. An object that does not follow the schema is a
problem, never an empty result. From a truncated reply, the complete array items are kept and the
rest is known to be missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from reviewer import text as safe
from reviewer.models.base import Schema
from reviewer.models.lenient import MAX_DEPTH, TOKEN, InvalidReply, closed, last_whole, load

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

MAX_CHARS = 2_000_000
MAX_OBJECTS = 8  # top-level objects that are considered
MAX_MARKS = 8  # ends of thoughts that are considered
MAX_ITEMS = 200  # of one array; a longer one means that the model is looping
EARLY = "the reply ends too early"
# Where a thought begins and ends, in a server that leaves it in the text. Where the template has
# begun it, the text has only its end. The third is an object, not a brace of prose.
_MARK = re.compile(
    r"(?P<opening><think(?:ing)?>|<\|channel>|\[THINK\])"
    r"|(?P<closing></think(?:ing)?>|<channel\|>|\[/THINK\])"
    r'|\{(?=\s*+(?:["}]|\Z))'
)
_END = re.compile(r"</think(?:ing)?>|<channel\|>|\[/THINK\]")
_ANSWER = re.compile(r"\s*(?:```(?:json)?\s*)?\{")
_FENCES = "` \t\r\n"


Check = Callable[[Any, Mapping[str, Any]], str]


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


@dataclass(frozen=True, slots=True)
class _Found:
    """`tail` is the text from the start of an object that does not end, `problem` that of the first
    invalid one, `meant` whether that one was meant as the reply, `dropped` whether one before the
    end of a thought was. `is_end`: the last object ends the text."""

    objects: tuple[dict[str, Any], ...]
    tail: str | None = None
    problem: str = ""
    meant: bool = False
    dropped: bool = False
    is_end: bool = False


def parse(text: str, schema: Schema, *, cut: bool = False) -> ParsedReply:
    """Find the one object in `text` that follows `schema`, ignoring prose, code fences and thoughts
    around it. `cut`: the server says that the text ends too early."""
    if len(text) > MAX_CHARS:
        return ParsedReply(None, False, "the reply is too long")
    check = _checker(schema.schema)
    parsed, _ = _parse(text, schema.schema, check, cut)
    if cut or (parsed.value is not None and parsed.complete):
        return parsed
    # Braces and quotes in a thought hide its end: an answer that follows the end at once, and ends
    # the text, counts.
    for mark in islice(_END.finditer(text), MAX_MARKS):
        if _ANSWER.match(text, mark.end()):
            after, is_end = _parse(text[mark.end() :], schema.schema, check, cut)
            if after.value is not None and after.complete and is_end:
                return after
    return parsed


def parse_thoughts(text: str, schema: Schema) -> ParsedReply:
    """The same, in what the server took for a thought. An object counts only at its end: any other
    may be a draft."""
    if len(text) > MAX_CHARS:
        return ParsedReply(None, False, "the reply is too long")
    parsed, is_end = _parse(text, schema.schema, _checker(schema.schema), False)
    if parsed.value is not None and not (parsed.complete and is_end):
        return ParsedReply(None, True, "it does not end with an answer")
    return parsed


def _parse(
    text: str, schema: Mapping[str, Any], check: Check, cut: bool
) -> tuple[ParsedReply, bool]:
    """The reply in `text`, and whether it ends the text."""
    found = _objects(text, schema.get("properties", {}))
    checked = [_checked(value, schema, check) for value in found.objects]
    good = [one for one in checked if one.value is not None]
    if good:
        others = zip(found.objects, checked, strict=True)
        bad = (value for value, one in others if one.value is None)
        doubtful = found.meant or (found.dropped and (cut or not found.is_end))
        doubtful = doubtful or any(_is_meant(value, schema["properties"]) for value in bad)
        if doubtful or any(one.value != good[0].value for one in good):
            several = "the reply holds several different objects; send exactly one"
            return ParsedReply(None, False, several), False
        return good[0], found.is_end
    if found.tail is None:
        return checked[0] if checked else ParsedReply(None, True, found.problem), False
    if not cut and (whole := closed(found.tail.rstrip(_FENCES))) is not None:
        last = _objects(whole, {}).objects
        if last and (ended := _checked(last[0], schema, check)).value is not None:
            return ended, True
    return _salvage(found.tail, schema, check) or ParsedReply(None, False, EARLY), False


def _objects(text: str, names: Collection[str]) -> _Found:
    """The objects in `text`, outside of thoughts; those before the end of a thought are part of it.
    `names` are the keys of a reply."""
    found: list[dict[str, Any]] = []
    problem, at, last = "", 0, 0
    meant = dropped = False
    while (mark := _MARK.search(text, at)) and len(found) < MAX_OBJECTS:
        if mark["closing"]:
            dropped = dropped or meant or any(_is_meant(value, names) for value in found)
            found, problem, meant, at = [], "", False, mark.end()
        elif mark["opening"]:
            if (end := _END.search(text, mark.end())) is None:
                problem = problem or "the reply is a thought that does not end"
                break
            at = end.end()
        else:
            start = mark.start()
            end_at, deep = _end(text, start)
            if end_at is None:
                return _Found(tuple(found), text[start:], EARLY, meant, dropped)
            at = end_at
            try:
                if deep > MAX_DEPTH:
                    raise InvalidReply("the reply is nested too deeply")
                found.append(load(text[start:at]))
                last = at
            except InvalidReply as error:
                problem = problem or safe.cut(safe.one_line(_counted(str(error), start)), 200)
                meant = meant or bool(not found and _is_reply(text[start:at], names))
    is_end = bool(found) and not text[last:].strip(_FENCES)
    return _Found(tuple(found), None, problem or _nothing(text, at), meant, dropped, is_end)


def _is_meant(value: Mapping[str, Any], names: Collection[str]) -> bool:
    """Whether the object was meant as the reply: a quote that is not escaped may end it early, and
    another object in the quoted code is no answer."""
    return next(iter(value), "") in names


def _is_reply(text: str, names: Collection[str]) -> bool:
    first = re.match(r'\{\s*"([^"\\]{0,80})"', text)
    return first is not None and first[1] in names


def _counted(message: str, start: int) -> str:
    """The message with the place in the whole text."""
    return re.sub(
        r"(?<=at character )\d+", lambda place: str(int(place[0]) + start), message, count=1
    )


def _nothing(text: str, at: int) -> str:
    if not text.strip():
        return "the reply is empty"
    return "the reply holds no JSON object" if text[at:].strip() else "the reply is only a thought"


def _end(text: str, start: int) -> tuple[int | None, int]:
    """(index after the bracket that closes the one at `start`, or None if it stays open; greatest
    depth)."""
    depth = deepest = 0
    for match in TOKEN.finditer(text, start):
        if match[0] in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif match[0] in "}]":
            depth -= 1
            if depth == 0:
                return match.end(), deepest
    return None, deepest


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
            why = first or f"{name}: no items are allowed"
            return ParsedReply(None, True, _misfit(why), len(items))
        dropped += len(items) - len(kept)
        lists[name] = kept
    # The items have been checked; now check what surrounds them.
    if problem := check(value | {name: [] for name in lists}, schema):
        return ParsedReply(None, True, _misfit(problem), dropped)
    return ParsedReply(value | lists, True, first, dropped)


def _misfit(problem: str) -> str:
    return safe.cut(f"the reply does not fit the schema: {problem}", 200)


def _salvage(text: str, schema: Mapping[str, Any], check: Check) -> ParsedReply | None:
    """The complete array items of a truncated object; None if there are none."""
    if (whole := last_whole(text)) is None:
        return None
    try:
        value = load(whole)
    except InvalidReply:
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
    return ParsedReply({**value, **kept}, False, EARLY, dropped)
