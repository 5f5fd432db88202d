"""One entry in a JSON file that others own: inserted as text, so that all other bytes stay, and cut
out again.

The entry is an item of the list `hooks.EVENT`. Missing levels are created, and `keys` names the
created ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewer.doors.integrations.hosts import Reminder

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")


class Unfit(Exception):
    """The file cannot be edited safely; the reason follows its name in a message."""


@dataclass(frozen=True, slots=True)
class _Member:
    key: str | None  # None in a list
    value: Any
    start: int  # of the key, where there is one
    value_at: int
    end: int


def add(text: str, wanted: Reminder) -> tuple[str, tuple[str, ...]]:
    """(the text with the entry, the keys created for it); the same text when it already has the
    entry. Raises Unfit."""
    top = _root(text)
    if _ours(_list(top, wanted.event), wanted) is not None:
        return text, ()
    keys: list[str] = []
    for key, value in wanted.root.items():
        if key not in top:
            text = _insert(text, _start(text), key, value)
            keys.append(key)
    at = _start(text)
    missing = [wanted.entry]
    for depth, key in enumerate(("hooks", wanted.event)):
        member = _member(text, at, key)
        if member is None:
            made = {wanted.event: missing} if depth == 0 else missing
            return _insert(text, at, key, made), (*keys, key)
        at = member.value_at
    return _insert(text, at, None, wanted.entry), tuple(keys)


def remove(text: str, wanted: Reminder, keys: Sequence[str] | None, *, force: bool) -> str | None:
    """The text without the entry and without those `keys` that were created for it and are now
    empty; None when the entry is not there. Without known `keys` (None), everything empty goes.
    Raises Unfit, also when the entry was edited and there is no `force`."""
    if wanted.command not in text:
        return None
    top = _root(text)
    items = _list(top, wanted.event)
    at = _ours(items, wanted)
    if at is None:
        return None
    if items[at] != wanted.entry and (not force or _shared(items[at])):
        raise Unfit(
            f"has an edited copy of our entry in hooks.{wanted.event}"
            + ("" if _shared(items[at]) else " (--force removes it anyway)")
        )
    made = (*wanted.root, "hooks", wanted.event) if keys is None else keys
    hooks = _member(text, _start(text), "hooks")
    assert hooks is not None, "the entry was found in it"
    event = _member(text, hooks.value_at, wanted.event)
    assert event is not None, "the entry was found in it"
    if len(items) > 1 or not {"hooks", wanted.event} & set(made):
        text = _cut(text, event.value_at, at)
    elif len(hooks.value) > 1 or "hooks" not in made:
        text = _cut(text, hooks.value_at, list(hooks.value).index(wanted.event))
    else:
        text = _cut(text, _start(text), list(top).index("hooks"))
    return _without_root(text, wanted, made)


def _without_root(text: str, wanted: Reminder, made: Sequence[str]) -> str:
    """Also without the top-level keys that we created, unless others have put their own hooks into
    them."""
    for key in reversed([key for key in wanted.root if key in made]):
        left = json.loads(text)
        if left.get(key) == wanted.root[key] and not ("hooks" in made and "hooks" in left):
            text = _cut(text, _start(text), list(left).index(key))
    return text


def snippet(wanted: Reminder) -> str:
    """The text to paste into the file by hand."""
    return json.dumps({**wanted.root, "hooks": {wanted.event: [wanted.entry]}}, indent=2)


def _root(text: str) -> Mapping[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise Unfit("has a duplicate key")
        return made

    try:
        top = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise Unfit("is not plain JSON (comments are not allowed)") from None
    if not isinstance(top, dict):
        raise Unfit("does not hold a JSON object")
    return top


def _list(top: Mapping[str, Any], event: str) -> list[Any]:
    hooks = top.get("hooks", {})
    if not isinstance(hooks, dict):
        raise Unfit("has a `hooks` that is not an object")
    items = hooks.get(event, [])
    if not isinstance(items, list):
        raise Unfit(f"has a `hooks.{event}` that is not a list")
    return items


def _ours(items: Sequence[Any], wanted: Reminder) -> int | None:
    return next((at for at, item in enumerate(items) if wanted.command in json.dumps(item)), None)


def _shared(item: Any) -> bool:
    """Whether others have put their own hooks into our group."""
    return isinstance(item, dict) and isinstance(item.get("hooks"), list) and len(item["hooks"]) > 1


def _start(text: str) -> int:
    return _skip(text, 0)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _members(text: str, at: int) -> tuple[list[_Member], int]:
    """The members of the object or list that opens at `at`, and where it closes. The text must be
    valid JSON."""
    members: list[_Member] = []
    close = "}" if text[at] == "{" else "]"
    at = _skip(text, at + 1)
    while text[at] != close:
        start, key = at, None
        if close == "}":
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)  # over the colon
        value, end = _DECODER.raw_decode(text, at)
        members.append(_Member(key, value, start, at, end))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return members, at


def _member(text: str, at: int, key: str) -> _Member | None:
    return next((member for member in _members(text, at)[0] if member.key == key), None)


def _insert(text: str, at: int, key: str | None, value: Any) -> str:
    """The text with one more member at the end of the object or list that opens at `at`, formatted
    like its neighbours."""
    members, _ = _members(text, at)
    name = "" if key is None else f"{json.dumps(key)}: "
    newline = "\r\n" if "\r\n" in text else "\n"
    if not members:
        outer = _indent(text, at)
        inner = outer + _unit(text)
        body = _laid_out(value, inner, _unit(text), newline)
        return f"{text[: at + 1]}{newline}{inner}{name}{body}{newline}{outer}{text[at + 1 :]}"
    gap = text[at + 1 : members[0].start]
    end = members[-1].end
    if "\n" not in gap:
        return f"{text[:end]}, {name}{json.dumps(value)}{text[end:]}"
    inner = gap.rpartition("\n")[2]
    return f"{text[:end]},{newline}{inner}{name}{_laid_out(value, inner, _unit(text), newline)}{text[end:]}"  # noqa: E501


def _cut(text: str, at: int, number: int) -> str:
    """The text without one member of the object or list that opens at `at`: exactly what `_insert`
    added."""
    members, close = _members(text, at)
    member = members[number]
    if len(members) == 1:
        newline = "\r\n" if "\r\n" in text else "\n"
        rest = text[member.end : close]
        return text[: at + 1] + rest.removeprefix(newline + _indent(text, at)) + text[close:]
    if number == len(members) - 1:
        return text[: members[number - 1].end] + text[member.end :]
    return text[: member.start] + text[members[number + 1].start :]


def _indent(text: str, at: int) -> str:
    """The indentation of the line of `at`."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _unit(text: str) -> str:
    found = re.search(r"\n([ \t]+)\S", text)
    return found[1] if found else "  "


def _laid_out(value: Any, inner: str, unit: str, newline: str) -> str:
    return json.dumps(value, indent=unit).replace("\n", newline + inner)
