"""Reads the JSON of a model: strictly, apart from slips that have only one reading."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from reviewer import text as safe

MAX_DIGITS = 18
MAX_DEPTH = 32
TOKEN = re.compile(
    r'"(?:[^"\\]++|\\.)*+"?|[{}\[\],]', re.DOTALL
)  # a truncated string runs to the end
# A comma too many: before a bracket, after one, or after another comma. A backslash that escapes
# nothing: models forget to double those of the code that they quote.
_SLIP = re.compile(
    r'(?P<string>"(?:[^"\\]++|\\.)*+"?)|,(?=\s*+[,\]}])|(?P<open>[\[{])\s*+,(?!\s*+,)', re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:(u[0-9a-fA-F]{4}|[\"\\/bfnrt])|(?=[0-9A-Za-z]))")


class InvalidReply(ValueError):
    """The text is not a valid reply; the message goes back to the model."""


def load(text: str) -> dict[str, Any]:
    """The object that `text` is, which begins with a brace. Control characters may stand in
    strings, a comma may be one too many, and a backslash before a letter may be alone. Raises
    InvalidReply, with the place in `text` (a character, from 1)."""
    try:
        return _load(text)
    except json.JSONDecodeError as error:
        first = error
    try:
        return _load(_mended(text))
    except json.JSONDecodeError:
        raise InvalidReply(
            f"the reply is not JSON at character {first.pos + 1}: {first.msg}"
        ) from None


def closed(text: str) -> str | None:
    """`text` with the one bracket that is missing among those at its end; None if anything else is
    missing, or nothing is. With two of them missing, there might have been more before."""
    body = text.rstrip("]} \t\r\n")
    given = "".join(text[len(body) :].split())
    stack: list[str] = []
    for match in TOKEN.finditer(body):
        mark = match[0]
        if mark in "{[":
            stack.append("}" if mark == "{" else "]")
        elif mark in "}]" and (not stack or stack.pop() != mark):
            return None
    wanted = "".join(reversed(stack))
    rest = iter(wanted)
    if len(given) != len(wanted) - 1 or not all(mark in rest for mark in given):
        return None
    return body + wanted


def last_whole(text: str) -> str | None:
    """`text` up to the last complete array item or property of the outermost object, closed."""
    stack: list[str] = []
    end, closing = 0, ""
    for match in TOKEN.finditer(text):
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


def _mended(text: str) -> str:
    def mend(match: re.Match[str]) -> str:
        if string := match["string"]:
            return _ESCAPE.sub(_escape, string)
        return match["open"] or ""

    return _SLIP.sub(mend, text)


def _escape(match: re.Match[str]) -> str:
    return match[0] if match[1] else "\\\\"


def _load(text: str) -> dict[str, Any]:
    value = json.loads(
        text,
        strict=False,
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
        raise InvalidReply("an object of the reply has the same key twice")
    return result


def _scalar(value: Any) -> Any:
    """Replace lone surrogates, which JSON can spell but no output can encode."""
    if isinstance(value, str):
        return safe.scalar(value)
    return [_scalar(item) for item in value] if isinstance(value, list) else value


def _constant(name: str) -> NoReturn:
    raise InvalidReply(f"{name} is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise InvalidReply("a number of the reply is too large")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise InvalidReply("a number of the reply is too large")
    return value
